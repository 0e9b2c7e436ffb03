"""What ends a doubt that waits for its statement, and when it is asked for (reliability 2.3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.attempt import (
    Attempt,
    AttemptState,
    BeginRefund,
    BeginSending,
    ClockReached,
    Leg,
    NothingLeft,
    PersonDecides,
    Replied,
    ReplyClass,
    Restarted,
    SettledFacts,
    SettleRules,
    StatementMissing,
    StatementShows,
    StatusQuery,
)
from app.domain.money import Amounts, Fen
from app.domain.settlement import SILENCE, step

S = AttemptState
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GAPS = (timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=15))
RULES = SettleRules(timedelta(seconds=120), True, True, StatusQuery.NONE, True, GAPS, 4)
BILL = Amounts(Fen(1000), Fen(600), Fen(300), Fen(100))


def waiting(state: AttemptState, at: datetime, reversals: int) -> Attempt:
    refunding = state is S.REFUND_REVERSING
    return Attempt(
        "m1",
        state,
        BILL,
        leg=Leg.REFUND if refunding else Leg.SETTLE,
        refund_message_id="m2" if refunding else None,
        sent_at=NOW,
        next_at=at,
        reversals=reversals,
        confirming=refunding,
    )


@pytest.mark.parametrize("state", [S.REVERSED_UNCONFIRMED, S.REFUND_REVERSING])
@pytest.mark.parametrize(
    ("age", "reversals", "gap"),
    [
        (timedelta(seconds=149), 1, GAPS[0]),
        (timedelta(seconds=149), 2, GAPS[1]),
        (timedelta(seconds=150), 1, GAPS[1]),
        (timedelta(minutes=149), 1, GAPS[1]),
        (timedelta(minutes=150), 1, GAPS[2]),
        (timedelta(days=2), 1, GAPS[2]),
    ],
)
def test_a_statement_that_stays_away_is_asked_for_less_and_less_often(
    state: AttemptState, age: timedelta, reversals: int, gap: timedelta
) -> None:
    at = NOW + age
    before = waiting(state, at, reversals)
    for event in (StatementMissing(at), ClockReached(at)):
        after, _ = step(before, event, RULES)
        assert (after.state, after.next_at) == (state, at + gap)


def test_a_region_of_long_gaps_waits_its_shortest_at_first() -> None:
    assert RULES.wait_at_age(timedelta(0)) == GAPS[0]
    assert RULES.wait_at_age(-timedelta(days=1)) == GAPS[0]


def test_no_refund_is_ended_by_what_a_late_reversal_may_undo() -> None:
    before, quiet_at = waiting(S.REFUND_REVERSING, NOW, 1), NOW + GAPS[0]
    early, commands = step(before, StatementShows(NOW, active=False, quiet_at=quiet_at), RULES)
    assert (early, commands) == (replace(before, next_at=quiet_at), ())
    back, _ = step(before, StatementShows(NOW, active=True, quiet_at=quiet_at), RULES)
    assert back.state is S.SETTLED, "a reversal undoes no settlement that stands again"
    past, _ = step(before, StatementShows(quiet_at, active=False, quiet_at=quiet_at), RULES)
    assert past.state is S.REFUNDED


def test_statements_that_are_silent_for_a_day_leave_it_to_a_person() -> None:
    """Some regions leave out what was refunded: no statement would ever end it (0059)."""
    before, quiet = waiting(S.REFUND_REVERSING, NOW, 1), NOW + RULES.quiescence
    for event, ends in (
        (StatementMissing(quiet + SILENCE), False),
        (StatementMissing(quiet + SILENCE - GAPS[0], silent=True), False),
        (StatementMissing(quiet + SILENCE, silent=True), True),
        (StatementMissing(quiet + SILENCE, silent=True, quiet_at=quiet + GAPS[0]), False),
        (StatementMissing(quiet + SILENCE + GAPS[0], silent=True, quiet_at=quiet), True),
    ):
        after, _ = step(before, event, RULES)
        assert (after.state is S.MANUAL) is ends, event
    assert after.reason == "statement_silent"


def said(outcome: AttemptState) -> Attempt:
    held = replace(waiting(S.REFUND_REVERSING, NOW, 1), state=S.MANUAL, confirming=False)
    ended, _ = step(held, PersonDecides(NOW, outcome, 7, 1, word=True), RULES)
    return ended


def test_an_end_by_word_is_known_as_one() -> None:
    for outcome in (S.REFUNDED, S.SETTLED):
        ended = said(outcome)
        assert (ended.state, ended.by_word, ended.reason) == (outcome, True, "word:7")
    held = replace(waiting(S.REFUND_REVERSING, NOW, 1), state=S.MANUAL)
    shown, _ = step(held, PersonDecides(NOW, S.SETTLED, 7, 1), RULES)
    assert not shown.by_word


def test_a_no_to_a_refund_of_what_was_only_said_to_stand_goes_back_to_a_person() -> None:
    prepared, _ = step(said(S.SETTLED), BeginRefund(NOW, "m3"), RULES)
    never, _ = step(prepared, Restarted(NOW), RULES)
    sending, _ = step(prepared, BeginSending(NOW), RULES)
    unsent, _ = step(sending, NothingLeft(NOW), RULES)
    at_the_door = Replied(NOW, ReplyClass.REJECTED, reason="2001", unseen=True)
    unseen, _ = step(sending, at_the_door, RULES)
    for stands in (never, unsent, unseen):
        assert (stands.state, stands.by_word) == (S.SETTLED, True)
    refused, _ = step(sending, Replied(NOW, ReplyClass.REJECTED, reason="closed"), RULES)
    assert (refused.state, refused.reason) == (S.MANUAL, "refused_after_word")
    doubtful, _ = step(sending, Replied(NOW, ReplyClass.UNCLEAR), RULES)
    assert (doubtful.state, doubtful.by_word) == (S.REFUND_UNKNOWN, False)


def test_a_refund_that_gave_back_something_else_is_a_persons() -> None:
    """Late reversals are waited out first: they would make the settlement valid again."""
    before = waiting(S.REFUND_REVERSING, NOW, 1)
    part = SettledFacts("r1", "v1", replace(BILL.negated(), account=Fen(0)), "", None, "", "")
    quiet_at = NOW + timedelta(minutes=2)
    early, _ = step(before, StatementShows(NOW, False, part, quiet_at), RULES)
    assert (early.state, early.next_at) == (S.REFUND_REVERSING, quiet_at)
    found, commands = step(before, StatementShows(quiet_at, False, part, quiet_at), RULES)
    assert (found.state, found.refund, found.confirming) == (S.MANUAL, part, False)
    assert set(commands) == {"hold_goods", "alarm"}


@pytest.mark.parametrize("state", [S.REVERSED_UNCONFIRMED, S.REFUND_REVERSING])
def test_a_statement_that_is_withheld_is_a_persons(state: AttemptState) -> None:
    before = waiting(state, NOW, 1)
    after, commands = step(before, StatementMissing(NOW, withheld=True), RULES)
    assert (after.state, after.reason) == (S.MANUAL, "statement_withheld")
    assert set(commands) == {"hold_goods", "alarm"}


def test_a_refund_that_is_found_not_to_stand_leaves_nothing_of_itself() -> None:
    """The next one begins as if there had been none: by its own id, its own tries, no amounts."""
    part = SettledFacts("r1", "v1", replace(BILL.negated(), account=Fen(0)), "", None, "", "")
    tried = replace(waiting(S.REFUND_REVERSING, NOW, 3), asked=True)
    held, _ = step(tried, StatementShows(NOW, False, part), RULES)
    stands, _ = step(held, PersonDecides(NOW, S.SETTLED, 7, 1), RULES)
    assert (stands.state, stands.leg) == (S.SETTLED, Leg.SETTLE)
    assert (stands.refund, stands.refund_message_id) == (None, None)
    assert (stands.reversals, stands.asked, stands.next_at) == (0, False, None)
