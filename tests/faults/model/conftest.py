"""Sales at their money, furnished once per process."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.simulation.run import quiet
from tests.support.ready_sales import ReadySales, ready_sales


@pytest.fixture(scope="session")
def ready() -> Iterator[ReadySales]:
    with ExitStack() as stack:
        # quiet while it is furnished only: it lives as long as the process, with other tests in it
        with quiet():
            furnished = stack.enter_context(ready_sales())
        yield furnished


@pytest.fixture
def _quiet() -> Iterator[None]:
    with quiet():
        yield
