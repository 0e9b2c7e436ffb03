"""The model beside code: engine, encrypted base and training platform in one process.

100,000 steps at each commit, in two files so that two processes share them; 5 million in the long
proof. A step is one rule of ``tests/support/money_machine.py``; steps are counted as they are made.
"""

import pytest

from tests.support.money_machine import steps_played
from tests.support.ready_sales import ReadySales

SHARDS, STEPS = 10, 5_000
"""At each commit, in this file and again in its second half."""
DEEP_SHARDS, DEEP_STEPS = 100, 50_000

pytestmark = pytest.mark.usefixtures("_quiet")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_money_is_never_wrong_for_many_steps(ready: ReadySales, shard: int) -> None:
    played = steps_played(ready, STEPS, f"first half {shard}")
    assert played.steps >= STEPS
    print(played.steps, "steps", dict(played.met))


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(DEEP_SHARDS))
def test_money_is_never_wrong_for_millions_of_steps(ready: ReadySales, shard: int) -> None:
    played = steps_played(ready, DEEP_STEPS, f"deep {shard}")
    assert played.steps >= DEEP_STEPS
    print(played.steps, "steps", dict(played.met))
