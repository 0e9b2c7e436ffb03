"""Bottles that may be sold in parts, on the shelf of a small counter."""

from dataclasses import replace

from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Price
from localdb.repositories.goods import SqlGoods
from localdb.store import scope_of
from tests.support.duty import shows_up
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import NOON, a_lot, an_item

BOXES = tuple(DrugTraceCode(f"85555550000000000{n:03d}") for n in range(1, 4))
WHOLE = DrugTraceCode("8666666" + "0" * 13)


def furnish_bottles(small: SmallCounter) -> None:
    """Three bottles of ten tablets, at ten yuan, and a drug that is never split."""
    with small.store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        bottle = replace(
            an_item("SP0009", "8555555"),
            national_code="XC01",
            generic_name="示例片",
            needs_prescription=False,
            retail_price=Price(10_000_000),
            unit="瓶",
            pieces=10,
            piece_unit="片",
            splits=True,
        )
        made = goods.stock_item(bottle)
        goods.receive(replace(a_lot(made.item_id, "PC9", 3), lot_no="F1"), BOXES, "R9", NOON)
        sachet = replace(bottle, store_code="SP0010", prefixes=frozenset({"8666666"}), splits=False)
        other = goods.stock_item(replace(sachet, national_code="XC02", generic_name="示例散"))
        goods.receive(a_lot(other.item_id, "PC10", 1), (WHOLE,), "R10", NOON)
    shows_up(small.till)
