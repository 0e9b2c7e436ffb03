"""A box that was recalled or expired after its scan is not sold: it comes out of the sale first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.domain.goods.stock import LotHold
from app.domain.money import Fen
from app.workflow import day
from app.workflow.goods.receiving import TypedLine
from app.workflow.views.case import CaseView
from localdb.store import scope_of
from tests.support.back_room import BackRoom, new_codes
from tests.support.duty import shows_up
from tests.support.small_counter import CAPSULES
from tests.support.split_shop import BOXES, furnish_bottles

ENOUGH = Fen(100_000)
MADE = date(2026, 9, 1)


@pytest.fixture
def shop(room: BackRoom) -> BackRoom:
    """Three bottles of ten tablets."""
    furnish_bottles(room.small)
    return room


def scanned(shop: BackRoom) -> CaseView:
    surface = shop.small.surface
    return shop.small.scan(surface.sell_for_cash(surface.current().case_id), BOXES[0]).case


def recalled(shop: BackRoom, store_code: str = "SP0009", lot_no: str = "F1") -> None:
    with shop.small.store.reading() as unit:
        item = unit.goods.item_by_store_code(store_code)
    assert item is not None
    shop.small.surface.recall(item.item_id, lot_no, "厂家召回")


def test_a_box_recalled_after_its_scan_is_refused_and_taken_out(shop: BackRoom) -> None:
    view = scanned(shop)
    recalled(shop)
    with pytest.raises(OperatorInput) as refused:
        shop.small.finish(view)
    assert refused.value.code is Code.SCAN_BOX_STOPPED
    assert refused.value.params["box"] == BOXES[0].spoken()
    assert refused.value.params["lot"] == "F1"
    view = shop.small.surface.remove(view.case_id, 1, BOXES[0])
    assert view.scan is not None
    assert not view.scan.lines


def test_a_part_of_a_recalled_box_is_refused_too(shop: BackRoom) -> None:
    view = shop.small.surface.split_box(scanned(shop).case_id, 1, 4)
    recalled(shop)
    with pytest.raises(OperatorInput) as refused:
        shop.small.finish(view)
    assert refused.value.code is Code.SCAN_BOX_STOPPED


@pytest.mark.parametrize("split", [False, True], ids=["whole", "part"])
def test_nothing_is_paid_for_what_was_recalled_meanwhile(shop: BackRoom, split: bool) -> None:
    view = scanned(shop)
    if split:
        view = shop.small.surface.split_box(view.case_id, 1, 4)
    view = shop.small.finish(view)
    recalled(shop)
    with pytest.raises(OperatorInput) as refused:
        shop.small.surface.pay(view.case_id, ENOUGH)
    assert refused.value.code is Code.SCAN_BOX_STOPPED
    assert shop.small.view(view).step is Step.HAND_OVER


def test_the_last_day_of_sale_may_pass_between_scan_and_finish(shop: BackRoom) -> None:
    view, small = scanned(shop), shop.small
    with small.store.unit() as unit:
        scope_of(unit).connection.exec_driver_sql(
            "UPDATE lot SET expires_on = ? WHERE lot_no = 'F1'", (date(2026, 11, 22).isoformat(),)
        )
    small.clock.at += timedelta(days=1)
    day.ensure_open(small.till)
    shows_up(small.till)
    with pytest.raises(OperatorInput) as refused:
        small.finish(view)
    assert refused.value.code is Code.SCAN_BOX_STOPPED


def test_no_settlement_leaves_for_what_was_recalled_meanwhile(room: BackRoom) -> None:
    view = room.small.until(Step.SETTLE)
    recalled(room, "SP0002", "C1")
    room.small.fake.asked.clear()
    with pytest.raises(OperatorInput) as refused:
        room.small.settle(view)
    assert refused.value.params["box"] == CAPSULES[0].spoken()
    assert not room.small.fake.asked
    shown = room.small.view(view)
    assert (shown.step, shown.phase) == (Step.SETTLE, Phase.READY)


def test_a_recalled_lot_that_is_delivered_again_stays_off_sale(room: BackRoom) -> None:
    surface, box = room.small.surface, new_codes(1, prefix="8765432")[0]
    line = TypedLine("SP0002", "C2", "2026-09-01", "2028-08-31", "1", "5")
    surface.name_receipt("示例医药公司", "D1", "INV1")
    surface.put_line(line)
    surface.put_line(replace(line, lot_no="C1"))
    key = next(one.key for one in surface.receipt().lines if one.lot_no == "C2")
    surface.scan_in(box, key)
    assert surface.book_receipt().recalled == ("C2",)
    with room.small.store.reading() as unit:
        lots = {lot.lot_no: lot.hold for lot in unit.goods.lots(2) if lot.made_on == MADE}
    assert lots == {"C2": LotHold.RECALL, "C1": LotHold.NONE}
    surface.end_recall(2, "C2", "召回解除")
    with room.small.store.reading() as unit:
        assert all(lot.hold is LotHold.NONE for lot in unit.goods.lots(2))
