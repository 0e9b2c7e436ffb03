"""One settlement attempt: one message that may move money, and everything that can follow it.

``step(attempt, event, rules) -> (attempt, commands)`` is pure. The rules are those of
reliability 2: only a verified, correlated, listed answer is final; anything else is UNKNOWN and
is left by evidence only. Commands are carried out after the commit that contains the new state.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.case import Signal
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


@dataclass(frozen=True, slots=True)
class SettledFacts:
    """What the platform booked."""

    settlement_id: str
    visit_id: str
    amounts: Amounts
    settled_at: str
    balance_after: int
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
    at: datetime
    kind: ReplyClass
    facts: SettledFacts | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """The transport proves that no byte left."""

    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restarted:
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockReached:
    at: datetime


@dataclass(frozen=True, slots=True)
class QueryFound:
    """A positive status query; ``refunded`` says whether the refund is on file."""

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
    """Line-by-line comparison: is there an *active* settlement with our message id?"""

    at: datetime
    active: bool
    facts: SettledFacts | None = None


@dataclass(frozen=True, slots=True)
class StatementMissing:
    """The comparison could not be made; try again later."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PersonDecides:
    """A named manager with the statement on screen; four eyes are checked before."""

    at: datetime
    outcome: AttemptState
    by: int
    evidence_id: int
    facts: SettledFacts | None = None


@dataclass(frozen=True, slots=True)
class BeginRefund:
    at: datetime
    refund_message_id: str


Event = (
    BeginSending
    | Replied
    | NothingLeft
    | Restarted
    | ClockReached
    | QueryFound
    | QueryEmpty
    | ReversalAnswered
    | StatementShows
    | StatementMissing
    | PersonDecides
    | BeginRefund
)


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


Result = tuple[Attempt, tuple[Command, ...]]


class IllegalEvent(Exception):
    """A programming error: this event cannot happen in this state."""


def prepare(message_id: str, expected: Amounts, at: datetime) -> Attempt:
    """A new attempt: built and stored, nothing sent."""
    return Attempt(message_id, AttemptState.PREPARED, expected, next_at=at)


