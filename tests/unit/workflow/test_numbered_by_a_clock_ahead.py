"""A sale numbered under a clock that was a little ahead is taken back when the day ends, too."""

from datetime import timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, NotSent
from app.profile.operations import Operation
from app.workflow.returns.compensate import compensate
from tests.support.small_counter import BOSS, PIN, SmallCounter


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(hours=2)])
def test_a_sale_of_a_time_to_come_does_not_stand_over_night(
    small: SmallCounter, ahead: timedelta
) -> None:
    """Its boxes are told, the clock is put right, the customer leaves, the day is closed."""
    small.clock.at += ahead
    small.until(Step.SETTLE)
    assert small.fake.books.sold
    small.clock.at -= ahead
    small.clock.move(timedelta(minutes=1))
    shut = small.surface.end_day(BOSS, PIN)
    assert not shut.signed_in
    assert small.fake.books.sold == {}, "told as sold, never settled, and the day is closed"


def test_a_return_that_failed_in_a_time_to_come_is_tried_again_at_once(small: SmallCounter) -> None:
    view, ahead = small.until(Step.SETTLE), timedelta(hours=2)
    small.clock.at += ahead
    small.fake.script(Operation.RETURN_SALE, NotSent(Code.DID_NOT_LEAVE))
    left = small.surface.abandon(view.case_id)
    assert (left.step, left.phase) == (Step.RETURN_SALE, Phase.READY)
    small.clock.at -= ahead
    small.clock.move(timedelta(minutes=1))
    assert compensate(small.till, small.clock.now()) == 1
