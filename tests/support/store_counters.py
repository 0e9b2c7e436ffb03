"""Several counters of one store in one process, each with its lease as several processes have."""

from dataclasses import replace
from datetime import timedelta

from app.workflow import day
from app.workflow.leases.holding import BEAT, LEASE, FencedStore, Holding
from app.workflow.surface import Surface
from app.workflow.till import Till
from tests.support.small_counter import CLERK, PIN, SmallCounter, kept_pin, pin_matches
from tests.support.store_builders import PlayedClock

DEAD_AFTER = LEASE + 2 * BEAT
"""Whoever was silent for so long is taken for dead."""


class Passing:
    """Waits by letting the played time pass, while whoever else lives goes on beating."""

    def __init__(self, clock: PlayedClock, *alive: Holding) -> None:
        self._clock, self._alive = clock, alive
        self.waited = 0.0

    def __call__(self, seconds: float) -> None:
        self._clock.move(timedelta(seconds=seconds))
        self.waited += seconds
        for holding in self._alive:
            holding.beat()


def holding_of(small: SmallCounter, number: int, place: str, process: str = "1") -> Holding:
    return Holding(small.store, small.clock, number, place, process)


def a_counter_of(
    small: SmallCounter, number: int, place: str = "", clock: PlayedClock | None = None
) -> SmallCounter:
    """Counter ``number`` on the same base, with its lease and maybe its own clock, signed in."""
    one = small.till
    if clock is not None:
        small = replace(small, clock=clock)
    holding = holding_of(small, number, place or f"place-{number}")
    holding.take(Passing(small.clock))
    till = Till(
        FencedStore(small.store, holding),
        one.platform,
        one.profile,
        small.clock,
        one.shop,
        number,
        one.printers,
        one.assistance,
    )
    till.chance, till.holding = (lambda: 1.0), holding
    other = replace(small, till=till, surface=Surface(till, pin_matches, kept_pin))
    other.surface.sign_in(CLERK, PIN)
    day.ensure_open(till)
    return other


def held(counter: SmallCounter) -> Holding:
    assert counter.till.holding is not None
    return counter.till.holding


def pass_time(clock: PlayedClock, span: timedelta, *alive: SmallCounter) -> None:
    """Time goes by; whoever is ``alive`` beats and has its rounds."""
    step = timedelta(seconds=10)
    for _ in range(int(span / step)):
        clock.move(step)
        for counter in alive:
            held(counter).beat()
            counter.surface.deliver()
