"""Both sides furnished once per session."""

from collections.abc import Iterator

import pytest

from app.simulation.run import quiet
from app.simulation.templates import Templates, templates

REGION = "fujian"


@pytest.fixture(scope="session")
def made() -> Iterator[Templates]:
    with templates(REGION) as furnished:
        yield furnished


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with quiet():
        yield
