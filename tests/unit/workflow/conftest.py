"""A small counter per test; its base is copied from one that is made once."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.small_counter import SmallCounter, a_small_counter, make_template

MEMORY = Path("/dev/shm")  # noqa: S108 a folder that costs no flush, where the system has one


@pytest.fixture(scope="session")
def bases() -> Iterator[Path]:
    """Where the bases of these tests lie: power cuts are played elsewhere."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def template(bases: Path) -> Path:
    make_template(bases / "template")
    return bases / "template"


@pytest.fixture
def small(bases: Path, template: Path) -> Iterator[SmallCounter]:
    with (
        TemporaryDirectory(dir=bases) as folder,
        a_small_counter(Path(folder) / "base", template) as opened,
    ):
        yield opened
