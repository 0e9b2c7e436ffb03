"""kill -9 at system calls of a whole money part: settled, refunded, returned, exactly once.

The victim plays on a real encrypted base against a platform that outlives it. At each commit a
sample dies (see ``tests.support.sampling``), in the long proof every single call. 400 die at each
commit: here 200, on the way back 120 (``test_way_back.py``), of copies 80 (``test_copies.py``).
"""

import pytest

from tests.support.kill_legs import LEGS, Counted, dies_and_lives_on
from tests.support.morgue import Morgue
from tests.support.sampling import every, some

AT_EACH_COMMIT, PARTS = 200, 8
SHARDS = 8


def test_an_undisturbed_money_part_is_worth_killing(calls: Counted) -> None:
    """A commit before and behind each message, each of them synced."""
    found, messages = calls("money"), LEGS["money"].messages
    assert found["recvfrom"] >= messages
    assert found["sendto"] >= 2 * messages
    assert found["fsync"] + found["fdatasync"] >= 2 * messages
    assert found["pwrite64"] > 20 * messages


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_money_part_survives_kill_9_at_sampled_calls(
    morgue: Morgue, calls: Counted, part: int
) -> None:
    chosen = some(every(calls("money")), AT_EACH_COMMIT, "kill")
    assert len(chosen) >= AT_EACH_COMMIT
    for point in chosen[part::PARTS]:
        dies_and_lives_on(morgue, LEGS["money"], point)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_money_part_survives_kill_9_at_every_call(
    morgue: Morgue, calls: Counted, shard: int
) -> None:
    for point in every(calls("money"))[shard::SHARDS]:
        dies_and_lives_on(morgue, LEGS["money"], point)
