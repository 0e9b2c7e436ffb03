"""A box that went back to its supplier, or to another store, and is delivered again."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.goods.movements import StockMove
from app.domain.goods.receipt import RowFault
from app.domain.money import Fen
from app.profile.operations import Operation
from app.workflow.goods.changing import Change
from app.workflow.goods.importing import Imported
from app.workflow.goods.receiving import TypedLine
from tests.support.back_room import BackRoom, a_row, new_codes
from tests.support.split_shop import furnish_bottles

BOX = new_codes(1, prefix="8555555")[0]


@pytest.fixture
def shop(room: BackRoom) -> BackRoom:
    """An area that asks for everything, with one box from a delivery."""
    furnish_bottles(room.small)
    profile = room.small.profile
    parts = {
        operation: msgspec.structs.replace(profile.operations[operation], enabled=True)
        for operation in (Operation.RECEIVE, Operation.RETURN_TO_SUPPLIER)
    }
    everything = {**profile.operations, **parts}
    room.small.with_profile(msgspec.structs.replace(profile, operations=everything))
    delivered(room, "D1")
    return room


def delivered(room: BackRoom, number: str) -> int:
    """One box of a delivery, by hand and gun; its lot."""
    surface = room.small.surface
    surface.name_receipt("示例医药公司", number, f"INV{number}")
    lot_no = f"N{number}"
    surface.put_line(TypedLine("SP0009", lot_no, "2026-09-01", "2028-08-31", "1", "12.5"))
    with room.small.store.reading() as unit:
        item = unit.goods.item_by_store_code("SP0009")
    assert item is not None
    surface.scan_in(BOX, (item.item_id, lot_no, False))
    (movement,) = surface.note_lines(surface.book_receipt().note_id)
    return movement.lot_id


def listed(room: BackRoom) -> list[RowFault]:
    """What a table with the box says."""
    cells = {"商品编码": "SP0009", "数量": 1, "随货单号": "D9"}
    room.sheets.found = (a_row(2, BOX, **cells),)
    found = room.small.surface.read_delivery(Path("note.xlsx"))
    return [fault.fault for fault in found.faults if fault.fault is RowFault.CODE_KNOWN]


def gone(room: BackRoom, how: str) -> None:
    lot_id = room.small.surface.life_of(BOX)[-1].lot.lot_id
    if how == "sent_back":
        room.small.surface.send_back(Change(lot_id, 1, "近效期", (BOX,)))
    else:
        room.small.surface.change_stock(how, Change(lot_id, 1, "按单据", (BOX,)))


def sold(room: BackRoom) -> int:
    surface = room.small.surface
    view = room.small.scan(surface.sell_for_cash(surface.current().case_id), BOX).case
    for line in view.scan.lines if view.scan else ():
        if line.message is not None and line.reasons:
            view = surface.acknowledge(view.case_id, line.index, line.reasons[0])
    return surface.pay(room.small.finish(view).case_id, Fen(100_000)).case_id


@pytest.mark.parametrize("how", ["sent_back", "102"])
def test_it_is_received_and_sold_with_its_whole_history(shop: BackRoom, how: str) -> None:
    gone(shop, how)
    assert listed(shop) == []
    lot_id = delivered(shop, "D2")
    moves = [step.movement.move for step in shop.small.surface.life_of(BOX)]
    left = StockMove.SENT_BACK if how == "sent_back" else StockMove.CHANGED
    assert moves == [StockMove.RECEIVED, left, StockMove.RECEIVED]
    with shop.small.store.reading() as unit:
        assert unit.stock.boxes_in(lot_id) == (BOX,)
    sold(shop)
    assert shop.holds()


def test_a_box_sold_and_taken_back_may_go_to_the_supplier_and_come_again(shop: BackRoom) -> None:
    case_id = sold(shop)
    with shop.small.store.unit() as unit:
        unit.goods.take_back(case_id, [BOX], shop.small.clock.now())
    gone(shop, "sent_back")
    delivered(shop, "D2")
    sold(shop)
    assert shop.holds()


def test_a_sold_box_is_not_found_on_the_shelf_and_a_lost_one_is(shop: BackRoom) -> None:
    lot_id = shop.small.surface.life_of(BOX)[-1].lot.lot_id
    gone(shop, "104")
    shop.small.surface.change_stock("103", Change(lot_id, 1, "找到了", (BOX,)))
    sold(shop)
    with pytest.raises(OperatorInput) as refused:
        shop.small.surface.change_stock("103", Change(lot_id, 1, "盘盈", (BOX,)))
    assert refused.value.code is Code.BOX_KNOWN
    assert shop.holds()


@pytest.mark.parametrize("how", ["here", "sold", "104", "105"])
def test_what_lies_here_was_sold_or_is_gone_for_good_comes_with_no_delivery(
    shop: BackRoom, how: str
) -> None:
    if how == "sold":
        sold(shop)
    elif how != "here":
        gone(shop, how)
    with pytest.raises(OperatorInput) as known:
        delivered(shop, "D2")
    assert known.value.code is Code.BOX_KNOWN
    assert listed(shop) == [RowFault.CODE_KNOWN]
    receipt = shop.small.surface.receipt()
    forced = replace(receipt, lines=tuple(replace(one, codes=(BOX,)) for one in receipt.lines))
    shop.small.surface.take_delivery(Imported(forced, 1, 1, ()))
    with pytest.raises(OperatorInput) as booked:
        shop.small.surface.book_receipt()
    assert booked.value.code is Code.BOX_KNOWN
