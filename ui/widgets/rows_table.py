"""A plain table of one-line rows: a mark, columns of words, sorting by its own keys.

Never a widget a row: what is shown is asked for when it is seen, so a hundred thousand rows open
as fast as ten.
"""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.icons import paint_icon
from ui.theme import font, tokens
from ui.widgets.basics import MARKS, State

LEAST = 108
"""Compact px: the head and two rows stay in sight however low the window is."""
Index = QModelIndex | QPersistentModelIndex
_LOOK = Qt.ItemDataRole.UserRole
_IN_SIGHT = QAbstractItemView.ScrollHint.PositionAtCenter


class Head(NamedTuple):
    """One column. ``width`` in compact px, 0 takes what is left; ``right`` for numbers."""

    title: str
    width: int = 0
    right: bool = False
    code: bool = False


class Line(NamedTuple):
    """One row: its words, how it stands, and what it is."""

    cells: tuple[str, ...]
    look: State = "later"
    key: object = None


class Rows(QAbstractTableModel):
    """Lines as they are; the first column is the mark."""

    def __init__(self, heads: Sequence[Head], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heads = tuple(heads)
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        if lines != self.lines:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(self.heads) + 1

    def headerData(self, section: int, across: Qt.Orientation, role: int = 0) -> object:
        head = self.heads[section - 1] if section else Head("")
        if across is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return head.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if head.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        line = self.lines[index.row()]
        if role == _LOOK:
            return line.look
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.cells[index.column() - 1] if index.column() else ""
        return None


class _OneLine(QStyledItemDelegate):
    """Words of a row, the shape of its state in front, a 4 px edge where it is chosen."""

    def __init__(self, rows: Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(tokens().px("height.row"), tokens().px("height.row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, where = tokens(), option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(where, theme.colour("bg.selected" if chosen else "bg.surface"))
        hair = QRect(where.left(), where.bottom(), where.width(), 1)
        painter.fillRect(hair, theme.colour("line.hair"))
        icon, tone = MARKS[str(index.data(_LOOK))]
        if index.column() == 0:
            if chosen:
                edge = QRect(where.left(), where.top(), theme.px("width.edge"), where.height())
                painter.fillRect(edge, theme.colour("accent"))
            size, centre = scaled(16), where.center()
            at = QRect(centre.x() - size // 2, centre.y() - size // 2, size, size)
            paint_icon(painter, icon, theme.colour(tone), at)
        else:
            self._words(painter, where, index)
        painter.restore()

    def _words(self, painter: QPainter, where: QRect, index: Index) -> None:
        head = self._rows.heads[index.column() - 1]
        first = index.column() == 1
        painter.setFont(
            font("code_small", use="code") if head.code else font("strong" if first else "body")
        )
        painter.setPen(tokens().colour("text.strong" if first else "text.body"))
        side = Qt.AlignmentFlag.AlignRight if head.right else Qt.AlignmentFlag.AlignLeft
        inner = where.adjusted(scaled(8), 0, -scaled(8), 0)
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, shown)


def scaled(compact: int) -> int:
    """A compact length in the density of the theme."""
    return round(compact * tokens().px("icon.percent") / 100)


class RowsTable(QTableView):
    """The view of ``Rows``: one row chosen, arrows move, Tab leaves."""

    def __init__(self, name: str, heads: Sequence[Head], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows(heads, self)
        self.setModel(self.rows)
        self.setItemDelegate(_OneLine(self.rows, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(name)
        self.setMinimumHeight(scaled(LEAST))
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(tokens().px("height.row"))
        head = self.horizontalHeader()
        head.setFixedHeight(tokens().px("height.row"))
        head.setHighlightSections(False)
        for at, wide in enumerate((40, *(one.width for one in heads))):
            fixed = QHeaderView.ResizeMode.Fixed if wide else QHeaderView.ResizeMode.Stretch
            head.setSectionResizeMode(at, fixed)
            if wide:
                self.setColumnWidth(at, scaled(wide))

    def sizeHint(self) -> QSize:
        """As low as it may get: it grows where there is room."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def show_lines(self, lines: Sequence[Line], key: object = None) -> None:
        """Other rows, and the one in front: ``key``, or what was there before, or the first.

        Nobody is told: who shows lines knows what stands in front.
        """
        wanted = self.key if key is None else key
        with QSignalBlocker(self.selectionModel()):
            self.rows.show_lines(tuple(lines))
            if not self._bring(wanted) and lines:
                self.selectRow(0)
        self.viewport().update()

    @property
    def key(self) -> object:
        """What the row in front is; None where there is none."""
        at = self.currentIndex().row()
        return self.rows.lines[at].key if 0 <= at < len(self.rows.lines) else None

    def _bring(self, key: object) -> bool:
        for at, line in enumerate(self.rows.lines):
            if line.key == key and key is not None:
                if self.currentIndex().row() != at:
                    self.selectRow(at)
                    self.scrollTo(self.rows.index(at, 1), _IN_SIGHT)
                return True
        return False
