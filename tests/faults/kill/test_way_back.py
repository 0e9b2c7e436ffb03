"""kill -9 on the way back: a refund with its returns, and a sale taken back when the day ends."""

import pytest

from tests.support.kill_legs import LEGS, Counted, dies_and_lives_on
from tests.support.morgue import Morgue
from tests.support.sampling import every, some

LEGS_BACK = ("refund", "compensation")
AT_EACH_COMMIT, PARTS = 60, 3
"""Of each leg; every call on the wire is among them."""
SHARDS = 8


@pytest.mark.parametrize("name", LEGS_BACK)
def test_an_undisturbed_leg_is_worth_killing(calls: Counted, name: str) -> None:
    """A commit before and behind each message, each of them synced."""
    found, messages = calls(name), LEGS[name].messages
    assert found["recvfrom"] >= messages
    assert found["sendto"] >= 2 * messages
    assert found["fsync"] + found["fdatasync"] >= 2 * messages
    assert found["pwrite64"] > 20 * messages


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", LEGS_BACK)
def test_the_way_back_survives_kill_9_at_sampled_calls(
    morgue: Morgue, calls: Counted, name: str, part: int
) -> None:
    found = calls(name)
    wire = every({call: found[call] for call in ("sendto", "recvfrom")})
    disk = every({call: most for call, most in found.items() if (call, 1) not in wire})
    chosen = [*wire, *some(disk, AT_EACH_COMMIT - len(wire), f"kill {name}")]
    assert len(chosen) >= AT_EACH_COMMIT
    for point in chosen[part::PARTS]:
        dies_and_lives_on(morgue, LEGS[name], point)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", LEGS_BACK)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_way_back_survives_kill_9_at_every_call(
    morgue: Morgue, calls: Counted, name: str, shard: int
) -> None:
    for point in every(calls(name))[shard::SHARDS]:
        dies_and_lives_on(morgue, LEGS[name], point)
