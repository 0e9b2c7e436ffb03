"""Doubts and the calendar: yesterday's are ended today, and a wrong clock ends none."""

from datetime import timedelta

import pytest

from app.domain import settlement as s
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def attempt_of(small: SmallCounter, view: CaseView) -> s.Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def unknown(small: SmallCounter) -> CaseView:
    """A settlement that was booked and whose answer never came."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    view = small.settle(view)
    assert view.phase is Phase.UNKNOWN
    return view


def resolve(small: SmallCounter, rounds: int = 8) -> None:
    """Let time pass, one waiting time after the other."""
    for _ in range(rounds):
        small.clock.move(timedelta(seconds=20))
        small.surface.deliver()


def test_a_doubt_of_yesterday_is_ended_under_todays_sign_in(small: SmallCounter) -> None:
    view = unknown(small)
    days = small.fake.times(Operation.OPEN_DAY)
    small.clock.move(timedelta(days=1))
    resolve(small)
    assert small.fake.times(Operation.OPEN_DAY) == days + 1
    assert attempt_of(small, view).state is AttemptState.REVERSED


@pytest.mark.parametrize("operation", [Operation.REVERSE, Operation.RECONCILE_LINES])
def test_a_platform_that_forgot_the_sign_in_is_told_who_asks(
    small: SmallCounter, operation: Operation
) -> None:
    view = unknown(small)
    days = small.fake.times(Operation.OPEN_DAY)
    small.fake.script(operation, PlatformRejected(Code.SIGN_IN_REQUIRED))
    resolve(small)
    assert small.fake.times(Operation.OPEN_DAY) == days + 1
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_a_sign_in_that_fails_too_is_tried_again_with_the_next_question(
    small: SmallCounter,
) -> None:
    view = unknown(small)
    for trouble in (PlatformRejected(Code.SIGN_IN_REQUIRED), LOST):
        small.fake.script(Operation.RECONCILE_LINES, PlatformRejected(Code.SIGN_IN_REQUIRED))
        small.fake.script(Operation.OPEN_DAY, trouble)
    resolve(small)
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_no_money_moves_while_the_clock_lies_behind_what_was_used(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.clock.move(timedelta(days=-1))
    with pytest.raises(OperatorInput) as refused:
        small.settle(small.view(view))
    assert refused.value.code is Code.CLOCK_BEHIND
    banner = small.view(view).banner
    assert banner is not None
    assert (banner.code, dict(banner.params).keys()) == (Code.CLOCK_BEHIND, {"now", "used"})
    assert small.fake.times(Operation.SETTLE) == 0
    small.clock.move(timedelta(days=1))
    assert small.settle(small.view(view)).step is Step.HAND_OVER


def test_a_doubt_is_not_ended_by_the_books_of_another_day(small: SmallCounter) -> None:
    view = unknown(small)
    small.clock.move(timedelta(days=-1))
    resolve(small)
    assert attempt_of(small, view).state is AttemptState.UNKNOWN
    small.clock.move(timedelta(days=1))
    resolve(small)
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_who_closes_after_midnight_signs_out_what_stands_then(small: SmallCounter) -> None:
    small.until(Step.DONE)
    small.clock.move(timedelta(hours=12, minutes=5))
    view = small.surface.end_day(BOSS, PIN)
    assert not view.signed_in
    signed_out = [
        request.sign_no
        for operation, request in small.fake.asked
        if operation is Operation.CLOSE_DAY
    ]
    assert signed_out == [f"{small.fake.books.days:06d}"]


def test_closing_twice_signs_nobody_in_again(small: SmallCounter) -> None:
    small.surface.end_day(BOSS, PIN)
    days = small.fake.times(Operation.OPEN_DAY)
    with pytest.raises(OperatorInput) as refused:
        small.surface.end_day(BOSS, PIN)
    assert refused.value.code is Code.STEP_MOVED_ON
    assert small.fake.times(Operation.OPEN_DAY) == days
