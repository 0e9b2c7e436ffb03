"""What a table shows: columns, lines, and the rows they are made of when somebody looks."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.basics import MARKS, State
from ui.widgets.table.ordering import ordering

Index = QModelIndex | QPersistentModelIndex
Words = str | tuple[str, str]
"""A cell: its words, or the bold line and the quiet one below it."""
T = TypeVar("T")
WORDS = Qt.ItemDataRole.UserRole
LOOK = Qt.ItemDataRole.UserRole + 1
MARK = -1
"""The column of the mark, where others count from 0."""
_KEPT = 600
"""Lines kept as they were made: a few screens of them."""
_WORST_FIRST = ("stop", "unknown", "attention", "sending", "selected", "training")
_RANKS = {look: at for at, look in enumerate(dict.fromkeys((*_WORST_FIRST, *MARKS)))}


class Head(NamedTuple):
    """One column. ``width`` in compact px, 0 takes what is left; ``right`` for numbers."""

    title: str
    width: int = 0
    right: bool = False
    code: bool = False
    bold: bool = False
    loud: bool = False
    """Takes the colour of the row's state, unless nobody has to act."""


class Line(NamedTuple):
    """One row: its words, how it stands, what it is, and what the mark says aloud.

    ``orders`` are what its columns are sorted by, where that is not their words.
    """

    cells: tuple[Words, ...]
    look: State = "later"
    key: object = None
    said: str = ""
    orders: tuple[object, ...] = ()


class Items(Protocol):
    """Rows by place. ``line`` is asked only for what is seen."""

    def __len__(self) -> int: ...

    def line(self, at: int) -> Line: ...

    def key(self, at: int) -> object: ...

    def find(self, key: object) -> int:
        """The place of a row, −1 where it is not here."""
        ...

    def sorting(self, column: int, descending: bool) -> Iterator[None]:
        """Put the rows in the order of a column, a slice at a time; ``MARK`` is the state."""
        ...


class Listed(Generic[T]):
    """Rows that are all here. ``order_of`` gives what a column is sorted by; the line's own else.

    With many rows it saves making every line.
    """

    def __init__(
        self,
        rows: Sequence[T],
        line_of: Callable[[T], Line],
        key_of: Callable[[T], object],
        order_of: Callable[[T, int], object] | None = None,
    ) -> None:
        self.rows = rows
        self._line_of, self._key_of, self._order_of = line_of, key_of, order_of
        self._order: array[int] | None = None
        self._made: dict[int, Line] = {}
        self._asked: tuple[object, int] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def _place(self, at: int) -> int:
        return at if self._order is None else self._order[at]

    def line(self, at: int) -> Line:
        place = self._place(at)
        made = self._made.get(place)
        if made is None:
            if len(self._made) >= _KEPT:
                self._made.clear()
            made = self._made[place] = self._line_of(self.rows[place])
        return made

    def key(self, at: int) -> object:
        place = self._place(at)
        key = self._key_of(self.rows[place])
        self._asked = key, place
        return key

    def find(self, key: object) -> int:
        if self._asked is not None and self._asked[0] == key:
            # the row in front: it is looked for after every sort
            place = self._asked[1]
        else:
            key_of = self._key_of
            place = next((at for at, row in enumerate(self.rows) if key_of(row) == key), -1)
        return place if place < 0 or self._order is None else self._order.index(place)

    def sorting(self, column: int, descending: bool) -> Iterator[None]:
        order = array("l")
        rows, order_of, line_of = self.rows, self._order_of, self._line_of

        def key(at: int) -> object:
            if column != MARK and order_of is not None:
                return order_of(rows[at], column)
            line = line_of(rows[at])
            if column == MARK:
                return _RANKS[line.look]
            words = line.orders[column] if line.orders else line.cells[column]
            return words[0] if isinstance(words, tuple) else words

        yield from ordering(len(rows), key, descending=descending, into=order)
        self._order = order


class Rows(QAbstractTableModel):
    """Items as Qt asks for them; the first column is the mark. Never a widget a row."""

    def __init__(self, heads: Sequence[Head], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heads = tuple(heads)
        self.items: Items = Listed[Line]((), _same, _own_key)
        self.sorted_by: tuple[int, bool] | None = None

    def show_items(self, items: Items) -> None:
        """Other rows, or the same in another order."""
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def swap(self, items: Items) -> None:
        """The same rows in the same places, with other words."""
        self.items = items
        if len(items):
            last = self.index(len(items) - 1, len(self.heads))
            self.dataChanged.emit(self.index(0, 0), last)

    def show_order(self, sorted_by: tuple[int, bool] | None) -> None:
        """Which column the rows follow, and whether downwards; the head says it."""
        self.sorted_by = sorted_by
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.heads))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line; for few rows."""
        return tuple(self.items.line(at) for at in range(len(self.items)))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(self.heads) + 1

    def headerData(self, section: int, across: Qt.Orientation, role: int = 0) -> object:
        head = self.heads[section - 1] if section else Head("")
        if across is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            if self.sorted_by is None or self.sorted_by[0] != section - 1:
                return head.title
            return f"{head.title} {'▼' if self.sorted_by[1] else '▲'}".strip()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if head.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (WORDS, LOOK, Qt.ItemDataRole.AccessibleTextRole):
            return None
        line = self.items.line(index.row())
        if role == LOOK:
            return line.look
        words: Words = line.cells[index.column() - 1] if index.column() else line.said
        if role == WORDS:
            return words
        return words if isinstance(words, str) else " ".join(words).strip()


def _same(line: Line) -> Line:
    return line


def _own_key(line: Line) -> object:
    return line.key


def of_lines(lines: Sequence[Line]) -> Listed[Line]:
    """Lines that are ready."""
    return Listed(lines, _same, _own_key)
