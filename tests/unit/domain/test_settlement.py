"""Single moves of an attempt, as the prose and tables of reliability 2 tell them."""

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
    Command,
    Event,
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
    StatementMissing,
    StatementShows,
    StatusQuery,
)
from app.domain.money import Amounts, Fen
from app.domain.settlement import IllegalEvent, prepare, step

S = AttemptState
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUIET = timedelta(seconds=120)
BACKOFF = (timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=15))
RULES = SettleRules(QUIET, True, True, StatusQuery.NONE, True, BACKOFF, max_reversals=4)
BILL = Amounts(Fen(1000), Fen(600), Fen(300), Fen(100))
FACTS = SettledFacts("setl-1", "visit-1", BILL, "2026-03-02 17:00:00", 0, "", "")
LATER = NOW + QUIET


def _at(state: AttemptState, **values: object) -> Attempt:
    """An attempt in ``state``, sent at NOW."""
    refunding = state in {s for s in S if s.name.startswith("REFUND")}
    plain = Attempt(
        "m1",
        state,
        BILL,
        leg=Leg.REFUND if refunding else Leg.SETTLE,
        refund_message_id="m2" if refunding else None,
        sent_at=NOW,
        next_at=None if state in AT_REST else NOW,
        settled=FACTS if refunding or state is S.SETTLED else None,
    )
    return replace(plain, **values)  # type: ignore[arg-type]  # names are checked at run time


def _move(attempt: Attempt, event: Event, rules: SettleRules = RULES) -> tuple[Attempt, set[str]]:
    after, commands = step(attempt, event, rules)
    assert len(set(commands)) == len(commands)
    return after, {command.value for command in commands}


def test_nothing_is_sent_before_it_is_committed() -> None:
    attempt = prepare("m1", BILL, NOW)
    assert attempt.state is S.PREPARED
    assert attempt.sent_at is None
    after, commands = _move(attempt, BeginSending(NOW))
    assert (after.state, after.sent_at, commands) == (S.SENDING, NOW, {"send"})


def test_a_restart_before_sending_proves_that_nothing_left() -> None:
    after, _ = _move(prepare("m1", BILL, NOW), Restarted(NOW))
    assert (after.state, after.reason) == (S.REJECTED, "never_sent")
    back, _ = _move(_at(S.REFUND_PREPARED), Restarted(NOW))
    assert (back.state, back.leg, back.refund_message_id) == (S.SETTLED, Leg.SETTLE, None)


_DOUBTS = (
    S.UNKNOWN,
    S.REVERSING,
    S.REVERSED_UNCONFIRMED,
    S.REFUND_UNKNOWN,
    S.REFUND_REVERSING,
)


@pytest.mark.parametrize("state", _DOUBTS)
def test_a_doubt_out_of_an_older_base_is_left_to_a_person(state: AttemptState) -> None:
    before = _at(state, reversals=1, confirming=True)
    after, commands = _move(before, Restored(LATER))
    assert (after.state, after.leg, after.reason) == (S.MANUAL, before.leg, "restored")
    assert after.next_at == LATER + BACKOFF[-1]
    assert not after.confirming
    assert set(commands) == {Command.HOLD_GOODS, Command.ALARM}


@pytest.mark.parametrize("state", sorted(set(S) - set(_DOUBTS)))
def test_nothing_else_is_restored(state: AttemptState) -> None:
    with pytest.raises(IllegalEvent):
        step(_at(state), Restored(LATER), RULES)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Replied(NOW, ReplyClass.DONE, FACTS), S.SETTLED),
        (Replied(NOW, ReplyClass.DONE), S.UNKNOWN),
        (Replied(NOW, ReplyClass.REJECTED, reason="listed"), S.REJECTED),
        (Replied(NOW, ReplyClass.UNCLEAR), S.UNKNOWN),
        (Replied(NOW, ReplyClass.AMOUNTS_DIFFER, FACTS), S.MANUAL),
        (Replied(NOW, ReplyClass.AMOUNTS_DIFFER), S.MANUAL),
        (NothingLeft(NOW), S.REJECTED),
        (Restarted(NOW), S.UNKNOWN),
        (ClockReached(NOW), S.SENDING),
    ],
)
def test_what_a_settle_answer_does(event: Event, state: AttemptState) -> None:
    after, _ = _move(_at(S.SENDING), event)
    assert after.state is state


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (Replied(NOW, ReplyClass.DONE, FACTS), S.REFUNDED),
        (Replied(NOW, ReplyClass.REJECTED, reason="listed"), S.SETTLED),
        (Replied(NOW, ReplyClass.UNCLEAR), S.REFUND_UNKNOWN),
        (Replied(NOW, ReplyClass.AMOUNTS_DIFFER, FACTS), S.MANUAL),
        (NothingLeft(NOW), S.SETTLED),
        (Restarted(NOW), S.REFUND_UNKNOWN),
    ],
)
def test_what_a_refund_answer_does(event: Event, state: AttemptState) -> None:
    after, _ = _move(_at(S.REFUND_SENDING), event)
    assert after.state is state


