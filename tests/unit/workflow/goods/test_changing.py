"""Changes, returns to the supplier, deletions: booked and queued in one commit, or not at all."""

import msgspec
import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.goods.movements import StockMove
from app.domain.money import packs
from app.ports.stock import ChangeStock, EraseUpload, RecordKind, ReturnToSupplier
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow.goods.changing import Change
from app.workflow.goods.receiving import TypedLine
from app.workflow.goods.telling import AGAIN
from tests.support.back_room import BackRoom, new_codes
from tests.support.small_counter import BOSS, EARLY, LATE, PIN, RECALLED
from tests.support.store_builders import NOON, a_case

OTHER_BOSS = "3002"


@pytest.fixture
def told(room: BackRoom) -> BackRoom:
    """An area that asks for everything."""
    profile = room.small.profile
    parts = {
        operation: msgspec.structs.replace(profile.operations[operation], enabled=True)
        for operation in (Operation.RECEIVE, Operation.RETURN_TO_SUPPLIER, Operation.ERASE_UPLOAD)
    }
    everything = {**profile.operations, **parts}
    room.small.with_profile(msgspec.structs.replace(profile, operations=everything))
    return room


def received(room: BackRoom, invoice: str = "INV1") -> int:
    """A lot of three that came with a delivery; its id."""
    surface = room.small.surface
    surface.name_receipt("示例医药公司", "D1", invoice)
    surface.put_line(TypedLine("SP0001", "N0001", "2026-09-01", "2028-08-31", "3", "12.5"))
    for box in new_codes(3):
        surface.scan_in(box, (1, "N0001", False))
    note = surface.book_receipt()
    (movement,) = surface.note_lines(note.note_id)
    return movement.lot_id


@pytest.mark.parametrize(
    ("kind", "boxes", "left"),
    [("105", EARLY[:2], 2), ("102", EARLY[2:4], 2), ("103", (), 6), ("106", (), 6)],
)
def test_a_change_moves_stock_and_is_told(
    told: BackRoom, kind: str, boxes: tuple[str, ...], left: int
) -> None:
    lot = told.lot("PC1")
    booked = told.small.surface.change_stock(kind, Change(lot.lot_id, 2, "破损", boxes))
    assert booked.told.queued == 1
    assert told.lot("PC1").on_hand == left
    with told.small.store.reading() as unit:
        (record,) = unit.outbox.items()
        (movement,) = unit.stock.of_note(booked.note_id)
        assert unit.stock.note(booked.note_id).reason == "破损"
        assert set(unit.stock.boxes_in(lot.lot_id)).isdisjoint(boxes)
    assert isinstance(record.request, ChangeStock)
    assert (record.request.kind, record.request.quantity) == (kind, packs(2))
    assert (movement.move, movement.change_kind) == (StockMove.CHANGED, kind)
    assert told.holds()


