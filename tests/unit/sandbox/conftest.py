"""A stand-in per test and a signed-in counter on it.

Prescriptions are minted once; every test starts from a copy of that state, which also means that
every test starts a stand-in that had been running before.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.sandbox.server import RunningSandbox, running_sandbox
from tests.support.core_client import CoreClient
from tests.support.rx_client import RxClient


@pytest.fixture(scope="session")
def minted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state file of a stand-in that was started once and stopped."""
    file = tmp_path_factory.mktemp("minted") / "state.db"
    with running_sandbox(seed=7, db=file):
        pass
    return file


@pytest.fixture
def sandbox(minted: Path, tmp_path: Path) -> Iterator[RunningSandbox]:
    own = shutil.copy(minted, tmp_path / "state.db")
    with running_sandbox(seed=7, db=Path(own)) as running:
        yield running


@pytest.fixture
def counter(sandbox: RunningSandbox) -> Iterator[CoreClient]:
    with CoreClient(sandbox.ready) as client:
        client.sign_in()
        yield client


@pytest.fixture
def pharmacy(sandbox: RunningSandbox) -> Iterator[RxClient]:
    with RxClient(sandbox.ready, "pharmacy") as client:
        yield client


@pytest.fixture
def hospital(sandbox: RunningSandbox) -> Iterator[RxClient]:
    with RxClient(sandbox.ready, "hospital") as client:
        yield client


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Names of tests stay readable in any terminal: Chinese values are numbered instead."""
    return argname if isinstance(val, str) and not (val.isascii() and val) else None
