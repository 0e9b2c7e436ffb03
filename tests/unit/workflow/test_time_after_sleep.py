"""A steady clock that stood still while the computer slept: the platform's time is heard anew.

On Linux it does not count a sleep. Our clock is right then, and the time carried on from the last
answer is as old as the sleep was long: money is refused, by a time that nobody said.
"""

from contextlib import suppress
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from app.workflow.upkeep import timekeeping
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_strays import WHY, compared, of_counter, stray


def test_who_comes_back_from_lunch_may_settle(small: SmallCounter) -> None:
    """The lid was closed with a customer's visit at the money; nothing else is asked meanwhile."""
    small.fake.own_time = small.clock.now
    view = small.until(Step.SETTLE)
    small.clock.at += timedelta(minutes=30)
    assert timekeeping.is_wrong(small.till)
    refused: list[Code] = []
    for _ in range(3):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
        with suppress(OperatorInput):
            view = small.surface.retry(view.case_id)
        try:
            view = small.settle(small.view(view))
        except OperatorInput as why:
            refused.append(why.code)
        if view.step is not Step.SETTLE:
            break
    assert (view.step, refused[1:]) == (Step.HAND_OVER, []), "no key of this page asks for the time"


def test_who_comes_back_from_lunch_may_refund(small: SmallCounter) -> None:
    """The key asks for the time itself: no doubt is open that a lane would ask it for."""
    small.fake.own_time = small.clock.now
    done = small.until(Step.DONE)
    begun = small.surface.begin_return(done.case_id)
    view = small.surface.take_back(begun.case_id, codes_of(small.case(done)))
    small.clock.at += timedelta(minutes=30)
    assert timekeeping.is_wrong(small.till)
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    assert view.step is not Step.REVOKE
    assert all(one.refunded for one in small.fake.books.settlements.values())


@pytest.mark.parametrize("adopts", [True, False], ids=["adopts", "reverses"])
def test_who_comes_back_to_a_compared_day_may_clear_up_what_stands_there(
    small: SmallCounter, *, adopts: bool
) -> None:
    """A nap that is shorter than evidence lasts, and longer than a clock may differ."""
    small.fake.own_time = small.clock.now
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.clock.at += timedelta(minutes=8)
    assert timekeeping.is_wrong(small.till)
    if adopts:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
        assert small.view(view).step is Step.HAND_OVER
    else:
        small.surface.reverse_stray(day, message_id, BOSS, PIN)
        assert small.fake.books.settlements == {}
