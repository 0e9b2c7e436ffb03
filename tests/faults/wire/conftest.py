"""Scenes made once per session, and one way to say what must hold after every fault."""

from collections.abc import Iterator

import pytest

from tests.support.scenes import Scenery
from tests.support.torn_wire import TornWire, a_torn_wire


@pytest.fixture(scope="session")
def scenery(tmp_path_factory: pytest.TempPathFactory) -> Scenery:
    return Scenery(tmp_path_factory.mktemp("scenes"))


@pytest.fixture
def wire() -> Iterator[TornWire]:
    with a_torn_wire() as standing:
        yield standing
