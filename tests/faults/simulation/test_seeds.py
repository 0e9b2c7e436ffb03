"""Whole days from seeds: nothing breaks, and a seed is one exact run."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from app.domain.errors import Code
from app.simulation.day import Day
from app.simulation.outcome import DayReport
from app.simulation.templates import Templates, fed, templates
from resources.scenarios import load_demo_store, trace_codes

SEEDS = 300
SHARDS = 10
VISITS = 1
"""A short day each: what a seed costs is mostly its morning and its evening."""
RATE = 0.2
DEEP_VISITS = 3
BROKE = ((4415, VISITS), (4813, VISITS), (6220, VISITS), (12193, DEEP_VISITS))
"""Beyond those: days that found something (docs/simulation.md, What it found)."""
DEEP_SEEDS = 20_000
DEEP_SHARDS = 200
LONG_VISITS, LONG_RATE, LONG_SHARDS, LONG_DAYS = 40, 0.1, 20, 5
"""Long days: people come again, lots run out, many doubts are open at once."""
LONG_BROKE = ((28, 7),)
"""Long days that found something; cut behind the visit that did."""


@pytest.fixture(scope="module")
def well_fed() -> Iterator[Templates]:
    with templates("fujian", visits=LONG_VISITS) as furnished:
        yield furnished


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


def test_a_long_day_serves_most_of_its_people(well_fed: Templates) -> None:
    report = Day(11, well_fed, LONG_VISITS // 2, 0.0).run()
    holds(report)
    assert report.visits == LONG_VISITS // 2
    assert report.settled > report.visits // 2


def test_a_long_day_with_trouble_holds(well_fed: Templates) -> None:
    report = Day(12, well_fed, LONG_VISITS // 2, LONG_RATE).run()
    holds(report)
    assert report.settled
    assert report.faults


@pytest.mark.parametrize(("seed", "visits"), LONG_BROKE)
def test_a_long_day_that_broke_once_holds(well_fed: Templates, seed: int, visits: int) -> None:
    holds(Day(seed, well_fed, visits, LONG_RATE).run())


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(LONG_SHARDS))
def test_long_days_hold(well_fed: Templates, shard: int) -> None:
    for seed in range(shard * LONG_DAYS, (shard + 1) * LONG_DAYS):
        holds(Day(seed, well_fed, LONG_VISITS, LONG_RATE).run())


def test_a_long_day_has_more_of_everything_and_nothing_twice() -> None:
    usual = load_demo_store(date(2026, 3, 2))
    assert fed(usual, DEEP_VISITS) == usual
    more = fed(usual, LONG_VISITS)
    assert max(Counter(rx.key for rx in more.prescriptions).values()) == 1
    waiting = [rx for rx in more.prescriptions if rx.state == "valid"]
    assert len(waiting) == 5 * sum(rx.state == "valid" for rx in usual.prescriptions)
    expired = [rx for rx in more.prescriptions if rx.state == "expired"]
    assert len(expired) == sum(rx.state == "expired" for rx in usual.prescriptions)
    boxes = [code for item in more.items for lot in item.lots for code in trace_codes(lot)]
    assert len(boxes) == len(set(boxes))
