"""变更 in hand: what was scanned is there after a power cut, and gone once it is booked."""

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.workflow.goods.changing import Change
from app.workflow.goods.leaving import ChangeDraft
from app.workflow.goods.receiving import TypedLine
from tests.support.back_room import BackRoom, new_codes
from tests.support.small_counter import BOSS, EARLY, LATE, PIN
from tests.support.split_shop import BOXES, furnish_bottles

GTIN = "06900000000014"


def scanned(room: BackRoom) -> tuple[str, ...]:
    return room.small.surface.change_draft().boxes


def test_what_was_scanned_outlives_a_power_cut_and_goes_with_its_note(room: BackRoom) -> None:
    lot = room.lot("PC1")
    for box in EARLY[:2]:
        room.small.surface.scan_change(box)
    room.small.restart()
    room.small.surface.sign_in(BOSS, PIN)
    assert room.small.surface.change_draft() == ChangeDraft(lot.lot_id, EARLY[:2])
    with pytest.raises(OperatorInput):
        room.small.surface.change_stock("105", Change(lot.lot_id, 3, "破损", EARLY[:2]))
    assert scanned(room) == EARLY[:2]
    room.small.surface.change_stock("105", Change(lot.lot_id, 2, "破损", EARLY[:2]))
    assert scanned(room) == ()
    assert room.holds()


def test_another_lot_begins_anew_where_nothing_is_held_and_a_mistake_is_taken_out(
    room: BackRoom,
) -> None:
    surface = room.small.surface
    surface.scan_change(EARLY[0])
    surface.take_out_change()
    # as a gun reads it, and as a person writes it
    assert surface.scan_change(f" {LATE[0][:7]} {LATE[0][7:]} ").boxes == LATE[:1]
    assert surface.scan_change(LATE[1]).lot_id == room.lot("PC2").lot_id
    assert surface.take_out_change().boxes == LATE[:1]
    assert surface.drop_change() == ChangeDraft()
    assert scanned(room) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (new_codes(1)[0], Code.BOX_NEVER_HERE),
        ("6901234567892", Code.SCAN_NOT_TRACE_CODE),
        (EARLY[0], Code.SCAN_REPEATED),
        (LATE[0], Code.CHANGE_OTHER_LOT),
    ],
)
def test_what_is_refused_costs_nothing_that_was_scanned(
    room: BackRoom, text: str, code: Code
) -> None:
    room.small.surface.scan_change(EARLY[0])
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.scan_change(text)
    assert refused.value.code is code
    assert scanned(room) == EARLY[:1]


def sold(room: BackRoom, code: str, pieces: int = 0) -> None:
    surface = room.small.surface
    view = room.small.scan(surface.sell_for_cash(surface.current().case_id), code).case
    if pieces:
        view = surface.split_box(view.case_id, 1, pieces)
    surface.pay(room.small.finish(view).case_id, Fen(100_000))


@pytest.mark.parametrize("pieces", [0, 3], ids=["sold", "opened"])
def test_a_box_that_was_sold_or_opened_is_refused_at_the_scan(room: BackRoom, pieces: int) -> None:
    furnish_bottles(room.small)
    surface = room.small.surface
    surface.scan_change(BOXES[1])
    sold(room, BOXES[0], pieces)
    with pytest.raises(OperatorInput) as refused:
        surface.scan_change(BOXES[0])
    assert refused.value.code is Code.CHANGE_NOT_WHOLE
    assert scanned(room) == BOXES[1:2]


def test_a_box_that_left_by_a_change_may_come_in_again(room: BackRoom) -> None:
    surface, lot = room.small.surface, room.lot("PC1")
    surface.change_stock("105", Change(lot.lot_id, 1, "破损", EARLY[:1]))
    assert surface.scan_change(EARLY[0]).boxes == EARLY[:1]


def test_a_gs1_box_is_told_as_its_delivery_and_its_sale_tell_it(room: BackRoom) -> None:
    surface = room.small.surface
    text = f"]d201{GTIN}1728083110N0001\x1d21S1"
    surface.name_receipt("示例医药公司", "D1", "INV1")
    surface.put_line(TypedLine("SP0001", "N0001", "2026-09-01", "2028-08-31", "1", "12.5"))
    (line,) = surface.scan_in(text, (1, "N0001", False)).lines
    (movement,) = surface.note_lines(surface.book_receipt().note_id)
    held = surface.scan_change(text)
    assert held.boxes == line.codes
    surface.change_stock("105", Change(movement.lot_id, 1, "破损", line.codes))
    with room.small.store.reading() as unit:
        sent = unit.outbox.items()[-1].request
    assert sent.lot.trace_codes == (text.removeprefix("]d2"),)
