"""What the pages of day's end show: frozen, people masked."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.books.money import (
    Cause,
    Evidence,
    GroupResult,
    GroupState,
    Repair,
    SignOff,
    Sums,
    whole,
)
from app.domain.money import ZERO, Fen
from app.ports.reconciling import MoneyDayHead
from app.workflow.views.case import Say


@dataclass(frozen=True, slots=True)
class LineGoesTo:
    """The visit that gets a line where it is adopted; ``name`` is masked."""

    case_id: int
    receipt_no: str
    name: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference. ``person`` is masked; ``insurance`` and ``office`` as people call them.

    ``goes_to`` is set where an adoption ends a visit of ours, and not only enters a line.
    """

    cause: Cause
    repair: Repair
    message_id: str
    settlement_id: str
    person: str
    insurance: str
    office: str
    case_id: int | None
    ours: Sums | None
    theirs: Sums | None
    difference: Fen
    evidence: tuple[Evidence, ...]
    asked_at: datetime | None
    adoptable: bool = False
    goes_to: LineGoesTo | None = None

    @property
    def open(self) -> bool:
        return self.repair is not Repair.NONE

    @property
    def remedy(self) -> str:
        """What to do, by name: of a refund the statement only marks, no key undoes or adopts it."""
        marked = self.cause is Cause.REFUND_ABSENT_HERE and self.repair is Repair.ASK
        return "refund_marked_there" if marked else self.cause.value

    @property
    def parts(self) -> tuple[tuple[str, Fen, Fen], ...]:
        """Parts of the bill on which both books differ: which, ours, theirs. Of one total the fund
        may be charged otherwise, and the totals say nothing of it."""
        if self.ours is None or self.theirs is None:
            return ()
        both = (
            ("fund", self.ours.fund, self.theirs.fund),
            ("account", self.ours.account, self.theirs.account),
        )
        return tuple((part, ours, theirs) for part, ours, theirs in both if ours != theirs)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Totals of one group. ``code`` names what kept it from being compared."""

    insurance: str
    clearing: str
    office: str
    count: int
    sums: Sums
    state: GroupState
    lines: bool
    code: int | None

    @property
    def whole(self) -> bool:
        """Nothing of it was skipped."""
        return whole(self.state, self.lines, self.code)

    @staticmethod
    def of(part: GroupResult, insurance: str) -> "GroupRow":
        group = part.group
        return GroupRow(
            insurance,
            group.clearing_kind,
            group.clearing_office,
            part.count,
            part.sums,
            part.state,
            part.lines,
            part.code,
        )


@dataclass(frozen=True, slots=True)
class AdoptedRow:
    """A line of the platform that named people took into our books; amounts in fen."""

    message_id: str
    settlement_id: str
    total: Fen
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoneyView:
    """One day's comparison as the page shows it; ``run_no`` 0 where none was made yet.

    ``signed`` holds the signatures under this very comparison, ``days`` what was compared before.
    """

    day: date
    today: date
    run_no: int
    compared_at: datetime | None
    compared_by: str
    complete: bool
    every_line: bool
    groups: tuple[GroupRow, ...]
    rows: tuple[DifferenceRow, ...]
    signed: tuple[SignOff, ...]
    days: tuple[MoneyDayHead, ...]
    missing: tuple[date, ...] = ()
    """Days a recovery still has to compare and sign."""
    adopted: tuple[AdoptedRow, ...] = ()
    signable_from: datetime | None = None
    """From when a comparison of a missing day counts, where this one was made too early."""
    moved_on: bool = False
    """Our books of that day went on behind this comparison (``moved``)."""
    left_out: tuple[date, ...] = ()
    """Days before yesterday, of the last month, that this counter worked on and nobody compared."""

    @property
    def lines(self) -> int:
        """How many lines our books have."""
        return sum(group.count for group in self.groups)

    @property
    def open_count(self) -> int:
        return sum(row.open for row in self.rows)

    @property
    def skipped(self) -> int:
        """Groups that could not be compared to the end."""
        return sum(not group.whole for group in self.groups)

    @property
    def difference(self) -> Fen:
        """What the differences come to, without sign: faults do not cancel each other."""
        return Fen(sum(abs(row.difference) for row in self.rows if row.open))


@dataclass(frozen=True, slots=True)
class OpenMoney:
    """One attempt whose outcome is not known; it keeps the day open.

    ``next_at`` is when it is looked at again by itself; None where a person has to. ``counter``:
    another one of the store left it, and no counter but this one is open to end it.
    """

    case_id: int
    person: str
    message_id: str
    state: str
    since: datetime | None
    total: Fen
    next_at: datetime | None = None
    counter: int | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One thing the next day or shift gets: an upload, a customer, a paper or cash that waits.

    A sale for cash names nobody: ``self_pay`` says what it is. ``owed``: cash of a settlement that
    nobody took yet; ``goes_back``: cash of a customer who is not here.
    """

    kind: str
    what: str
    detail: str
    since: datetime
    case_id: int | None
    self_pay: bool = False
    owed: Fen = ZERO
    goes_back: Fen = ZERO


@dataclass(frozen=True, slots=True)
class CashDay:
    """Sales for cash alone of one counter and day, and those given back: how many, fen in all."""

    sales: int = 0
    taken: Fen = ZERO
    backs: int = 0
    given: Fen = ZERO


@dataclass(frozen=True, slots=True)
class ClosingView:
    """What stands between the counter and its sign-out.

    ``day`` is the one a sign-out ends: behind midnight that of the evening until a sign-in.
    ``ending`` are visits that the sign-out itself gives up: told as sold and not settled.
    ``lost_days``: what a recovery still wants compared and signed, as people read it; empty outside
    one. Until then nobody knows what of those days stands.
    """

    day: date
    signed_in: bool
    opened_by: str
    money: tuple[OpenMoney, ...]
    handed_over: tuple[HandedOver, ...]
    compared: MoneyDayHead | None
    clock: Say | None = None
    """Set while nothing in doubt clears itself, because the clock is not believed."""
    cash: CashDay = CashDay()
    ending: tuple[HandedOver, ...] = ()
    lost_days: str = ""
    moved_on: bool = False
    """Whether money was taken or given back behind ``compared``."""

    @property
    def owing(self) -> tuple[HandedOver, ...]:
        """Visits whose goods wait for cash."""
        return tuple(one for one in self.handed_over if one.owed)

    @property
    def may_close(self) -> bool:
        """Unknown money alone refuses (reliability 4); everything else is handed over."""
        return self.signed_in and not self.money


@dataclass(frozen=True, slots=True)
class Exported:
    """Files made of one comparison."""

    files: tuple[str, ...]
