"""A sample is the same for the same seed, another for another, and leaves out no sort of call."""

import pytest

from tests.support import sampling
from tests.support.sampling import every, some

COUNTS = {"pwrite64": 700, "fsync": 30, "unlink": 2, "rename": 0}


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv(sampling.SEED, "one")
    sampling.seed.cache_clear()
    yield monkeypatch
    sampling.seed.cache_clear()


def test_every_point_is_there_once() -> None:
    points = every(COUNTS)
    assert len(points) == len(set(points)) == 732
    assert points[0] == ("pwrite64", 1)
    assert points[-1] == ("unlink", 2)


def test_a_seed_repeats_its_choice_and_another_chooses_others(
    seeded: pytest.MonkeyPatch,
) -> None:
    first = some(every(COUNTS), 40, "kill")
    assert some(every(COUNTS), 40, "kill") == first
    assert some(every(COUNTS), 40, "disk") != first
    seeded.setenv(sampling.SEED, "two")
    sampling.seed.cache_clear()
    assert some(every(COUNTS), 40, "kill") != first


@pytest.mark.usefixtures("seeded")
def test_every_sort_of_call_has_its_share() -> None:
    chosen = some(every(COUNTS), 40, "kill")
    by_call = {call: sum(c == call for c, _ in chosen) for call in COUNTS}
    assert by_call == {"pwrite64": 38, "fsync": 2, "unlink": 2, "rename": 0}
    assert set(chosen) <= set(every(COUNTS))
