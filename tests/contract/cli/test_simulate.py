"""The real command on a real day: the keys of cli.md, and a seed that can be asked for again."""

import json

import pytest

from app.cli.dispatch import dispatch
from app.main import House

KEYS = {"seeds", "visits", "faults", "crashes", "violations"}


def test_a_day_is_played_through_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["simulate", "--seeds", "2", "--from", "5", "--visits", "1", "--json"]
    assert dispatch(asked, House) == 0
    first = capsys.readouterr().out
    report = json.loads(first)
    assert report.keys() == KEYS
    assert (report["seeds"], report["visits"], report["violations"]) == (2, 2, [])
    assert dispatch(asked, House) == 0
    assert capsys.readouterr().out == first
