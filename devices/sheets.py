"""Tables other people made: read cell by cell, believed in nothing (decision 0032).

openpyxl reads; before it sees a byte the archive is weighed and its declarations are looked at.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app.domain.errors import Code, OperatorInput
from app.ports.workbook import CellError, Formula, ReadCell

MOST_BYTES = 64 << 20
MOST_UNPACKED = 1 << 30
MOST_RATIO = 200
"""A part that unpacks to more than this many times its size is no table somebody typed."""
MOST_ROWS = 250_000
MOST_COLUMNS = 64
_PROLOG = 4_096
_SMALL = 1 << 20


class SheetFiles:
    """``app.ports.workbook.Sheets`` on openpyxl."""

    def rows(self, path: Path) -> Iterator[tuple[int, tuple[ReadCell, ...]]]:
        _weigh(path)
        # a counter that takes in no table never loads it
        import openpyxl

        with open(path, "rb") as opened:
            try:
                book = openpyxl.load_workbook(opened, read_only=True, keep_links=False)
            except Exception as error:
                raise _refused("damaged", path) from error
            with closing(book):
                sheet = book.worksheets[0] if book.worksheets else None
                if sheet is None:
                    raise _refused("no_sheet", path)
                # what the file says about its own size is not believed
                sheet.reset_dimensions()
                with closing(sheet.iter_rows()) as found:
                    yield from _cells(found, path)


def _cells(found: Iterator[Any], path: Path) -> Iterator[tuple[int, tuple[ReadCell, ...]]]:
    for at in range(1, MOST_ROWS + 2):
        try:
            row = next(found, None)
            if row is None:
                return
            cells = tuple(_value(cell) for cell in row[:MOST_COLUMNS])
        except OperatorInput:
            raise
        except Exception as error:
            raise _refused("damaged", path) from error
        if any(cell is not None for cell in cells):
            if at > MOST_ROWS:
                raise _refused("too_many_rows", path)
            yield at, cells
    raise _refused("too_many_rows", path)


def _value(cell: Any) -> ReadCell:
    value, kind = cell.value, getattr(cell, "data_type", "")
    if kind == "f":
        return Formula(str(getattr(value, "text", value)))
    if kind == "e":
        return CellError(value)
    if isinstance(value, str):
        text = value.strip()
        return text or None
    if value is None or isinstance(value, bool | int | float | datetime | date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    return Formula(str(value))


def _weigh(path: Path) -> None:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refused("too_big", path)
        with zipfile.ZipFile(path) as archive:
            _look_inside(archive, path)
    except zipfile.BadZipFile as error:
        raise _refused("no_table", path) from error
    except (OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise _refused("unreadable", path) from error


def _look_inside(archive: zipfile.ZipFile, path: Path) -> None:
    parts = archive.infolist()
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise _refused("no_table", path)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _refused("too_big", path)
    for part in parts:
        if part.flag_bits & 1:
            raise _refused("locked", path)
        if part.file_size > _SMALL and part.file_size > MOST_RATIO * part.compress_size:
            raise _refused("too_big", path)
        if "vba" in part.filename.lower():
            raise _refused("macro", path)
        with archive.open(part) as opened:
            if b"<!DOCTYPE" in opened.read(_PROLOG).upper():
                raise _refused("declares", path)


def _refused(why: str, path: Path) -> OperatorInput:
    return OperatorInput(Code.SHEET_UNREADABLE, reason=why, file=path.name)