def test_goods_are_released_by_a_settlement_only() -> None:
    settled, commands = _move(_at(S.SENDING), Replied(NOW, ReplyClass.DONE, FACTS))
    assert commands == {"release_goods"}
    assert settled.settled == FACTS
    assert settled.next_at is None


def test_differing_amounts_hold_the_goods() -> None:
    held, commands = _move(_at(S.SENDING), Replied(NOW, ReplyClass.AMOUNTS_DIFFER, FACTS))
    assert commands == {"hold_goods", "alarm"}
    assert held.settled == FACTS
    refund, _ = _move(_at(S.REFUND_SENDING), Replied(NOW, ReplyClass.AMOUNTS_DIFFER, FACTS))
    assert refund.refund == FACTS


@pytest.mark.parametrize("state", [S.UNKNOWN, S.REFUND_UNKNOWN])
def test_no_reversal_before_the_quiet_time_is_over(state: AttemptState) -> None:
    unsure = _at(state, next_at=LATER)
    early, commands = _move(unsure, ClockReached(LATER - timedelta(seconds=1)))
    assert (early, commands) == (unsure, set())
    asked, commands = _move(unsure, QueryEmpty(NOW + timedelta(seconds=1)))
    assert (asked.state, asked.next_at, commands) == (state, LATER, set())
    after, commands = _move(unsure, ClockReached(LATER))
    assert after.state in (S.REVERSING, S.REFUND_REVERSING)
    assert commands == {"send_reversal"}


def test_the_quiet_time_counts_from_sending() -> None:
    after, _ = _move(_at(S.SENDING), Replied(NOW + timedelta(seconds=60), ReplyClass.UNCLEAR))
    assert after.next_at == LATER
    unsent, _ = _move(_at(S.SENDING, sent_at=None), Replied(NOW, ReplyClass.UNCLEAR))
    assert unsent.next_at == LATER


@pytest.mark.parametrize(
    ("query", "state", "asks"),
    [
        (StatusQuery.NONE, S.UNKNOWN, False),
        (StatusQuery.BY_MESSAGE_ID, S.UNKNOWN, True),
        (StatusQuery.BY_MESSAGE_ID, S.REFUND_UNKNOWN, True),
        (StatusQuery.BY_SETTLEMENT_ID, S.UNKNOWN, False),
        (StatusQuery.BY_SETTLEMENT_ID, S.REFUND_UNKNOWN, True),
    ],
)
def test_a_status_is_asked_once_where_it_can_be(
    query: StatusQuery, state: AttemptState, asks: bool
) -> None:
    rules = replace(RULES, status_query=query)
    after, commands = _move(_at(state), ClockReached(LATER), rules)
    assert (commands == {"query"}) is asks
    if asks:
        assert after.next_at == LATER + BACKOFF[0]
        _, again = _move(after, ClockReached(LATER + BACKOFF[0]), rules)
        assert again == {"send_reversal"}


def test_a_positive_query_decides() -> None:
    settled, commands = _move(_at(S.UNKNOWN), QueryFound(LATER, FACTS))
    assert (settled.state, commands) == (S.SETTLED, {"release_goods"})
    refunded, commands = _move(_at(S.REFUND_UNKNOWN), QueryFound(LATER, FACTS, refunded=True))
    assert (refunded.state, commands) == (S.REFUNDED, {"return_sale"})
    still, commands = _move(_at(S.REFUND_UNKNOWN), QueryFound(LATER, FACTS))
    assert (still.state, commands) == (S.REFUND_REVERSING, {"send_reversal"})


def test_a_settlement_that_was_given_back_meanwhile_releases_nothing() -> None:
    after, commands = _move(_at(S.UNKNOWN), QueryFound(LATER, FACTS, refunded=True))
    assert (after.state, commands) == (S.REVERSING, {"send_reversal"})


def test_an_empty_query_proves_nothing() -> None:
    after, commands = _move(_at(S.UNKNOWN), QueryEmpty(LATER))
    assert (after.state, commands) == (S.REVERSING, {"send_reversal"})


@pytest.mark.parametrize("state", [S.UNKNOWN, S.REFUND_UNKNOWN])
def test_without_reversal_a_person_decides(state: AttemptState) -> None:
    rules = replace(RULES, reversible=False, refund_reversible=False)
    after, commands = _move(_at(state), ClockReached(LATER), rules)
    assert (after.state, after.reason) == (S.MANUAL, "not_reversible")
    assert commands == {"hold_goods", "alarm"}
    assert after.next_at is not None


