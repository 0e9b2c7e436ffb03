"""A folder for tables: each becomes an xlsx file in it, whole or not at all."""

import io
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from app.ports.workbook import Cell, Column, Kind, Sheet, Workbook
from devices.printer.folder import safe_name, write_new

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FORMATS = {Kind.MONEY: "#,##0.00", Kind.COUNT: "0", Kind.TEXT: "@"}
_LONGEST_TITLE = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class FolderWorkbooks:
    """Keeps xlsx files under names nobody has."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, book: Workbook) -> str:
        """Raises ``LocalTrouble`` when the disk refuses."""
        stem = safe_name(book.filename)
        return str(write_new(self._folder, stem, workbook_bytes(book), ".xlsx"))


def workbook_bytes(book: Workbook) -> bytes:
    """The file of ``book``: nothing in it is a formula, a link or a macro."""
    # a counter that keeps no table never loads it
    import openpyxl

    made = openpyxl.Workbook(write_only=False)
    made.remove(made.active)
    for sheet in book.sheets:
        _fill(made.create_sheet(sheet.title.translate(_FORBIDDEN)[:_LONGEST_TITLE]), sheet)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _fill(page: "Worksheet", sheet: Sheet) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    at = 1
    for note in sheet.notes:
        _text(page, at, 1, note)
        at += 1
    for place, column in enumerate(sheet.columns, 1):
        _text(page, at, place, column.title)
        page.cell(at, place).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = column.width
    page.freeze_panes = page.cell(at + 1, 1)
    for row in sheet.rows:
        at += 1
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True), 1):
            _put(page, at, place, column, value)


def _put(page: "Worksheet", row: int, place: int, column: Column, value: Cell) -> None:
    if value is None:
        return
    if isinstance(value, str):
        _text(page, row, place, value)
        return
    money = column.kind is Kind.MONEY
    cell = page.cell(row, place, Decimal(value).scaleb(-2) if money else value)
    cell.number_format = _FORMATS[column.kind]


def _text(page: "Worksheet", row: int, place: int, text: str) -> None:
    """Words stay words, whatever they begin with: a name may not become a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = page.cell(row, place, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    cell.number_format = _FORMATS[Kind.TEXT]
