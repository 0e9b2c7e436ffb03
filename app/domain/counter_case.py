"""The case as it is remembered: position, and everything learned so far about this customer.

The stored row is a projection; the events are the truth (architecture 6). E-voucher tokens are
never part of it: they live in memory for the current case only.
"""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.advice import Advice
from app.domain.audit import AuditDecision, PharmacistProof
from app.domain.case import Position, Signal
from app.domain.credential import Identity, Person, RxToken
from app.domain.goods.controlled import ShownIdentity
from app.domain.goods.selling import SaleLine
from app.domain.money import ZERO, Amounts, Fen
from app.domain.prescription import (
    DocumentRef,
    Prescription,
    RxNumber,
    RxSummary,
    Verification,
)
from app.domain.settlement import SettledFacts


@dataclass(frozen=True, slots=True)
class Refusal:
    """The last clear no or unclear answer, as the page shows it until something changes."""

    code: int
    platform_text: str
    at: datetime
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """The decision, and the centre's serial once it has confirmed."""

    decision: AuditDecision
    audit_serial: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SaleRecord:
    """The sale as uploaded: our own numbers, and what the platform confirmed line by line.

    ``lost_lines`` and ``lost_returns`` were told once and declared not arrived by a person; what
    is then answered "already there" had arrived after all. ``unclear_at`` is when a telling of
    this sale or its return last ended without an answer; ``also_told_at`` when its records for a
    second neighbour were queued ahead of the money. ``untold``: given back before anybody could
    have heard of it, so that neither the sale nor its return is told. ``sold_before`` are the
    boxes of lines that were refused as sold while no telling of ours could have arrived: one of
    them is another's.
    """

    receipt_no: str
    sale_serial: str
    numbered_at: datetime
    uploaded_at: datetime | None = None
    accepted_lines: frozenset[int] = frozenset()
    returned_at: datetime | None = None
    lost_lines: frozenset[int] = frozenset()
    lost_returns: frozenset[int] = frozenset()
    unclear_at: datetime | None = None
    also_told_at: datetime | None = None
    untold: bool = False
    sold_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LineShare:
    """How one line was cut by the pre-settlement."""

    index: int
    pay_class: str
    self_pay_first: Fen
    in_scope: Fen


@dataclass(frozen=True, slots=True)
class Estimate:
    """Result of the pre-settlement. Amounts in fen; ``balance_after`` is the account's.

    What our books knew when it was asked for: ``seen`` is the last event of any attempt,
    ``adopted`` the last line that was adopted, ``stretch`` how often a clock that was ahead had
    been put right. ``at`` is by our clock.
    """

    visit_id: str
    amounts: Amounts
    shares: tuple[LineShare, ...]
    deductible: Fen
    balance_after: Fen
    pool_ratio: str
    notice: str
    at: datetime
    seen: int | None = None
    adopted: int = 0
    stretch: int = 0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The money of this case was moved by another product (S4 2.1): the number it gave, as a
    person read it there, and later the number of its refund."""

    number: str
    refund_number: str = ""
    refunded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CashBack:
    """Cash of a sale that nobody insures went back over the counter: ``amount`` in fen, who paid it
    out and who agreed to it, by the number of the person."""

    amount: Fen
    at: datetime
    paid_by: int
    agreed_by: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything learned. Each step adds; nothing is guessed.

    ``back`` are the trace codes of sold boxes that lie on the counter again; ``buyer`` showed a
    document because something in the sale is registered; ``download_unclear``: a download left
    whose answer is missing or cannot be believed, so that the platform may have given it (S1 (6));
    ``own_tokens`` are permissions for one prescription each, and ``sent_here`` what the person had
    sent to this store from a phone; ``goods_out``: a manager adopted the settlement because the
    goods had been handed out already, in a time our books know nothing of.
    """

    identity: Identity | None = None
    person: Person | None = None
    insurance: int | None = None
    listed: tuple[RxSummary, ...] = ()
    listed_at: datetime | None = None
    chosen: RxNumber | None = None
    rx_token: RxToken | None = None
    prescription: Prescription | None = None
    document: DocumentRef | None = None
    downloaded_at: datetime | None = None
    verification: Verification | None = None
    pharmacist_proof: PharmacistProof | None = None
    audit: AuditRecord | None = None
    lines: tuple[SaleLine, ...] = ()
    sale: SaleRecord | None = None
    estimate: Estimate | None = None
    cash_received: Fen | None = None
    settled: SettledFacts | None = None
    settled_at: datetime | None = None
    handed_over_at: datetime | None = None
    back: tuple[str, ...] = ()
    refusal: Refusal | None = None
    buyer: ShownIdentity | None = None
    elsewhere: Elsewhere | None = None
    download_unclear: bool = False
    advice: Advice | None = None
    own_tokens: tuple[tuple[RxNumber, RxToken], ...] = ()
    sent_here: tuple[RxNumber, ...] = ()
    cash_back: CashBack | None = None
    goods_out: bool = False

    @property
    def still_to_pay(self) -> Fen:
        """Cash of a settlement beyond what was taken for it, until the goods are handed over: it
        came out dearer than agreed, or a line of the statement ended a visit nobody took cash for.
        """
        if self.settled is None or self.estimate is None or self.handed_over_at is not None:
            return ZERO
        due = self.settled.amounts.cash
        if due == self.estimate.amounts.cash and self.cash_received is not None:
            return ZERO
        return Fen(max(ZERO, due - (self.cash_received or ZERO)))


@dataclass(frozen=True, slots=True)
class CounterCase:
    """One case at one counter. ``version`` guards every write.

    ``ended_at`` is when it came to its end, None while it has not; the base keeps it by the moves.
    """

    case_id: int
    version: int
    counter_no: int
    route: str
    position: Position
    profile_id: str
    profile_digest: str
    opened_at: datetime
    opened_by: int
    parked_at: datetime | None = None
    parked_note: str = ""
    facts: CaseFacts = field(default_factory=CaseFacts)
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One move: who, when, signal, from, to, and what proves it."""

    at: datetime
    staff_id: int
    signal: Signal
    before: Position
    after: Position
    message_id: str | None = None
    code: int | None = None
    evidence_id: int | None = None
