"""A counter per test, on a fresh encrypted base and its own training platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.counter import Bench, a_counter


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path) as opened:
        yield opened
