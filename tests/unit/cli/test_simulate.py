"""``yaotai simulate``: options, keys, statuses, and what people are told."""

import json
from typing import Any

import pytest

from app.cli.dispatch import dispatch
from app.cli.doors import SimulatedSeed, SimulationWish
from tests.support.fake_doors import FakeDoors

CLEAN: dict[str, Any] = {
    "seeds": 2,
    "visits": 6,
    "faults": {"delay": 3},
    "crashes": 1,
    "violations": [],
}
BROKEN = CLEAN | {
    "violations": [{"seed": 7, "invariant": "I4", "what": "ghost", "trace": ["one", "two"]}]
}


def test_options_become_a_wish(capsys: pytest.CaptureFixture[str]) -> None:
    doors = FakeDoors(report=CLEAN)
    asked = ["--seeds", "2", "--from", "7", "--visits", "3", "--fault-rate", "0.2", "--json"]
    assert dispatch(["simulate", *asked], lambda: doors) == 0
    assert dispatch(["simulate", "--unsealed", "--json"], lambda: doors) == 0
    unsealed = SimulationWish(20, 1, 3, 0.15, "fujian", unsealed=True)
    assert doors.wishes == [SimulationWish(2, 7, 3, 0.2, "fujian"), unsealed]
    out = capsys.readouterr()
    assert [json.loads(line) for line in out.out.splitlines()] == [CLEAN, CLEAN]
    assert out.err == ""


def test_a_broken_seed_is_told_at_once_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    days = (SimulatedSeed(6, "", 2), SimulatedSeed(7, "I4", 1))
    assert dispatch(["simulate"], lambda: FakeDoors(report=BROKEN, days=days)) == 1
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.splitlines()[:2] == ["seed 7: I4", "seeds=2 visits=6 settled=3 crashes=1"]
    assert "  two" in out.err.splitlines()
    assert "seed 6" not in out.err


@pytest.mark.parametrize(
    "wrong",
    [("--seeds", "0"), ("--visits", "x"), ("--fault-rate", "1.5"), ("--from", "one")],
)
def test_wrong_usage_names_the_option(
    capsys: pytest.CaptureFixture[str], wrong: tuple[str, str]
) -> None:
    doors = FakeDoors(report=CLEAN)
    assert dispatch(["simulate", *wrong], lambda: doors) == 2
    assert doors.wishes == []
    assert wrong[0] in capsys.readouterr().err
