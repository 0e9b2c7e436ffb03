"""The lines of a compared day that are shown: problems, all differences, or everything, filtered.

Everything may be a hundred thousand lines: equal ones come in pieces from the lane, a filter runs
in slices, and the list gets a new sequence only when one is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.slices import Slices
from ui.viewmodels.compared_day import READING

if TYPE_CHECKING:
    from app.domain.errors import Trouble
    from app.workflow.stock_reconciling.views import StockRow
    from ui.viewmodels.counter import CounterModel

PIECE = 500
"""Equal lines read at once: a few milliseconds, so that other errands and the window go between."""
STRIDE = 500
"""Lines looked at between two looks at the clock."""
RowKey = int | str


class Shown(StrEnum):
    """How much of the day the list holds."""

    PROBLEMS = "problems"
    DIFFERENCES = "differences"
    ALL = "all"


def key_of(row: StockRow) -> RowKey:
    """What stays the same while a day is not compared again."""
    return row.finding_no or f"{row.store_code} {row.upload_lot}"


def fitting(rows: Iterable[StockRow], typed: str, into: list[StockRow]) -> Iterator[None]:
    """Put rows that hold every word of ``typed`` in name, lot or codes ``into``; yields between."""
    words = typed.casefold().split()
    for done, row in enumerate(rows):
        text = f"{row.name} {row.lot_no} {row.store_code} {row.upload_lot}".casefold()
        if all(word in text for word in words):
            into.append(row)
        if done % STRIDE == STRIDE - 1:
            yield


class StockRows(QObject):
    """``rows`` is what the list shows now; it is replaced, never changed."""

    changed = Signal()

    def __init__(
        self,
        counter: CounterModel,
        read: Callable[[tuple[str, str], int], tuple[StockRow, ...]],
        parent: QObject | None = None,
    ) -> None:
        """``read`` gives equal lines behind one that is known, so many at once."""
        super().__init__(parent)
        self._counter, self._read = counter, read
        self.rows: Sequence[StockRow] = ()
        self.shown = Shown.PROBLEMS
        self.typed = ""
        self.reading = False
        self._differing: tuple[StockRow, ...] = ()
        self._named: set[tuple[str, str]] = set()
        """Lines with a finding: figures may be equal and their price or records not."""
        self._equal: list[StockRow] = []
        self._last = ("", "")
        self._turn = 0
        self._slices = Slices(self)

    def take(self, differing: tuple[StockRow, ...], shown: Shown) -> None:
        """Other lines that differ; equal ones follow where everything is wanted."""
        self._differing, self.shown = differing, shown
        self._equal, self._last = [], ("", "")
        self._named = {(row.store_code, row.upload_lot) for row in differing}
        self._turn += 1
        self.reading = shown is Shown.ALL
        if self.reading:
            self._next_piece(self._turn)
        self._filter()

    def type(self, typed: str) -> None:
        """Only lines with these words; as long as somebody types, the last text counts."""
        if typed != self.typed:
            self.typed = typed
            self._filter()

    @property
    def known(self) -> int:
        """How many lines have been read."""
        return len(self._differing) + len(self._equal)

    def _next_piece(self, turn: int) -> None:
        after, read = self._last, self._read
        self._counter.bridge.submit(
            READING,
            lambda: read(after, PIECE),
            lambda rows: self._took(turn, rows),
            lambda trouble: self._broke_off(turn, trouble),
        )

    def _took(self, turn: int, rows: tuple[StockRow, ...]) -> None:
        if turn != self._turn:
            return
        first = not self._equal
        self._equal += [row for row in rows if (row.store_code, row.upload_lot) not in self._named]
        self.reading = len(rows) == PIECE
        if rows:
            self._last = (rows[-1].store_code, rows[-1].upload_lot)
        if self.reading:
            self._next_piece(turn)
        if first or not self.reading:
            self._filter()

    def _broke_off(self, turn: int, trouble: Trouble) -> None:
        """What has come stays; the reason is said in the frame."""
        if turn == self._turn:
            self.reading = False
            self._counter.troubled.emit(trouble)
            self._filter()

    def _filter(self) -> None:
        known: list[StockRow] = [*self._differing, *self._equal]
        if not self.typed.strip():
            self._slices.stop()
            self._show(known)
            return
        found: list[StockRow] = []
        self._slices.start(fitting(known, self.typed, found), lambda: self._show(found))

    def _show(self, rows: list[StockRow]) -> None:
        self.rows = rows
        self.changed.emit()