def test_an_attempt_never_sent_needs_no_quiet_time() -> None:
    after, _ = _move(_at(S.UNKNOWN, sent_at=None, next_at=None), ClockReached(NOW))
    assert after.state is S.REVERSING


def test_reversals_back_off_alarm_and_end() -> None:
    attempt, at, alarms, waits = _at(S.UNKNOWN), LATER, [], []
    while attempt.state is not S.MANUAL:
        attempt, commands = _move(attempt, ClockReached(at))
        alarms.append("alarm" in commands)
        assert attempt.next_at is not None
        waits.append(attempt.next_at - at)
        at = attempt.next_at
    assert attempt.reason == "reversal_exhausted"
    assert attempt.reversals == 4
    assert alarms == [False, False, True, False, True]
    assert waits[:4] == [BACKOFF[0], BACKOFF[1], BACKOFF[2], BACKOFF[2]]


def test_a_reversal_waits_for_its_time() -> None:
    waiting = _at(S.REVERSING, reversals=1, next_at=LATER)
    assert _move(waiting, ClockReached(NOW)) == (waiting, set())


@pytest.mark.parametrize("result", [ReversalResult.DONE, ReversalResult.NO_SUCH])
def test_an_answered_reversal_still_needs_the_statement(result: ReversalResult) -> None:
    after, commands = _move(_at(S.REVERSING), ReversalAnswered(NOW, result))
    assert (after.state, commands) == (S.REVERSED_UNCONFIRMED, {"compare_statement"})
    refund, commands = _move(_at(S.REFUND_REVERSING), ReversalAnswered(NOW, result))
    assert (refund.state, refund.confirming) == (S.REFUND_REVERSING, True)
    assert commands == {"compare_statement"}
    rules = replace(RULES, can_confirm=False)
    manual, _ = _move(_at(S.REVERSING), ReversalAnswered(NOW, result), rules)
    assert (manual.state, manual.reason) == (S.MANUAL, "cannot_confirm")


@pytest.mark.parametrize("result", [ReversalResult.REFUSED, ReversalResult.UNCLEAR])
def test_a_refused_reversal_is_tried_again(result: ReversalResult) -> None:
    before = _at(S.REVERSING, reversals=1, next_at=LATER)
    after, commands = _move(before, ReversalAnswered(NOW, result, "busy"))
    assert (after.state, after.next_at, commands) == (S.REVERSING, LATER, set())


def test_a_closed_period_is_for_a_person() -> None:
    event = ReversalAnswered(NOW, ReversalResult.PERIOD_CLOSED)
    after, _ = _move(_at(S.REVERSING), event)
    assert (after.state, after.reason) == (S.MANUAL, "period_closed")


def test_the_statement_frees_the_prescription() -> None:
    waiting = _at(S.REVERSED_UNCONFIRMED, reversals=1)
    gone, _ = _move(waiting, StatementShows(LATER, active=False))
    assert (gone.state, gone.live) == (S.REVERSED, False)
    again, commands = _move(waiting, StatementShows(LATER, active=True, facts=FACTS))
    assert (again.state, commands) == (S.REVERSING, {"send_reversal"})
    worn = replace(waiting, reversals=4)
    manual, _ = _move(worn, StatementShows(LATER, active=True, facts=FACTS))
    assert (manual.state, manual.reason) == (S.MANUAL, "still_active")


def test_a_statement_that_could_not_be_made_is_made_later() -> None:
    waiting = _at(S.REVERSED_UNCONFIRMED, reversals=1, next_at=LATER)
    after, commands = _move(waiting, StatementMissing(LATER))
    assert (after.state, after.next_at, commands) == (waiting.state, LATER + BACKOFF[0], set())
    assert _move(waiting, ClockReached(NOW)) == (waiting, set())
    again, commands = _move(waiting, ClockReached(LATER))
    assert (again.next_at, commands) == (LATER + BACKOFF[0], {"compare_statement"})
    assert _move(waiting, Replied(LATER, ReplyClass.DONE, FACTS)) == (waiting, set())


def test_a_reversed_refund_is_confirmed_by_the_statement() -> None:
    waiting = _at(S.REFUND_REVERSING, confirming=True, reversals=1, next_at=LATER)
    back, _ = _move(waiting, StatementShows(LATER, active=True))
    assert (back.state, back.leg, back.settled) == (S.SETTLED, Leg.SETTLE, FACTS)
    gone, commands = _move(waiting, StatementShows(LATER, active=False))
    assert (gone.state, commands) == (S.REFUNDED, {"return_sale"})
    later, commands = _move(waiting, StatementMissing(LATER))
    assert (later.state, commands) == (S.REFUND_REVERSING, set())
    asked, commands = _move(waiting, ClockReached(LATER))
    assert (asked.confirming, commands) == (True, {"compare_statement"})
    unasked = replace(waiting, confirming=False)
    assert _move(unasked, StatementShows(LATER, active=True)) == (unasked, set())


