"""A stand-in per test and a signed-in counter on it."""

from collections.abc import Iterator

import pytest

from app.sandbox.server import RunningSandbox, running_sandbox
from tests.support.core_client import CoreClient


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=7) as running:
        yield running


@pytest.fixture
def counter(sandbox: RunningSandbox) -> Iterator[CoreClient]:
    with CoreClient(sandbox.ready) as client:
        client.sign_in()
        yield client
