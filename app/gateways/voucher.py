"""医保电子凭证: one code text or one password, one attempt, over HTTP (identity-and-devices 2)."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from app.crypto.derive import rx_content_key
from app.crypto.sm4 import encrypt_ecb
from app.domain.errors import Bug
from app.gateways.access import PlatformAccess
from app.gateways.envelopes.exchange import Exchanger, Road
from app.gateways.envelopes.kept import kept
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.strict_json import Json, read_object, write_json
from app.gateways.fields import Fields
from app.gateways.transport.http import Limits
from app.gateways.wording import identity
from app.ports import replies as r
from app.ports import requests as q
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile
from app.profile.operations import Operation

Q = TypeVar("Q")
R = TypeVar("R")
_YES = frozenset({"0", "0000"})
"""Both mean success at either level (2.6)."""


class VoucherGateway:
    """Implements ``ports.platform.VoucherService`` for the channels B1 and B4.

    B4 is a function of the vendor's library, whose texts no source shows: those of B1 in the
    library's characters.
    """

    def __init__(self, profile: Profile, access: PlatformAccess, exchanger: Exchanger) -> None:
        self._profile = profile
        self._access = access
        self._exchanger = exchanger
        by_library = profile.voucher.ec_decode_channel == "B4"
        self._encoding = profile.core.encoding if by_library else "utf-8"

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        operation, content = self._asked(request, sender, stamp)
        return Draft(
            request,
            operation,
            stamp.message_id,
            write_json(content).encode(self._encoding),
            kept(content),
            stamp.at,
        )

    def _asked(
        self, request: object, sender: Sender, stamp: Stamp
    ) -> tuple[Operation, identity.Content]:
        match request:
            case q.DecodeVoucher():
                content = identity.decode_voucher(self._profile, request, sender)
                return Operation.DECODE_VOUCHER, content
            case q.VerifyPassword():
                sealed = self._sealed(request.password.reveal(), stamp.message_id)
                content = identity.verify_password(self._profile, request, sender, sealed)
                return Operation.DECODE_VOUCHER, content
            case _:
                raise Bug(what=f"{type(request).__name__} is nothing the voucher service is asked")

    def _sealed(self, password: str, message_id: str) -> str:
        """Under the store's own key, with the message number: no two messages look alike."""
        access, scheme = self._access, self._profile.rxcentre.epc_key_derivation
        key = rx_content_key(access.app_id, access.app_secret.reveal(), scheme)
        plain = write_json({"password": password, "messageId": message_id})
        return encrypt_ecb(key, plain.encode()).hex().upper()

    def verify_password(self, message: Committed[q.VerifyPassword]) -> Answer[r.Decoded]:
        """Never repeated: a wrong password counts against its owner."""
        person = message.draft.request.person
        return self._send(message, lambda reply: identity.vouched_for(reply.output, person))

    def decode(self, message: Committed[q.DecodeVoucher]) -> Answer[r.Decoded]:
        """The text is burnt after any answer and after none: never sent a second time (2.2)."""
        request = message.draft.request
        return self._send(message, lambda reply: identity.decoded(reply.output, request))

    def _send(self, message: Committed[Q], read: Callable[[Reply], R]) -> Answer[R]:
        profile = self._profile
        limits = Limits(
            profile.core.timeout.connect, profile.voucher.timeout_s, profile.core.reply_limit_bytes
        )
        road = Road({"Content-Type": "application/json"}, limits, fresh=False)
        return self._exchanger.send(message, road, self._unwrap, read)

    def _unwrap(self, body: bytes) -> Reply:
        return _read(read_object(body, self._encoding))


def _read(tree: Mapping[str, Json]) -> Reply:
    answer = Fields(tree)
    code, person = answer.need("code"), identity.voucher_answer(answer)
    return Reply(
        yes=code in _YES,
        code=code,
        text=answer.text("message"),
        notice="",
        platform_ref="",
        replay_mark="",
        output=Fields(person),
        kept=kept({**tree, "data": person}),
    )
