"""Many days in a row, and the report of them all (cli.md, ``yaotai simulate``)."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.simulation.day import Day
from app.simulation.outcome import DayReport
from app.simulation.templates import templates

Progress = Callable[[DayReport], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days are to be played: ``seeds`` of them, from ``first`` on."""

    seeds: int
    first: int
    visits: int
    fault_rate: float
    profile: str
    sealed: bool = True


def simulate(wanted: Wanted, told: Progress) -> dict[str, Any]:
    """Play every day; ``told`` hears of each. The keys are those of cli.md.

    Raises ``LocalTrouble`` where a day cannot be furnished.
    """
    faults: Counter[str] = Counter()
    visits = crashes = 0
    violations: list[dict[str, object]] = []
    for day in days(wanted):
        told(day)
        faults.update(day.faults)
        visits += day.visits
        crashes += day.crashes
        if day.violation is not None:
            found = day.violation
            violations.append(
                {
                    "seed": found.seed,
                    "invariant": found.invariant,
                    "what": found.what,
                    "trace": list(found.trace),
                }
            )
    return {
        "seeds": wanted.seeds,
        "visits": visits,
        "faults": dict(sorted(faults.items())),
        "crashes": crashes,
        "violations": violations,
    }


def days(wanted: Wanted) -> Iterator[DayReport]:
    """One report per seed, in order."""
    with quiet(), templates(wanted.profile, sealed=wanted.sealed, visits=wanted.visits) as made:
        for seed in range(wanted.first, wanted.first + wanted.seeds):
            yield Day(seed, made, wanted.visits, wanted.fault_rate).run()


@contextmanager
def quiet() -> Iterator[None]:
    """What the program warns of is what these days are full of."""
    logger = logging.getLogger("app")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
