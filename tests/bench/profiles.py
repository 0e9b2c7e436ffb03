"""All regions read, merged and checked: under 30 ms (product bar, speed of profiles)."""

import statistics
import time

from app.profile.loader import load, parsed, shipped
from tests.bench.ratio import TURNS, Figure

BUDGET_MS = 30.0


def load_all() -> None:
    """Every shipped region from its files; nothing is left over from an earlier turn."""
    parsed.cache_clear()
    for name in shipped():
        load(name)


def figures() -> list[Figure]:
    """Milliseconds of one processor: others may be at work. Shapes are loaded before."""
    load_all()
    taken = []
    for _ in range(TURNS):
        start = time.thread_time()
        load_all()
        taken.append((time.thread_time() - start) * 1000)
    own = statistics.median(taken)
    return [Figure("loading and validating all profiles", own, BUDGET_MS, 1.0)]


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
