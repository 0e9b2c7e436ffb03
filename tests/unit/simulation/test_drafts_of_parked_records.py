"""A draft names a record that was parked when it was drafted: what became of it since counts."""

from datetime import date

import pytest

from app.domain.books.stock import StockFinding
from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxItem, OutboxState
from app.profile.operations import Operation
from app.simulation.goods.keeper import Keeper
from app.simulation.goods.planter import Planted
from app.workflow import delivery
from app.workflow.cases.required import required
from app.workflow.steps.return_sale import request_for
from app.workflow.uploads import parked
from app.workflow.uploads.told import told_lines
from tests.support.stock_keeper import planted


def kept(keeper: Keeper, found: StockFinding) -> OutboxItem:
    record_id = required(required(found.reasons[0].draft, "drafted").record_id, "kept")
    with keeper.store.reading() as unit:
        return required(unit.outbox.item(record_id), "there")


def refused(keeper: Keeper, day: date, found: StockFinding) -> Code:
    with keeper.store.reading() as unit:
        before = unit.outbox.items()
    with pytest.raises(OperatorInput) as said:
        keeper.surface.apply_draft(day, 1, found.finding_no, 0)
    with keeper.store.reading() as unit:
        assert unit.outbox.items() == before, "nothing is queued or woken"
    return said.value.code


def test_what_was_told_again_since_is_not_woken_while_it_may_still_arrive(keeper: Keeper) -> None:
    """The comparison knew it as parked; by now a person told it, and nobody answered."""
    day, found = planted(keeper, Planted.REFUSED_CHANGE)
    record = kept(keeper, found)
    keeper.wait(5)
    keeper.road.meets[record.operation.value] = ["unheard"]
    delivery.retry(keeper.till, record.item_id)
    assert kept(keeper, found).state is OutboxState.UNKNOWN
    assert refused(keeper, day, found) is Code.STOCK_WENT_ON


def test_what_was_put_right_since_is_not_told_beside_its_successor(keeper: Keeper) -> None:
    """The record of the draft is given up, and what took its place still waits."""
    day, found = planted(keeper, Planted.REFUSED_SALE)
    record = kept(keeper, found)
    keeper.wait(5)
    parked.mend(keeper.till, record.item_id, {"lot_no": "B1"})
    assert kept(keeper, found).state is OutboxState.VOIDED
    assert refused(keeper, day, found) is Code.RECORD_ON_ITS_WAY


@pytest.mark.parametrize("voided", [False, True], ids=["parked", "given up"])
def test_a_sale_that_was_given_back_since_is_told_by_no_draft(keeper: Keeper, voided: bool) -> None:
    """Its return passed it while it was parked: told now, it would stand there for ever."""
    day, found = planted(keeper, Planted.REFUSED_SALE)
    record = kept(keeper, found)
    keeper.wait(5)
    given_back(keeper, required(record.case_id, "of a visit"))
    keeper.tell()
    if voided:
        with keeper.store.unit() as unit:
            now = keeper.clock.now()
            unit.outbox.settle(record.item_id, OutboxState.VOIDED, now, None, "")
    assert refused(keeper, day, found) is Code.SALE_GIVEN_BACK


def given_back(keeper: Keeper, case_id: int) -> None:
    """The return of each line that was told or would be, as a refund queues it."""
    with keeper.store.unit() as unit:
        case = unit.cases.get(case_id)
        sale = required(case.facts.sale, "sold")
        for line in told_lines(unit, case, Operation.UPLOAD_SALE):
            unit.outbox.add(
                Operation.RETURN_SALE,
                f"{sale.sale_serial}-{line.index}-return",
                line.upload_lot,
                request_for(keeper.till, case, sale, line),
                case_id,
                line.name,
                keeper.clock.now(),
            )
