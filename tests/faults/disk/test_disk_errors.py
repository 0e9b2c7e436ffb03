"""ENOSPC and EIO at writes and syncs of a money part, once and from then on (reliability 2.4, 6).

A disk that fails once costs a sentence and another try, never a restart that the person at the
counter must know about. A disk that stays full ends the program's work; the next start goes on.
"""

from collections.abc import Mapping

import pytest

from tests.support.morgue import Morgue
from tests.support.sampling import Point, every, seed, some
from tests.support.scenes import Scenery, at_scan
from tests.support.strace import counted, injected
from tests.support.zygote import Ended, Zygote

CALLS = ("pwrite64", "fsync", "fdatasync", "ftruncate")
ERRORS = {"ENOSPC": ("pwrite64", "fsync", "fdatasync"), "EIO": CALLS}
ONCE, FROM_THEN_ON = "", "+"
FINE, GAVE_UP = Ended(0, 0), Ended(3, 0)
AT_EACH_COMMIT, SHARDS = 15, 8


@pytest.fixture(scope="module")
def morgue(scenery: Scenery, zygote: Zygote) -> Morgue:
    return Morgue(scenery, zygote)


@pytest.fixture(scope="module")
def calls(morgue: Morgue, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, int]:
    """How often an undisturbed money part makes each call."""
    log = tmp_path_factory.mktemp("trace") / "log"
    with morgue.laid_out(at_scan) as remains:
        return counted(morgue.zygote, "play", CALLS, log, **remains.order, calm=True)


def points(calls: Mapping[str, int], error: str) -> list[Point]:
    return every({call: calls[call] for call in ERRORS[error]})


@pytest.mark.timeout(300)
@pytest.mark.parametrize("lasting", [ONCE, FROM_THEN_ON], ids=["once", "from_then_on"])
@pytest.mark.parametrize("error", ERRORS)
def test_a_failing_disk_costs_no_money(
    morgue: Morgue, calls: Mapping[str, int], error: str, lasting: str
) -> None:
    for point in some(points(calls, error), AT_EACH_COMMIT, error + lasting):
        fails(morgue, error, point, lasting)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("lasting", [ONCE, FROM_THEN_ON], ids=["once", "from_then_on"])
@pytest.mark.parametrize("error", ERRORS)
def test_a_disk_that_fails_anywhere_costs_no_money(
    morgue: Morgue, calls: Mapping[str, int], error: str, lasting: str, shard: int
) -> None:
    for point in points(calls, error)[shard::SHARDS]:
        fails(morgue, error, point, lasting)


def fails(morgue: Morgue, error: str, point: Point, lasting: str) -> None:
    call, number = point
    with morgue.laid_out(at_scan) as remains:
        try:
            ended = injected(
                morgue.zygote,
                *("play", call, f"error={error}", f"{number}{lasting}"),
                **remains.order,
                calm=True,
            )
            assert ended in (FINE, GAVE_UP)
            remains.lives_on()
        except BaseException as broken:
            broken.add_note(f"{error} at {call} number {number}{lasting}, seed {seed()}")
            raise
