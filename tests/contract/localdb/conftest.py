"""A real encrypted base per test, in its own folder."""

import shutil
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


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh base with its key, made once: making one costs more than most tests."""
    folder = tmp_path_factory.mktemp("template")
    location = StoreLocation(folder / "base", "training", training=True)
    open_store(location, FileKeyStore(folder / "keys"), PlayedClock()).close()
    return folder


@pytest.fixture
def location(tmp_path: Path, template: Path) -> StoreLocation:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return StoreLocation(tmp_path / "base", "training", training=True)


@pytest.fixture
def key_store(tmp_path: Path, location: StoreLocation) -> FileKeyStore:
    assert location.base.exists()
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
