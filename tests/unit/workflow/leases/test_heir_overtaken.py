"""The owner comes back between an heir's commit and its first byte: the heir sends nothing."""

from collections.abc import Callable
from contextvars import Context
from datetime import timedelta

from tests.support.small_counter import SmallCounter
from tests.support.store_counters import DEAD_AFTER, a_counter_of, held, pass_time
from tests.unit.workflow.leases.test_heirs import dies_settling, standing

STEP = timedelta(seconds=10)


def before_its_bytes(heir: SmallCounter, act: Callable[[], None]) -> None:
    """``act`` once, when a message of ``heir`` is committed and about to leave."""
    real = held(heir).require_sure

    def slept() -> None:
        held(heir).require_sure = real  # type: ignore[method-assign]
        # the owner is another process
        Context().run(act)
        real()

    held(heir).require_sure = slept  # type: ignore[method-assign]


def test_an_heir_reverses_nothing_of_a_counter_that_was_taken_back(small: SmallCounter) -> None:
    """It waits for nobody: the owner waits out what left before, not what leaves behind that."""
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    dies_settling(two)
    pass_time(one.clock, DEAD_AFTER, one)
    asked: list[int] = []

    def taken_back() -> None:
        a_counter_of(small, 2, "place-2")
        asked.append(len(one.fake.asked))

    before_its_bytes(one, taken_back)
    for _ in range(60):
        if not asked:
            pass_time(one.clock, STEP, one)
    told = [operation for operation, _ in one.fake.asked[asked[0] :]]
    assert told == []
    assert standing(one) == 1
