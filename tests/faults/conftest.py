"""Scenes, made once per session; the process that forks victims."""

from collections.abc import Iterator

import pytest

from app.simulation.templates import space
from tests.support.scenes import Scenery
from tests.support.strace import NOT_RUN, permitted
from tests.support.zygote import Zygote


@pytest.fixture(scope="session")
def scenery() -> Iterator[Scenery]:
    """In memory where there is some: who is killed loses no page, and nobody waits for a disk."""
    with space() as folder:
        yield Scenery(folder)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """Skips, saying *not run*, where no process may be watched."""
    if not permitted():
        pytest.skip(NOT_RUN)
    with Zygote() as standing:
        yield standing
