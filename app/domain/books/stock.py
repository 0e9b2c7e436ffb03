"""The daily stock reconciliation: one comparison of a day, its findings, and what to do about each.

Figures are quantities at scale 4 of smallest pricing packs; values are fen at our retail price.
``difference`` is always ours less theirs. (trace-and-stock 2.5 to 2.7)
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from app.domain.money import Fen, Quantity


class Stage(IntEnum):
    """Two looks at one day (T46): what may still arrive late raises no alarm at the first."""

    NIGHT = 1
    MORNING = 2


class StoreMode(StrEnum):
    """How far this store is connected (T38)."""

    FULL = "full"
    PARTIAL = "partial"


class LineState(StrEnum):
    """Exactly one of four; there is no fifth (trace-and-stock 2.7)."""

    EQUAL = "equal"
    EXPLAINED = "explained"
    NEEDS_ACTION = "needs_action"
    CANNOT_COMPARE = "cannot_compare"


class StockCause(StrEnum):
    """Why both books differ. Each has one sentence in ``stock_cause.<value>``."""

    # explained: nobody has to do anything
    IN_FLIGHT = "in_flight"
    AT_COUNTER = "at_counter"
    SETTLING = "settling"
    ARRIVED_UNHEARD = "arrived_unheard"
    NOT_WANTED = "not_wanted"
    DAILY_PUSH = "daily_push"
    EXEMPT = "exempt"
    UNIT_FACTOR = "unit_factor"
    PARTS_ROUNDED = "parts_rounded"
    # needs action: a record of ours that does not stand there
    SALE_REFUSED = "sale_refused"
    SALE_NEVER_TOLD = "sale_never_told"
    SALE_LOST = "sale_lost"
    RETURN_NOT_TOLD = "return_not_told"
    PURCHASE_NOT_TOLD = "purchase_not_told"
    CHANGE_NOT_TOLD = "change_not_told"
    SENT_BACK_NOT_TOLD = "sent_back_not_told"
    COUNT_NOT_TOLD = "count_not_told"
    OPENING_NOT_TOLD = "opening_not_told"
    ANSWER_LOST = "answer_lost"
    ERASURE_NOT_TOLD = "erasure_not_told"
    # needs action: something stands there that should not
    SALE_TWICE = "sale_twice"
    RETURN_TWICE = "return_twice"
    PURCHASE_TWICE = "purchase_twice"
    CHANGE_TWICE = "change_twice"
    SENT_BACK_TWICE = "sent_back_twice"
    COUNT_TOO_LATE = "count_too_late"
    WRONG_QUANTITY = "wrong_quantity"
    WRONG_DIRECTION = "wrong_direction"
    WRONG_LOT = "wrong_lot"
    ERASED_THERE = "erased_there"
    TWO_SOURCES = "two_sources"
    SOLD_ELSEWHERE = "sold_elsewhere"
    UNKNOWN_LOT_THERE = "unknown_lot_there"
    FIGURE_CONTRADICTS_RECORDS = "figure_contradicts_records"
    PRICE_DIFFERS = "price_differs"
    UNNAMED = "unnamed"
    # cannot compare
    NO_MAPPING = "no_mapping"
    PAGE_MISSING = "page_missing"
    ROW_UNREADABLE = "row_unreadable"
    RECORDS_UNANSWERED = "records_unanswered"
    LEDGER_BROKEN = "ledger_broken"


EXPLAINED = frozenset(
    {
        StockCause.IN_FLIGHT,
        StockCause.AT_COUNTER,
        StockCause.SETTLING,
        StockCause.ARRIVED_UNHEARD,
        StockCause.NOT_WANTED,
        StockCause.DAILY_PUSH,
        StockCause.EXEMPT,
        StockCause.UNIT_FACTOR,
        StockCause.PARTS_ROUNDED,
    }
)
INCOMPARABLE = frozenset(
    {
        StockCause.NO_MAPPING,
        StockCause.PAGE_MISSING,
        StockCause.ROW_UNREADABLE,
        StockCause.RECORDS_UNANSWERED,
        StockCause.LEDGER_BROKEN,
    }
)


def state_of(cause: StockCause) -> LineState:
    """Which of the four states a line is in for this cause."""
    if cause in EXPLAINED:
        return LineState.EXPLAINED
    return LineState.CANNOT_COMPARE if cause in INCOMPARABLE else LineState.NEEDS_ACTION


class StockFact(StrEnum):
    """Kinds of evidence; the value beside it is what both sides can look up.

    ``MESSAGE`` is a row of the message journal, ``RECORD`` one of the outbox, ``MOVEMENT`` one of
    the stock ledger, ``PART`` one of its pieces, ``CASE`` a visit, ``CODE`` a trace code,
    ``ON_FILE`` the platform's number of a record with its time, ``FACTOR`` packs there for one pack
    here, ``OTHER_LOT`` a lot serial.
    """

    MESSAGE = "message"
    RECORD = "record"
    MOVEMENT = "movement"
    PART = "part"
    CASE = "case"
    CODE = "code"
    ON_FILE = "on_file"
    ON_FILE_AT = "on_file_at"
    HAPPENED_AT = "happened_at"
    DOCUMENT = "document"
    QUANTITY = "quantity"
    PLATFORM_SAID = "platform_said"
    FACTOR = "factor"
    OTHER_LOT = "other_lot"
    PAGE = "page"
    OUR_PRICE = "our_price"
    THEIR_PRICE = "their_price"


StockEvidence = tuple[StockFact, str]


class Record(StrEnum):
    """What a record told to the platform is about; each has its own call (core-platform 6)."""

    COUNT = "count"
    CHANGE = "change"
    PURCHASE = "purchase"
    SENT_BACK = "sent_back"
    SALE = "sale"
    SALE_RETURN = "sale_return"
    ERASURE = "erasure"


class Remedy(StrEnum):
    """What one key starts. ``ASK``, ``MAP``, ``PRICE`` and ``COUNT_BY_HAND`` tell nothing: the last
    is done lot by lot on the page for counts."""

    RESEND = "resend"
    RETURN_SALE = "return_sale"
    CHANGE = "change"
    COUNT = "count"
    COUNT_BY_HAND = "count_by_hand"
    MAP = "map"
    PRICE = "price"
    ASK = "ask"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Draft:
    """A correction ready to be told. ``leads_to`` is what the platform should hold afterwards.

    ``record`` is None where nothing is told. ``quantity`` is positive; of a count it is the
    figure told. ``record_id`` is the waiting record a resend wakes, ``event_id`` the movement it is
    made of, ``part_id`` the movement of pieces; ``case_id`` and ``line`` name the visit and its
    reported line. ``change_kind`` is the region's code of a change. ``applied_*`` say who queued
    it, when, and under which business key; empty until then.
    """

    remedy: Remedy
    record: Record | None
    upload_lot: str
    quantity: Quantity
    leads_to: Quantity | None
    record_id: int | None = None
    event_id: int | None = None
    change_kind: str | None = None
    applied_at: datetime | None = None
    applied_by: str = ""
    applied_key: str = ""
    case_id: int | None = None
    line: int | None = None
    part_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One named cause: how much of the difference it makes, what proves it, what repairs it.

    ``effect`` is ours less theirs. ``proven`` is False where the platform shows no records and only
    the figures fit.
    """

    cause: StockCause
    effect: Quantity
    evidence: tuple[StockEvidence, ...] = ()
    draft: Draft | None = None
    proven: bool = True

    @property
    def state(self) -> LineState:
        return state_of(self.cause)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One part of the platform's formula: so many records of a kind, and their signed sum."""

    record: Record
    count: int
    total: Quantity


