"""Somebody who may keep stock at a small counter, and tables that need no file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import Lot
from app.ports.workbook import ReadCell, Workbook
from tests.support.small_counter import BOSS, PIN, SmallCounter

TITLES = (
    "随货单号", "供应商", "发票号", "商品编码", "商品名称", "批号", "生产日期", "有效期至",
    "数量", "进价", "追溯码", "箱码", "赠品",
)  # fmt: skip
GOOD: dict[str, ReadCell] = {
    "随货单号": "D20261122",
    "供应商": "示例医药公司",
    "发票号": "INV1",
    "商品编码": "SP0001",
    "商品名称": "示例片",
    "批号": "N0001",
    "生产日期": date(2026, 9, 1),
    "有效期至": date(2028, 8, 31),
    "数量": 2,
    "进价": 12.5,
    "追溯码": "",
}
Row = tuple[int, tuple[ReadCell, ...]]


def new_codes(count: int, first: int = 1, prefix: str = "8123456") -> tuple[DrugTraceCode, ...]:
    """Boxes nobody has seen in the small counter."""
    return tuple(DrugTraceCode(f"{prefix}9{serial:012d}") for serial in range(first, first + count))


def a_row(number: int, *codes: str, **cells: ReadCell) -> Row:
    """One good row of two packs, changed where ``cells`` say so."""
    shown = {**GOOD, "追溯码": "，".join(codes) or None, **cells}
    return number, tuple(shown.get(title) for title in TITLES)


@dataclass
class FakeSheets:
    """A table that lies in memory."""

    found: Sequence[Row] = ()
    head: Row = (1, TITLES)

    def rows(self, path: Path, _still_wanted: object = None) -> Iterator[Row]:
        yield self.head
        yield from self.found


@dataclass
class FakeBooks:
    """Workbooks that were kept."""

    kept: list[Workbook] = field(default_factory=list)

    def keep(self, book: Workbook) -> str:
        self.kept.append(book)
        return f"{book.filename}.xlsx"


@dataclass(repr=False)
class BackRoom:
    """A manager in the back room of a small counter."""

    small: SmallCounter
    books: FakeBooks = field(default_factory=FakeBooks)
    sheets: FakeSheets = field(default_factory=FakeSheets)

    def __post_init__(self) -> None:
        till = self.small.till
        till.printers = replace(till.printers, books=self.books, sheets=self.sheets)
        self.small.surface.sign_in(BOSS, PIN)

    def __repr__(self) -> str:
        return "BackRoom()"

    def lot(self, upload_lot: str) -> Lot:
        """The lot on the shelf with this serial."""
        with self.small.store.reading() as unit:
            (found,) = [
                line.lot
                for line in unit.stock.shelf(empty=True)
                if line.lot.upload_lot == upload_lot
            ]
        return found

    def holds(self) -> bool:
        """Whether everything still follows from the ledger."""
        with self.small.store.reading() as unit:
            return unit.stock.prove().holds
