"""A counter per test, on a fresh encrypted base and its own training platform."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.workflow.upkeep import timekeeping
from tests.support.counter import Bench, a_counter


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path) as opened:
        yield opened


@pytest.fixture
def its_day_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's day is moved for the test, which is no clock of ours that is wrong."""
    monkeypatch.setattr(timekeeping, "TOLERANCE", timedelta(days=8))
