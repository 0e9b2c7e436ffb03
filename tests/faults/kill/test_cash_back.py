"""kill -9 while cash goes back: paid out once, boxes in quarantine, one slip, one return told."""

import pytest

from tests.support.kill_legs import LEGS, Counted, dies_and_lives_on
from tests.support.morgue import Morgue
from tests.support.sampling import every, some

AT_EACH_COMMIT = 40


def test_an_undisturbed_cash_back_is_worth_killing(calls: Counted) -> None:
    """The second person, the cash, and a commit before and behind the message of the return."""
    found = calls("cash")
    assert found["recvfrom"] >= LEGS["cash"].messages
    assert found["fsync"] + found["fdatasync"] >= 4


@pytest.mark.timeout(300)
def test_cash_goes_back_once_over_kill_9_at_sampled_calls(morgue: Morgue, calls: Counted) -> None:
    for point in some(every(calls("cash")), AT_EACH_COMMIT, "kill cash"):
        dies_and_lives_on(morgue, LEGS["cash"], point)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(4))
def test_cash_goes_back_once_over_kill_9_at_every_call(
    morgue: Morgue, calls: Counted, shard: int
) -> None:
    for point in every(calls("cash"))[shard::4]:
        dies_and_lives_on(morgue, LEGS["cash"], point)
