"""A box that left by the back door is not sold, and one that lies in a sale does not leave."""

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.workflow.goods.changing import Change
from app.workflow.views.case import CaseView
from tests.support.back_room import BackRoom
from tests.support.split_shop import BOXES, furnish_bottles


@pytest.fixture
def shop(room: BackRoom) -> BackRoom:
    """Three bottles of ten tablets."""
    furnish_bottles(room.small)
    return room


def begun(shop: BackRoom) -> CaseView:
    surface = shop.small.surface
    return surface.sell_for_cash(surface.current().case_id)


def destroyed(shop: BackRoom, code: str) -> None:
    shop.small.surface.change_stock("105", Change(shop.lot("PC9").lot_id, 1, "破损", (code,)))


def test_a_destroyed_box_is_red_at_the_scan_and_the_next_one_is_not(shop: BackRoom) -> None:
    destroyed(shop, BOXES[0])
    told = shop.small.scan(begun(shop), BOXES[0])
    assert told.spoken.verdict.key == f"error.{int(Code.SCAN_BOX_LEFT)}"
    assert told.spoken.tone == "stop"
    sold = shop.small.finish(shop.small.scan(told.case, BOXES[1]).case)
    shop.small.surface.pay(sold.case_id, Fen(100_000))
    assert shop.lot("PC9").on_hand == 1
    assert shop.holds()


def test_a_sealed_box_of_which_a_sale_takes_a_part_does_not_leave(shop: BackRoom) -> None:
    view = shop.small.scan(begun(shop), BOXES[0]).case
    shop.small.surface.split_box(view.case_id, 1, 3)
    with pytest.raises(OperatorInput) as refused:
        destroyed(shop, BOXES[0])
    assert refused.value.code is Code.SCAN_CLAIMED_ELSEWHERE
    assert shop.lot("PC9").on_hand == 3


def test_an_opened_box_does_not_come_in_once_more(shop: BackRoom) -> None:
    view = shop.small.scan(begun(shop), BOXES[0]).case
    view = shop.small.finish(shop.small.surface.split_box(view.case_id, 1, 3))
    shop.small.surface.pay(view.case_id, Fen(100_000))
    found = Change(shop.lot("PC9").lot_id, 1, "盘盈", (BOXES[0],))
    with pytest.raises(OperatorInput) as refused:
        shop.small.surface.change_stock("103", found)
    assert refused.value.code is Code.BOX_KNOWN
    assert shop.holds()
