"""The second half of the 100,000 steps (``test_money_steps.py``): files are shared, not tests."""

import pytest

from tests.faults.model.test_money_steps import SHARDS, STEPS
from tests.support.money_machine import steps_played
from tests.support.ready_sales import ReadySales

pytestmark = pytest.mark.usefixtures("_quiet")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_money_is_never_wrong_for_as_many_steps_again(ready: ReadySales, shard: int) -> None:
    played = steps_played(ready, STEPS, f"second half {shard}")
    assert played.steps >= STEPS
    print(played.steps, "steps", dict(played.met))
