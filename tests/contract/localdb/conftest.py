"""A real encrypted base per test, in its own folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from tests.support.store_builders import PlayedClock


@pytest.fixture
def clock() -> PlayedClock:
    return PlayedClock()


@pytest.fixture
def location(tmp_path: Path) -> StoreLocation:
    return StoreLocation(tmp_path / "base", "training", training=True)


@pytest.fixture
def key_store(tmp_path: Path) -> FileKeyStore:
    return FileKeyStore(tmp_path / "keys")


@pytest.fixture
def open_again(
    location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> Iterator[Callable[[], SqlStore]]:
    """Opens the base, closing what was open before, as a restart does."""
    opened: list[SqlStore] = []

    def start() -> SqlStore:
        while opened:
            opened.pop().close()
        opened.append(open_store(location, key_store, clock))
        return opened[-1]

    yield start
    while opened:
        opened.pop().close()


@pytest.fixture
def store(open_again: Callable[[], SqlStore]) -> SqlStore:
    return open_again()
