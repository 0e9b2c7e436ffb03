"""The platform behind its port, in memory: small honest books, and turns that a test scripts.

Every operation answers from the books. ``script`` puts one turn before the honest answers of one
operation: a trouble (before or after the books were written), or a changed answer.
"""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.audit import Verdict
from app.domain.books import money
from app.domain.counter_case import Estimate, LineShare
from app.domain.credential import EVoucherToken, Person, RxToken
from app.domain.errors import Code, PlatformRejected, Trouble
from app.domain.money import Amounts, Fen
from app.domain.prescription import Prescription, RxState, RxSummary
from app.domain.settlement import SettledFacts
from app.ports import replies as r
from app.ports import requests as q
from app.ports.clock import Clock
from app.ports.messages import Answer, Committed, Draft, WireFacts
from app.ports.platform import Platform, Sender, Stamp
from app.profile.operations import Operation
from tests.support.fake_catalogue import FakeCatalogue
from tests.support.fake_circulation import CirculationBooks, FakeCirculation
from tests.support.fake_goods import FakeGoods
from tests.support.fake_insurance import FakeInsurance, in_total
from tests.support.fake_seal import FakeSeal
from tests.support.operation_of import operation_of

MORE_THERE = {"verdict": money.Verdict.MORE_THERE}


@dataclass(frozen=True, slots=True)
class Turn:
    """One scripted answer. ``booked``: the books were written before the trouble."""

    trouble: Trouble | None = None
    booked: bool = False
    change: Callable[[Any], Any] | None = None
    platform_ref: str = ""


@dataclass(frozen=True, slots=True)
class Minted:
    """A prescription of the hospital with its file."""

    summary: RxSummary
    prescription: Prescription
    document: bytes


@dataclass(frozen=True, slots=True)
class Booked:
    """One settlement in the books."""

    facts: SettledFacts
    person_no: str
    refunded: bool = False
    kind: str = ""  # of insurance; nobody's counts in every total


