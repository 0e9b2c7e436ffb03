"""Taking a figure: medians of turns that alternate between the work and its bound."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

TURNS = 15


@dataclass(frozen=True)
class Figure:
    """``own`` and ``bound`` in milliseconds; ``budget`` is the largest ratio allowed."""

    name: str
    own: float
    bound: float
    budget: float

    @property
    def ratio(self) -> float:
        return self.own / self.bound

    @property
    def holds(self) -> bool:
        return self.ratio <= self.budget

    def line(self) -> str:
        mark = "ok  " if self.holds else "OVER"
        took = f"{self.own:9.2f} ms against {self.bound:9.2f} ms"
        return f"{mark} {self.name:<48} {took}  ratio {self.ratio:6.2f} (budget {self.budget})"

    def shown(self) -> dict[str, object]:
        return {
            "name": self.name,
            "own_ms": round(self.own, 3),
            "bound_ms": round(self.bound, 3),
            "ratio": round(self.ratio, 3),
            "budget": self.budget,
            "ok": self.holds,
        }


def compare(
    name: str, own: Callable[[], object], bound: Callable[[], object], budget: float
) -> Figure:
    """Run both in turn, so that a slow moment of the machine meets both alike."""
    own_times, bound_times = [], []
    own()
    bound()
    for _ in range(TURNS):
        own_times.append(_milliseconds(own))
        bound_times.append(_milliseconds(bound))
    return Figure(name, statistics.median(own_times), statistics.median(bound_times), budget)


def limit(name: str, own: Callable[[], object], milliseconds: float) -> Figure:
    """A figure whose bound is a time on the clock; the ratio may reach 1."""
    own()
    times = [_milliseconds(own) for _ in range(TURNS)]
    return Figure(name, statistics.median(times), milliseconds, 1.0)


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
