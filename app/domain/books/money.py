"""The daily money reconciliation: our ledger lines, the platform's, what differs, and why.

``compare`` in ``app.domain.books.compare`` names the causes; these are its words (reliability 4.1).
Amounts are fen. A refund is a line of its own with negative amounts (core-platform 8.2).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.attempt import AttemptState
from app.domain.credential import PersonNumber
from app.domain.money import Fen


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """What one comparison of totals is about (core-platform 8.1)."""

    insurance_kind: str
    clearing_kind: str
    clearing_office: str

    @property
    def clearing(self) -> tuple[str, str]:
        """What one comparison line by line is about: it knows no kind of insurance."""
        return self.clearing_kind, self.clearing_office


@dataclass(frozen=True, slots=True)
class Sums:
    """The three figures both books speak of."""

    total: Fen
    fund: Fen
    account: Fen

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            Fen(self.total + other.total),
            Fen(self.fund + other.fund),
            Fen(self.account + other.account),
        )

    def negated(self) -> "Sums":
        return Sums(Fen(-self.total), Fen(-self.fund), Fen(-self.account))


NOTHING = Sums(Fen(0), Fen(0), Fen(0))


LineName = tuple[str, bool]
"""Message and whether it gives back: some statements write a refund under its settlement's."""


@dataclass(frozen=True, slots=True)
class OurLine:
    """One settlement or refund as our ledger has it.

    ``message_id`` is that of this line, ``attempt_id`` that of the settlement it belongs to.
    ``booked`` lines stand in our books; others are in doubt or dead and only name causes.
    ``settlement_id`` is empty where no answer ever named it, ``case_id`` where a line was adopted.
    ``by_word``: a person said what became of it, and it is not handed in: the platform shows what
    it has.
    """

    case_id: int | None
    message_id: str
    attempt_id: str
    refund: bool
    state: AttemptState
    booked: bool
    day: date
    group: Group
    settlement_id: str
    visit_id: str
    person_no: PersonNumber
    sums: Sums
    by_word: bool = False

    @property
    def name(self) -> LineName:
        """What tells it from every other line of ours."""
        return self.message_id, self.refund


class Verdict(StrEnum):
    """What the platform's comparison says of one line (core-platform 8.1)."""

    EQUAL = "equal"
    MORE_THERE = "more_there"
    MORE_HERE = "more_here"
    DIFFERENT = "different"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TheirLine:
    """One line of the fetched result. ``flagged``: the platform marks it as refunded.

    ``foreign`` names who else made this message id, empty where this counter may have made it.
    """

    message_id: str
    settlement_id: str
    visit_id: str
    person_no: PersonNumber
    verdict: Verdict
    flagged: bool
    sums: Sums
    clearing: tuple[str, str]
    foreign: str = ""

    @property
    def refund(self) -> bool:
        """A line that gives money back."""
        return self.sums.total < 0


class Cause(StrEnum):
    """Why both books differ. Each has one sentence and one repair."""

    ABSENT_HERE = "absent_here"
    DEAD_HERE = "dead_here"
    WORD_NOT_REFUNDED = "word_not_refunded"
    WORD_NOT_STANDING = "word_not_standing"
    WORD_OTHER_DAY = "word_other_day"
    OPEN_HERE = "open_here"
    MANUAL_HERE = "manual_here"
    TWICE_THERE = "twice_there"
    UNDONE_THERE = "undone_there"
    ABSENT_THERE = "absent_there"
    AMOUNTS_DIFFER = "amounts_differ"
    REFUND_ABSENT_HERE = "refund_absent_here"
    REFUND_ABSENT_THERE = "refund_absent_there"
    NUMBERS_DIFFER = "numbers_differ"
    TWICE_HERE = "twice_here"
    OTHER_DAY = "other_day"
    OTHER_COUNTER = "other_counter"
    REFUND_ELSEWHERE = "refund_elsewhere"
    NAMELESS_THERE = "nameless_there"
    NOT_COPIED = "not_copied"
    COPY_NUMBER_DIFFERS = "copy_number_differs"
    COPY_AMOUNTS_DIFFER = "copy_amounts_differ"
    COPY_NOT_THERE = "copy_not_there"
    REFUND_NOT_COPIED = "refund_not_copied"
    TOTALS_ONLY = "totals_only"
    UNREADABLE = "unreadable"


class Repair(StrEnum):
    """What one key starts."""

    REVERSE = "reverse"
    REVERSE_REFUND = "reverse_refund"
    CLEAR = "clear"
    DECIDE = "decide"
    ASK = "ask"
    LOOK = "look"
    NONE = "none"


REPAIRS: dict[Cause, Repair] = {
    Cause.ABSENT_HERE: Repair.REVERSE,
    Cause.DEAD_HERE: Repair.REVERSE,
    Cause.WORD_NOT_REFUNDED: Repair.REVERSE,
    Cause.WORD_NOT_STANDING: Repair.LOOK,
    Cause.WORD_OTHER_DAY: Repair.LOOK,
    Cause.OPEN_HERE: Repair.CLEAR,
    Cause.MANUAL_HERE: Repair.DECIDE,
    Cause.TWICE_THERE: Repair.REVERSE,
    Cause.UNDONE_THERE: Repair.NONE,
    Cause.ABSENT_THERE: Repair.ASK,
    Cause.AMOUNTS_DIFFER: Repair.ASK,
    Cause.REFUND_ABSENT_HERE: Repair.REVERSE_REFUND,
    Cause.REFUND_ABSENT_THERE: Repair.ASK,
    Cause.NUMBERS_DIFFER: Repair.LOOK,
    Cause.TWICE_HERE: Repair.LOOK,
    Cause.OTHER_DAY: Repair.NONE,
    Cause.OTHER_COUNTER: Repair.LOOK,
    Cause.REFUND_ELSEWHERE: Repair.LOOK,
    Cause.NAMELESS_THERE: Repair.LOOK,
    Cause.NOT_COPIED: Repair.LOOK,
    Cause.COPY_NUMBER_DIFFERS: Repair.LOOK,
    Cause.COPY_AMOUNTS_DIFFER: Repair.LOOK,
    Cause.COPY_NOT_THERE: Repair.LOOK,
    Cause.REFUND_NOT_COPIED: Repair.LOOK,
    Cause.TOTALS_ONLY: Repair.LOOK,
    Cause.UNREADABLE: Repair.LOOK,
}

