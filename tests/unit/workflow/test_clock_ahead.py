"""A clock that is days ahead: what the platform's own time shows, and what comes back with it."""

from datetime import datetime, timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.ports import requests as q
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow.calendar import CHINA
from app.workflow.upkeep import timekeeping
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter
from tests.support.waiting_sales import queue_sale
from ui.text import texts

DAYS = timedelta(days=3)
LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def jump(small: SmallCounter, by: timedelta) -> None:
    """The wall clock is set; the steady one does not notice."""
    small.clock.at += by


def tells_time(small: SmallCounter) -> None:
    """From now on every answer says the true time."""
    ahead = small.clock.now() - timedelta(seconds=small.clock.ticks)
    small.fake.own_time = lambda: ahead + timedelta(seconds=small.clock.ticks)


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def rounds(small: SmallCounter, count: int = 10) -> None:
    for _ in range(count):
        small.clock.move(timedelta(seconds=20))
        small.surface.deliver()


@pytest.mark.parametrize("by", [DAYS, -timedelta(minutes=6)], ids=["ahead", "behind"])
def test_no_money_moves_while_the_platform_says_another_time(
    small: SmallCounter, by: timedelta
) -> None:
    tells_time(small)
    view = small.until(Step.SETTLE)
    jump(small, by)
    with pytest.raises(OperatorInput) as refused:
        small.settle(small.view(view))
    assert refused.value.code is Code.CLOCK_DIFFERS
    banner = small.view(view).banner
    assert banner is not None
    assert dict(banner.params).keys() == {"now", "platform"}
    assert small.fake.times(Operation.SETTLE) == 0
    jump(small, -by)
    view = small.settle(small.view(view))
    if by > timedelta():
        # the time was asked for under it: with the clock put right the split is of no day
        assert view.step is Step.SETTLE
        view = small.settle(view)
    assert view.step is Step.HAND_OVER


def test_a_start_under_a_clock_ahead_locks_nobody_out_once_it_is_right(
    small: SmallCounter,
) -> None:
    """Its sign-in used a time three days away: without the platform's word money would wait."""
    tells_time(small)
    jump(small, DAYS)
    small.restart()
    jump(small, -DAYS)
    with small.store.reading() as unit:
        assert unit.messages.clock_behind(small.clock.now()) is not None
        assert timekeeping.refusal(small.till, unit) is None
    view = small.until(Step.SETTLE)
    assert small.settle(view).step is Step.HAND_OVER


def test_a_doubt_of_a_clock_ahead_is_looked_for_on_true_days_and_ends(
    small: SmallCounter,
) -> None:
    true_day = small.clock.now().astimezone(CHINA).date()
    view = small.until(Step.SETTLE)
    jump(small, DAYS)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    renewed = small.settle(small.view(view))
    assert small.settle(renewed).phase is Phase.UNKNOWN
    jump(small, -DAYS)
    tells_time(small)
    small.surface.compare_money(true_day)
    rounds(small)
    assert state_of(small, view) is AttemptState.REVERSED
    asked = [x for kind, x in small.fake.asked if kind is Operation.RECONCILE_LINES]
    assert isinstance(asked[-1], q.ReconcileLines)
    assert asked[-1].first_day <= true_day - timedelta(days=30)
    assert asked[-1].last_day == true_day


def test_the_books_of_a_day_to_come_end_no_doubt(small: SmallCounter) -> None:
    """Nothing was heard of the true time before the statement's own exchanges told it."""
    view = small.until(Step.SETTLE)
    jump(small, DAYS)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    renewed = small.settle(small.view(view))
    small.settle(renewed)
    jump(small, -DAYS)
    tells_time(small)
    jump(small, DAYS)
    small.till.platform_clock = None
    rounds(small)
    assert state_of(small, view) not in (AttemptState.REVERSED, AttemptState.SETTLED)
    jump(small, -DAYS)
    rounds(small)
    assert state_of(small, view) is AttemptState.REVERSED


def test_a_doubt_says_that_it_waits_for_the_right_time(small: SmallCounter) -> None:
    tells_time(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(small.view(view))
    jump(small, DAYS)
    shown = small.view(view).unknown
    assert shown is not None
    (now,) = [row for row in shown.timeline if row.state == "now"]
    assert now.until is None, "nothing is due before the clock is right"
    assert [row.at for row in shown.timeline if row.state == "next" and row.at] == []
    both = {"now": "2026-11-25 12:00", "platform": "2026-11-22 12:00"}
    (item,) = small.surface.open_items()
    closing = small.surface.closing()
    assert now.proves is not None
    assert closing.clock is not None
    for said in (now.proves, item.next, closing.clock):
        assert (said.key, dict(said.params)) == ("clock.differs", both)
        assert said.key in texts()
    assert (item.next_at, item.waits_for_person) == (None, True)
    assert item.code == Code.CLOCK_DIFFERS, "whose sentence says what to do"
    jump(small, -DAYS)
    again = small.view(view).unknown
    assert again is not None
    assert any(row.until for row in again.timeline)
    assert small.surface.closing().clock is None
    assert small.surface.open_items()[0].next_at is not None


def test_before_the_platform_answers_the_time_used_is_named(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(small.view(view))
    small.till.platform_clock = None
    jump(small, -DAYS)
    said = small.surface.closing().clock
    assert said is not None
    assert (said.key, dict(said.params)["now"]) == ("clock.behind", "2026-11-19 12:00")
    assert said.key in texts()


WRONG_ZONE = timedelta(hours=8)


@pytest.mark.parametrize("by", [DAYS, WRONG_ZONE], ids=["days", "zone"])
def test_a_record_queued_under_a_clock_ahead_is_told_once_it_is_right(
    small: SmallCounter, by: timedelta
) -> None:
    jump(small, by)
    item = queue_sale(small.store, 1, "A", small.clock.now())
    jump(small, -by)
    small.surface.deliver()
    assert state_of_item(small, item) is OutboxState.DELIVERED


@pytest.mark.parametrize("by", [DAYS, WRONG_ZONE], ids=["days", "zone"])
def test_a_gap_that_began_under_a_clock_ahead_ends_at_the_next_start(
    small: SmallCounter, by: timedelta
) -> None:
    jump(small, by)
    item = queue_sale(small.store, 1, "A", small.clock.now())
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    small.surface.deliver()
    jump(small, -by)
    small.surface.deliver()
    assert state_of_item(small, item) is OutboxState.WAITING
    small.restart()
    small.surface.deliver()
    assert state_of_item(small, item) is OutboxState.DELIVERED


def state_of_item(small: SmallCounter, item: int) -> OutboxState:
    with small.store.reading() as unit:
        found = unit.outbox.item(item)
    assert found is not None
    return found.state


def test_what_is_no_time_tells_nothing(small: SmallCounter) -> None:
    small.fake.own_time = lambda: None
    small.until(Step.SETTLE)
    assert timekeeping.platform_time(small.till) is None
    moment = datetime(2026, 1, 1, tzinfo=CHINA)
    small.till.platform_clock = moment, small.clock.monotonic()
    small.clock.move(timedelta(seconds=7))
    assert timekeeping.platform_time(small.till) == moment + timedelta(seconds=7)
