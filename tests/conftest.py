"""Rules of every test: it begins at noon, no example is timed, no thread outlives it."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

import devices  # noqa: F401 its bound for pictures counts only before the library is loaded
from tests.support.noon import begin_at_noon

LONG = tuple(f"tests/faults/{room}/" for room in ("kill", "simulation", "model", "disk"))

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Before the first module of tests is read: some look at the date as they are."""
    config.add_cleanup(begin_at_noon().stop)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Few tests that take minutes go first: at the end one worker would wait for the other."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Threads started by a test end with it."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in left:
        thread.join(5)
    alive = [thread.name for thread in left if thread.is_alive()]
    assert not alive, f"threads left behind: {alive}"
