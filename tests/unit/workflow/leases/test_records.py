"""Records on their way at several counters: only who is dead is told again by another."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Code, LocalTrouble, OperatorInput, OutcomeUnknown
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.calendar import today
from app.workflow.reconciling.comparing import compare_day
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import PlayedClock, a_return
from tests.support.store_counters import DEAD_AFTER, a_counter_of, held, pass_time

LATER = timedelta(minutes=10)


def a_waiting_record(counter: SmallCounter) -> int:
    with counter.store.unit() as unit:
        return unit.outbox.add(
            Operation.RETURN_SALE, "S1", "PC1", a_return(), None, "示例片", counter.clock.now()
        )


def state_of(counter: SmallCounter, item_id: int) -> OutboxState:
    with counter.store.reading() as unit:
        item = unit.outbox.item(item_id)
    assert item is not None
    return item.state


def test_a_record_that_another_counter_has_on_its_way_is_left_to_it_whatever_our_clock_says(
    small: SmallCounter,
) -> None:
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    item = a_waiting_record(two)
    whole = two.fake.return_sale
    seen: list[int] = []

    def slow(message: Any) -> Any:
        two.fake.return_sale = whole  # type: ignore[method-assign]
        # its own clock stands; the other's is ahead of every lease, and its person presses retry
        held(one).beat()
        one.clock.at += timedelta(hours=2)
        delivery.run(one.till)
        delivery.retry(one.till, item)
        seen.append(one.fake.times(Operation.RETURN_SALE))
        one.clock.at -= timedelta(hours=2)
        return whole(message)

    two.fake.return_sale = slow  # type: ignore[method-assign]
    delivery.run(two.till)
    assert seen == [0]
    assert two.fake.times(Operation.RETURN_SALE) == 1


def test_the_record_of_a_dead_counter_is_told_by_another_and_never_by_the_dead_one(
    small: SmallCounter,
) -> None:
    """It slept between its lease and its first byte."""
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    item = a_waiting_record(two)
    real = held(two).require_sure

    def slept() -> None:
        held(two).require_sure = real  # type: ignore[method-assign]
        pass_time(one.clock, DEAD_AFTER + LATER, one)
        real()

    held(two).require_sure = slept  # type: ignore[method-assign]
    with pytest.raises(LocalTrouble) as lost:
        delivery.run(two.till)
    assert lost.value.code is Code.COUNTER_LOST
    assert one.fake.times(Operation.RETURN_SALE) == 1
    assert state_of(one, item) is not OutboxState.SENDING


def test_a_record_another_counter_told_by_a_clock_behind_is_not_told_again_too_soon(
    small: SmallCounter,
) -> None:
    """Both clocks are right as far as one has to be; by the other's the telling is long over."""
    one = a_counter_of(small, 1)
    two = a_counter_of(small, 2, clock=PlayedClock(at=one.clock.at - timedelta(minutes=4)))
    item = a_waiting_record(two)
    two.fake.script(Operation.RETURN_SALE, OutcomeUnknown(Code.ANSWER_MISSING))
    delivery.run(two.till)
    assert state_of(one, item) is OutboxState.UNKNOWN
    for _ in range(6):
        one.clock.move(timedelta(seconds=10))
        held(one).beat()
        delivery.run(one.till)
    assert one.fake.times(Operation.RETURN_SALE) == 1
    pass_time(one.clock, timedelta(minutes=10), one)
    assert state_of(one, item) is OutboxState.DELIVERED


def test_money_of_a_day_is_compared_by_one_counter_of_the_store_at_a_time(
    small: SmallCounter,
) -> None:
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    codes: list[Code] = []

    def meanwhile(_stage: object) -> None:
        with pytest.raises(OperatorInput) as refused:
            compare_day(two.till, today(two.till))
        codes.append(refused.value.code)

    compare_day(one.till, today(one.till), report=meanwhile)
    assert set(codes) == {Code.COMPARED_ELSEWHERE}
    assert compare_day(two.till, today(two.till)).complete
