"""Near the end, past it, held: lists with their thresholds; recalls stop the very next scan."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.goods.movements import StockMove
from app.domain.goods.stock import Lot, LotHold, first_out
from app.workflow.goods.lists import Shelf
from tests.support.back_room import BackRoom
from tests.support.small_counter import BOSS, CLERK, EARLY, LATE, PIN

DAY = date(2026, 11, 22)

lots = st.lists(
    st.builds(
        Lot,
        lot_id=st.integers(1, 999),
        item_id=st.just(1),
        upload_lot=st.text("AB12", min_size=1, max_size=4),
        lot_no=st.just("L"),
        made_on=st.just(date(2024, 1, 1)),
        expires_on=st.dates(DAY - timedelta(days=400), DAY + timedelta(days=400)),
        on_hand=st.integers(-2, 9),
        hold=st.sampled_from(LotHold),
    ),
    max_size=8,
).map(tuple)


@given(lots=lots)
def test_the_proposal_is_never_expired_held_or_empty_and_always_the_nearest(
    lots: tuple[Lot, ...],
) -> None:
    taken = first_out(lots, DAY)
    sellable = [
        lot
        for lot in lots
        if lot.hold is LotHold.NONE and lot.expires_on >= DAY and lot.on_hand > 0
    ]
    assert (taken is None) is (not sellable)
    if taken is not None:
        assert taken in sellable
        assert taken.expires_on == min(lot.expires_on for lot in sellable)


def shelf_of(room: BackRoom) -> dict[str, Shelf]:
    return {row.lot.upload_lot: row.shelf for row in room.small.surface.shelf()}


@pytest.mark.parametrize(
    ("days", "shelf"),
    [
        (400, Shelf.FINE),
        (343, Shelf.FINE),
        (180, Shelf.NEAR),
        (91, Shelf.NEAR),
        (90, Shelf.RED),
        (0, Shelf.RED),
        (-1, Shelf.EXPIRED),
    ],
)
def test_a_lot_moves_from_list_to_list(room: BackRoom, days: int, shelf: Shelf) -> None:
    until = room.lot("PC1").expires_on
    room.small.clock.move(timedelta(days=(until - DAY).days - days))
    assert shelf_of(room)["PC1"] is shelf


def test_the_worst_comes_first_and_the_first_out_is_marked(room: BackRoom) -> None:
    rows = room.small.surface.shelf()
    assert rows[0].shelf is Shelf.HELD
    assert {row.lot.upload_lot for row in rows if row.first} == {"PC1", "PC3"}


def test_the_store_sets_its_own_days_and_the_counter_follows(room: BackRoom) -> None:
    surface = room.small.surface
    assert (surface.thresholds().near, surface.thresholds().red) == (180, 90)
    with pytest.raises(OperatorInput):
        surface.set_thresholds(30, 60)
    surface.set_thresholds(400, 60)
    assert shelf_of(room)["PC1"] is Shelf.NEAR
    surface.sign_in(CLERK, PIN)
    with pytest.raises(OperatorInput) as clerk:
        surface.set_thresholds(10, 5)
    assert clerk.value.code is Code.NOT_ALLOWED
    view = room.small.until(Step.SCAN)
    warned = room.small.scan(view, EARLY[0])
    assert warned.spoken.verdict.key == f"error.{int(Code.SCAN_NEAR_EXPIRY)}"


def test_a_recall_stops_the_very_next_scan(room: BackRoom) -> None:
    surface = room.small.surface
    lot = room.lot("PC1")
    assert surface.recall(lot.item_id, lot.lot_no, "药监通知") == 1
    assert surface.recall(lot.item_id, lot.lot_no, "药监通知") == 0
    surface.sign_in(CLERK, PIN)
    view = room.small.until(Step.SCAN)
    stopped = room.small.scan(view, EARLY[0])
    assert stopped.spoken.verdict.key == f"error.{int(Code.SCAN_HELD_LOT)}"
    assert room.small.scan(view, LATE[0]).spoken.tone == "good"
    surface.sign_in(BOSS, PIN)
    assert surface.end_recall(lot.item_id, lot.lot_no, "通知撤销") == 1
    assert room.lot("PC1").hold is LotHold.NONE


@pytest.mark.parametrize("reason", ["", "  "])
def test_nobody_recalls_without_a_reason(room: BackRoom, reason: str) -> None:
    lot = room.lot("PC1")
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.recall(lot.item_id, lot.lot_no, reason)
    assert refused.value.code is Code.REASON_MISSING


def test_the_life_of_a_box_is_told_with_its_papers(room: BackRoom) -> None:
    (step,) = room.small.surface.life_of(EARLY[0])
    assert (step.movement.move, step.lot.upload_lot) == (StockMove.RECEIVED, "PC1")
    assert room.small.surface.life_of("0" * 20) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [("6901234567892", Code.SCAN_NOT_TRACE_CODE), ("乱码#1", Code.SCAN_UNKNOWN)],
)
def test_what_is_no_box_is_called_what_it_is(room: BackRoom, text: str, code: Code) -> None:
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.life_of(text)
    assert (refused.value.code, refused.value.params["awaited"]) == (code, "box")


def test_a_box_that_was_never_here_has_no_life(room: BackRoom) -> None:
    assert room.small.surface.life_of("8" * 20) == ()


def test_a_code_in_full_width_digits_is_the_same_box(room: BackRoom) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in EARLY[0])
    assert room.small.surface.life_of(wide) == room.small.surface.life_of(EARLY[0])
