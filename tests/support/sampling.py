"""Which points of a long proof are played at this commit: another choice each, the same for all.

The choice follows the commit at hand; ``YAOTAI_FAULT_SEED`` repeats an earlier one.
"""

import os
import random
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

SEED = "YAOTAI_FAULT_SEED"
Point = tuple[str, int]
"""A system call and which of its occurrences, from 1."""


@cache
def seed() -> str:
    """The seed of this run: given, or the commit, or ``0`` outside a repository."""
    given = os.environ.get(SEED, "")
    if given:
        return given
    asked = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "0"


def every(counts: Mapping[str, int]) -> list[Point]:
    """All points, in order."""
    return [(call, number) for call, most in counts.items() for number in range(1, most + 1)]


def some(points: Sequence[Point], most: int, what: str) -> list[Point]:
    """About ``most`` of ``points``, never fewer where there are so many: each call gets its share,
    at least two where it has them.

    ``what`` tells one sample of a run from another.
    """
    # a choice of tests, not a secret
    dice = random.Random(f"{seed()} {what}")  # noqa: S311
    calls = sorted({call for call, _ in points})
    chosen: list[Point] = []
    for call in calls:
        own = [point for point in points if point[0] == call]
        share = max(2, round(most * len(own) / len(points)))
        chosen += dice.sample(own, min(share, len(own)))
    if len(chosen) < most:
        left = sorted(set(points) - set(chosen))
        chosen += dice.sample(left, min(most - len(chosen), len(left)))
    return sorted(chosen)[: most + 2 * len(calls)]
