"""拆零比: a manager says what a pack holds; never under boxes that lie open."""

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.workflow.cases.lines import claims_of
from tests.support.small_counter import BOSS, CLERK, PIN, SmallCounter
from tests.support.split_shop import BOXES, WHOLE, furnish_bottles


@pytest.fixture
def shop(small: SmallCounter) -> SmallCounter:
    furnish_bottles(small)
    return small


def item_of(shop: SmallCounter, store_code: str) -> int:
    with shop.store.reading() as unit:
        found = unit.goods.item_by_store_code(store_code)
    assert found is not None
    return found.item_id


def sell_part(shop: SmallCounter, code: str, pieces: int) -> int:
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    view = shop.surface.split_box(shop.scan(view, code).case.case_id, 1, pieces)
    return shop.surface.pay(shop.finish(view).case_id, Fen(100_000)).case_id


def test_a_pack_that_is_set_is_split_from_then_on(shop: SmallCounter) -> None:
    item_id = item_of(shop, "SP0010")
    shop.surface.sign_in(BOSS, PIN)
    changed = shop.surface.set_pack(item_id, 24, " 粒 ", splits=True)
    assert (changed.pieces, changed.piece_unit, changed.splits) == (24, "粒", True)
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    view = shop.scan(view, WHOLE).case
    assert view.scan is not None
    assert view.scan.lines[0].opens is not None
    assert view.scan.lines[0].opens.most == 23
    with shop.store.reading() as unit:
        rows = unit.journal.rows()  # type: ignore[attr-defined]  # the base's own
        said = [(row.subject, row.reason) for row in rows if row.act == "set_pack"]
    assert said == [("SP0010", "10片 - → 24粒 +")]


@pytest.mark.parametrize(
    ("pieces", "unit", "field"),
    [
        (1, "片", "pieces"),
        (1_001, "片", "pieces"),
        (12, " ", "piece_unit"),
        (12, "9", "piece_unit"),
    ],
)
def test_what_is_no_pack_is_refused(shop: SmallCounter, pieces: int, unit: str, field: str) -> None:
    shop.surface.sign_in(BOSS, PIN)
    with pytest.raises(OperatorInput) as refused:
        shop.surface.set_pack(item_of(shop, "SP0009"), pieces, unit, splits=True)
    assert (refused.value.code, refused.value.params["field"]) == (Code.PACK_SIZE_WRONG, field)


def test_opened_boxes_keep_their_pack(shop: SmallCounter) -> None:
    item_id = item_of(shop, "SP0009")
    sell_part(shop, BOXES[0], 3)
    shop.surface.sign_in(BOSS, PIN)
    with pytest.raises(OperatorInput) as refused:
        shop.surface.set_pack(item_id, 12, "片", splits=True)
    assert (refused.value.code, refused.value.params["count"]) == (Code.PACK_HAS_OPENED, 1)
    # whether it is split on, and what a piece is called, changes nothing that was counted
    assert not shop.surface.set_pack(item_id, 10, "粒", splits=False).splits


def test_a_box_that_came_back_after_the_pack_changed_is_sold_under_its_own(
    shop: SmallCounter,
) -> None:
    item_id = item_of(shop, "SP0009")
    sell_part(shop, BOXES[0], 7)
    last = sell_part(shop, BOXES[0], 3)
    shop.surface.sign_in(BOSS, PIN)
    shop.surface.set_pack(item_id, 20, "片", splits=True)
    with shop.store.unit() as unit:
        unit.goods.take_back(last, claims_of(unit.cases.get(last)), shop.clock.now())
    shop.surface.release_pieces(BOXES[0], "包装完好")
    with pytest.raises(OperatorInput) as refused:
        shop.surface.set_pack(item_id, 12, "片", splits=True)
    assert refused.value.code is Code.PACK_HAS_OPENED
    assert shop.surface.set_pack(item_id, 10, "片", splits=True).pieces == 10
    sell_part(shop, BOXES[0], 2)
    with shop.store.reading() as unit:
        box = unit.goods.box(BOXES[0])
        assert unit.stock.prove().holds
    assert box is not None
    assert (box.size, box.free) == (10, 1)


def test_a_part_in_an_open_sale_keeps_its_pack(shop: SmallCounter) -> None:
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    shop.surface.split_box(shop.scan(view, BOXES[0]).case.case_id, 1, 3)
    shop.surface.sign_in(BOSS, PIN)
    with pytest.raises(OperatorInput) as refused:
        shop.surface.set_pack(item_of(shop, "SP0009"), 12, "片", splits=True)
    assert refused.value.code is Code.PACK_HAS_OPENED


def test_a_clerk_sets_no_pack(shop: SmallCounter) -> None:
    shop.surface.sign_in(CLERK, PIN)
    with pytest.raises(OperatorInput) as refused:
        shop.surface.set_pack(item_of(shop, "SP0009"), 12, "片", splits=True)
    assert refused.value.code is Code.NOT_ALLOWED