@pytest.mark.parametrize(
    ("leg", "outcome", "command"),
    [
        (Leg.SETTLE, S.SETTLED, {"release_goods"}),
        (Leg.SETTLE, S.REVERSED, set()),
        (Leg.REFUND, S.REFUNDED, {"return_sale"}),
        (Leg.REFUND, S.SETTLED, set()),
    ],
)
def test_a_person_decides_with_evidence(leg: Leg, outcome: AttemptState, command: set[str]) -> None:
    manual = _at(S.MANUAL, leg=leg)
    after, commands = _move(manual, PersonDecides(LATER, outcome, 7, 1, FACTS))
    assert (after.state, after.reason, commands) == (outcome, "person:7", command)
    assert after.next_at is None
    assert after.leg is (Leg.SETTLE if outcome is S.SETTLED else leg)


@pytest.mark.parametrize(
    ("leg", "outcome"),
    [(Leg.SETTLE, S.REFUNDED), (Leg.SETTLE, S.REJECTED), (Leg.REFUND, S.REVERSED)],
)
def test_a_person_cannot_decide_anything_else(leg: Leg, outcome: AttemptState) -> None:
    with pytest.raises(IllegalEvent):
        step(_at(S.MANUAL, leg=leg), PersonDecides(LATER, outcome, 7, 1, FACTS), RULES)


def test_settled_by_a_person_needs_the_facts() -> None:
    decision = PersonDecides(LATER, S.SETTLED, 7, 1)
    with pytest.raises(IllegalEvent, match="facts"):
        step(_at(S.MANUAL, settled=None), decision, RULES)
    after, _ = _move(_at(S.MANUAL, settled=FACTS), decision)
    assert after.settled == FACTS


def test_time_moves_no_manual_attempt() -> None:
    manual = _at(S.MANUAL)
    assert _move(manual, ClockReached(LATER)) == (manual, set())
    assert _move(manual, Replied(LATER, ReplyClass.DONE, FACTS)) == (manual, set())


def test_a_refund_starts_with_a_clean_sheet() -> None:
    settled = _at(S.SETTLED, reversals=3, asked=True, reason="old")
    after, commands = _move(settled, BeginRefund(LATER, "m2"))
    assert (after.state, after.leg, after.refund_message_id) == (
        S.REFUND_PREPARED,
        Leg.REFUND,
        "m2",
    )
    assert (after.sent_at, after.reversals, after.asked, commands) == (None, 0, False, set())
    sending, commands = _move(after, BeginSending(LATER))
    assert (sending.state, sending.sent_at, commands) == (S.REFUND_SENDING, LATER, {"send"})


LATE: tuple[Event, ...] = (
    Replied(LATER, ReplyClass.DONE, FACTS),
    ReversalAnswered(LATER, ReversalResult.DONE),
    QueryFound(LATER, FACTS),
    QueryEmpty(LATER),
    NothingLeft(LATER),
    StatementShows(LATER, active=True),
    StatementMissing(LATER),
    ClockReached(LATER),
    Restarted(LATER),
)


@pytest.mark.parametrize("state", sorted(AT_REST))
@pytest.mark.parametrize("event", LATE, ids=lambda event: type(event).__name__)
def test_late_answers_move_nothing(state: AttemptState, event: Event) -> None:
    rested = _at(state)
    assert _move(rested, event) == (rested, set())


@pytest.mark.parametrize("state", sorted(set(S) - {S.SETTLED}))
def test_only_a_settled_attempt_is_refunded(state: AttemptState) -> None:
    with pytest.raises(IllegalEvent):
        step(_at(state), BeginRefund(LATER, "m2"), RULES)


@pytest.mark.parametrize("state", sorted(set(S) - {S.PREPARED, S.REFUND_PREPARED}))
def test_nothing_is_sent_twice(state: AttemptState) -> None:
    with pytest.raises(IllegalEvent):
        step(_at(state), BeginSending(LATER), RULES)


@pytest.mark.parametrize("state", sorted(set(S) - {S.MANUAL}))
def test_a_person_decides_about_manual_attempts_only(state: AttemptState) -> None:
    with pytest.raises(IllegalEvent):
        step(_at(state), PersonDecides(LATER, S.SETTLED, 7, 1, FACTS), RULES)