MOVING = frozenset({Repair.REVERSE, Repair.REVERSE_REFUND})
"""Repairs that move money: each names the message it takes back."""


class Fact(StrEnum):
    """Kinds of evidence; the value beside it is a number or state both sides can look up.

    ``FOUND_AMOUNTS`` has the total, fund, account and cash of an answer, in yuan. ``OUR_RECEIPT``,
    the receipt and its masked customer, is known by the visit and not stored.
    """

    STATEMENT = "statement"
    MESSAGE = "message"
    OUR_STATE = "our_state"
    OUR_SETTLEMENT = "our_settlement"
    OUR_DAY = "our_day"
    OTHER_MESSAGE = "other_message"
    OTHER_COUNTER = "other_counter"
    JOURNAL = "journal"
    FOUND_STANDING = "found_standing"
    FOUND_REFUNDED = "found_refunded"
    FOUND_NOTHING = "found_nothing"
    FOUND_AMOUNTS = "found_amounts"
    OUR_RECEIPT = "our_receipt"
    REVERSAL_SENT = "reversal_sent"


Evidence = tuple[Fact, str]

_TOLD = ("total", "fund", "account", "cash")


def told_parts(value: str) -> dict[str, str]:
    """The parts of a ``FOUND_AMOUNTS`` by their names, in yuan."""
    return dict(zip(_TOLD, value.split(), strict=True))


@dataclass(frozen=True, slots=True)
class Difference:
    """One line on which both books differ.

    ``message_id`` is the message a repair acts on. ``asked_at`` is when a repair was last begun.
    """

    cause: Cause
    group: Group
    message_id: str
    settlement_id: str
    visit_id: str
    person_no: PersonNumber | None
    case_id: int | None
    ours: Sums | None
    theirs: Sums | None
    evidence: tuple[Evidence, ...] = ()
    asked_at: datetime | None = None

    @property
    def repair(self) -> Repair:
        """A refund can be reversed only where the statement shows its own line."""
        flag_only = self.theirs is None or self.theirs.total >= 0
        if self.cause is Cause.REFUND_ABSENT_HERE and flag_only:
            return Repair.ASK
        known = REPAIRS[self.cause]
        return Repair.LOOK if known in MOVING and not self.message_id else known

    @property
    def adoptable(self) -> bool:
        """Whether it may be taken into our books: the statement shows the line, and we have none.

        A second settlement of one visit is never adopted: ours stands for that visit. Nor is a line
        without a message: nobody could tell it from the next one.
        """
        if self.cause in (Cause.ABSENT_HERE, Cause.REFUND_ELSEWHERE):
            return bool(self.message_id)
        return self.repair is Repair.REVERSE_REFUND

    @property
    def open(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.repair is not Repair.NONE

    @property
    def difference(self) -> Fen:
        """Ours less theirs; a side without the line counts as nothing."""
        ours = self.ours.total if self.ours else 0
        return Fen(ours - (self.theirs.total if self.theirs else 0))

    @property
    def key(self) -> tuple[str, str, Group]:
        """The same difference in another comparison of the day."""
        return self.message_id, self.settlement_id, self.group


class GroupState(StrEnum):
    """What the comparison of one group's totals came to."""

    EQUAL = "equal"
    DIFFERS = "differs"
    NOT_COMPARED = "not_compared"


def whole(state: GroupState, lines: bool, code: int | None) -> bool:
    """Whether nothing of a group was skipped; ``code`` says what kept something from being read."""
    if state is GroupState.EQUAL:
        return lines or code is None
    return state is GroupState.DIFFERS and lines


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Totals of one group. ``code`` is the trouble that kept it from being compared.

    ``lines`` says whether its lines were compared one by one.
    """

    group: Group
    count: int
    sums: Sums
    state: GroupState
    lines: bool = False
    code: int | None = None
    told: str = ""

    @property
    def whole(self) -> bool:
        """Nothing of it was skipped: its total, and its lines where they were wanted."""
        return whole(self.state, self.lines, self.code)


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who took note of which comparison of the day."""

    run_no: int
    at: datetime
    staff_id: int
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class MoneyDay:
    """What one comparison of one day found. ``run_no`` counts the comparisons of that day.

    ``unseen``: what an earlier one saw standing there for nobody here, where this one could not
    look. No evidence for anything any more, but its visit is not settled beside it.
    """

    day: date
    run_no: int
    compared_at: datetime
    compared_by: str
    every_line: bool
    groups: tuple[GroupResult, ...]
    differences: tuple[Difference, ...]
    unseen: tuple[Difference, ...] = ()

    @property
    def complete(self) -> bool:
        """Nothing was skipped: every total, and every line where lines were wanted."""
        return all(part.whole for part in self.groups)

    @property
    def open_count(self) -> int:
        return sum(part.open for part in self.differences)
