"""A count while boxes lie on the counters: what is counted is the shelf, and nothing is lost."""

import pytest

from app.domain.case import Step
from app.domain.money import Fen, packs
from app.ports.stock import CountStock
from app.workflow.goods.counting import EVERYTHING, CountRow
from app.workflow.views.case import CaseView
from tests.support.back_room import BackRoom
from tests.support.split_shop import BOXES, furnish_bottles

ENOUGH = Fen(100_000)


@pytest.fixture
def shop(room: BackRoom) -> BackRoom:
    """Three bottles of ten tablets."""
    furnish_bottles(room.small)
    return room


def scanned(shop: BackRoom) -> CaseView:
    surface = shop.small.surface
    return shop.small.scan(surface.sell_for_cash(surface.current().case_id), BOXES[0]).case


def counted(room: BackRoom, upload_lot: str, packs_there: int) -> CountRow:
    lot = room.lot(upload_lot)
    view = room.small.surface.write_count(lot.lot_id, packs_there)
    (found,) = [row for row in view.rows if row.lot.upload_lot == upload_lot]
    return found


def told(room: BackRoom, upload_lot: str) -> CountStock:
    with room.small.store.reading() as unit:
        (found,) = [
            item.request
            for item in unit.outbox.items(open_only=False)
            if item.lane_key == upload_lot and isinstance(item.request, CountStock)
        ]
    return found


@pytest.mark.parametrize("split", [False, True], ids=["whole", "part"])
def test_a_box_in_an_open_sale_is_not_missing_on_the_shelf(shop: BackRoom, split: bool) -> None:
    view, surface = scanned(shop), shop.small.surface
    if split:
        view = surface.split_box(view.case_id, 1, 4)
    surface.begin_count(EVERYTHING)
    row = counted(shop, "PC9", 2)
    assert (row.expected, row.variance, row.moved) == (2, 0, 0)
    surface.book_count(partly=True)
    assert told(shop, "PC9").quantity == packs(3)
    surface.pay(shop.small.finish(view).case_id, ENOUGH)
    assert shop.lot("PC9").on_hand == 2
    assert shop.holds()


def test_a_box_put_into_a_sale_after_the_snapshot_has_moved(shop: BackRoom) -> None:
    shop.small.surface.begin_count(EVERYTHING)
    scanned(shop)
    row = counted(shop, "PC9", 2)
    assert (row.expected, row.variance, row.moved) == (2, 0, -1)


def test_what_an_open_sale_has_told_is_not_told_again_by_the_count(room: BackRoom) -> None:
    """Two boxes were uploaded and are not settled: the platform counts them as gone already."""
    view, surface = room.small.until(Step.SETTLE), room.small.surface
    surface.begin_count(EVERYTHING)
    row = counted(room, "PC1", 2)
    assert (row.expected, row.variance) == (2, 0)
    surface.book_count(partly=True, in_flight_seen=True)
    assert told(room, "PC1").quantity == packs(2)
    room.small.settle(view)
    assert room.lot("PC1").on_hand == 2
