"""One settlement attempt: one message that may move money, and everything that can follow it.

``step(attempt, event, rules) -> (attempt, commands)`` is pure. The rules are those of
reliability 2: only a verified, correlated, listed answer is final; anything else is UNKNOWN and
is left by evidence only. Commands are carried out after the commit that contains the new state.
"""

from dataclasses import replace
from datetime import datetime

from app.domain.attempt import (
    AT_REST,
    DEAD,
    SILENCE,
    WORD,
    Attempt,
    AttemptState,
    BeginRefund,
    BeginSending,
    ClockReached,
    ClockSetBack,
    Command,
    Event,
    Late,
    Leg,
    NothingLeft,
    PersonDecides,
    QueryEmpty,
    QueryFound,
    Replied,
    ReplyClass,
    Restarted,
    Restored,
    ReversalAnswered,
    ReversalResult,
    SettledFacts,
    SettleRules,
    Statement,
    StatementMissing,
    StatementShows,
    StatusQuery,
)
from app.domain.money import Amounts

__all__ = [
    "AT_REST",
    "DEAD",
    "SILENCE",
    "Attempt",
    "AttemptState",
    "BeginRefund",
    "BeginSending",
    "ClockReached",
    "ClockSetBack",
    "Command",
    "Event",
    "IllegalEvent",
    "Leg",
    "NothingLeft",
    "PersonDecides",
    "QueryEmpty",
    "QueryFound",
    "Replied",
    "ReplyClass",
    "Restarted",
    "Restored",
    "Result",
    "ReversalAnswered",
    "ReversalResult",
    "SettleRules",
    "SettledFacts",
    "StatementMissing",
    "StatementShows",
    "StatusQuery",
    "prepare",
    "step",
]

Result = tuple[Attempt, tuple[Command, ...]]


class IllegalEvent(Exception):
    """A programming error: this event cannot happen in this state."""


def prepare(message_id: str, expected: Amounts, at: datetime) -> Attempt:
    """A new attempt: built and stored, nothing sent."""
    return Attempt(message_id, AttemptState.PREPARED, expected, next_at=at)


