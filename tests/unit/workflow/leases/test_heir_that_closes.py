"""A counter that inherited money closes its day: what it inherited is not closed with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
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
    pass_time(one.clock, DEAD_AFTER, one, three)
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


def test_who_closes_last_does_not_close_over_what_nobody_else_would_end(
    small: SmallCounter,
) -> None:
    """Nobody would look after it until morning; it is said with its counter before the key."""
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    view = dies_settling(two)
    pass_time(one.clock, DEAD_AFTER, one)
    shown = one.surface.closing()
    assert [(row.case_id, row.counter) for row in shown.money] == [(view.case_id, 2)]
    assert not shown.may_close
    with pytest.raises(OperatorInput) as refused:
        one.surface.end_day(BOSS, PIN)
    assert refused.value.code is Code.DAY_MONEY_OPEN
    assert not one.till.day_over
    pass_time(one.clock, LONG, one)
    assert (state_of(one, view), standing(one)) == (AttemptState.REVERSED, 0)
    one.surface.end_day(BOSS, PIN)
    assert one.till.day_over


def test_a_counter_whose_day_is_over_looks_after_nobody_elses_money(small: SmallCounter) -> None:
    """Its program still runs; whoever closes behind it is the last all the same."""
    one, two, three = (a_counter_of(small, number) for number in (1, 2, 3))
    view = dies_settling(two)
    pass_time(one.clock, DEAD_AFTER, one, three)
    three.surface.end_day(BOSS, PIN)
    assert [row.counter for row in one.surface.closing().money] == [2]
    with pytest.raises(OperatorInput) as refused:
        one.surface.end_day(BOSS, PIN)
    assert refused.value.code is Code.DAY_MONEY_OPEN
    assert state_of(one, view) is AttemptState.UNKNOWN


def test_what_is_a_persons_at_a_counter_that_is_off_holds_up_no_other_one(
    small: SmallCounter,
) -> None:
    """It waits for a manager's word, which may be given at any counter and on any day."""
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    view = dies_settling(two)
    pass_time(one.clock, DEAD_AFTER, one)
    with one.store.unit() as unit:
        attempt = unit.attempts.of_case(view.case_id)
        assert attempt is not None
        given_up = replace(attempt, state=AttemptState.MANUAL)
        unit.attempts.save(given_up, attempt.state, "test", one.clock.now())
    assert one.surface.closing().money == ()
    one.surface.end_day(BOSS, PIN)
    assert one.till.day_over


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
