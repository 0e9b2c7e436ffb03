"""标识码 at the counter: learned from sales, a reminder until confirmed, never overridden."""

from dataclasses import replace

import pytest

from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.learning import PrefixOrigin
from app.domain.money import Fen
from app.workflow.cases.required import required
from app.workflow.goods import learning
from app.workflow.views.case import CaseView
from localdb.repositories.goods import SqlGoods
from localdb.store import scope_of
from tests.support.duty import shows_up
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.support.store_builders import NOON, a_lot, an_item

BOXES = tuple(DrugTraceCode(f"87777770000000000{n:03d}") for n in range(1, 4))
UNSEEN = DrugTraceCode("8777777" + "9" * 13)


@pytest.fixture
def shop(small: SmallCounter) -> SmallCounter:
    """A drug whose boxes were received; nobody wrote down what their first part means."""
    with small.store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = replace(an_item("SP0009", "8555555"), national_code="XC01", needs_prescription=False)
        made = goods.stock_item(item)
        goods.receive(replace(a_lot(made.item_id, "PC9", 3), lot_no="F1"), BOXES, "R9", NOON)
    shows_up(small.till)
    return small


def begun(shop: SmallCounter) -> CaseView:
    return shop.surface.sell_for_cash(shop.surface.current().case_id)


def sold(shop: SmallCounter) -> None:
    view = shop.finish(shop.scan(begun(shop), BOXES[0]).case)
    shop.surface.pay(view.case_id, Fen(100_000))


def test_a_sale_teaches_and_the_next_unseen_box_is_asked_about(shop: SmallCounter) -> None:
    assert shop.scan(begun(shop), UNSEEN).spoken.verdict.key == f"error.{int(Code.ITEM_UNMAPPED)}"
    sold(shop)
    (row,) = shop.surface.learned_prefixes()
    assert (row.learned.prefix, row.learned.origin) == ("8777777", PrefixOrigin.SALE)
    view = shop.scan(begun(shop), UNSEEN).case
    line = required(view.scan, "not at the boxes").lines[0]
    assert required(line.message, "no reminder").code == Code.PREFIX_UNCONFIRMED
    assert line.reasons == ("checked_against_paper",)
    shop.surface.remove(view.case_id, 1, UNSEEN)
    shop.surface.sign_in(BOSS, PIN)
    shop.surface.judge_prefix("8777777", row.item.item_id, right=True)
    view = shop.scan(shop.surface.view(view.case_id), UNSEEN).case
    line = required(view.scan, "not at the boxes").lines[0]
    assert required(line.message, "no reminder").code == Code.SCAN_UNSEEN_AT_RECEIPT


def test_a_known_first_part_that_says_another_drug_stops_the_box(shop: SmallCounter) -> None:
    with shop.store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        goods.stock_item(replace(an_item("SP0011", "8777777"), generic_name="别的药"))
        mine = unit.goods.item_by_store_code("SP0009")
        learning.learn(shop.till, unit, required(mine, "no item"), BOXES, PrefixOrigin.SALE)
        assert unit.prefixes.open() == ()
    refused = shop.scan(begun(shop), BOXES[0])
    assert refused.spoken.verdict.key == f"error.{int(Code.PREFIX_DIFFERS)}"
    assert dict(refused.spoken.verdict.params)["known"] == "别的药"
