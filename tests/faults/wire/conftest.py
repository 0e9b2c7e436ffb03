"""A torn network of its own for each test."""

from collections.abc import Iterator

import pytest

from tests.support.torn_wire import TornWire, a_torn_wire


@pytest.fixture
def wire() -> Iterator[TornWire]:
    with a_torn_wire() as standing:
        yield standing
