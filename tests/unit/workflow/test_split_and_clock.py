"""Whether a split is old is told by the order of our books; a clock has no word in it (0056)."""

from datetime import timedelta

from app.domain.case import Phase, Step
from app.domain.errors import Code
from app.profile.operations import Operation
from app.workflow import day as business
from app.workflow.calendar import CHINA, today
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_strays import WHY, compared, one_kind_differs, stray


def another_purchase(small: SmallCounter, view: CaseView) -> str:
    """Of the same person, from before this visit was opened, in no book of ours."""
    at = small.case(view).opened_at.astimezone(CHINA) - timedelta(minutes=9)
    made = f"{small.till.shop.institution_code}{at:%Y%m%d%H%M%S}{small.till.counter_no:02d}05"
    message_id = stray(small, view, made, "000099999")
    one_kind_differs(small)
    compared(small, today(small.till))
    return message_id


def test_a_line_that_was_adopted_behind_a_split_makes_it_old(small: SmallCounter) -> None:
    """Another purchase is entered, under a clock that was set back since the split."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = another_purchase(small, view)
    small.clock.at -= timedelta(minutes=4)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    asked = small.settle(small.view(view))
    assert (asked.step, asked.phase) == (Step.SETTLE, Phase.READY)
    assert small.fake.times(Operation.SETTLE) == 0, "settled by the split of before"
    assert asked.banner is not None
    assert asked.banner.code == Code.ESTIMATE_RENEWED


def test_a_split_asked_for_behind_an_adopted_line_is_not_old(small: SmallCounter) -> None:
    """It is entered under a clock a little ahead; that is put right, and the split asked for."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = another_purchase(small, view)
    small.clock.at += timedelta(minutes=4)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    small.clock.at -= timedelta(minutes=4)
    for _ in range(3):
        small.clock.move(timedelta(seconds=30))
        view = small.settle(small.view(view))
        if view.step is not Step.SETTLE:
            break
    assert view.step is Step.HAND_OVER, "asked for anew at every key"


def test_a_split_that_a_clock_ahead_dated_to_tomorrow_is_old_tomorrow(small: SmallCounter) -> None:
    """Asked for under a clock a day ahead; that is put right, and the day it named comes."""
    a_day = timedelta(days=1)
    small.clock.at += a_day
    business.ensure_open(small.till)
    view = small.until(Step.SETTLE)
    small.clock.at -= a_day
    small.fake.own_time = small.clock.now
    business.open_day(small.till)
    small.clock.move(timedelta(hours=23))
    business.ensure_open(small.till)
    asked = small.settle(small.view(view))
    assert small.fake.times(Operation.SETTLE) == 0, "settled by the split of yesterday"
    assert asked.banner is not None
    assert asked.banner.code == Code.ESTIMATE_RENEWED
