"""Counts: blind, against the moment of counting, and never over records that are on their way."""

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.money import packs
from app.ports.stock import CountStock
from app.ports.store import OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.goods.changing import Change
from app.workflow.goods.counting import EVERYTHING, NEAR, CountRow, CountView
from tests.support.back_room import BackRoom
from tests.support.small_counter import BOSS, EARLY, PIN
from tests.support.store_builders import NOON, a_case


def begin(room: BackRoom) -> CountView:
    return room.small.surface.begin_count(EVERYTHING)


def row(view: CountView, upload_lot: str) -> CountRow:
    (found,) = [row for row in view.rows if row.lot.upload_lot == upload_lot]
    return found


def write(room: BackRoom, upload_lot: str, counted: int) -> CountView:
    return room.small.surface.write_count(room.lot(upload_lot).lot_id, counted)


def all_as_booked(room: BackRoom, **counted: int) -> None:
    for one in room.small.surface.count().rows:
        lot = one.lot
        room.small.surface.write_count(lot.lot_id, counted.get(lot.upload_lot, lot.on_hand))


def sell_one(room: BackRoom) -> None:
    with room.small.store.unit() as unit:
        case = unit.cases.open(a_case(), 1)
        unit.goods.reserve(EARLY[0], room_lot(unit), case.case_id, NOON)
        unit.goods.sell(case.case_id, None, "0001-000001", 1, room.small.clock.now())


def room_lot(unit: Unit) -> int:
    return next(line.lot.lot_id for line in unit.stock.shelf() if line.lot.upload_lot == "PC1")


def test_nothing_is_shown_before_it_was_counted(room: BackRoom) -> None:
    view = begin(room)
    blind = row(view, "PC1")
    assert (blind.counted, blind.expected, blind.variance, blind.value) == (None,) * 4
    seen = row(write(room, "PC1", 3), "PC1")
    assert (seen.counted, seen.expected, seen.variance, seen.moved) == (3, 4, -1, 0)
    assert seen.value == -2_140
    assert room.small.surface.count().open_lots == len(view.rows) - 1


def test_the_variance_is_booked_and_the_figure_told(room: BackRoom) -> None:
    begin(room)
    all_as_booked(room, PC1=3, PC2=5)
    booked = room.small.surface.book_count()
    assert (room.lot("PC1").on_hand, room.lot("PC2").on_hand, room.lot("PC3").on_hand) == (3, 5, 3)
    with room.small.store.reading() as unit:
        records = {item.lane_key: item.request for item in unit.outbox.items()}
        assert {m.packs for m in unit.stock.of_note(booked.note_id)} == {-1, 1}
        assert unit.counts.current() is None
    counts = [record for record in records.values() if isinstance(record, CountStock)]
    assert len(counts) == len(records) == 4
    assert records["PC1"].quantity == packs(3)
    assert records["PC3"].quantity == packs(3)
    assert room.holds()


@pytest.mark.parametrize("before", [True, False])
def test_a_sale_made_meanwhile_is_no_difference(room: BackRoom, before: bool) -> None:
    """Before or after its lot was counted: one is sold, and nothing is missing."""
    begin(room)
    if before:
        sell_one(room)
    seen = row(write(room, "PC1", 3 if before else 4), "PC1")
    if not before:
        sell_one(room)
    assert (seen.variance, seen.moved) == (0, -1 if before else 0)
    all_as_booked_but(room, "PC1")
    room.small.surface.book_count()
    assert room.lot("PC1").on_hand == 3
    with room.small.store.reading() as unit:
        (told,) = [item.request for item in unit.outbox.items() if item.lane_key == "PC1"]
    assert told.quantity == packs(3)


def all_as_booked_but(room: BackRoom, upload_lot: str) -> None:
    for one in room.small.surface.count().rows:
        if one.lot.upload_lot != upload_lot:
            room.small.surface.write_count(one.lot.lot_id, one.lot.on_hand)


def test_a_count_waits_for_what_is_on_its_way(room: BackRoom) -> None:
    """The line is gone: a change waits, so the figure of its lot may not go up unlabelled."""
    lot = room.lot("PC1")
    room.small.surface.change_stock("105", Change(lot.lot_id, 1, "破损", EARLY[:1]))
    park(room)
    begin(room)
    all_as_booked(room)
    view = room.small.surface.count()
    assert (view.in_flight, row(view, "PC1").in_flight) == (1, 1)
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.book_count()
    assert refused.value.code is Code.QUEUE_NOT_DRAINED
    assert refused.value.params["count"] == 1
    booked = room.small.surface.book_count(in_flight_seen=True)
    assert booked.told.queued == 4
    assert room.lot("PC1").on_hand == 3


def park(room: BackRoom) -> None:
    with room.small.store.unit() as unit:
        for item in unit.outbox.items():
            now = room.small.clock.now()
            unit.outbox.settle(item.item_id, OutboxState.STOPPED, now, int(Code.REFUSED), "")


def test_what_waits_is_told_first(room: BackRoom) -> None:
    lot = room.lot("PC1")
    room.small.surface.change_stock("105", Change(lot.lot_id, 1, "破损", EARLY[:1]))
    begin(room)
    all_as_booked(room)
    room.small.surface.book_count()
    with room.small.store.reading() as unit:
        states = {item.operation: item.state for item in unit.outbox.items(open_only=False)}
    assert states[Operation.CHANGE_STOCK] is OutboxState.DELIVERED


def test_half_a_count_is_booked_only_as_such(room: BackRoom) -> None:
    begin(room)
    write(room, "PC1", 2)
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.book_count()
    assert (refused.value.code, refused.value.params["count"]) == (Code.COUNT_INCOMPLETE, 3)
    room.small.surface.book_count(partly=True)
    assert (room.lot("PC1").on_hand, room.lot("PC2").on_hand) == (2, 4)


def test_counting_again_takes_the_last_word(room: BackRoom) -> None:
    begin(room)
    write(room, "PC1", 9)
    write(room, "PC1", 4)
    all_as_booked_but(room, "PC1")
    room.small.surface.book_count()
    assert room.lot("PC1").on_hand == 4


def test_one_count_at_a_time(room: BackRoom) -> None:
    begin(room)
    with pytest.raises(OperatorInput) as refused:
        begin(room)
    assert refused.value.code is Code.COUNT_OPEN
    assert room.small.surface.drop_count("重来").sheet is None
    with pytest.raises(OperatorInput) as none:
        write(room, "PC1", 1)
    assert none.value.code is Code.COUNT_NONE
    assert begin(room).sheet is not None


def test_a_count_survives_a_power_cut(room: BackRoom) -> None:
    begin(room)
    write(room, "PC1", 3)
    room.small.restart()
    room.small.surface.sign_in(BOSS, PIN)
    assert row(room.small.surface.count(), "PC1").variance == -1


def test_a_scope_with_nothing_in_it_is_no_count(room: BackRoom) -> None:
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.begin_count(NEAR)
    assert refused.value.code is Code.NOTE_EMPTY


@pytest.mark.parametrize("counted", [-1, 1_000_000])
def test_a_figure_nobody_can_count_is_refused(room: BackRoom, counted: int) -> None:
    begin(room)
    with pytest.raises(OperatorInput) as refused:
        write(room, "PC1", counted)
    assert refused.value.code is Code.LINE_WRONG
