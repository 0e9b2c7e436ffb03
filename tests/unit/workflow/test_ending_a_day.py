"""What the end of a day takes back, signs out and leaves signed out."""

from datetime import timedelta

from app.domain.case import Step
from app.domain.errors import Code, PlatformRejected
from app.profile.operations import Operation
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
