"""Sales at their money, furnished once per process."""

from collections.abc import Iterator

import pytest

from app.simulation.run import quiet
from tests.support.ready_sales import ReadySales, ready_sales


@pytest.fixture(scope="session")
def ready() -> Iterator[ReadySales]:
    with quiet(), ready_sales() as furnished:
        yield furnished


@pytest.fixture
def _quiet() -> Iterator[None]:
    with quiet():
        yield