@dataclass(frozen=True, slots=True)
class Replay:
    """The platform's own formula over what it accepted from us (trace-and-stock T43, T44).

    ``base`` is the figure of the last count accepted, nought without one; ``parts`` is what came
    behind it, ``comes_to`` what the platform should hold by its own yes.
    """

    counted_at: datetime | None
    base: Quantity
    parts: tuple[Replayed, ...]
    comes_to: Quantity


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A named person's word that a difference may stand, and why.

    It holds for these very ``figures`` of this line on its day: a rerun that finds others has to
    be answered anew. ``withdrawn`` takes an earlier word back.
    """

    store_code: str
    upload_lot: str
    figures: str
    at: datetime
    staff_id: int
    name: str
    reason: str
    withdrawn: bool = False


_GRAVEST = (LineState.NEEDS_ACTION, LineState.CANNOT_COMPARE, LineState.EXPLAINED)


@dataclass(frozen=True, slots=True)
class StockFinding:
    """One line (a lot, or an item where the region sums up lots) that is not plainly equal.

    ``ours`` is None where we never had it, ``theirs`` where the platform shows no row for it.
    ``reasons`` stand in the order of their weight; there is always at least one. ``replay`` is None
    where our records were not looked at. An accepted line is explained, whatever its causes.
    """

    finding_no: int
    store_code: str
    national_code: str
    name: str
    upload_lot: str
    lot_no: str
    lots: tuple[int, ...]
    ours: Quantity | None
    theirs: Quantity | None
    value: Fen
    our_price: int | None
    their_price: int | None
    reasons: tuple[Reason, ...]
    replay: Replay | None = None
    accepted: Acceptance | None = None

    @property
    def state(self) -> LineState:
        """The gravest of its reasons; explained where somebody lets the difference stand."""
        return self.found if self.accepted is None else LineState.EXPLAINED

    @property
    def found(self) -> LineState:
        """The gravest of its reasons."""
        states = {reason.state for reason in self.reasons}
        return next(state for state in _GRAVEST if state in states)

    @property
    def cause(self) -> StockCause:
        """The first of its gravest reasons."""
        return next(one.cause for one in self.reasons if one.state is self.found)

    @property
    def figures(self) -> str:
        """What has to stay as it is for somebody's word to hold: figures, prices and causes."""
        causes = sorted(f"{one.cause.value} {one.effect}" for one in self.reasons)
        sides = (self.ours, self.theirs, self.our_price, self.their_price)
        return "|".join((*map(str, sides), *causes))

    @property
    def difference(self) -> Quantity:
        """Ours less theirs; a side without the line counts as nothing."""
        return Quantity((self.ours or 0) - (self.theirs or 0))


