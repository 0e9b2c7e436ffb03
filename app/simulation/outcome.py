"""What a day comes to: its report, and the first thing that did not hold."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """What did not hold, and the whole way there."""

    seed: int
    invariant: str
    what: str
    trace: tuple[str, ...]


class Broken(BaseException):
    """The first thing that did not hold: the day ends here, and no handler may stop it."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(invariant, what)
        self.invariant = invariant
        self.what = what


@dataclass(frozen=True, slots=True)
class DayReport:
    """How one day went. ``settled`` counts what the platform booked, also what it took back."""

    seed: int
    visits: int
    settled: int
    faults: Mapping[str, int]
    crashes: int
    violation: Violation | None
