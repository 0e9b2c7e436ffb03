"""Every parser, fed with spoiled inputs: only its declared refusals come out, and soon.

At each commit a moment for each; in the long proof ten minutes of processor time
(``YAOTAI_FUZZ_SECONDS``; one target is one shard).
"""

import os

import pytest

from tests.support.fuzz_targets import TARGETS
from tests.support.fuzzing import Escaped, Target, fuzz
from tests.support.sampling import seed

MOMENT_S = 0.3
LONG_S = float(os.environ.get("YAOTAI_FUZZ_SECONDS", "600"))


@pytest.mark.parametrize("name", TARGETS)
def test_a_moment_of_each(name: str) -> None:
    score = fuzz(TARGETS[name](), MOMENT_S, seed())
    assert score.runs > 0


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", TARGETS)
def test_ten_minutes_of_each(name: str) -> None:
    score = fuzz(TARGETS[name](), LONG_S, seed())
    print(f"{score.name}: {score.runs} runs, {score.taken} read, slowest {score.slowest:.3f} s")
    assert score.runs > 100


def test_what_nobody_declared_is_told_with_its_input() -> None:
    def brittle(content: bytes) -> None:
        if content != b"{}":
            raise KeyError(content)

    with pytest.raises(Escaped, match="KeyError"):
        fuzz(Target("brittle", brittle, [b"{}"], (ValueError,)), 1.0, "0")
