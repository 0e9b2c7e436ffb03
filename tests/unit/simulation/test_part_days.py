"""Days on which boxes are sold in parts: what is missing is drafted for the line it is missing of.

Each test plays a day of its own on the shared memories.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from app.domain.books.stock import Draft, Reason, Record, Remedy, StockCause, StockFinding
from app.domain.goods.stock import Item, Lot
from app.domain.money import Fen, Quantity
from app.profile.operations import Operation
from app.simulation.goods.keeper import Keeper
from app.workflow.cases.lines import claims_of
from app.workflow.stock_reconciling import asking, correcting
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
    shown = asking.figures_of(keeper.till, found.store_code).get(found.upload_lot)
    assert (shown.quantity if shown else 0) == found.ours
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


def test_a_part_of_a_box_opened_earlier_can_be_told_again(keeper: Keeper, lot: Lot) -> None:
    """No whole pack moved: only the pieces of that visit are known to the ledger."""
    code = keeper.boxes(lot)[0]
    keeper.sell(lot, 0, 2)
    returned_untold(keeper, keeper.sell_opened(code, 3))
    corrected(keeper)
    (part,) = told(keeper, Operation.RETURN_SALE)
    assert (part[1], part[3]) == (True, (code,))


def test_pieces_written_off_without_a_record_can_be_told(keeper: Keeper, lot: Lot) -> None:
    code = keeper.boxes(lot)[0]
    keeper.sell(lot, 0, 2)
    keeper.take_back(keeper.sell_opened(code, 1))
    keeper.tell()
    with untold(keeper, Operation.CHANGE_STOCK):
        keeper.surface.write_off(code, "105", 0, "受潮")
    corrected(keeper)
    with keeper.store.reading() as unit:
        (sent,) = [
            one.request
            for one in unit.outbox.items(open_only=False)
            if one.operation is Operation.CHANGE_STOCK
        ]
    assert (sent.kind, sent.pieces, sent.lot.trace_codes) == ("105", 4, (code,))


def test_a_deletion_that_was_not_told_is_told_and_not_the_delivery_once_more(
    keeper: Keeper, bottle: Item
) -> None:
    lot = keeper.receive(bottle, 3)
    keeper.tell()
    with keeper.store.reading() as unit:
        (came,) = unit.stock.movements(lot.lot_id)
    second = next(
        member
        for member in keeper.surface.staff()
        if "manager" in member.roles and member.login != keeper.till.operator.login
    )
    keeper.surface.erase_record(came.event_id, "录错", second.login, "")
    keeper.road.meets[Operation.ERASE_UPLOAD.value] = ["refused"]
    keeper.tell()
    keeper.road.meets.clear()
    corrected(keeper)


@pytest.mark.parametrize(
    ("lots", "counts", "remedy"),
    [(1, True, Remedy.COUNT), (2, True, Remedy.COUNT_BY_HAND), (1, False, Remedy.ASK)],
)
def test_what_one_key_cannot_do_is_not_offered(
    keeper: Keeper, bottle: Item, lots: int, counts: bool, remedy: Remedy
) -> None:
    """One figure for a whole drug, an area without counts, a sale whose lines are not known."""
    mine = [one.lot_id for one in keeper.lots(bottle)[:lots]]
    bare = Draft(Remedy.RESEND, Record.SALE, "", Quantity(10_000), None, case_id=1)
    count = Draft(Remedy.COUNT, Record.COUNT, "", Quantity(40_000), None)
    cause, one_pack = StockCause.SALE_NEVER_TOLD, Quantity(10_000)
    drawn = tuple(Reason(cause, one_pack, draft=draft) for draft in (bare, count))
    found = a_finding(bottle, tuple(mine), drawn)
    if counts:
        shown = correcting.offered(keeper.till, found)
    else:
        with untold(keeper, Operation.COUNT_STOCK):
            shown = correcting.offered(keeper.till, found)
    assert [one.draft.remedy for one in shown.reasons if one.draft] == [remedy, remedy]


def a_finding(item: Item, lots: tuple[int, ...], reasons: tuple[Reason, ...]) -> StockFinding:
    """Four packs here, five there, all lots of the drug in one figure."""
    return StockFinding(
        finding_no=1,
        store_code=item.store_code,
        national_code=item.national_code,
        name=item.name,
        upload_lot="",
        lot_no="",
        lots=lots,
        ours=Quantity(40_000),
        theirs=Quantity(50_000),
        value=Fen(0),
        our_price=None,
        their_price=None,
        reasons=reasons,
    )


def test_a_delivery_told_late_is_told_as_the_gift_it_was(keeper: Keeper, bottle: Item) -> None:
    with untold(keeper, Operation.RECEIVE):
        keeper.receive(bottle, 3, gift=True)
    corrected(keeper)
    with keeper.store.reading() as unit:
        (sent,) = [
            one.request
            for one in unit.outbox.items(open_only=False)
            if one.operation is Operation.RECEIVE
        ]
    assert sent.gift
