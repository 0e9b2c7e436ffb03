"""The whole row after a move: times, counters and reasons as well as the state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.attempt import (
    AT_REST,
    Attempt,
    AttemptState,
    BeginRefund,
    BeginSending,
    ClockReached,
    ClockSetBack,
    Event,
    Leg,
    NothingLeft,
    QueryFound,
    Replied,
    ReplyClass,
    Restarted,
    ReversalAnswered,
    ReversalResult,
    SettledFacts,
    SettleRules,
    StatementMissing,
    StatementShows,
    StatusQuery,
)
from app.domain.money import Amounts, Fen
from app.domain.settlement import prepare, step

S = AttemptState
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=120)
GAPS = (timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=15))
RULES = SettleRules(
    timedelta(seconds=120), True, True, StatusQuery.NONE, True, GAPS, max_reversals=4
)
BILL = Amounts(Fen(1000), Fen(600), Fen(300), Fen(100))
FACTS = SettledFacts("setl-1", "visit-1", BILL, "2026-03-02 17:00:00", 0, "", "")
OTHERWISE = replace(FACTS, amounts=replace(BILL, fund=Fen(599), cash=Fen(101)))
SENT = Attempt("m1", S.SENDING, BILL, sent_at=NOW, next_at=NOW)
REFUND = replace(
    SENT, state=S.REFUND_SENDING, leg=Leg.REFUND, refund_message_id="m2", settled=FACTS
)
REVERSING = replace(SENT, state=S.REVERSING, reversals=2, next_at=LATER, asked=True, reason="busy")
UNCONFIRMED = replace(REVERSING, state=S.REVERSED_UNCONFIRMED)
REVERSING_REFUND = replace(
    REFUND, state=S.REFUND_REVERSING, reversals=2, next_at=LATER, asked=True, confirming=True
)
SETTLED = replace(SENT, state=S.SETTLED, next_at=None, settled=FACTS)
GONE = {"next_at": None, "confirming": False}
MOVES: dict[str, tuple[Attempt, Event, Attempt]] = {
    "restarted before sending": (
        prepare("m1", BILL, NOW),
        Restarted(LATER),
        Attempt("m1", S.REJECTED, BILL, reason="never_sent"),
    ),
    "sending": (
        prepare("m1", BILL, NOW),
        BeginSending(LATER),
        Attempt("m1", S.SENDING, BILL, sent_at=LATER, next_at=LATER),
    ),
    "found with other amounts": (
        replace(SENT, state=S.UNKNOWN),
        QueryFound(LATER, OTHERWISE),
        replace(SENT, state=S.MANUAL, next_at=LATER, settled=OTHERWISE, reason="amounts_differ"),
    ),
    "a refund found by its settlement": (
        replace(REFUND, state=S.REFUND_UNKNOWN),
        QueryFound(LATER, FACTS, refunded=True),
        replace(REFUND, state=S.REFUNDED, reason="query", **GONE),
    ),
    "nothing left": (
        SENT,
        NothingLeft(LATER),
        replace(SENT, state=S.REJECTED, next_at=None, reason="not_sent"),
    ),
    "restarted": (
        SENT,
        Restarted(LATER),
        replace(SENT, state=S.UNKNOWN, next_at=LATER, reason="restarted"),
    ),
    "unclear": (
        SENT,
        Replied(LATER, ReplyClass.UNCLEAR, reason="5001"),
        replace(SENT, state=S.UNKNOWN, next_at=LATER, reason="5001"),
    ),
    "amounts differ": (
        SENT,
        Replied(LATER, ReplyClass.AMOUNTS_DIFFER, FACTS),
        replace(SENT, state=S.MANUAL, next_at=LATER, settled=FACTS, reason="amounts_differ"),
    ),
    "refund never sent": (
        replace(REFUND, state=S.REFUND_PREPARED, reversals=1, asked=True),
        Restarted(LATER),
        replace(SETTLED, reason="never_sent"),
    ),
    "refund refused": (
        replace(REFUND, reversals=1, asked=True),
        Replied(LATER, ReplyClass.REJECTED, reason="-1"),
        replace(SETTLED, reason="-1"),
    ),
    "refund done": (
        REFUND,
        Replied(LATER, ReplyClass.DONE, FACTS),
        replace(REFUND, state=S.REFUNDED, next_at=None, refund=FACTS),
    ),
    "refund begun": (
        replace(SETTLED, reversals=1, asked=True, reason="old"),
        BeginRefund(LATER, "m2"),
        replace(REFUND, state=S.REFUND_PREPARED, sent_at=None, next_at=LATER),
    ),
    "first reversal": (
        replace(SENT, state=S.UNKNOWN, next_at=LATER, confirming=True),
        ClockReached(LATER),
        replace(SENT, state=S.REVERSING, reversals=1, next_at=LATER + GAPS[0]),
    ),
    "reversals used up": (
        replace(REVERSING, reversals=4),
        ClockReached(LATER),
        replace(
            REVERSING,
            state=S.MANUAL,
            reversals=4,
            next_at=LATER + GAPS[-1],
            reason="reversal_exhausted",
        ),
    ),
    "reversal answered": (
        REVERSING,
        ReversalAnswered(LATER, ReversalResult.DONE),
        replace(REVERSING, state=S.REVERSED_UNCONFIRMED, next_at=LATER + GAPS[0]),
    ),
    "reversal of a refund answered": (
        replace(REVERSING_REFUND, confirming=False),
        ReversalAnswered(LATER, ReversalResult.NO_SUCH),
        replace(REVERSING_REFUND, next_at=LATER + GAPS[0]),
    ),
    "reversal refused": (
        REVERSING,
        ReversalAnswered(LATER, ReversalResult.REFUSED, "late"),
        replace(REVERSING, reason="late"),
    ),
    "refund reversed": (
        REVERSING_REFUND,
        StatementShows(LATER, active=True),
        replace(SETTLED, reason="refund_reversed"),
    ),
    "refund stands": (
        REVERSING_REFUND,
        StatementShows(LATER, active=False),
        replace(REVERSING_REFUND, state=S.REFUNDED, reason="statement", **GONE),
    ),
    "no statement about a refund": (
        REVERSING_REFUND,
        StatementMissing(LATER),
        replace(REVERSING_REFUND, next_at=LATER + GAPS[1]),
    ),
    "statement about a refund asked again": (
        REVERSING_REFUND,
        ClockReached(LATER),
        replace(REVERSING_REFUND, next_at=LATER + GAPS[1]),
    ),
    "absent": (
        UNCONFIRMED,
        StatementShows(LATER, active=False),
        replace(UNCONFIRMED, state=S.REVERSED, reason="statement", **GONE),
    ),
    "no statement": (
        UNCONFIRMED,
        StatementMissing(LATER),
        replace(UNCONFIRMED, next_at=LATER + GAPS[1]),
    ),
    "still active": (
        UNCONFIRMED,
        StatementShows(LATER, active=True),
        replace(UNCONFIRMED, state=S.REVERSING, reversals=3, next_at=LATER + GAPS[2]),
    ),
}


@pytest.mark.parametrize(("before", "event", "after"), MOVES.values(), ids=MOVES)
def test_the_whole_row_after_a_move(before: Attempt, event: Event, after: Attempt) -> None:
    assert step(before, event, RULES)[0] == after


def test_what_is_prepared_is_due_at_once() -> None:
    assert prepare("m1", BILL, NOW) == Attempt("m1", S.PREPARED, BILL, next_at=NOW)


@pytest.mark.parametrize("leg", Leg)
def test_a_doubt_that_is_due_too_early_waits_for_the_quiet_time(leg: Leg) -> None:
    state = S.UNKNOWN if leg is Leg.SETTLE else S.REFUND_UNKNOWN
    doubtful = replace(SENT if leg is Leg.SETTLE else REFUND, state=state, next_at=NOW)
    waiting, commands = step(doubtful, ClockReached(NOW), RULES)
    assert (waiting, commands) == (replace(doubtful, next_at=LATER), ())


@pytest.mark.parametrize(
    ("reversible", "refund_reversible", "settle", "refund"),
    [(True, False, S.REVERSING, S.MANUAL), (False, True, S.MANUAL, S.REFUND_REVERSING)],
)
def test_each_leg_has_its_own_right_to_be_reversed(
    reversible: bool, refund_reversible: bool, settle: AttemptState, refund: AttemptState
) -> None:
    rules = replace(RULES, reversible=reversible, refund_reversible=refund_reversible)
    doubtful = replace(SENT, state=S.UNKNOWN, next_at=LATER)
    assert step(doubtful, ClockReached(LATER), rules)[0].state is settle
    refunded = replace(REFUND, state=S.REFUND_UNKNOWN, next_at=LATER)
    assert step(refunded, ClockReached(LATER), rules)[0].state is refund


def test_a_person_takes_over_with_nothing_left_to_confirm() -> None:
    closed = ReversalAnswered(LATER, ReversalResult.PERIOD_CLOSED)
    manual = step(REVERSING_REFUND, closed, RULES)[0]
    expected = replace(REVERSING_REFUND, state=S.MANUAL, reason="period_closed", confirming=False)
    assert manual == replace(expected, next_at=LATER + GAPS[-1])


@pytest.mark.parametrize("state", sorted(S))
def test_under_a_clock_set_back_everything_open_waits_out_the_quiet_time(
    state: AttemptState,
) -> None:
    """Written three days ahead: nobody knows how long ago it was really sent."""
    back = NOW - timedelta(days=3)
    row = replace(SENT, state=state, next_at=None if state in AT_REST else NOW)
    after, commands = step(row, ClockSetBack(back), RULES)
    assert commands == ()
    if state in AT_REST:
        assert after == row
        return
    assert (after.state, after.sent_at, after.next_at) == (state, back, back + RULES.quiescence)
    never, _ = step(replace(row, sent_at=None), ClockSetBack(back), RULES)
    assert never.sent_at is None
    earlier, _ = step(replace(row, sent_at=back - RULES.quiescence), ClockSetBack(back), RULES)
    assert earlier.sent_at == back - RULES.quiescence
