"""Whole days from seeds: nothing breaks, and a seed is one exact run."""

import pytest

from app.domain.errors import Code
from app.simulation.day import Day
from app.simulation.outcome import DayReport
from app.simulation.templates import Templates

SEEDS = 300
SHARDS = 10
VISITS = 1
"""A short day each: what a seed costs is mostly its morning and its evening."""
RATE = 0.2
DEEP_VISITS = 3
BROKE = ((4415, VISITS), (4813, VISITS), (6220, VISITS), (12193, DEEP_VISITS))
"""Beyond those: days that found something (docs/reliability.md, What it found)."""
DEEP_SEEDS = 20_000
DEEP_SHARDS = 200


def holds(day: DayReport) -> None:
    if day.violation is not None:
        way = "\n".join(day.violation.trace[-60:])
        pytest.fail(f"seed {day.seed}: {day.violation.invariant}\n{way}")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_seed_holds(made: Templates, shard: int) -> None:
    for seed in range(shard, SEEDS, SHARDS):
        holds(Day(seed, made, VISITS, RATE).run())


@pytest.mark.parametrize(("seed", "visits"), BROKE)
def test_what_broke_once_holds(made: Templates, seed: int, visits: int) -> None:
    holds(Day(seed, made, visits, RATE).run())


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(DEEP_SHARDS))
def test_many_seeds_hold(made: Templates, shard: int) -> None:
    for seed in range(shard, DEEP_SEEDS, DEEP_SHARDS):
        holds(Day(seed, made, DEEP_VISITS, RATE).run())


@pytest.mark.parametrize("seed", [2, 26])
def test_a_seed_is_one_exact_run(made: Templates, seed: int) -> None:
    first, second = (Day(seed, made, DEEP_VISITS, RATE) for _ in range(2))
    assert first.run() == second.run()
    assert first.trace == second.trace
    assert len(first.trace) > 20


def test_a_day_without_trouble_serves_everybody(made: Templates) -> None:
    day = Day(3, made, 3, 0.0)
    report = day.run()
    assert (report.visits, report.crashes, report.faults) == (3, 0, {})
    assert any("hand_over" in line for line in day.trace)


@pytest.mark.parametrize("seed", range(1, 5))
def test_without_trouble_a_sign_in_is_wanting_once_at_most(made: Templates, seed: int) -> None:
    """The first of these days goes over midnight, with boxes that are brought back."""
    day = Day(seed, made, 4, 0.0)
    assert day.run().violation is None
    wanting = f"({int(Code.SIGN_IN_REQUIRED)})"
    refused = [line.split()[1] for line in day.trace if line.endswith(wanting)]
    assert len(refused) == len(set(refused))
