"""Tables for people with a spreadsheet: what stands in which column, not how a file is made.

Money is integer fen and is written as an exact decimal; a text is never taken for a formula.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Kind(StrEnum):
    """How the cells of a column are to be read."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` in characters."""

    title: str
    width: int
    kind: Kind = Kind.TEXT


Cell = str | int | None


class Formula(str):
    """A cell that holds a rule instead of a value; its text, never its result."""

    __slots__ = ()


class CellError(str):
    """A cell that says #N/A or the like."""

    __slots__ = ()


ReadCell = str | int | float | bool | date | datetime | Formula | CellError | None
"""What stood in a cell of a file somebody else made; none of it is believed."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. ``notes`` stand above it, a line each; a missing amount is None, never 0."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """``filename`` without folder and ending."""

    filename: str
    sheets: tuple[Sheet, ...]


class Workbooks(Protocol):
    """Where tables are kept."""

    def keep(self, book: Workbook) -> str:
        """The file it became. Raises ``LocalTrouble`` for a full disk; never overwrites."""
        ...


class Sheets(Protocol):
    """Files of others, row by row."""

    def rows(
        self, path: Path, still_wanted: Callable[[], None] = lambda: None
    ) -> Iterator[tuple[int, tuple[ReadCell, ...]]]:
        """Row number and cells of the first sheet, empty rows left out.

        ``still_wanted`` is asked all along, also before the first row; what it raises comes out.

        Raises ``OperatorInput`` ``SHEET_UNREADABLE`` naming why: no table, locked, damaged, too
        big, or carrying what no table needs.
        """
        ...
