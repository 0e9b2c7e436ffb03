"""Goods receipt: scanned or from a table, kept over a power cut, booked whole or not at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.goods.movements import NoteKind, StockMove
from app.domain.money import packs
from app.ports.stock import Receive
from app.profile.operations import Operation
from app.workflow.goods.receiving import TypedLine
from tests.support.back_room import BackRoom, a_row, new_codes
from tests.support.small_counter import CLERK, EARLY, PIN

LINE = TypedLine("SP0001", "N0001", "2026-09-01", "2028-08-31", "3", "12.5")
KEY = (1, "N0001", False)


def with_purchases(room: BackRoom, wanted: bool) -> None:
    """An area that asks for purchases, or does not."""
    profile = room.small.profile
    part = profile.operations[Operation.RECEIVE]
    told = {**profile.operations, Operation.RECEIVE: msgspec_replace(part, enabled=wanted)}
    room.small.with_profile(msgspec_replace(profile, operations=told))


def msgspec_replace(value: object, **changes: object) -> object:
    import msgspec

    return msgspec.structs.replace(value, **changes)


def begun(room: BackRoom) -> None:
    room.small.surface.name_receipt("示例医药公司", "D1", "INV1")
    room.small.surface.put_line(LINE)


def test_a_note_is_scanned_box_by_box_and_booked(room: BackRoom) -> None:
    surface, boxes = room.small.surface, new_codes(2)
    with_purchases(room, True)
    begun(room)
    for box in boxes:
        surface.scan_in(box, KEY)
    booked = surface.book_receipt()
    assert (booked.packs, booked.told.queued, booked.told.not_wanted) == (3, 1, 0)
    with room.small.store.reading() as unit:
        (life,) = unit.stock.life_of(boxes[0])
        note = unit.stock.note(life.note_id or 0)
        lot = unit.goods.lot(life.lot_id)
        (record,) = unit.outbox.items()
    assert (note.kind, note.supplier, note.delivery_no) == (NoteKind.RECEIPT, "示例医药公司", "D1")
    assert (life.move, life.packs, life.price) == (StockMove.RECEIVED, 3, 12_500_000)
    assert (lot.on_hand, lot.lot_no) == (3, "N0001")
    assert isinstance(record.request, Receive)
    assert record.request.quantity == packs(3)
    assert record.request.lot.upload_lot == lot.upload_lot == record.lane_key
    assert record.request.lot.trace_codes == boxes
    assert record.business_key == life.upload_key
    assert lot.upload_lot != lot.lot_no
    assert surface.receipt().lines == ()
    assert room.holds()


def test_an_area_that_does_not_ask_is_not_told(room: BackRoom) -> None:
    with_purchases(room, False)
    begun(room)
    booked = room.small.surface.book_receipt()
    assert (booked.told.queued, booked.told.not_wanted) == (0, 1)
    with room.small.store.reading() as unit:
        assert unit.outbox.items() == ()


def test_what_was_scanned_survives_a_power_cut(room: BackRoom) -> None:
    begun(room)
    before = room.small.surface.scan_in(new_codes(1)[0], KEY)
    room.small.restart()
    after = BackRoom(room.small).small.surface.receipt()
    assert after == before
    assert after.boxes == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (EARLY[0], Code.BOX_KNOWN),
        ("6900000000014", Code.SCAN_NOT_TRACE_CODE),
        (new_codes(1, prefix="8765432")[0], Code.BOX_WITHOUT_LINE),
    ],
)
def test_a_box_that_does_not_belong_stays_out(room: BackRoom, text: str, code: Code) -> None:
    begun(room)
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.scan_in(text, KEY)
    assert refused.value.code is code
    assert room.small.surface.receipt().boxes == 0


def test_the_same_box_counts_once_and_can_be_taken_out(room: BackRoom) -> None:
    begun(room)
    box = new_codes(1)[0]
    room.small.surface.scan_in(box, KEY)
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.scan_in(box, KEY)
    assert refused.value.code is Code.SCAN_REPEATED
    assert room.small.surface.take_out(box).boxes == 0
    with pytest.raises(OperatorInput):
        room.small.surface.take_out(box)


def test_more_boxes_than_the_note_says_are_counted(room: BackRoom) -> None:
    begun(room)
    for box in new_codes(4):
        room.small.surface.scan_in(box, KEY)
    (line,) = room.small.surface.receipt().lines
    assert (line.packs, len(line.codes)) == (4, 4)


def test_a_box_nobody_knows_goes_to_the_line_in_front(room: BackRoom) -> None:
    begun(room)
    box = new_codes(1, prefix="8500000")[0]
    with pytest.raises(OperatorInput):
        room.small.surface.scan_in(box, None)
    assert room.small.surface.scan_in(box, KEY).boxes == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lot_no": " "}, "lot_no"),
        ({"made_on": "01/09/26"}, "made_on"),
        ({"made_on": "2027-01-01"}, "made_on"),
        ({"expires_on": ""}, "expires_on"),
        ({"expires_on": "2026-11-21"}, "expires_on"),
        ({"expires_on": "2026-08-01"}, "expires_on"),
        ({"packs": "0"}, "packs"),
        ({"packs": "3盒"}, "packs"),
        ({"price": "-1"}, "price"),
        ({"price": "十"}, "price"),
        ({"store_code": "  "}, "store_code"),
    ],
)
def test_a_wrong_field_is_named(room: BackRoom, change: dict[str, str], field: str) -> None:
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.put_line(replace(LINE, **change))
    assert (refused.value.code, refused.value.params["field"]) == (Code.LINE_WRONG, field)


def test_an_item_nobody_sells_is_refused(room: BackRoom) -> None:
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.put_line(replace(LINE, store_code="SP9"))
    assert (refused.value.code, refused.value.params) == (Code.ITEM_CODE_UNKNOWN, {"typed": "SP9"})


def test_a_line_put_right_keeps_its_boxes(room: BackRoom) -> None:
    begun(room)
    room.small.surface.scan_in(new_codes(1)[0], KEY)
    (line,) = room.small.surface.put_line(replace(LINE, packs="5")).lines
    assert (line.packs, line.codes) == (5, new_codes(1))
    with pytest.raises(OperatorInput):
        room.small.surface.put_line(replace(LINE, packs="0"))
    assert room.small.surface.drop_line(KEY).lines == ()


def test_one_delivery_is_booked_once(room: BackRoom) -> None:
    begun(room)
    room.small.surface.book_receipt()
    begun(room)
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.book_receipt()
    assert refused.value.code is Code.DELIVERY_KNOWN
    assert room.small.surface.receipt().lines != ()


@pytest.mark.parametrize(
    ("named", "lined", "code"),
    [(True, False, Code.NOTE_EMPTY), (False, True, Code.NOTE_UNNAMED)],
)
def test_half_a_note_is_not_booked(room: BackRoom, named: bool, lined: bool, code: Code) -> None:
    surface = room.small.surface
    if named:
        surface.name_receipt("示例医药公司", "D1", "")
    if lined:
        surface.put_line(LINE)
    with pytest.raises(OperatorInput) as refused:
        surface.book_receipt()
    assert refused.value.code is code


def test_a_box_sold_meanwhile_stops_the_whole_note(room: BackRoom) -> None:
    """Kept in the draft, then received by another note before F12."""
    begun(room)
    room.small.surface.scan_in(new_codes(1)[0], KEY)
    waiting = room.small.surface.receipt()
    room.small.surface.book_receipt()
    again = replace(waiting, delivery_no="D2")
    from app.workflow.goods import receiving

    with pytest.raises(OperatorInput) as refused:
        receiving.book(room.small.till, again)
    assert refused.value.code is Code.BOX_KNOWN
    assert room.holds()


def test_the_good_rows_of_a_table_become_the_note(room: BackRoom) -> None:
    surface, boxes = room.small.surface, new_codes(2)
    room.sheets.found = (a_row(2, *boxes, 箱码="9990001"), a_row(3, 数量="x", 批号="N2"))
    found = surface.read_delivery(Path("note.xlsx"))
    assert surface.receipt().lines == ()
    receipt = surface.take_delivery(found)
    assert (receipt.boxes, receipt.delivery_no) == (2, "D20261122")
    assert surface.scan_in("9990001", None) == receipt
    assert surface.book_receipt().packs == 2
    assert room.lot(room_lot(room)).on_hand == 2


def room_lot(room: BackRoom) -> str:
    with room.small.store.reading() as unit:
        (line,) = [line for line in unit.stock.shelf() if line.lot.lot_no == "N0001"]
    return line.lot.upload_lot


def test_a_table_without_a_good_row_is_not_taken(room: BackRoom) -> None:
    room.sheets.found = (a_row(2, 数量="x"),)
    found = room.small.surface.read_delivery(Path("note.xlsx"))
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.take_delivery(found)
    assert refused.value.code is Code.NOTE_EMPTY


def test_a_note_can_be_thrown_away(room: BackRoom) -> None:
    begun(room)
    assert room.small.surface.drop_receipt().lines == ()
    assert room.small.surface.receipt().lines == ()


def test_a_clerk_takes_nothing_in(room: BackRoom) -> None:
    room.small.surface.sign_in(CLERK, PIN)
    with pytest.raises(OperatorInput) as refused:
        begun(room)
    assert refused.value.code is Code.NOT_ALLOWED