@dataclass(frozen=True, slots=True)
class FailedPage:
    """One page of the platform's figures that did not come. ``code`` of ``app.domain.errors``."""

    page: int
    code: int


@dataclass(frozen=True, slots=True)
class StockTally:
    """How many lines stand in each state, and what the differences come to.

    ``value`` adds without sign: faults do not cancel each other.
    """

    equal: int
    explained: int
    needs_action: int
    cannot_compare: int
    value: Fen

    @property
    def lines(self) -> int:
        return self.equal + self.explained + self.needs_action + self.cannot_compare


@dataclass(frozen=True, slots=True)
class StockRun:
    """One comparison of one business day. ``run_no`` counts the comparisons of that day.

    ``cut_off`` is the moment our ledger was read; ``queue_open`` records were on their way then.
    """

    day: date
    run_no: int
    stage: Stage
    mode: StoreMode
    settles_elsewhere: bool
    cut_off: datetime
    compared_by: str
    pages: int
    failed_pages: tuple[FailedPage, ...]
    records_shown: bool
    queue_open: int
    last_count_at: datetime | None
    tally: StockTally

    @property
    def complete(self) -> bool:
        """Every page came; otherwise the result is partial and its title says so (T48)."""
        return not self.failed_pages

    @property
    def open_count(self) -> int:
        return self.tally.needs_action


@dataclass(frozen=True, slots=True)
class StockSignOff:
    """Who took note of which comparison of the day."""

    run_no: int
    at: datetime
    staff_id: int
    name: str
    note: str
