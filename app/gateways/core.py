"""医保核心平台: operations by name, numbers from the profile, one envelope for all."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from app.domain.case import Kind
from app.domain.credential import Person
from app.domain.errors import Bug, Code, OutcomeUnknown
from app.gateways import files
from app.gateways.access import PlatformAccess
from app.gateways.envelopes.core import Closing, gateway_headers, read_envelope, write_envelope
from app.gateways.envelopes.exchange import Exchanger, Road
from app.gateways.envelopes.reply import Reply
from app.gateways.security import password_proof, password_token, signing_of
from app.gateways.transport.http import Limits
from app.gateways.wording import identity, sale, settlement, stock
from app.ports import replies as r
from app.ports import requests as q
from app.ports import stock as g
from app.ports.clock import Clock
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile
from app.profile.operations import Operation

Q = TypeVar("Q")
R = TypeVar("R")
_FILES = frozenset({Operation.UPLOAD_FILE, Operation.DOWNLOAD_FILE, Operation.RECONCILE_LINES})


class CoreGateway:
    """Implements ``ports.platform.CorePlatform`` over HTTP."""

    def __init__(
        self, profile: Profile, access: PlatformAccess, exchanger: Exchanger, clock: Clock
    ) -> None:
        self._profile = profile
        self._access = access
        self._exchanger = exchanger
        self._clock = clock
        self._signing = signing_of(profile, access)

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        """Raises ``OperatorInput`` where the credential behind the request is gone."""
        operation, content, area = self._asked(request, sender)
        return self.write(request, operation, content, area, sender, stamp)

    def write(
        self,
        request: Q,
        operation: Operation,
        content: sale.Content,
        area: str,
        sender: Sender,
        stamp: Stamp,
    ) -> Draft[Q]:
        """Any operation of this platform in its envelope; ``area`` is that of the insured."""
        address, closing = self._profile.address(operation), self._closing(operation)
        password = password_proof(self._profile, self._access, operation, request, sender)
        token = password_token(self._profile, operation, request, sender)
        closing = replace(closing, cainfo=password, password_token=token)
        wire, kept = write_envelope(self._profile, address, content, sender, stamp, area, closing)
        return Draft(request, operation, stamp.message_id, wire, kept, stamp.at)

    def _asked(self, request: object, sender: Sender) -> tuple[Operation, sale.Content, str]:
        """Operation, input, and the area of insurance where the input names a person."""
        profile = self._profile
        match request:
            case q.OpenDay():
                return Operation.OPEN_DAY, identity.open_day(profile, request), ""
            case q.CloseDay():
                return Operation.CLOSE_DAY, identity.close_day(request), ""
            case q.QueryPerson():
                return Operation.QUERY_PERSON, identity.query_person(profile, request), ""
            case q.UploadSale():
                content = sale.upload_sale(profile, request)
                return Operation.UPLOAD_SALE, content, _area(request.buyer.person)
            case q.ReturnSale():
                content = sale.return_sale(profile, request)
                return Operation.RETURN_SALE, content, _area(request.buyer.person)
            case q.QueryTrail():
                content = sale.query_trail(request, sender.institution_code)
                return request.asked, content, _area(request.buyer.person)
            case q.Presettle():
                content = settlement.bill(profile, request.bill, settling=False)
                return Operation.PRESETTLE, content, request.bill.insured_area
            case q.Settle():
                content = settlement.bill(profile, request.bill, settling=True)
                return Operation.SETTLE, content, request.bill.insured_area
            case q.RevokeSettlement():
                content = settlement.revoke(request)
                return Operation.REVOKE_SETTLEMENT, content, request.insured_area
            case q.Reverse():
                return Operation.REVERSE, settlement.reverse(profile, request), request.insured_area
            case q.QuerySettlement():
                content = settlement.query_settlement(request)
                return Operation.QUERY_SETTLEMENT, content, request.insured_area
            case g.CountStock() | g.ChangeStock() | g.Receive() | g.ReturnToSupplier():
                return stock.OPERATIONS[type(request)], stock.content(profile, request), ""
            case _:
                return (*self._asked_of_files(request, sender), "")

    def _asked_of_files(self, request: object, sender: Sender) -> tuple[Operation, sale.Content]:
        match request:
            case q.ReconcileTotals():
                return Operation.RECONCILE_TOTALS, files.reconcile_totals(self._profile, request)
            case q.ReconcileLines():
                return Operation.RECONCILE_LINES, files.reconcile_lines(self._profile, request)
            case q.UploadFile():
                return Operation.UPLOAD_FILE, files.upload_file(request, sender)
            case q.DownloadFile():
                return Operation.DOWNLOAD_FILE, files.download_file(request, sender)
            case _:
                raise Bug(what=f"{type(request).__name__} is nothing the core platform is asked")

    def _road(self, operation: Operation) -> Road:
        core, kind = self._profile.core, self._profile.operations[operation].kind
        seconds = core.timeout.query
        if operation in _FILES:
            seconds = core.timeout.file
        elif kind is Kind.MONEY:
            seconds = core.timeout.settle
        return Road(
            gateway_headers(
                self._profile, self._access.paasid, self._access.tif_secret, self._clock.now()
            ),
            Limits(core.timeout.connect, seconds, core.reply_limit_bytes),
            fresh=kind is Kind.MONEY,
        )

    def _unwrap(self, operation: Operation) -> Callable[[bytes], Reply]:
        closing = self._closing(operation)
        return lambda body: read_envelope(self._profile, body, closing)

    def _closing(self, operation: Operation) -> Closing:
        return Closing(self._signing, self._profile.encoding(operation))

    def carry(self, message: Committed[Q], read: Callable[[Reply], R]) -> Answer[R]:
        """One exchange of any operation of this platform; ``read`` makes its yes a value."""
        return self._send(message, read)

    def row_refused(self, operation: Operation, platform_code: str, text: str) -> Code:
        """What a no of this platform to one row of a list means."""
        return self._exchanger.verdicts.row_refused(operation, platform_code, text)

    def _send(self, message: Committed[Q], read: Callable[[Reply], R]) -> Answer[R]:
        operation = message.draft.operation
        return self._exchanger.send(message, self._road(operation), self._unwrap(operation), read)

    def open_day(self, message: Committed[q.OpenDay]) -> Answer[r.DayOpened]:
        return self._send(message, lambda reply: identity.day_opened(reply.output))

    def close_day(self, message: Committed[q.CloseDay]) -> Answer[None]:
        return self._send(message, _nothing)

    def query_person(self, message: Committed[q.QueryPerson]) -> Answer[Person]:
        request = message.draft.request
        return self._send(message, lambda reply: identity.person(reply.output, request))

    def upload_sale(self, message: Committed[q.UploadSale]) -> Answer[r.SaleAccepted]:
        return self._send(message, sale.accepted)

    def return_sale(self, message: Committed[q.ReturnSale]) -> Answer[r.SaleAccepted]:
        return self._send(message, sale.accepted)

    def query_trail(self, message: Committed[q.QueryTrail]) -> Answer[r.TrailFound]:
        return self._send(message, lambda reply: sale.trail_found(reply.output))

    def tell_stock(self, message: Committed[g.StockRecord]) -> Answer[r.SaleAccepted]:
        return self._send(message, sale.accepted)

    def presettle(self, message: Committed[q.Presettle]) -> Answer[r.Presettled]:
        request, now = message.draft.request, self._clock.now()
        return self._send(
            message, lambda reply: settlement.presettled(reply.output, request, reply.notice, now)
        )

    def settle(self, message: Committed[q.Settle]) -> Answer[r.Settled]:
        draft = message.draft
        return self._send(
            message,
            lambda reply: settlement.settled(reply.output, draft.request, draft.message_id),
        )

    def revoke_settlement(self, message: Committed[q.RevokeSettlement]) -> Answer[r.Revoked]:
        draft = message.draft
        return self._send(
            message,
            lambda reply: settlement.revoked(reply.output, draft.request, draft.message_id),
        )

    def reverse(self, message: Committed[q.Reverse]) -> Answer[None]:
        """An answer is no proof: the interface has no output (reliability 1, decision 4)."""
        return self._send(message, _nothing)

    def query_settlement(self, message: Committed[q.QuerySettlement]) -> Answer[r.SettlementFound]:
        """Raises ``OutcomeUnknown`` with ``FOUND_ABSENT`` for an empty result: no proof either."""
        request = message.draft.request
        answer = self._send(
            message, lambda reply: settlement.settlement_found(reply.output, request)
        )
        if answer.value is None:
            empty = replace(answer.facts, failure="empty_result")
            raise OutcomeUnknown(Code.FOUND_ABSENT, evidence=empty)
        return Answer(answer.value, answer.facts, answer.notice)

    def reconcile_totals(self, message: Committed[q.ReconcileTotals]) -> Answer[r.TotalsCompared]:
        return self._send(message, lambda reply: files.totals_compared(reply.output))

    def upload_file(self, message: Committed[q.UploadFile]) -> Answer[r.FileStored]:
        return self._send(message, lambda reply: files.file_stored(reply.output))

    def reconcile_lines(self, message: Committed[q.ReconcileLines]) -> Answer[r.FileStored]:
        return self._send(message, lambda reply: files.file_stored(reply.output))

    def download_file(self, message: Committed[q.DownloadFile]) -> Answer[r.FileFetched]:
        """The file comes bare; an envelope instead of it is a refusal (core-platform 7.2)."""
        answer = self.fetch(message, self._profile.core.reply_limit_bytes)
        content, at = answer.value.content, answer.facts.started_at
        return replace(
            answer,
            value=replace(answer.value, made_at=files.archive_made_at(content, at)),
            facts=replace(answer.facts, platform_ref=files.archive_mark(content, at)),
        )

    def fetch(self, message: Committed[Q], most_bytes: int) -> Answer[r.FileFetched]:
        """Any file, of at most ``most_bytes``."""
        road = self._road(message.draft.operation)
        road = replace(road, limits=replace(road.limits, reply_bytes=most_bytes))
        body, facts = self._exchanger.send_bare(message, road)
        if files.is_archive(body):
            return Answer(r.FileFetched(body, None), replace(facts, kept_reply=f"({len(body)})"))
        unwrap = self._unwrap(message.draft.operation)
        return self._exchanger.judge(message, body, facts, unwrap, files.not_a_file)

    def statement_file(self, lines: Sequence[q.StatementLine]) -> bytes:
        return files.statement_file(lines)

    def read_statement(self, content: bytes) -> tuple[r.StatementResult, ...]:
        return files.read_statement(content, self._profile.tables.get("statement_result", {}))


def _nothing(_: Reply) -> None:
    """Operations whose yes carries nothing more."""


def _area(person: Person | None) -> str:
    """The area of insurance that goes with a person number (core-platform 2.1 row 4)."""
    if person is None or not person.insurances:
        return ""
    active = [row for row in person.insurances if row.active]
    return (active or list(person.insurances))[0].area
