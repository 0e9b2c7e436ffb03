"""Days on which boxes are sold in parts: what is missing is drafted for the line it is missing of.

Each test plays a day of its own on the shared memories.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from app.domain.books.stock import Remedy, StockFinding
from app.domain.goods.stock import Item, Lot
from app.profile.operations import Operation
from app.simulation.goods.keeper import Keeper
from app.workflow.lines import claims_of
from app.workflow.stock_reconciling import asking
from app.workflow.stock_reconciling.comparing import compare_stock
from tests.support.stock_keeper import day_of, findings


@pytest.fixture
def bottle(keeper: Keeper) -> Item:
    return next(item for item in keeper.items if item.splits)


@pytest.fixture
def lot(keeper: Keeper, bottle: Item) -> Lot:
    return keeper.first_lot(bottle)


@contextmanager
def untold(keeper: Keeper, operation: Operation) -> Iterator[None]:
    """What is done meanwhile has no record: the area took none of that kind yet."""
    profile = keeper.till.profile
    part = msgspec.structs.replace(profile.operations[operation], enabled=False)
    operations = {**profile.operations, operation: part}
    keeper.till.profile = msgspec.structs.replace(profile, operations=operations)
    try:
        yield
    finally:
        keeper.till.profile = profile


def returned_untold(keeper: Keeper, visit: int) -> None:
    """The goods of a told sale lie in quarantine, and its return has no record."""
    keeper.tell()
    with keeper.store.unit() as unit:
        case = unit.cases.get(visit)
        unit.goods.take_back(visit, claims_of(case), keeper.clock.now())


def compared(keeper: Keeper) -> tuple[int, StockFinding]:
    """The number of the run and the only line that differs."""
    run = compare_stock(keeper.till, day_of(keeper))
    (found,) = findings(keeper, day_of(keeper))
    return run.run_no, found


def corrected(keeper: Keeper) -> None:
    """F12 on every cause of the only line: told, and both books agree."""
    run_no, found = compared(keeper)
    assert {one.draft.remedy for one in found.reasons if one.draft} == {Remedy.RESEND}
    for number in range(len(found.reasons)):
        keeper.surface.apply_draft(day_of(keeper), run_no, found.finding_no, number)
    keeper.tell()
    shown = asking.figures_of(keeper.till, found.store_code)[found.upload_lot]
    assert shown.quantity == found.ours
    compare_stock(keeper.till, day_of(keeper))
    assert findings(keeper, day_of(keeper)) == ()


def told(keeper: Keeper, operation: Operation) -> list[tuple[int, bool, int, tuple[str, ...]]]:
    """Every record of that kind: number, split or not, quantity, codes."""
    with keeper.store.reading() as unit:
        items = [one for one in unit.outbox.items(open_only=False) if one.operation is operation]
    lines = [item.request.line for item in items]
    return [(one.index, one.split, one.quantity, one.trace_codes) for one in lines]


def test_boxes_and_a_part_of_one_lot_are_each_told_as_what_they_are(
    keeper: Keeper, lot: Lot
) -> None:
    """One visit, one lot: two whole boxes and three pieces of a third make two records."""
    boxes = keeper.boxes(lot)
    returned_untold(keeper, keeper.sell(lot, 2, 3))
    assert told(keeper, Operation.RETURN_SALE) == []
    corrected(keeper)
    whole, part = sorted(told(keeper, Operation.RETURN_SALE))
    assert whole == (1, False, 20_000, boxes[:2])
    assert part == (2, True, 5_000, boxes[2:3])
