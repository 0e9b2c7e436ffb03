"""A made-up prescription and store goods."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.credential import PersonName
from app.domain.goods.stock import Item, Lot, LotHold
from app.domain.money import packs, price
from app.domain.prescription import (
    ItemKind,
    Prescription,
    RxLine,
    RxNumber,
    RxScheme,
    RxTraceCode,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


def rx_line(index: int, name: str) -> RxLine:
    """Two packs of ``name``."""
    return RxLine(
        index,
        f"X{index}",
        ItemKind.WESTERN,
        name,
        "",
        "片",
        "10mg*7",
        "某厂",
        packs(2),
        "盒",
        "1片",
        "qd",
        "1",
        "口服",
        "14",
        False,
        None,
        False,
    )


@pytest.fixture
def prescription() -> Callable[..., Prescription]:
    def make(*names: str, allergies: str = "") -> Prescription:
        return Prescription(
            RxNumber("310000000000000000000000000001"),
            RxTraceCode("1"),
            "普通",
            RxScheme.OUTPATIENT_POOL,
            "测试医院",
            "H1",
            "内科",
            "李医生",
            "D1",
            "王药师",
            "V1",
            PersonName("张三"),
            None,
            "1",
            "40",
            "60",
            "高血压",
            "I10",
            allergies,
            False,
            NOW,
            NOW + timedelta(days=3),
            tuple(rx_line(i, name) for i, name in enumerate(names)),
        )

    return make


@pytest.fixture
def item() -> Callable[..., Item]:
    def make(item_id: int = 1, name: str = "氨氯地平片") -> Item:
        return Item(
            item_id,
            f"S{item_id}",
            f"X{item_id}",
            name,
            "",
            "片",
            "5mg*7",
            "某厂",
            "国药准字H1",
            "6901234567892",
            frozenset({"8123456"}),
            True,
            "乙",
            price("21.40"),
            "盒",
            "A",
            "A1",
        )

    return make


@pytest.fixture
def lot() -> Callable[..., Lot]:
    def make(
        lot_id: int = 1, days: int = 400, on_hand: int = 5, hold: LotHold = LotHold.NONE
    ) -> Lot:
        expires = TODAY + timedelta(days=days)
        return Lot(lot_id, 1, f"U{lot_id}", f"L{lot_id}", date(2025, 1, 1), expires, on_hand, hold)

    return make
