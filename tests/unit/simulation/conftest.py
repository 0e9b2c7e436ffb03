"""One furnished pair of memories for every day of stock that is played here."""

from collections.abc import Iterator

import pytest

from app.simulation.goods.keeper import Keeper
from app.simulation.run import quiet
from app.simulation.templates import Templates, templates
from tests.support.stock_keeper import opened


@pytest.fixture(scope="session")
def made() -> Iterator[Templates]:
    with templates("fujian") as found:
        yield found


@pytest.fixture
def keeper(made: Templates) -> Iterator[Keeper]:
    with quiet(), opened(made) as found:
        yield found
