"""Tables for people with a spreadsheet: what stands in which column, not how a file is made.

Money is integer fen and is written as an exact decimal; a text is never taken for a formula.
"""

from dataclasses import dataclass
from enum import StrEnum
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