def step(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    """The only mover of an attempt. Raises ``IllegalEvent`` for an impossible pair."""
    match attempt.state:
        case AttemptState.PREPARED | AttemptState.REFUND_PREPARED:
            return _prepared(attempt, event)
        case AttemptState.SENDING | AttemptState.REFUND_SENDING:
            return _sending(attempt, event, rules)
        case AttemptState.UNKNOWN | AttemptState.REFUND_UNKNOWN:
            return _unknown(attempt, event, rules)
        case AttemptState.REVERSING | AttemptState.REFUND_REVERSING:
            return _reversing(attempt, event, rules)
        case AttemptState.REVERSED_UNCONFIRMED:
            return _unconfirmed(attempt, event, rules)
        case AttemptState.MANUAL:
            return _manual(attempt, event)
        case AttemptState.SETTLED if isinstance(event, BeginRefund):
            return _begin_refund(attempt, event)
        case _:
            return _late(attempt, event)


def _late(attempt: Attempt, event: Event) -> Result:
    """Answers that nobody waits for may be logged, never move a row (reliability 2.2)."""
    if isinstance(
        event,
        Replied
        | ReversalAnswered
        | QueryFound
        | QueryEmpty
        | NothingLeft
        | StatementShows
        | StatementMissing
        | ClockReached
        | Restarted,
    ):
        return attempt, ()
    raise IllegalEvent(attempt.state, type(event).__name__)


def _at_rest(attempt: Attempt, state: AttemptState, reason: str = "") -> Attempt:
    return replace(attempt, state=state, next_at=None, confirming=False, reason=reason)


def _refunding(attempt: Attempt) -> bool:
    return attempt.leg is Leg.REFUND


def _prepared(attempt: Attempt, event: Event) -> Result:
    refunding = _refunding(attempt)
    if isinstance(event, BeginSending):
        state = AttemptState.REFUND_SENDING if refunding else AttemptState.SENDING
        return replace(attempt, state=state, sent_at=event.at, next_at=event.at), (Command.SEND,)
    if isinstance(event, Restarted):
        if refunding:
            return _back_to_settled(attempt, "never_sent"), ()
        return _at_rest(attempt, AttemptState.REJECTED, "never_sent"), ()
    return _late(attempt, event)


def _back_to_settled(attempt: Attempt, reason: str) -> Attempt:
    rested = _at_rest(attempt, AttemptState.SETTLED, reason)
    return replace(rested, leg=Leg.SETTLE, refund_message_id=None, reversals=0, asked=False)


def _sending(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    if isinstance(event, NothingLeft):
        return _refused(attempt, "not_sent"), ()
    if isinstance(event, Restarted):
        return _to_unknown(attempt, event.at, "restarted", rules), ()
    if not isinstance(event, Replied):
        return _late(attempt, event)
    match event.kind:
        case ReplyClass.DONE if event.facts is not None:
            return _done(attempt, event.facts)
        case ReplyClass.AMOUNTS_DIFFER:
            kept = _keep(attempt, event.facts)
            manual = replace(
                kept, state=AttemptState.MANUAL, next_at=event.at, reason="amounts_differ"
            )
            return manual, (Command.HOLD_GOODS, Command.ALARM)
        case ReplyClass.REJECTED:
            return _refused(attempt, event.reason), ()
        case _:
            return _to_unknown(attempt, event.at, event.reason, rules), ()


def _keep(attempt: Attempt, facts: SettledFacts | None) -> Attempt:
    if facts is None:
        return attempt
    return (
        replace(attempt, refund=facts) if _refunding(attempt) else replace(attempt, settled=facts)
    )


def _refused(attempt: Attempt, reason: str) -> Attempt:
    if _refunding(attempt):
        return _back_to_settled(attempt, reason)
    return _at_rest(attempt, AttemptState.REJECTED, reason)


def _done(attempt: Attempt, facts: SettledFacts) -> Result:
    if _refunding(attempt):
        refunded = replace(_at_rest(attempt, AttemptState.REFUNDED), refund=facts)
        return refunded, (Command.RETURN_SALE,)
    settled = replace(_at_rest(attempt, AttemptState.SETTLED), settled=facts)
    return settled, (Command.RELEASE_GOODS,)


def _to_unknown(attempt: Attempt, at: datetime, reason: str, rules: SettleRules) -> Attempt:
    state = AttemptState.REFUND_UNKNOWN if _refunding(attempt) else AttemptState.UNKNOWN
    # Q counts from the moment bytes may have left: before it a slow original may still be booked.
    return replace(
        attempt, state=state, next_at=(attempt.sent_at or at) + rules.quiescence, reason=reason
    )


def _unknown(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    if isinstance(event, QueryFound):
        return _query_found(attempt, event, rules)
    if isinstance(event, QueryEmpty):
        return _start_reversal(attempt, event.at, rules)
    if not isinstance(event, ClockReached):
        return _late(attempt, event)
    if attempt.next_at is not None and event.at < attempt.next_at:
        return attempt, ()
    if not attempt.asked and _can_ask(attempt, rules):
        waiting = replace(attempt, asked=True, next_at=event.at + rules.wait_after(1))
        return waiting, (Command.QUERY,)
    return _start_reversal(attempt, event.at, rules)


def _can_ask(attempt: Attempt, rules: SettleRules) -> bool:
    if rules.status_query is StatusQuery.BY_MESSAGE_ID:
        return True
    # A settlement id exists only once the settlement itself was answered.
    return rules.status_query is StatusQuery.BY_SETTLEMENT_ID and _refunding(attempt)


def _query_found(attempt: Attempt, event: QueryFound, rules: SettleRules) -> Result:
    if not _refunding(attempt):
        return _done(attempt, event.facts)
    if event.refunded:
        return _done(attempt, event.facts)
    return _start_reversal(attempt, event.at, rules)


def _start_reversal(attempt: Attempt, at: datetime, rules: SettleRules) -> Result:
    quiet_from = (attempt.sent_at or at) + rules.quiescence
    if attempt.sent_at is not None and at < quiet_from:
        return replace(attempt, next_at=quiet_from), ()
    allowed = rules.refund_reversible if _refunding(attempt) else rules.reversible
    if not allowed:
        return _to_manual(attempt, at, "not_reversible", rules)
    state = AttemptState.REFUND_REVERSING if _refunding(attempt) else AttemptState.REVERSING
    return _send_reversal(replace(attempt, state=state), at, rules)


def _send_reversal(attempt: Attempt, at: datetime, rules: SettleRules) -> Result:
    tries = attempt.reversals + 1
    sent = replace(attempt, reversals=tries, confirming=False, next_at=at + rules.wait_after(tries))
    alarm = (Command.ALARM,) if tries == rules.alarm_after else ()
    return sent, (Command.SEND_REVERSAL, *alarm)


def _to_manual(attempt: Attempt, at: datetime, reason: str, rules: SettleRules) -> Result:
    manual = replace(
        attempt,
        state=AttemptState.MANUAL,
        confirming=False,
        next_at=at + rules.backoff[-1],
        reason=reason,
    )
    return manual, (Command.HOLD_GOODS, Command.ALARM)


def _reversing(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    if isinstance(event, StatementShows | StatementMissing) and attempt.confirming:
        return _refund_confirmed(attempt, event, rules)
    if isinstance(event, ReversalAnswered):
        return _reversal_answered(attempt, event, rules)
    if not isinstance(event, ClockReached):
        return _late(attempt, event)
    if attempt.next_at is not None and event.at < attempt.next_at:
        return attempt, ()
    if attempt.confirming:
        later = replace(attempt, next_at=event.at + rules.wait_after(attempt.reversals))
        return later, (Command.COMPARE_STATEMENT,)
    if attempt.reversals >= rules.max_reversals:
        return _to_manual(attempt, event.at, "reversal_exhausted", rules)
    return _send_reversal(attempt, event.at, rules)


def _reversal_answered(attempt: Attempt, event: ReversalAnswered, rules: SettleRules) -> Result:
    match event.result:
        case ReversalResult.DONE | ReversalResult.NO_SUCH:
            if not rules.can_confirm:
                return _to_manual(attempt, event.at, "cannot_confirm", rules)
            later = event.at + rules.wait_after(1)
            if _refunding(attempt):
                waiting = replace(attempt, confirming=True, next_at=later)
            else:
                waiting = replace(attempt, state=AttemptState.REVERSED_UNCONFIRMED, next_at=later)
            return waiting, (Command.COMPARE_STATEMENT,)
        case ReversalResult.PERIOD_CLOSED:
            return _to_manual(attempt, event.at, "period_closed", rules)
        case _:
            return replace(attempt, reason=event.reason), ()


def _refund_confirmed(
    attempt: Attempt, event: StatementShows | StatementMissing, rules: SettleRules
) -> Result:
    if isinstance(event, StatementMissing):
        return replace(attempt, next_at=event.at + rules.wait_after(attempt.reversals)), ()
    if event.active:
        return _back_to_settled(attempt, "refund_reversed"), ()
    return _at_rest(attempt, AttemptState.REFUNDED, "statement"), (Command.RETURN_SALE,)


def _unconfirmed(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    if isinstance(event, StatementShows):
        if not event.active:
            return _at_rest(attempt, AttemptState.REVERSED, "statement"), ()
        if attempt.reversals >= rules.max_reversals:
            return _to_manual(attempt, event.at, "still_active", rules)
        return _send_reversal(replace(attempt, state=AttemptState.REVERSING), event.at, rules)
    if isinstance(event, StatementMissing):
        return replace(attempt, next_at=event.at + rules.wait_after(attempt.reversals)), ()
    if isinstance(event, ClockReached):
        if attempt.next_at is not None and event.at < attempt.next_at:
            return attempt, ()
        later = replace(attempt, next_at=event.at + rules.wait_after(attempt.reversals))
        return later, (Command.COMPARE_STATEMENT,)
    return _late(attempt, event)


_DECIDABLE = {
    Leg.SETTLE: frozenset({AttemptState.SETTLED, AttemptState.REVERSED}),
    Leg.REFUND: frozenset({AttemptState.REFUNDED, AttemptState.SETTLED}),
}


def _manual(attempt: Attempt, event: Event) -> Result:
    if isinstance(event, ClockReached):
        return attempt, ()
    if not isinstance(event, PersonDecides):
        return _late(attempt, event)
    if event.outcome not in _DECIDABLE[attempt.leg]:
        raise IllegalEvent(attempt.leg, event.outcome)
    reason = f"person:{event.by}"
    if _refunding(attempt):
        if event.outcome is AttemptState.SETTLED:
            return _back_to_settled(attempt, reason), ()
        return _at_rest(_keep(attempt, event.facts), AttemptState.REFUNDED, reason), (
            Command.RETURN_SALE,
        )
    if event.outcome is AttemptState.REVERSED:
        return _at_rest(attempt, AttemptState.REVERSED, reason), ()
    kept = _keep(attempt, event.facts)
    if kept.settled is None:
        raise IllegalEvent("settled without facts")
    return _at_rest(kept, AttemptState.SETTLED, reason), (Command.RELEASE_GOODS,)


def _begin_refund(attempt: Attempt, event: BeginRefund) -> Result:
    prepared = replace(
        attempt,
        state=AttemptState.REFUND_PREPARED,
        leg=Leg.REFUND,
        refund_message_id=event.refund_message_id,
        sent_at=None,
        next_at=event.at,
        reversals=0,
        asked=False,
        reason="",
    )
    return prepared, ()


_SILENT: frozenset[tuple[AttemptState | None, AttemptState]] = frozenset(
    {
        (None, AttemptState.PREPARED),
        (AttemptState.PREPARED, AttemptState.REJECTED),
        (AttemptState.UNKNOWN, AttemptState.REVERSING),
        (AttemptState.REVERSING, AttemptState.REVERSED_UNCONFIRMED),
        (AttemptState.REVERSED_UNCONFIRMED, AttemptState.REVERSING),
        (AttemptState.UNKNOWN, AttemptState.MANUAL),
        (AttemptState.REVERSING, AttemptState.MANUAL),
        (AttemptState.REVERSED_UNCONFIRMED, AttemptState.MANUAL),
        (AttemptState.SETTLED, AttemptState.REFUND_PREPARED),
        (AttemptState.REFUND_PREPARED, AttemptState.SETTLED),
        (AttemptState.REFUND_UNKNOWN, AttemptState.REFUND_REVERSING),
        (AttemptState.REFUND_UNKNOWN, AttemptState.MANUAL),
        (AttemptState.REFUND_REVERSING, AttemptState.MANUAL),
    }
)


def case_signal(before: Attempt | None, after: Attempt) -> Signal | None:
    """What the case learns from this transition (architecture 7, derivation table).

    None where the case does not move. Raises ``IllegalEvent`` for a pair outside the table.
    """
    pair = (before.state if before else None, after.state)
    if pair[0] is pair[1] or pair in _SILENT:
        return None
    signal = _signal_into(pair[0], after)
    if before is not None and before.state is AttemptState.MANUAL and _refunding(before):
        signal = Signal.CLEARED if after.state is AttemptState.SETTLED else signal
    if signal is None:
        raise IllegalEvent(*pair)
    return signal


def _signal_into(before: AttemptState | None, after: Attempt) -> Signal | None:
    s = AttemptState
    match before, after.state:
        case (s.PREPARED, s.SENDING) | (s.REFUND_PREPARED, s.REFUND_SENDING):
            return Signal.SENT
        case (s.SENDING | s.UNKNOWN, s.SETTLED):
            return Signal.CONFIRMED
        case (s.SENDING, s.REJECTED) | (s.REFUND_SENDING, s.SETTLED):
            return Signal.NOT_SENT if after.reason == "not_sent" else Signal.REJECTED
        case (s.SENDING, s.UNKNOWN | s.MANUAL) | (s.REFUND_SENDING, s.REFUND_UNKNOWN | s.MANUAL):
            return Signal.CRASHED if after.reason == "restarted" else Signal.UNCLEAR
        case (s.REVERSED_UNCONFIRMED, s.REVERSED) | (s.MANUAL, s.REVERSED):
            return Signal.CLEARED
        case (s.MANUAL, s.SETTLED):
            return Signal.CONFIRMED
        case (s.REFUND_REVERSING, s.SETTLED):
            return Signal.CLEARED
        case (s.REFUND_SENDING | s.REFUND_UNKNOWN | s.REFUND_REVERSING | s.MANUAL, s.REFUNDED):
            return Signal.CONFIRMED
        case _:
            return None
