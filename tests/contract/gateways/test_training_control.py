"""The training platform's own addresses: a phone that shows codes, faults that really wait."""

from collections.abc import Iterator

import pytest

from app.domain.errors import Code, LocalTrouble
from app.gateways.training import TrainingControl
from app.ports.training import TrainingFault, TrainingStockFault
from app.sandbox.server import RunningSandbox, running_sandbox


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[TrainingControl]:
    made = TrainingControl(sandbox.ready)
    yield made
    made.calm()


def test_a_fresh_code_each_time(control: TrainingControl, sandbox: RunningSandbox) -> None:
    person = sandbox.ready["persons"][0]["id_no"]  # type: ignore[index]  # JSON
    first, second = control.issue(person), control.issue(person)
    assert len(first) == 28
    assert first != second


@pytest.mark.parametrize("fault", list(TrainingFault))
def test_the_platform_knows_every_fault(
    control: TrainingControl, sandbox: RunningSandbox, fault: TrainingFault
) -> None:
    assert control.stage(fault) == 1
    assert len(sandbox.switchboard.waiting()) == 1
    control.calm()
    assert sandbox.switchboard.waiting() == []


def test_faults_queue_up(control: TrainingControl) -> None:
    assert control.stage(TrainingFault.SLOW) == 1
    assert control.stage(TrainingFault.REFUSED) == 2
    assert control.still_staged() == 2


def test_somebody_unknown_and_a_platform_that_is_gone(control: TrainingControl) -> None:
    with pytest.raises(LocalTrouble) as unknown:
        control.issue("350100190001010000")
    assert unknown.value.code is Code.PLATFORM_NOT_STARTED
    gone = TrainingControl({"endpoints": {"faults": "http://127.0.0.1:9/"}})
    with pytest.raises(LocalTrouble):
        gone.calm()


@pytest.fixture(scope="module")
def own_sandbox() -> Iterator[RunningSandbox]:
    """Books that no other test reads: a switch waits for whoever sells next."""
    with running_sandbox(seed=1) as running:
        yield running


@pytest.mark.parametrize("fault", list(TrainingStockFault))
def test_the_books_of_stock_can_be_spoiled(
    own_sandbox: RunningSandbox, fault: TrainingStockFault
) -> None:
    before = _books(own_sandbox)
    TrainingControl(own_sandbox.ready).plant(fault)
    assert _books(own_sandbox) == before + 1


def _books(sandbox: RunningSandbox) -> int:
    """Records of stock, and switches that wait for one."""
    with sandbox.site.state.reading() as db:
        (events,) = db.execute("SELECT COUNT(*) FROM stock_event").fetchone()
        (switches,) = db.execute("SELECT COUNT(*) FROM stock_switch").fetchone()
        return int(events) + int(switches)