@pytest.mark.parametrize(
    ("kind", "wanted", "code"),
    [
        ("108", Change(1, 1, "x"), Code.CHANGE_KIND_UNKNOWN),
        ("105", Change(1, 5, "x"), Code.STOCK_SHORT),
        ("105", Change(1, 0, "x"), Code.LINE_WRONG),
        ("105", Change(1, 1, " "), Code.REASON_MISSING),
        ("105", Change(1, 1, "x", EARLY[:2]), Code.LINE_WRONG),
        ("105", Change(1, 1, "x", LATE[:1]), Code.SCAN_WRONG_LOT),
        ("103", Change(1, 1, "x", EARLY[:1]), Code.BOX_KNOWN),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    told: BackRoom, kind: str, wanted: Change, code: Code
) -> None:
    with pytest.raises(OperatorInput) as refused:
        told.small.surface.change_stock(kind, wanted)
    assert refused.value.code is code
    assert told.lot("PC1").on_hand == 4
    with told.small.store.reading() as unit:
        assert unit.outbox.items() == ()


@pytest.mark.parametrize("codes", [(), EARLY[:1]])
def test_a_box_that_could_be_scanned_does_not_leave_unnamed(
    told: BackRoom, codes: tuple[str, ...]
) -> None:
    lot = told.lot("PC1")
    with pytest.raises(OperatorInput) as refused:
        told.small.surface.change_stock("105", Change(lot.lot_id, 2, "破损", codes))
    assert refused.value.code is Code.CODES_MISSING
    assert refused.value.params["count"] == 2 - len(codes)
    with pytest.raises(OperatorInput) as unknown:
        told.small.surface.change_stock("105", Change(lot.lot_id, 2, "破损", codes, "mood"))
    assert unknown.value.code is Code.CODES_MISSING
    assert told.lot("PC1").on_hand == 4


def test_a_box_without_a_code_leaves_under_a_class_of_reason(told: BackRoom) -> None:
    lot = told.lot("PC1")
    wanted = Change(lot.lot_id, 2, "破损", EARLY[:1], "damaged")
    booked = told.small.surface.change_stock("105", wanted)
    with told.small.store.reading() as unit:
        (movement,) = unit.stock.of_note(booked.note_id)
        (record,) = unit.outbox.items()
        note = unit.stock.note(booked.note_id)
        assert unit.stock.boxes_of(movement.event_id) == EARLY[:1]
        assert unit.stock.uncoded(lot.lot_id) == 0
    assert record.request.lot.trace_codes == EARLY[:1]
    assert note.reason == "破损；无码：码损坏"
    assert told.holds()


def test_what_came_without_codes_leaves_without(told: BackRoom) -> None:
    surface = told.small.surface
    surface.name_receipt("示例医药公司", "D1", "INV1")
    surface.put_line(TypedLine("SP0001", "N0001", "2026-09-01", "2028-08-31", "3", "12.5"))
    surface.scan_in(new_codes(1)[0], (1, "N0001", False))
    (movement,) = surface.note_lines(surface.book_receipt().note_id)
    surface.send_back(Change(movement.lot_id, 2, "近效期"))
    with pytest.raises(OperatorInput) as last:
        surface.send_back(Change(movement.lot_id, 1, "近效期"))
    assert last.value.code is Code.CODES_MISSING
    surface.send_back(Change(movement.lot_id, 1, "近效期", new_codes(1)))
    assert told.holds()


def test_what_lies_in_an_open_sale_does_not_leave_by_the_back_door(told: BackRoom) -> None:
    lot = told.lot("PC1")
    with told.small.store.unit() as unit:
        case = unit.cases.open(a_case(), 1)
        for box in EARLY[:3]:
            unit.goods.reserve(box, lot.lot_id, case.case_id, NOON)
    with pytest.raises(OperatorInput) as short:
        told.small.surface.change_stock("105", Change(lot.lot_id, 2, "x", (), "damaged"))
    assert (short.value.code, short.value.params["on_hand"]) == (Code.STOCK_SHORT, 1)


def test_a_box_on_a_counter_does_not_leave_by_the_back_door(told: BackRoom) -> None:
    lot = told.lot("PC1")
    with told.small.store.unit() as unit:
        case = unit.cases.open(a_case(), 1)
        unit.goods.reserve(EARLY[0], lot.lot_id, case.case_id, NOON)
    with pytest.raises(OperatorInput) as refused:
        told.small.surface.change_stock("105", Change(lot.lot_id, 1, "x", EARLY[:1]))
    assert refused.value.code is Code.SCAN_CLAIMED_ELSEWHERE


def test_a_return_to_the_supplier_names_its_purchase(told: BackRoom) -> None:
    lot_id = received(told)
    booked = told.small.surface.send_back(Change(lot_id, 1, "近效期", new_codes(1)))
    with told.small.store.reading() as unit:
        _, record = unit.outbox.items()
        assert unit.goods.lot(lot_id).on_hand == 2
    assert isinstance(record.request, ReturnToSupplier)
    assert (record.request.supplier, record.request.invoice_no) == ("示例医药公司", "INV1")
    assert (record.request.price, booked.packs) == (12_500_000, 1)
    assert told.holds()


@pytest.mark.parametrize("invoice", ["", None])
def test_without_an_invoice_nothing_goes_back(told: BackRoom, invoice: str | None) -> None:
    lot_id = told.lot("PC1").lot_id if invoice is None else received(told, invoice)
    with pytest.raises(OperatorInput) as refused:
        told.small.surface.send_back(Change(lot_id, 1, "近效期"))
    assert refused.value.code is Code.INVOICE_MISSING


def test_recalled_goods_may_go_back_or_be_destroyed(told: BackRoom) -> None:
    lot = told.lot("PC4")
    told.small.surface.change_stock("105", Change(lot.lot_id, 2, "召回", RECALLED))
    assert told.lot("PC4").on_hand == 0


def deliver_all(room: BackRoom) -> None:
    with room.small.store.unit() as unit:
        for item in unit.outbox.items():
            now = room.small.clock.now()
            unit.outbox.settle(item.item_id, OutboxState.DELIVERED, now, None, "")


def second_boss(room: BackRoom) -> None:
    from dataclasses import replace

    from localdb.repositories.people import SqlPeople
    from localdb.store import scope_of

    with room.small.store.unit() as unit:
        boss = unit.people.by_login(BOSS)
        assert boss is not None
        SqlPeople(scope_of(unit)).enrol(replace(boss, login=OTHER_BOSS))


def test_a_receipt_that_was_told_is_erased_behind_two_managers(told: BackRoom) -> None:
    lot_id = received(told)
    deliver_all(told)
    second_boss(told)
    with told.small.store.reading() as unit:
        (movement,) = unit.stock.movements(lot_id)
    with pytest.raises(OperatorInput) as alone:
        told.small.surface.erase_record(movement.event_id, "录错", BOSS, PIN)
    assert alone.value.code is Code.SECOND_IS_FIRST
    told.small.surface.erase_record(movement.event_id, "录错", OTHER_BOSS, PIN)
    with told.small.store.reading() as unit:
        (record,) = unit.outbox.items()
        assert unit.goods.lot(lot_id).on_hand == 0
        assert unit.stock.boxes_in(lot_id) == ()
        assert not unit.stock.delivery_known("示例医药公司", "D1")
    assert isinstance(record.request, EraseUpload)
    assert record.request.kind is RecordKind.PURCHASE
    assert told.holds()


def test_a_delivery_of_which_a_box_lies_in_a_sale_is_not_erased(told: BackRoom) -> None:
    lot_id = received(told)
    second_boss(told)
    case_id, now = told.small.surface.current().case_id, told.small.till.clock.now()
    with told.small.store.unit() as unit:
        (movement,) = unit.stock.movements(lot_id)
        unit.goods.reserve(new_codes(3)[0], lot_id, case_id, now)
    with pytest.raises(OperatorInput) as refused:
        told.small.surface.erase_record(movement.event_id, "录错", OTHER_BOSS, PIN)
    assert refused.value.code is Code.SCAN_CLAIMED_ELSEWHERE
    with told.small.store.reading() as unit:
        assert unit.goods.lot(lot_id).on_hand == 3


def test_a_record_that_never_left_is_given_up_instead(told: BackRoom) -> None:
    lot_id = received(told)
    second_boss(told)
    with told.small.store.reading() as unit:
        (movement,) = unit.stock.movements(lot_id)
    told.small.surface.erase_record(movement.event_id, "录错", OTHER_BOSS, PIN)
    with told.small.store.reading() as unit:
        assert unit.outbox.items() == ()
        (gone,) = unit.outbox.items(open_only=False)
    assert gone.state is OutboxState.VOIDED


def told_again(told: BackRoom, lot_id: int, *, given_up: bool) -> int:
    """The delivery was given up, or is on file, and is told once more; its movement."""
    with told.small.store.unit() as unit:
        (movement,) = unit.stock.movements(lot_id)
        (first,) = unit.outbox.of_lot(unit.goods.lot(lot_id).upload_lot)
        if given_up:
            now = told.small.till.clock.now()
            unit.outbox.settle(first.item_id, OutboxState.VOIDED, now, None, "")
        unit.outbox.add(
            first.operation,
            f"{first.business_key}{AGAIN}1",
            first.lane_key,
            first.request,
            None,
            first.summary,
            told.small.till.clock.now(),
        )
    return movement.event_id


def states(told: BackRoom, operation: Operation) -> list[OutboxState]:
    with told.small.store.reading() as unit:
        return [
            one.state for one in unit.outbox.items(open_only=False) if one.operation is operation
        ]


def test_a_record_that_was_told_again_is_erased_there_too(told: BackRoom) -> None:
    lot_id = received(told)
    second_boss(told)
    event_id = told_again(told, lot_id, given_up=True)
    deliver_all(told)
    booked = told.small.surface.erase_record(event_id, "录错", OTHER_BOSS, PIN)
    assert booked.told.queued == 1
    assert states(told, Operation.ERASE_UPLOAD) == [OutboxState.WAITING]


def test_a_repetition_that_waits_is_given_up_with_the_erasure(told: BackRoom) -> None:
    lot_id = received(told)
    deliver_all(told)
    second_boss(told)
    event_id = told_again(told, lot_id, given_up=False)
    told.small.surface.erase_record(event_id, "录错", OTHER_BOSS, PIN)
    assert states(told, Operation.RECEIVE) == [OutboxState.DELIVERED, OutboxState.VOIDED]
    assert states(told, Operation.ERASE_UPLOAD) == [OutboxState.WAITING]


def test_what_was_touched_since_is_not_erased(told: BackRoom) -> None:
    lot_id = received(told)
    deliver_all(told)
    second_boss(told)
    told.small.surface.send_back(Change(lot_id, 1, "x", new_codes(1)))
    with told.small.store.reading() as unit:
        first, _ = unit.stock.movements(lot_id)
    with pytest.raises(OperatorInput) as refused:
        told.small.surface.erase_record(first.event_id, "录错", OTHER_BOSS, PIN)
    assert refused.value.code is Code.ERASE_OTHERS


def test_the_kinds_are_those_of_the_region(room: BackRoom) -> None:
    kinds = room.small.surface.change_kinds()
    assert {"108", "109"}.isdisjoint(kinds)
    assert {code for code, (_, inward) in kinds.items() if inward} == {"101", "103", "106", "110"}
