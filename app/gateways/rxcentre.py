"""医保电子处方中心: the pharmacy's operations, over the channel of the region."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from app.gateways.access import PlatformAccess
from app.gateways.envelopes import core as core_envelope
from app.gateways.envelopes import epc
from app.gateways.envelopes.exchange import Exchanger, Road
from app.gateways.envelopes.reply import Reply
from app.gateways.fields import recase
from app.gateways.security import signing_of
from app.gateways.transport.http import Limits
from app.gateways.wording import circulation, prescription, rx_record, rx_sale
from app.ports import circulation as c
from app.ports import replies as r
from app.ports import requests as q
from app.ports.clock import Clock
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile
from app.profile.operations import AT_THE_CENTRE, Operation

Q = TypeVar("Q")
R = TypeVar("R")
Content = dict[str, object]
# hex of a cipher over base64 of a file, and room for the structured part
_INFLATION = 3


class RxChannel(Protocol):
    """How a business object travels to the centre (``epc_channel``)."""

    def wrap(
        self, operation: Operation, content: Content, area: str, sender: Sender, stamp: Stamp
    ) -> tuple[bytes, str]: ...

    def headers(self) -> dict[str, str]: ...

    def unwrap(self, body: bytes) -> Reply: ...


class DirectChannel:
    """Direct HTTP with signed and encrypted content (prescription-centre 2)."""

    def __init__(self, profile: Profile, access: PlatformAccess) -> None:
        self._rules = profile.rxcentre
        self._keys = epc.RxKeys(
            access.app_id, access.app_secret, access.keys, access.platform_public
        )

    def wrap(
        self, operation: Operation, content: Content, area: str, sender: Sender, stamp: Stamp
    ) -> tuple[bytes, str]:
        """Operation and store are told by the address and the content, not by the envelope."""
        del operation, area, sender
        named = recase(content, self._rules.epc_field_case)
        return epc.write_message(self._rules, self._keys, named, stamp.at)

    def headers(self) -> dict[str, str]:
        return {"Content-Type": "application/json; charset=utf-8"}

    def unwrap(self, body: bytes) -> Reply:
        return epc.read_message(self._rules, self._keys, body)


class CoreChannel:
    """Through the envelope of the core platform, without SM2 and SM4 (2024 generation)."""

    def __init__(self, profile: Profile, access: PlatformAccess, clock: Clock) -> None:
        self._profile = profile
        self._access = access
        self._clock = clock
        self._closing = core_envelope.Closing(signing_of(profile, access))

    def wrap(
        self, operation: Operation, content: Content, area: str, sender: Sender, stamp: Stamp
    ) -> tuple[bytes, str]:
        node = self._profile.tables.get("rx_nodes", {}).get(operation.value, "data")
        named = {node: recase(content, self._profile.rxcentre.epc_field_case)}
        address = self._profile.address(operation)
        return core_envelope.write_envelope(
            self._profile, address, named, sender, stamp, area, self._closing
        )

    def headers(self) -> dict[str, str]:
        return core_envelope.gateway_headers(
            self._profile, self._access.paasid, self._access.tif_secret, self._clock.now()
        )

    def unwrap(self, body: bytes) -> Reply:
        return core_envelope.read_envelope(self._profile, body, self._closing)


class RxGateway:
    """Implements ``ports.platform.RxCentre``."""

    def __init__(
        self,
        profile: Profile,
        access: PlatformAccess,
        channel: RxChannel,
        exchanger: Exchanger,
        clock: Clock,
    ) -> None:
        self._profile = profile
        self._store = access.institution_code
        self._channel = channel
        self._exchanger = exchanger
        self._clock = clock

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        """Raises ``OperatorInput`` where the credential behind the request is gone."""
        operation, content, area = self._asked(request, sender)
        addressed = AT_THE_CENTRE.get(operation, operation)
        wire, kept = self._channel.wrap(addressed, content, area, sender, stamp)
        return Draft(request, operation, stamp.message_id, wire, kept, stamp.at)

    def _asked(self, request: object, sender: Sender) -> tuple[Operation, Content, str]:
        match request:
            case q.Authorise():
                content = prescription.authorise(self._profile, request, sender)
                return Operation.AUTHORISE, content, request.insured_area
            case q.Download():
                content = prescription.download(self._profile, request, sender)
                return Operation.DOWNLOAD, content, request.insured_area
            case q.Verify():
                return Operation.VERIFY, prescription.verify(request, sender), ""
            case q.UploadAudit():
                return Operation.AUDIT, prescription.audit(self._profile, request, sender), ""
            case q.UploadRxSale():
                content = rx_sale.upload(self._profile, request, sender)
                return Operation.UPLOAD_RX_SALE, content, ""
            case q.UndoRxSale():
                return Operation.UNDO_RX_SALE, rx_sale.undo(self._profile, request, sender), ""
            case q.UploadSale():
                return Operation.UPLOAD_SALE, rx_sale.upload(self._profile, request, sender), ""
            case q.ReturnSale():
                return Operation.RETURN_SALE, rx_sale.undo(self._profile, request, sender), ""
            case _:
                return circulation.asked(self._profile, request, sender)

    def _send(self, message: Committed[Q], read: Callable[[Reply], R]) -> Answer[R]:
        profile = self._profile
        cap = profile.core.reply_limit_bytes
        if message.draft.operation is Operation.DOWNLOAD:
            cap = max(cap, profile.rxcentre.document_limit_bytes * _INFLATION)
        limits = Limits(profile.core.timeout.connect, profile.rxcentre.timeout_s, cap)
        addressed = AT_THE_CENTRE.get(message.draft.operation)
        road = Road(self._channel.headers(), limits, fresh=False, operation=addressed)
        return self._exchanger.send(message, road, self._channel.unwrap, read)

    def authorise(self, message: Committed[q.Authorise]) -> Answer[r.Authorised]:
        return self._send(
            message, lambda reply: rx_record.authorised(self._profile, reply.output, self._store)
        )

    def download(self, message: Committed[q.Download]) -> Answer[r.Downloaded]:
        request = message.draft.request
        return self._send(
            message, lambda reply: rx_record.downloaded(self._profile, reply.output, request)
        )

    def verify(self, message: Committed[q.Verify]) -> Answer[r.Verified]:
        request, now = message.draft.request, self._clock.now()
        return self._send(message, lambda reply: prescription.verified(reply.output, request, now))

    def upload_audit(self, message: Committed[q.UploadAudit]) -> Answer[r.AuditAccepted]:
        request = message.draft.request
        return self._send(message, lambda reply: prescription.audit_accepted(reply.output, request))

    def query_online(self, message: Committed[c.QueryOnlineRx]) -> Answer[c.OnlineRxPage]:
        request = message.draft.request
        return self._send(
            message,
            lambda reply: circulation.online(self._profile, reply.output, request, self._store),
        )

    def decode_code(self, message: Committed[c.DecodeRxCode]) -> Answer[c.RxCodeDecoded]:
        return self._send(message, lambda reply: circulation.decoded(reply.output))

    def sync_delivery(self, message: Committed[c.SyncDelivery]) -> Answer[c.DeliveryTaken]:
        request = message.draft.request
        return self._send(message, lambda reply: circulation.taken(reply.output, request.delivery))

    def confirm_delivery(self, message: Committed[c.ConfirmDelivery]) -> Answer[c.DeliveryTaken]:
        request = message.draft.request
        return self._send(message, lambda reply: circulation.taken(reply.output, request.delivery))

    def query_catalogue(self, message: Committed[c.QueryCatalogue]) -> Answer[c.CirculatedPage]:
        request = message.draft.request
        return self._send(message, lambda reply: circulation.catalogue(reply.output, request))

    def upload_sale(self, message: Committed[q.UploadSale]) -> Answer[r.SaleAccepted]:
        return self._send(message, rx_sale.accepted)

    def return_sale(self, message: Committed[q.ReturnSale]) -> Answer[r.SaleAccepted]:
        return self._send(message, rx_sale.accepted)
