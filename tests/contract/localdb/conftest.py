"""A real base per test, in its own folder: an encrypted file, or one at a server.

Which one is said by ``tests.support.bases``.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from tests.support.bases import SERVER, bases_of
from tests.support.counters import At
from tests.support.postgres import NOT_RUN, Cluster, programs, running_cluster
from tests.support.store_builders import PlayedClock


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "base" in metafunc.fixturenames:
        bases = bases_of(metafunc.function, metafunc.module)
        metafunc.parametrize("base", bases, indirect=True)


@pytest.fixture
def base(request: pytest.FixtureRequest) -> str:
    """Which kind of base this test has."""
    return str(request.param)


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


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if programs() is None:
        pytest.skip(NOT_RUN)
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def server_template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """As ``template``, at the server: the database to copy, and the folder with its key."""
    folder = tmp_path_factory.mktemp("server-template")
    name = cluster.make()
    location = StoreLocation(folder / "base", "training", training=True, url=cluster.url(name))
    open_store(location, FileKeyStore(folder / "keys"), PlayedClock()).close()
    return name, folder


@pytest.fixture
def at_server(
    tmp_path: Path, cluster: Cluster, server_template: tuple[str, Path]
) -> Iterator[StoreLocation]:
    """An installation whose base lies at the server, made and never used."""
    name, folder = server_template
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    yield StoreLocation(tmp_path / "base", "training", training=True, url=cluster.url(name))
    cluster.wash(name)


@pytest.fixture
def location(
    base: str, tmp_path: Path, template: Path, request: pytest.FixtureRequest
) -> StoreLocation:
    if base == SERVER:
        found: StoreLocation = request.getfixturevalue("at_server")
        return found
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return StoreLocation(tmp_path / "base", "training", training=True)


@pytest.fixture
def key_store(tmp_path: Path, location: StoreLocation) -> FileKeyStore:
    assert location.url or location.base.exists()
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


@pytest.fixture
def counter(
    location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock, tmp_path: Path
) -> Iterator[At]:
    """Opens the base as the counter of that number: each has a folder and a mark of its own, and
    all have one key. Opening a number again is a restart."""
    opened: dict[int, SqlStore] = {}
    master = key_store.load(location.name)
    assert master is not None

    def start(number: int) -> SqlStore:
        if number in opened:
            opened.pop(number).close()
        keys = FileKeyStore(tmp_path / f"keys-{number}")
        keys.keep(location.name, master)
        here = replace(location, folder=tmp_path / f"counter-{number}", counter=number)
        opened[number] = open_store(here, keys, clock)
        return opened[number]

    yield start
    for store in opened.values():
        store.close()
