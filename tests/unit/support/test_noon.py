"""Tests begin at noon of their day in Beijing, whatever the clock of the machine shows."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.noon import AHEAD, hour_of_the_machine, seconds_to_noon

ROOT = Path(__file__).parents[3]
ASK = """
from tests.support.noon import follow
follow()
from datetime import UTC, datetime
print(datetime.now(UTC).isoformat())
"""


@pytest.mark.parametrize(
    ("real", "hours"),
    [
        (datetime(2026, 11, 22, 14, 30, tzinfo=UTC), -10.5),
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), -12 + 1 / 60),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), 12.0),
        (datetime(2026, 11, 23, 4, 0, tzinfo=UTC), 0.0),
    ],
)
def test_noon_is_that_of_the_day_in_beijing(real: datetime, hours: float) -> None:
    assert seconds_to_noon(real) == pytest.approx(hours * 3600)


def test_this_process_and_its_children_are_at_one_hour() -> None:
    before = datetime.now(UTC)
    said = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )
    child, here = datetime.fromisoformat(said.stdout.strip()), datetime.now(UTC)
    assert before < child < here
    moved = (here - hour_of_the_machine()).total_seconds()
    assert moved == pytest.approx(float(os.environ[AHEAD]), abs=0.5)
