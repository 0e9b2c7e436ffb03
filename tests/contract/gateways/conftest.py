"""The gateways against the running training platform, over real HTTP on loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest

from app.profile.loader import load
from app.sandbox.server import RunningSandbox, running_sandbox
from resources.scenarios import load_demo_store
from tests.support.gateway_shop import Shop

_TURN = count()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=1) as running:
        yield running


@pytest.fixture(scope="session")
def sold_boxes() -> set[str]:
    """Trace codes taken by earlier tests: the platform remembers them all."""
    return set()


@pytest.fixture
def shop(sandbox: RunningSandbox, sold_boxes: set[str]) -> Iterator[Shop]:
    today = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).date()
    opened = Shop.open(sandbox.ready, load("fujian", "training").profile, load_demo_store(today))
    opened.boxes = sold_boxes
    yield opened
    opened.close()


@pytest.fixture
def buyer(shop: Shop) -> str:
    """Identity number of a person insured and able to pay from an account."""
    insured = [p for p in shop.demo.persons if p.insurances[0].status == "1"]
    return insured[next(_TURN) % len(insured)].id_no
