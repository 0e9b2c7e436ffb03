"""What an attempt is: durable states, the region's rules, events and commands (reliability 2.1).

The engine that moves it is ``app.domain.settlement``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.money import Amounts


class AttemptState(StrEnum):
    """Durable states, one row per attempt."""

    PREPARED = "prepared"
    SENDING = "sending"
    UNKNOWN = "unknown"
    REVERSING = "reversing"
    REVERSED_UNCONFIRMED = "reversed_unconfirmed"
    REVERSED = "reversed"
    REJECTED = "rejected"
    SETTLED = "settled"
    MANUAL = "manual"
    REFUND_PREPARED = "refund_prepared"
    REFUND_SENDING = "refund_sending"
    REFUND_UNKNOWN = "refund_unknown"
    REFUND_REVERSING = "refund_reversing"
    REFUNDED = "refunded"


DEAD = frozenset({AttemptState.REJECTED, AttemptState.REVERSED, AttemptState.REFUNDED})
"""Not live: the prescription is free again (I1)."""
AT_REST = DEAD | {AttemptState.SETTLED}
"""States without a next time (I10)."""


SLOWLY = 10
"""How many gaps of one length go by before a longer one."""
SILENCE = timedelta(hours=24)
"""How long statements show neither a settlement nor its refund before a person is asked: longer
than one is behind. It counts from when nothing about the refund can arrive any more."""


class Leg(StrEnum):
    """Which of the two messages is in question."""

    SETTLE = "settle"
    REFUND = "refund"


class StatusQuery(StrEnum):
    """Capability of the region: how the fate of a message can be asked."""

    NONE = "none"
    BY_SETTLEMENT_ID = "by_settlement_id"
    BY_MESSAGE_ID = "by_message_id"


@dataclass(frozen=True, slots=True)
class SettleRules:
    """Capabilities and times of the region (profile [settle]); inputs of every step."""

    quiescence: timedelta
    reversible: bool
    refund_reversible: bool
    status_query: StatusQuery
    can_confirm: bool
    backoff: tuple[timedelta, ...]
    max_reversals: int
    alarm_after: int = 3

    def wait_after(self, tries: int) -> timedelta:
        """Gap before the next 2601 after ``tries`` of them."""
        return self.backoff[min(tries, len(self.backoff)) - 1] if tries else self.backoff[0]

    def wait_at_age(self, age: timedelta) -> timedelta:
        """Gap before a statement is asked for again: a tenth of the age of the doubt or less."""
        grown = [gap for gap in self.backoff if gap * SLOWLY <= age]
        return grown[-1] if grown else self.backoff[0]


@dataclass(frozen=True, slots=True)
class SettledFacts:
    """What the platform booked. ``balance_after`` None: its answer never came, only a statement."""

    settlement_id: str
    visit_id: str
    amounts: Amounts
    settled_at: str
    balance_after: int | None
    clearing_office: str
    clearing_kind: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One settle message and its fate; ``message_id`` is the key."""

    message_id: str
    state: AttemptState
    expected: Amounts
    leg: Leg = Leg.SETTLE
    refund_message_id: str | None = None
    sent_at: datetime | None = None
    next_at: datetime | None = None
    reversals: int = 0
    asked: bool = False
    confirming: bool = False
    settled: SettledFacts | None = None
    refund: SettledFacts | None = None
    reason: str = ""

    @property
    def live(self) -> bool:
        return self.state not in DEAD

    @property
    def open(self) -> bool:
        """Somebody still has to do something about it."""
        return self.state not in AT_REST

    @property
    def by_word(self) -> bool:
        """Whether it ended on what a named person said, without a statement that shows it."""
        return self.reason.startswith(WORD)

    @property
    def query_no(self) -> str:
        """查询号: what page and waiting slip name the message by that is looked for."""
        return (self.refund_message_id or self.message_id)[-QUERY_DIGITS:]


QUERY_DIGITS = 8
WORD = "word:"
"""Begins the reason of such an end; who it was follows."""


class ReplyClass(StrEnum):
    """The allow-list of reliability 2.2; everything not listed is UNCLEAR."""

    DONE = "done"
    AMOUNTS_DIFFER = "amounts_differ"
    REJECTED = "rejected"
    UNCLEAR = "unclear"


class ReversalResult(StrEnum):
    """What came back for a reversal."""

    DONE = "done"
    NO_SUCH = "no_such"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    PERIOD_CLOSED = "period_closed"


@dataclass(frozen=True, slots=True)
class BeginSending:
    """The next commit precedes the first byte."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Replied:
    """``unseen``: refused at the door, for want of a sign-in; nobody looked at the settlement."""

    at: datetime
    kind: ReplyClass
    facts: SettledFacts | None = None
    reason: str = ""
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """The transport proves that no byte left."""

    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restarted:
    at: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """This row comes from a base that is not the newest: what became of it is a person's word."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ClockSetBack:
    """This row was written under a clock that was ahead of ``at``, which is now."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ClockReached:
    at: datetime


@dataclass(frozen=True, slots=True)
class QueryFound:
    """A positive status query: ``facts`` of the settlement; ``refunded``: its refund is on file."""

    at: datetime
    facts: SettledFacts
    refunded: bool = False


@dataclass(frozen=True, slots=True)
class QueryEmpty:
    """An empty or failed query proves nothing."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ReversalAnswered:
    at: datetime
    result: ReversalResult
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatementShows:
    """Line-by-line comparison: is there an *active* settlement with our message id?

    ``quiet_at``: until then a reversal that was sent may still arrive and make it active again.
    ``facts``: of a refund that gave back something else than was taken.
    """

    at: datetime
    active: bool
    facts: SettledFacts | None = None
    quiet_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatementMissing:
    """The comparison could not be made; try again later.

    ``silent``: it was made, and shows neither the settlement nor its refund. ``quiet_at`` as in
    ``StatementShows``. ``withheld``: it was refused in part for hours, and nothing but a person
    may look past that.
    """

    at: datetime
    silent: bool = False
    quiet_at: datetime | None = None
    withheld: bool = False


Statement = StatementShows | StatementMissing


@dataclass(frozen=True, slots=True)
class PersonDecides:
    """A named manager with the statement on screen; four eyes are checked before.

    ``word``: the statement was silent, and the person says what was found elsewhere.
    """

    at: datetime
    outcome: AttemptState
    by: int
    evidence_id: int
    facts: SettledFacts | None = None
    word: bool = False


@dataclass(frozen=True, slots=True)
class BeginRefund:
    at: datetime
    refund_message_id: str


Event = (
    BeginSending
    | Replied
    | NothingLeft
    | Restarted
    | Restored
    | ClockSetBack
    | ClockReached
    | QueryFound
    | QueryEmpty
    | ReversalAnswered
    | StatementShows
    | StatementMissing
    | PersonDecides
    | BeginRefund
)

Late = (
    Replied
    | ReversalAnswered
    | QueryFound
    | QueryEmpty
    | NothingLeft
    | StatementShows
    | StatementMissing
    | ClockReached
    | ClockSetBack
    | Restarted
)
"""What may be heard of when nobody waits for it."""


class Command(StrEnum):
    """What to do after the commit."""

    SEND = "send"
    QUERY = "query"
    SEND_REVERSAL = "send_reversal"
    COMPARE_STATEMENT = "compare_statement"
    HOLD_GOODS = "hold_goods"
    RELEASE_GOODS = "release_goods"
    RETURN_SALE = "return_sale"
    ALARM = "alarm"
