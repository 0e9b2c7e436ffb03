"""Scenes, made once per session; the process that forks victims."""

from collections.abc import Iterator

import pytest

from tests.support.scenes import Scenery
from tests.support.strace import NOT_RUN, permitted
from tests.support.zygote import Zygote


@pytest.fixture(scope="session")
def scenery(tmp_path_factory: pytest.TempPathFactory) -> Scenery:
    return Scenery(tmp_path_factory.mktemp("scenes"))


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    """Skips, saying *not run*, where no process may be watched."""
    if not permitted():
        pytest.skip(NOT_RUN)
    with Zygote() as standing:
        yield standing
