"""What the end of a day takes back, signs out and leaves signed out."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, PlatformRejected
from app.profile.operations import Operation
from tests.support.kept_records import put
from tests.support.small_counter import BOSS, PIN, SmallCounter


def test_a_sale_refused_a_moment_ago_is_taken_back_before_the_day_ends(
    small: SmallCounter,
) -> None:
    """The settlement is refused, the customer leaves, the manager closes within the minute."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, PlatformRejected(Code.SETTLEMENT_REFUSED))
    view = small.settle(view)
    assert view.step is Step.SETTLE
    small.clock.move(timedelta(seconds=30))
    shut = small.surface.end_day(BOSS, PIN)
    assert not shut.signed_in
    assert small.fake.books.sold == {}, "told as sold, never settled, and the day is closed"


@pytest.mark.parametrize("slow", [Operation.UPLOAD_SALE, Operation.CLOSE_DAY])
def test_a_day_closed_over_midnight_is_closed_here_as_well(
    small: SmallCounter, slow: Operation
) -> None:
    """The platform signs out the day that was meant, however long an answer takes."""

    def over_midnight(told: object) -> object:
        small.clock.move(timedelta(seconds=5))
        return told

    small.clock.move(timedelta(hours=11, minutes=59, seconds=58))
    assert small.surface.closing().signed_in
    put(small, 1, "A")
    day = small.surface.closing().day
    small.fake.script(slow, change=over_midnight)
    small.surface.end_day(BOSS, PIN)
    assert small.surface.closing().day > day
    with small.store.reading() as unit:
        kept = unit.days.current(small.till.counter_no, day)
        sign_out = [q for operation, q in small.fake.asked if operation is Operation.CLOSE_DAY]
    assert kept is not None
    assert kept.closed_at is not None
    assert [told.sign_no for told in sign_out] == [kept.sign_no]
