"""Tables as xlsx: exact amounts, words that stay words, files nobody overwrites."""

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import LocalTrouble
from app.ports.workbook import Column, Kind, Sheet, Workbook
from devices.printer.workbook import FolderWorkbooks, workbook_bytes

COLUMNS = (Column("原因", 20), Column("笔数", 8, Kind.COUNT), Column("金额", 12, Kind.MONEY))


def a_book(*rows: tuple[object, ...], notes: tuple[str, ...] = ("说明",)) -> Workbook:
    return Workbook("对账", (Sheet("差异", COLUMNS, rows, notes),))  # type: ignore[arg-type]


def read(book: Workbook) -> list[list[object]]:
    page = openpyxl.load_workbook(io.BytesIO(workbook_bytes(book)))["差异"]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_rows_stand_under_their_notes_and_heads() -> None:
    rows = read(a_book(("没有这笔", 2, -1_234_567), ("—", 0, None)))
    assert rows[0][0] == "说明"
    assert rows[1] == ["原因", "笔数", "金额"]
    assert rows[2] == ["没有这笔", 2, -12345.67]
    assert rows[3] == ["—", 0, None], "a missing amount is no zero"


@given(st.integers(-(10**13), 10**13))
def test_an_amount_is_the_same_to_the_fen(fen: int) -> None:
    content = workbook_bytes(a_book(("x", 1, fen)))
    page = openpyxl.load_workbook(io.BytesIO(content))["差异"]
    cell = page.cell(3, 3)
    assert Decimal(str(cell.value)) * 100 == fen
    assert cell.number_format == "#,##0.00"


@pytest.mark.parametrize("text", ["=1+1", "=HYPERLINK(1)", "+cmd", "@x", "-2"])
def test_a_text_never_becomes_a_formula(text: str) -> None:
    book = a_book((text, 1, 1), notes=(text,))
    page = openpyxl.load_workbook(io.BytesIO(workbook_bytes(book)))["差异"]
    for cell in (page.cell(1, 1), page.cell(3, 1)):
        assert (cell.value, cell.data_type) == (text, "s")


@given(st.text(max_size=40))
def test_any_text_the_platform_writes_can_be_kept(text: str) -> None:
    assert read(a_book((text, 1, 1)))[2][1:] == [1, 0.01]


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    kept = FolderWorkbooks(tmp_path)
    first, second = kept.keep(a_book(("a", 1, 1))), kept.keep(a_book(("b", 1, 1)))
    assert first != second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["对账-2.xlsx", "对账.xlsx"]


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(LocalTrouble):
        FolderWorkbooks(blocked / "below").keep(a_book(("a", 1, 1)))
