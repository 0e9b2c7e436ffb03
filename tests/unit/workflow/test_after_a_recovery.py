"""What a counter meets right behind a recovery: its first customer, and strays of older days."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.profile.loader import load
from app.workflow.calendar import CHINA, today
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_lost_time import believed_again, restored
from tests.unit.workflow.test_strays import WHY, of_counter, one_kind_differs, stray


def test_the_first_customer_behind_a_recovery_is_none_of_before_it(small: SmallCounter) -> None:
    """The visit nobody had begun yet stood open in the copy: the next customer is served in it, and
    is refused when the boxes are to be told, reviewed and scanned for nothing."""
    small.surface.current()
    restored(small)
    believed_again(small)
    small.restart()
    assert small.until(Step.DONE).step is Step.DONE


def test_a_stray_of_an_older_day_waits_for_the_lost_time_too(small: SmallCounter) -> None:
    """The lost time had found it and sent its reversal; the copy knows of neither, and its day is
    none of those that are missing."""
    yesterday = today(small.till) - timedelta(days=1)
    view = small.until(Step.SETTLE)
    message_id = stray(small, view, of_counter(small, yesterday), "000099999")
    one_kind_differs(small)
    restored(small)
    small.surface.compare_money(yesterday, True)
    with pytest.raises(OperatorInput) as early:
        small.surface.adopt_stray(yesterday, message_id, BOSS, PIN, WHY)
    assert early.value.code is Code.STILL_ON_ITS_WAY


def test_a_line_of_the_lost_time_pays_for_no_customer_of_after_it(small: SmallCounter) -> None:
    """The same visit, in a region that tells the sale behind the money: the lost time settled at
    half past twelve and handed over; whoever comes at three is served in the visit that was open
    since noon, and gets the same goods for that line."""
    small.with_profile(load("fujian+told_afterwards", "training").profile)
    day = today(small.till)
    small.surface.current()
    small.clock.move(timedelta(minutes=30))
    lost = f"{small.clock.now().astimezone(CHINA):%Y%m%d%H%M%S}"
    restored(small)
    small.clock.move(timedelta(hours=2, minutes=30))
    believed_again(small)
    small.restart()
    view = small.until(Step.SETTLE)
    code = small.till.shop.institution_code
    message_id = stray(small, view, f"{code}{lost}{small.till.counter_no:02d}05", "000099999")
    one_kind_differs(small)
    small.surface.compare_money(day, True)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert small.view(view).step is Step.SETTLE, "goods twice, for one settlement"
