"""Tables other people made: read cell by cell, believed in nothing (decision 0032).

openpyxl reads; before it sees a byte the archive is weighed and its declarations are looked at.
"""

import gc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from app.domain.errors import Code, OperatorInput
from app.ports.workbook import CellError, Formula, ReadCell

MOST_BYTES = 64 << 20
MOST_UNPACKED = 1 << 30
MOST_RATIO = 200
"""A part that unpacks to more than this many times its size is no table somebody typed."""
MOST_ROWS = 250_000
MOST_COLUMNS = 64
_PROLOG = 4_096
_SET_ASIDE = 32 << 10
"""Bytes of the file between two settings aside: some thousand rows. Most tables are shorter."""
_SMALL = 1 << 20


class SheetFiles:
    """``app.ports.workbook.Sheets`` on openpyxl."""

    def rows(
        self, path: Path, still_wanted: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[int, tuple[ReadCell, ...]]]:
        _weigh(path)
        # a counter that takes in no table never loads it
        import openpyxl

        with open(path, "rb") as opened:
            watched = _Watched(opened, still_wanted)
            try:
                book = openpyxl.load_workbook(watched, read_only=True, keep_links=False)
            except Exception as error:
                raise watched.given_up or _refused("damaged", path) from error
            with closing(book):
                sheet = book.worksheets[0] if book.worksheets else None
                if sheet is None:
                    raise _refused("no_sheet", path)
                # what the file says about its own size is not believed
                sheet.reset_dimensions()
                with closing(sheet.iter_rows()) as found:
                    yield from _cells(found, path, watched)


class _Watched:
    """The bytes of a file; whoever asked for them may give up at any of them.

    A reader of markup keeps an object for every row it has passed. They hold each other in no
    circle, and those of a long table are set aside, so that the collector does not stop everything
    to look at each. Whatever else lay about then stays for good: a short table sets nothing aside.
    """

    def __init__(self, opened: BinaryIO, still_wanted: Callable[[], None]) -> None:
        self._opened, self._still_wanted = opened, still_wanted
        self._loose = 0
        self.given_up: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            self._still_wanted()
        except Exception as error:
            self.given_up = error
            raise
        content = self._opened.read(size)
        self._loose += len(content)
        if self._loose >= _SET_ASIDE:
            self._loose = 0
            gc.freeze()
        return content

    def seek(self, place: int, whence: int = 0) -> int:
        return self._opened.seek(place, whence)

    def tell(self) -> int:
        return self._opened.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Whoever opened the file closes it."""


def _cells(
    found: Iterator[Any], path: Path, watched: _Watched
) -> Iterator[tuple[int, tuple[ReadCell, ...]]]:
    for at in range(1, MOST_ROWS + 2):
        try:
            row = next(found, None)
            if row is None:
                return
            cells = tuple(_value(cell) for cell in row[:MOST_COLUMNS])
        except OperatorInput:
            raise
        except Exception as error:
            raise watched.given_up or _refused("damaged", path) from error
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
