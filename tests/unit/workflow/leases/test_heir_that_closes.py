"""A counter that inherited money closes its day: what it inherited is not closed with it."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.support.store_counters import DEAD_AFTER, a_counter_of, held, pass_time
from tests.unit.workflow.leases.test_heirs import LONG, dies_settling, standing, state_of


@pytest.mark.parametrize("locked", [False, True], ids=["stays", "goes"])
def test_what_an_heir_had_in_hands_goes_on_elsewhere_when_its_day_is_over(
    small: SmallCounter, *, locked: bool
) -> None:
    """Nothing goes by itself at a counter that was signed out; another one of the store is open."""
    one, two, three = (a_counter_of(small, number) for number in (1, 2, 3))
    view = dies_settling(two)
    pass_time(one.clock, DEAD_AFTER, one)
    assert state_of(one, view) is AttemptState.UNKNOWN, "the first inherited it"
    one.surface.end_day(BOSS, PIN)
    signed_in = one.fake.times(Operation.OPEN_DAY)
    if locked:
        one.till.signed_in = None
    pass_time(one.clock, LONG, one, three)
    assert state_of(one, view) is AttemptState.REVERSED
    assert standing(one) == 0
    assert one.fake.times(Operation.OPEN_DAY) == signed_in, "a day that was closed stays closed"
    assert one.till.day_over


def test_who_closes_last_finds_it_again_in_the_morning(small: SmallCounter) -> None:
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    view = dies_settling(two)
    pass_time(one.clock, DEAD_AFTER, one)
    one.surface.end_day(BOSS, PIN)
    pass_time(one.clock, LONG, one)
    assert state_of(one, view) is AttemptState.UNKNOWN
    assert one.till.day_over
    one.surface.open_day()
    pass_time(one.clock, DEAD_AFTER + LONG, one)
    assert (state_of(one, view), standing(one)) == (AttemptState.REVERSED, 0)


@pytest.mark.parametrize("dead", [True, False], ids=["dead", "switched off"])
def test_what_a_sign_out_gives_up_at_a_counter_that_is_off_is_said_before_its_key(
    small: SmallCounter, *, dead: bool
) -> None:
    """Its customer may still stand there: whoever signs out is told, as of the own visits."""
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    view = two.until(Step.SETTLE)
    assert one.surface.closing().ending == (), "it lives, and ends its own"
    if dead:
        pass_time(one.clock, DEAD_AFTER, one)
    else:
        held(two).leave()
        pass_time(one.clock, timedelta(seconds=20), one)
    said = one.surface.closing().ending
    assert [row.case_id for row in said] == [view.case_id]
    one.surface.end_day(BOSS, PIN)
    assert one.view(view).step is Step.CLOSED
    assert one.surface.closing().ending == ()