def step(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    """The only mover of an attempt. Raises ``IllegalEvent`` for an impossible pair."""
    if isinstance(event, Restored) and attempt.state in _IN_DOUBT:
        # By itself it would reverse what may have been settled and handed over since (I12).
        return _to_manual(attempt, event.at, "restored", rules)
    if isinstance(event, ClockSetBack) and attempt.open:
        return _waits_anew(attempt, event.at, rules), ()
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


def _waits_anew(attempt: Attempt, at: datetime, rules: SettleRules) -> Attempt:
    """Sent before now, nobody knows how long before: the quiescence is waited out from now on."""
    sent = attempt.sent_at if attempt.sent_at is None or attempt.sent_at <= at else at
    return replace(attempt, sent_at=sent, next_at=at + rules.quiescence)


_IN_DOUBT = frozenset(
    {
        AttemptState.UNKNOWN,
        AttemptState.REVERSING,
        AttemptState.REVERSED_UNCONFIRMED,
        AttemptState.REFUND_UNKNOWN,
        AttemptState.REFUND_REVERSING,
    }
)


def _late(attempt: Attempt, event: Event) -> Result:
    """Answers that nobody waits for may be logged, never move a row (reliability 2.2)."""
    if isinstance(event, Late):
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
    """What stood by a word before this refund stands by no more than that behind it."""
    reason = attempt.reason if attempt.by_word else reason
    end = _at_rest(attempt, AttemptState.SETTLED, reason)
    return replace(
        end, leg=Leg.SETTLE, refund_message_id=None, refund=None, reversals=0, asked=False
    )


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
            return _amounts_differ(attempt, event.facts, event.at)
        case ReplyClass.REJECTED if attempt.by_word and not event.unseen:
            # said to stand, and the platform will not refund it: it may have been given back
            return _to_manual(attempt, event.at, "refused_after_word", rules)
        case ReplyClass.REJECTED:
            return _refused(attempt, event.reason), ()
        case _:
            return _to_unknown(attempt, event.at, event.reason, rules), ()


def _amounts_differ(attempt: Attempt, facts: SettledFacts | None, at: datetime) -> Result:
    kept = _keep(attempt, facts)
    manual = replace(kept, state=AttemptState.MANUAL, next_at=at, reason="amounts_differ")
    return manual, (Command.HOLD_GOODS, Command.ALARM)


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
    quiet_at = (attempt.sent_at or at) + rules.quiescence
    return replace(attempt, state=state, next_at=quiet_at, reason=reason)


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
    if _refunding(attempt) and event.refunded:
        # What was found is the settlement: of the refund it says that it stands, and nothing more.
        return _at_rest(attempt, AttemptState.REFUNDED, "query"), (Command.RETURN_SALE,)
    if _refunding(attempt) or event.refunded:
        # a settlement that somebody gave back meanwhile releases nothing
        return _start_reversal(attempt, event.at, rules)
    if event.facts.amounts != attempt.expected:
        return _amounts_differ(attempt, event.facts, event.at)
    return _done(attempt, event.facts)


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
    later, state = at + rules.backoff[-1], AttemptState.MANUAL
    manual = replace(attempt, state=state, confirming=False, next_at=later, reason=reason)
    return manual, (Command.HOLD_GOODS, Command.ALARM)


def _reversing(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    if isinstance(event, Statement) and attempt.confirming:
        return _refund_confirmed(attempt, event, rules)
    if isinstance(event, ReversalAnswered):
        return _reversal_answered(attempt, event, rules)
    if not isinstance(event, ClockReached):
        return _late(attempt, event)
    if attempt.next_at is not None and event.at < attempt.next_at:
        return attempt, ()
    if attempt.confirming:
        return _asked_again(attempt, event.at, rules), (Command.COMPARE_STATEMENT,)
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


def _refund_confirmed(attempt: Attempt, event: Statement, rules: SettleRules) -> Result:
    if isinstance(event, StatementMissing) and event.withheld:
        return _to_manual(attempt, event.at, "statement_withheld", rules)
    if isinstance(event, StatementMissing):
        quiet = event.quiet_at or (attempt.sent_at or event.at) + rules.quiescence
        if event.silent and event.at >= quiet + SILENCE:
            return _to_manual(attempt, event.at, "statement_silent", rules)
        return _asked_again(attempt, event.at, rules), ()
    if event.active:
        return _back_to_settled(attempt, "refund_reversed"), ()
    if event.quiet_at is not None and event.at < event.quiet_at:
        # a reversal that is late makes the settlement valid again: looked at once more behind it
        return replace(attempt, next_at=event.quiet_at), ()
    if event.facts is not None:
        return _amounts_differ(replace(attempt, confirming=False), event.facts, event.at)
    return _at_rest(attempt, AttemptState.REFUNDED, "statement"), (Command.RETURN_SALE,)


def _unconfirmed(attempt: Attempt, event: Event, rules: SettleRules) -> Result:
    if isinstance(event, StatementShows):
        if not event.active:
            return _at_rest(attempt, AttemptState.REVERSED, "statement"), ()
        if attempt.reversals >= rules.max_reversals:
            return _to_manual(attempt, event.at, "still_active", rules)
        return _send_reversal(replace(attempt, state=AttemptState.REVERSING), event.at, rules)
    if isinstance(event, StatementMissing) and event.withheld:
        return _to_manual(attempt, event.at, "statement_withheld", rules)
    if isinstance(event, StatementMissing):
        return _asked_again(attempt, event.at, rules), ()
    if isinstance(event, ClockReached):
        if attempt.next_at is not None and event.at < attempt.next_at:
            return attempt, ()
        return _asked_again(attempt, event.at, rules), (Command.COMPARE_STATEMENT,)
    return _late(attempt, event)


def _asked_again(attempt: Attempt, at: datetime, rules: SettleRules) -> Attempt:
    """A statement that cannot be had for a night is asked for less and less often."""
    age = at - (attempt.sent_at or at)
    gap = max(rules.wait_after(attempt.reversals), rules.wait_at_age(age))
    return replace(attempt, next_at=at + gap)


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
    reason = f"{WORD if event.word else 'person:'}{event.by}"
    if _refunding(attempt):
        if event.outcome is AttemptState.SETTLED:
            return _back_to_settled(attempt, reason), ()
        refunded = _at_rest(_keep(attempt, event.facts), AttemptState.REFUNDED, reason)
        return refunded, (Command.RETURN_SALE,)
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
        refund=None,
        sent_at=None,
        next_at=event.at,
        reversals=0,
        asked=False,
        reason=attempt.reason if attempt.by_word else "",
    )
    return prepared, ()
