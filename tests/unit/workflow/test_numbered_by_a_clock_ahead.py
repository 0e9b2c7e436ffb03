"""A sale numbered under a clock that was a little ahead is taken back when the day ends, too."""

from datetime import timedelta

import pytest

from app.domain.case import Step
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