@dataclass
class Books:
    """What the platform has committed."""

    days: int = 0
    audits: dict[str, Verdict] = field(default_factory=dict)
    sold: dict[str, str] = field(default_factory=dict)
    centre_sold: dict[str, str] = field(default_factory=dict)
    """What the prescription centre was told beside it."""
    visits: int = 0
    settlements: dict[str, Booked] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def split(total: Fen) -> Amounts:
    """Seven tenths from the fund, two from the account, the rest in cash."""
    fund, account = Fen(total * 7 // 10), Fen(total * 2 // 10)
    return Amounts(total, fund, account, Fen(total - fund - account))


class FakePlatform(FakeCirculation):
    """The three neighbours of a counter; each of its methods is one operation of a port.

    ``watch`` is called whenever a message is on the wire: a test says there what must hold then.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.books = Books()
        self.seal = FakeSeal()
        self.goods = FakeGoods(self)
        self.circulation = CirculationBooks()
        self.catalogue = FakeCatalogue(self)
        self.insurance = FakeInsurance(self)
        self.people: dict[str, Person] = {}
        self.vouchers: dict[str, str] = {}
        self.minted: dict[str, list[Minted]] = defaultdict(list)
        self.asked: list[tuple[Operation, Any]] = []
        self.senders: list[Sender] = []
        self.watch: Callable[[], None] = lambda: None
        self._turns: dict[Operation, deque[Turn]] = defaultdict(deque)
        self._answers = 0
        self.own_time: Callable[[], datetime | None] = lambda: None
        self.file_time: Callable[[], datetime | None] = lambda: None
        """What it says the time is: in every answer, and in the files it makes."""

    def platform(self) -> Platform:
        return Platform(self, self.goods, self.catalogue, self.insurance, self, self, self.seal)

    def script(
        self,
        operation: Operation,
        trouble: Trouble | None = None,
        *,
        booked: bool = False,
        change: Callable[[Any], Any] | None = None,
        platform_ref: str = "",
    ) -> None:
        """The next exchange of ``operation`` goes like this; several wait in line."""
        self._turns[operation].append(Turn(trouble, booked, change, platform_ref))

    def times(self, operation: Operation) -> int:
        """How often ``operation`` was on the wire."""
        return sum(asked is operation for asked, _ in self.asked)

    def compose(self, request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]:
        self.senders.append(sender)
        return Draft(request, operation_of(request), stamp.message_id, b"wire", "{}", stamp.at)

    def exchange(self, message: Committed[Any], honest: Callable[[Any], Any]) -> Answer[Any]:
        operation, request = message.draft.operation, message.draft.request
        self.asked.append((operation, request))
        self.watch()
        waiting = self._turns[operation]
        turn = waiting.popleft() if waiting else Turn()
        if turn.trouble is not None and not turn.booked:
            raise turn.trouble
        value = honest(message)
        if turn.trouble is not None:
            raise turn.trouble
        if turn.change is not None:
            value = turn.change(value)
        self._answers += 1
        ref = turn.platform_ref or f"{self._answers:020d}"
        facts = WireFacts(self.clock.now(), True, 900, 700, 200, 31, "{}", ref, "0")
        return Answer(value, replace(facts, platform_at=self.own_time()))

    def open_day(self, message: Committed[q.OpenDay]) -> Answer[r.DayOpened]:
        return self.exchange(message, self._open_day)

    def _open_day(self, _message: Committed[q.OpenDay]) -> r.DayOpened:
        self.books.days += 1
        return r.DayOpened(f"{self.books.days:06d}", self.clock.now().isoformat())

    def close_day(self, message: Committed[q.CloseDay]) -> Answer[None]:
        return self.exchange(message, lambda _message: None)

    def decode(self, message: Committed[q.DecodeVoucher]) -> Answer[r.Decoded]:
        return self.exchange(message, self._decode)

    def _decode(self, message: Committed[q.DecodeVoucher]) -> r.Decoded:
        number = self.vouchers.get(message.draft.request.code.reveal())
        if number is None:
            raise PlatformRejected(Code.VOUCHER_UNKNOWN)
        person = self.people[number]
        return r.Decoded(
            person.name, "01", person.id_number, EVoucherToken(f"token-{number}"), "350100"
        )

    def query_person(self, message: Committed[q.QueryPerson]) -> Answer[Person]:
        return self.exchange(message, self._query_person)

    def _query_person(self, message: Committed[q.QueryPerson]) -> Person:
        shown = message.draft.request.credential.identity.id_number
        person = self.people.get(shown.reveal()) if shown is not None else None
        if person is None:
            raise PlatformRejected(Code.PERSON_UNKNOWN)
        return person

    def authorise(self, message: Committed[q.Authorise]) -> Answer[r.Authorised]:
        return self.exchange(message, self._authorise)

    def _authorise(self, message: Committed[q.Authorise]) -> r.Authorised:
        own = self.minted[message.draft.request.person.id_number.reveal()]
        return r.Authorised(RxToken("rx-token"), tuple(minted.summary for minted in own))

    def download(self, message: Committed[q.Download]) -> Answer[r.Downloaded]:
        return self.exchange(message, self._download)

    def _download(self, message: Committed[q.Download]) -> r.Downloaded:
        for own in self.minted.values():
            for minted in own:
                if minted.summary.rx_number == message.draft.request.rx_number:
                    return r.Downloaded(minted.prescription, minted.document, None)
        raise PlatformRejected(Code.PRESCRIPTION_UNKNOWN)

    def verify(self, message: Committed[q.Verify]) -> Answer[r.Verified]:
        return self.exchange(message, self._verify)

    def _verify(self, message: Committed[q.Verify]) -> r.Verified:
        request = message.draft.request
        serial, digest = f"V-{request.rx_number}", request.digest.upper()
        return r.Verified(serial, digest, request.certificate_serial, self.clock.now())

    def upload_audit(self, message: Committed[q.UploadAudit]) -> Answer[r.AuditAccepted]:
        return self.exchange(message, self._upload_audit)

    def _upload_audit(self, message: Committed[q.UploadAudit]) -> r.AuditAccepted:
        request = message.draft.request
        self.books.audits[request.verify_serial] = request.decision.verdict
        return r.AuditAccepted(f"A-{request.verify_serial}")

    def upload_sale(self, message: Committed[q.UploadSale]) -> Answer[r.SaleAccepted]:
        return self.exchange(message, self._upload_sale)

    def _upload_sale(self, message: Committed[q.UploadSale]) -> r.SaleAccepted:
        request = message.draft.request
        sold = self._sold_to(request)
        if any(code in sold for code in request.line.trace_codes):
            raise PlatformRejected(Code.CODE_SOLD_ELSEWHERE)
        sold.update(dict.fromkeys(request.line.trace_codes, request.sale_serial))
        return r.SaleAccepted("")

    def tell_stock(self, message: Committed[Any]) -> Answer[r.SaleAccepted]:
        return self.exchange(message, lambda _: r.SaleAccepted(""))

    def return_sale(self, message: Committed[q.ReturnSale]) -> Answer[r.SaleAccepted]:
        return self.exchange(message, self._return_sale)

    def _return_sale(self, message: Committed[q.ReturnSale]) -> r.SaleAccepted:
        codes, sold = message.draft.request.line.trace_codes, self._sold_to(message.draft.request)
        if not all(code in sold for code in codes):
            raise PlatformRejected(Code.NOTHING_TO_RETURN)
        for code in codes:
            del sold[code]
        return r.SaleAccepted("")

    def _sold_to(self, request: q.UploadSale | q.ReturnSale) -> dict[str, str]:
        beside = isinstance(request, q.UploadRxSale | q.UndoRxSale)
        return self.books.centre_sold if beside else self.books.sold

    def query_trail(self, message: Committed[q.QueryTrail]) -> Answer[r.TrailFound]:
        return self.exchange(message, self._query_trail)

    def _query_trail(self, message: Committed[q.QueryTrail]) -> r.TrailFound:
        code = message.draft.request.code
        serial = self.books.sold.get(code)
        held = (r.TrailRow(code, "", "", serial, False),) if serial else ()
        return r.TrailFound(held, complete=True)

    def presettle(self, message: Committed[q.Presettle]) -> Answer[r.Presettled]:
        return self.exchange(message, self._presettle)

    def _presettle(self, message: Committed[q.Presettle]) -> r.Presettled:
        bill = message.draft.request.bill
        self.books.visits += 1
        shares = tuple(
            LineShare(line.index, line.pay_class, Fen(0), line.amount) for line in bill.lines
        )
        amounts = split(bill.total)
        return r.Presettled(
            Estimate(
                visit_id=f"{self.books.visits:09d}",
                amounts=amounts,
                shares=shares,
                deductible=Fen(0),
                balance_after=Fen(10_000 - amounts.account),
                pool_ratio="0.7",
                notice="",
                at=self.clock.now(),
            )
        )

    def settle(self, message: Committed[q.Settle]) -> Answer[r.Settled]:
        return self.exchange(message, self._settle)

    def _settle(self, message: Committed[q.Settle]) -> r.Settled:
        request = message.draft.request
        facts = SettledFacts(
            settlement_id=f"S-{message.draft.message_id[-6:]}",
            visit_id=request.visit_id,
            amounts=split(request.bill.total),
            settled_at=self.clock.now().isoformat(),
            balance_after=10_000 - split(request.bill.total).account,
            clearing_office="350100",
            clearing_kind="41",
        )
        number, kind = request.bill.person.person_no.reveal(), request.bill.insurance_kind
        self.books.settlements[message.draft.message_id] = Booked(facts, number, kind=kind)
        return r.Settled(facts, number, message.draft.message_id)

    def revoke_settlement(self, message: Committed[q.RevokeSettlement]) -> Answer[r.Revoked]:
        return self.exchange(message, self._revoke)

    def _revoke(self, message: Committed[q.RevokeSettlement]) -> r.Revoked:
        wanted = message.draft.request.settlement_id
        for key, booked in self.books.settlements.items():
            if booked.facts.settlement_id == wanted and not booked.refunded:
                self.books.settlements[key] = replace(booked, refunded=True)
                back = replace(booked.facts, amounts=booked.facts.amounts.negated())
                return r.Revoked(back, booked.person_no, message.draft.message_id)
        raise PlatformRejected(Code.REFUND_REFUSED)

    def reverse(self, message: Committed[q.Reverse]) -> Answer[None]:
        return self.exchange(message, self._reverse)

    def _reverse(self, message: Committed[q.Reverse]) -> None:
        if not self.books.settlements.pop(message.draft.request.original_message_id, None):
            raise PlatformRejected(Code.REVERSAL_NOTHING_FOUND)

    def query_settlement(self, message: Committed[q.QuerySettlement]) -> Answer[r.SettlementFound]:
        return self.exchange(message, self._query_settlement)

    def _query_settlement(self, message: Committed[q.QuerySettlement]) -> r.SettlementFound:
        number = message.draft.request.person.person_no.reveal()
        for message_id, booked in self.books.settlements.items():
            if booked.person_no == number:
                return r.SettlementFound(booked.facts, booked.refunded, message_id)
        raise PlatformRejected(Code.REFUSED)

    def reconcile_totals(self, message: Committed[q.ReconcileTotals]) -> Answer[r.TotalsCompared]:
        return self.exchange(message, self._reconcile_totals)

    def _reconcile_totals(self, message: Committed[q.ReconcileTotals]) -> r.TotalsCompared:
        asked, books = message.draft.request, list(self.books.settlements.values())
        books = [b for b in books if in_total(asked, b.kind, b.facts.clearing_kind)]
        active = [b.facts.amounts.total for b in books if not b.refunded]
        equal = (asked.count, asked.amounts.total) == (len(active), sum(active))
        return r.TotalsCompared(equal, "0" if equal else "1", "")

    def upload_file(self, message: Committed[q.UploadFile]) -> Answer[r.FileStored]:
        file = message.draft.request
        return self.exchange(message, lambda _asked: self._keep(file.filename, file.content))

    def _keep(self, filename: str, content: bytes) -> r.FileStored:
        number = f"F{len(self.books.files) + 1}"
        self.books.files[number] = content
        return r.FileStored(number, filename)

    def download_file(self, message: Committed[q.DownloadFile]) -> Answer[r.FileFetched]:
        number = message.draft.request.file_query_no
        return self.exchange(
            message, lambda _asked: r.FileFetched(self.books.files[number], None, self.file_time())
        )

    def reconcile_lines(self, message: Committed[q.ReconcileLines]) -> Answer[r.FileStored]:
        return self.exchange(message, self._reconcile_lines)

    def _reconcile_lines(self, message: Committed[q.ReconcileLines]) -> r.FileStored:
        """What stands at this office and is not in the file that was handed in."""
        asked = message.draft.request
        known = {x["settlement_id"] for x in json.loads(self.books.files[asked.file_query_no])}
        rows = [
            asdict(_difference(message_id, one))
            for message_id, one in self.books.settlements.items()
            if one.facts.clearing_office == asked.clearing_office
            if one.facts.settlement_id not in known
        ]
        return self._keep("differences", json.dumps(rows).encode())

    def statement_file(self, lines: Sequence[q.StatementLine]) -> bytes:
        return json.dumps([asdict(line) for line in lines]).encode()

    def read_statement(self, content: bytes) -> tuple[r.StatementResult, ...]:
        return tuple(r.StatementResult(**row | MORE_THERE) for row in json.loads(content))

    def mint(self, person: Person, summary: RxSummary, prescription: Prescription) -> Minted:
        """A prescription of ``person`` that waits to be taken."""
        minted = Minted(summary, prescription, b"%PDF-1.7 " + prescription.rx_number.encode())
        self.minted[person.id_number.reveal()].append(minted)
        return minted

    def relist(self, state: RxState, valid_for: timedelta | None = None) -> None:
        """Every prescription is listed in ``state``, and valid so long from now."""
        for own in self.minted.values():
            for i, minted in enumerate(own):
                until = self.clock.now() + valid_for if valid_for else minted.summary.valid_until
                listed = replace(minted.summary, state=state, valid_until=until)
                own[i] = replace(minted, summary=listed)


def _difference(message_id: str, booked: Booked) -> r.StatementResult:
    amounts = booked.facts.amounts
    return r.StatementResult(
        person_no=booked.person_no,
        visit_id=booked.facts.visit_id,
        settlement_id=booked.facts.settlement_id,
        message_id=message_id,
        result="2",
        refunded=booked.refunded,
        total=amounts.total,
        fund=amounts.fund,
        account=amounts.account,
    )
