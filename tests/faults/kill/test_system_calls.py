"""kill -9 at system calls of a whole money part: settled, refunded, returned, exactly once.

The victim plays on a real encrypted base against a platform that outlives it. At each commit a
sample dies (see ``tests.support.sampling``), in the long proof every single call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import pytest

from app.workflow.views.case import CaseView
from tests.support.counter import Bench
from tests.support.money_victim import sale_taken_back, whole_money
from tests.support.morgue import Morgue
from tests.support.sampling import Point, every, seed, some
from tests.support.scenes import Scenery, at_refund, at_scan, at_settle
from tests.support.strace import counted, injected
from tests.support.visit import Visit
from tests.support.zygote import Ended, Zygote

CALLS = (
    *("pwrite64", "fsync", "fdatasync", "ftruncate"),
    *("unlink", "rename", "sendto", "recvfrom"),
)
AT_EACH_COMMIT = 40
PARTS, SHARDS = 2, 8
KILLED = Ended(status=-1, signal=9)


@pytest.fixture(scope="module")
def morgue(scenery: Scenery, zygote: Zygote) -> Morgue:
    return Morgue(scenery, zygote)


@dataclass(frozen=True)
class Leg:
    """A victim's flow, the scene it begins with, and how the next counter ends the visit."""

    flow: str
    scene: Callable[[Visit], CaseView]
    finish: Callable[[Bench, int], CaseView]
    messages: int


LEGS = {
    # two lines told, split, settled, refunded, two lines returned
    "money": Leg("play", at_scan, whole_money, 7),
    # refunded, two lines returned, boxes into quarantine
    "refund": Leg("play", at_refund, whole_money, 3),
    # two lines returned, signed out
    "compensation": Leg("end_day", at_settle, sale_taken_back, 3),
}
Counted = Callable[[str], Mapping[str, int]]


@pytest.fixture(scope="module")
def calls(morgue: Morgue, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """How often an undisturbed victim of a leg makes each call; it must come to its end."""
    log = tmp_path_factory.mktemp("trace") / "log"

    @cache
    def of(name: str) -> Mapping[str, int]:
        leg = LEGS[name]
        with morgue.laid_out(leg.scene) as remains:
            found = counted(morgue.zygote, leg.flow, CALLS, log, **remains.order, calm=False)
            remains.lives_on(leg.finish)
        return found

    return of


@pytest.mark.parametrize("name", LEGS)
def test_an_undisturbed_leg_is_worth_killing(calls: Counted, name: str) -> None:
    """A commit before and behind each message, each of them synced."""
    found, messages = calls(name), LEGS[name].messages
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
    for point in chosen[part::PARTS]:
        dies_and_lives_on(morgue, LEGS["money"], point)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", ["refund", "compensation"])
def test_the_way_back_survives_kill_9_around_each_message(
    morgue: Morgue, calls: Counted, name: str
) -> None:
    wire = {call: calls(name)[call] for call in ("sendto", "recvfrom")}
    for point in every(wire):
        dies_and_lives_on(morgue, LEGS[name], point)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", LEGS)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_leg_survives_kill_9_at_every_call(
    morgue: Morgue, calls: Counted, name: str, shard: int
) -> None:
    for point in every(calls(name))[shard::SHARDS]:
        dies_and_lives_on(morgue, LEGS[name], point)


def dies_and_lives_on(morgue: Morgue, leg: Leg, point: Point) -> None:
    call, number = point
    with morgue.laid_out(leg.scene) as remains:
        try:
            order = {**remains.order, "calm": False}
            ended = injected(morgue.zygote, leg.flow, call, "signal=KILL", str(number), **order)
            assert ended in (KILLED, Ended(0, 0))
            remains.lives_on(leg.finish)
        except BaseException as broken:
            broken.add_note(f"{leg.flow} killed at {call} number {number}, seed {seed()}")
            raise
