"""A counter dies in the middle of money; another one of its store ends it, exactly once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, LocalTrouble, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.cases.lines import codes_of
from app.workflow.leases.heirs import come_back
from app.workflow.leases.holding import counter_lease
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.support.store_builders import PlayedClock
from tests.support.store_counters import DEAD_AFTER, a_counter_of, held, pass_time

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
LONG = timedelta(minutes=4)


class PowerCut(BaseException):
    """The machine is gone."""


def cut_behind(fake: Any, name: str) -> Callable[[], None]:
    """The power goes when the platform has done what it was told."""
    whole = getattr(fake, name)

    def done_and_gone(message: Any) -> Any:
        whole(message)
        raise PowerCut

    setattr(fake, name, done_and_gone)
    return lambda: setattr(fake, name, whole)


@pytest.fixture
def shop(small: SmallCounter) -> tuple[SmallCounter, SmallCounter]:
    return a_counter_of(small, 1), a_counter_of(small, 2)


def state_of(counter: SmallCounter, view: CaseView) -> AttemptState:
    with counter.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def dies_settling(counter: SmallCounter) -> CaseView:
    view = counter.until(Step.SETTLE)
    back = cut_behind(counter.fake, "settle")
    with pytest.raises(PowerCut):
        counter.settle(view)
    back()
    assert state_of(counter, view) is AttemptState.SENDING
    return view


def standing(counter: SmallCounter) -> int:
    return sum(not one.refunded for one in counter.fake.books.settlements.values())


def test_a_settlement_whose_counter_died_is_taken_back_by_the_other_once(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    view = dies_settling(two)
    assert standing(one) == 1
    pass_time(one.clock, DEAD_AFTER, one)
    pass_time(one.clock, LONG, one)
    assert state_of(one, view) is AttemptState.REVERSED
    assert (standing(one), one.fake.times(Operation.SETTLE)) == (0, 1)
    assert one.fake.times(Operation.REVERSE) == 1


def test_nothing_of_a_counter_that_lives_is_touched(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    view = dies_settling(two)
    for _ in range(60):
        one.clock.move(timedelta(seconds=10))
        held(two).beat()
        held(one).beat()
        one.surface.deliver()
    assert state_of(one, view) is AttemptState.SENDING
    assert one.fake.times(Operation.REVERSE) == 0


def test_what_a_counter_that_was_closed_left_in_doubt_is_finished_at_once(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    view = two.until(Step.SETTLE)
    two.fake.script(Operation.SETTLE, LOST, booked=True)
    two.settle(view)
    held(two).leave()
    pass_time(one.clock, timedelta(seconds=80), one)
    assert state_of(one, view) is AttemptState.REVERSED


def test_who_wakes_up_writes_nothing_of_what_it_slept_through_and_goes_on_by_itself(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    """The answer was there all the time; the other counter has ended it meanwhile."""
    one, two = shop
    view = two.until(Step.SETTLE)
    whole = two.fake.settle

    def sleeping(message: Any) -> Any:
        answer = whole(message)
        two.fake.settle = whole  # type: ignore[method-assign]  # it sleeps once
        pass_time(one.clock, DEAD_AFTER + LONG, one)
        return answer

    two.fake.settle = sleeping  # type: ignore[method-assign]
    with pytest.raises(LocalTrouble) as told:
        two.settle(view)
    assert told.value.code is Code.COUNTER_LOST
    assert state_of(two, view) is AttemptState.REVERSED
    assert standing(one) == 0
    with pytest.raises(LocalTrouble):
        two.surface.park(view.case_id, "等一等")
    held(two).beat()
    two.surface.deliver()
    shown = two.surface.view(view.case_id)
    assert (shown.step, shown.phase) == (Step.SETTLE, Phase.READY)
    assert two.settle(shown).step is Step.HAND_OVER
    assert standing(two) == 1


def test_bytes_of_a_counter_that_slept_between_commit_and_wire_never_leave(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    """Paused with the row written: when it goes on, the other has proved the money absent."""
    one, two = shop
    view = two.until(Step.SETTLE)
    told: list[str] = []

    def slept(progress: Any) -> None:
        if not told:
            told.append(progress.stage)
            pass_time(one.clock, DEAD_AFTER + LONG, one)

    with pytest.raises(LocalTrouble) as lost:
        two.surface.settle(view.case_id, view.settle.amounts.cash, slept)  # type: ignore[union-attr]
    assert lost.value.code is Code.COUNTER_LOST
    assert state_of(one, view) is AttemptState.REVERSED
    assert (two.fake.times(Operation.SETTLE), standing(one)) == (0, 0)


def test_what_a_dead_counter_sent_by_its_own_wrong_clock_is_waited_for_whole(
    small: SmallCounter,
) -> None:
    """Its clock was behind: by its times everything would have arrived long ago."""
    one = a_counter_of(small, 1)
    behind = PlayedClock(at=one.clock.at - timedelta(minutes=4))
    two = a_counter_of(small, 2, clock=behind)
    view = dies_settling(two)
    while state_of(one, view) is AttemptState.SENDING:
        pass_time(one.clock, timedelta(seconds=10), one)
    assert (state_of(one, view), one.fake.times(Operation.REVERSE)) == (AttemptState.UNKNOWN, 0)
    pass_time(one.clock, timedelta(seconds=10), one)
    assert state_of(one, view) is AttemptState.UNKNOWN, "quiescence begins with the inheritance"
    pass_time(one.clock, LONG, one)
    assert state_of(one, view) is AttemptState.REVERSED


def test_an_heir_that_dies_as_well_has_an_heir(shop: tuple[SmallCounter, SmallCounter]) -> None:
    one, two = shop
    view = dies_settling(two)
    three = a_counter_of(two, 3)
    pass_time(one.clock, DEAD_AFTER, one, three)
    assert state_of(one, view) is AttemptState.UNKNOWN
    assert held(one).inherit(2) is not None or held(three).inherit(2) is not None
    last = three if held(one).inherit(2) is not None else one
    pass_time(one.clock, DEAD_AFTER + LONG, last)
    assert state_of(one, view) is AttemptState.REVERSED
    assert standing(one) == 0


def test_its_owner_comes_back_while_an_heir_is_at_it(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    view = dies_settling(two)
    pass_time(one.clock, DEAD_AFTER, one)
    assert state_of(one, view) is AttemptState.UNKNOWN
    again = a_counter_of(two, 2, "place-2")
    pass_time(one.clock, LONG, one, again)
    assert state_of(one, view) is AttemptState.REVERSED
    assert (standing(one), one.fake.times(Operation.SETTLE)) == (0, 1)


def test_a_refund_whose_counter_died_is_brought_to_its_end(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    done = two.until(Step.DONE)
    back = two.surface.begin_return(done.case_id)
    back = two.surface.take_back(back.case_id, codes_of(two.case(done)))
    cut = cut_behind(two.fake, "revoke_settlement")
    with pytest.raises(PowerCut):
        two.surface.revoke(back.case_id, BOSS, PIN)
    cut()
    assert state_of(two, done) is AttemptState.REFUND_SENDING
    pass_time(one.clock, DEAD_AFTER + LONG, one)
    assert state_of(one, done) in (AttemptState.REFUNDED, AttemptState.SETTLED)
    assert standing(one) == (1 if state_of(one, done) is AttemptState.SETTLED else 0)


def test_a_sale_that_was_told_and_never_settled_is_taken_back_for_a_dead_counter(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    view = two.until(Step.SETTLE)
    assert two.fake.times(Operation.UPLOAD_SALE)
    pass_time(one.clock, DEAD_AFTER, one)
    one.surface.end_day(BOSS, PIN)
    with one.store.reading() as unit:
        case = unit.cases.get(view.case_id)
    assert case.position.step is Step.CLOSED
    assert one.fake.times(Operation.RETURN_SALE) == one.fake.times(Operation.UPLOAD_SALE)


def test_a_region_that_reverses_nothing_leaves_it_to_its_manager(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    for counter in shop:
        counter.with_profile(region(reversible=[]))
    view = dies_settling(two)
    pass_time(one.clock, DEAD_AFTER + LONG, one)
    assert state_of(one, view) is AttemptState.MANUAL
    with one.store.reading() as unit:
        left = unit.leases.find(counter_lease(2))
    assert left is not None
    assert left.holder == "", "nothing is left that needs nobody"


def test_a_sale_told_by_a_wrong_clock_is_not_taken_back_while_it_may_arrive(
    small: SmallCounter,
) -> None:
    """By the times of the dead one it arrived long ago; taken back now, it would arrive behind its
    return and stand there as sold for ever."""
    one = a_counter_of(small, 1)
    behind = PlayedClock(at=one.clock.at - timedelta(minutes=4))
    two = a_counter_of(small, 2, clock=behind)
    for counter in (one, two):
        counter.with_profile(region(quiescence_s=180))
    view = two.until(Step.SCAN)
    two.fake.script(Operation.UPLOAD_SALE, LOST)
    view = two.finish(two.boxes(view))
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
    pass_time(one.clock, DEAD_AFTER, one)
    one.surface.end_day(BOSS, PIN)
    assert two.fake.times(Operation.RETURN_SALE) == 0
    with one.store.reading() as unit:
        case = unit.cases.get(view.case_id)
    assert case.facts.sale is not None
    assert case.position.step is not Step.CLOSED


def test_who_comes_back_waits_anew_for_what_its_heir_had_sent(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    """A reversal of the heir may still arrive, and its clock is nobody's here."""
    one, two = shop
    view = dies_settling(two)
    quiet = timedelta(seconds=two.profile.settle.quiescence_s)
    two.fake.script(Operation.REVERSE, LOST)
    while not two.fake.times(Operation.REVERSE):
        pass_time(one.clock, timedelta(seconds=10), one)
    assert state_of(one, view) is AttemptState.REVERSING
    held(two).beat()
    come_back(two.till)
    with two.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    assert attempt.next_at == two.clock.now() + quiet
