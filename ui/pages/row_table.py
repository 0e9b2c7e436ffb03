"""Rows of a list, two lines each: the bold first, the quiet second, the shape of the state."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
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
from ui.pages.parts import scaled
from ui.theme import font, tokens
from ui.widgets.basics import MARKS

Index = QModelIndex | QPersistentModelIndex
LINES = Qt.ItemDataRole.UserRole
"""(first line, second line) of a cell; the second may be empty."""
LOOK = Qt.ItemDataRole.UserRole + 1
"""Name of the row's mark."""


class RowDress(NamedTuple):
    """How the columns of a list are dressed; the first is the mark. Lengths in compact px."""

    columns: tuple[str, ...]
    right: frozenset[str]
    light: frozenset[str]
    """Columns whose first line is not bold."""
    loud: frozenset[str]
    """Columns that take the colour of the row's state, unless nobody has to act."""
    tall: int
    padding: int

    def side(self, name: str) -> Qt.AlignmentFlag:
        right = name in self.right
        return Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft


def row_list(
    table: QAbstractTableModel, dress: RowDress, widths: Sequence[int], name: str
) -> QTableView:
    """A list of whole rows; a width of 0 takes what is left. ``name`` is told to screen readers."""
    view = QTableView()
    view.setModel(table)
    view.setItemDelegate(TwoLineRows(dress, view))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setAccessibleName(name)
    view.verticalHeader().setVisible(False)
    view.verticalHeader().setDefaultSectionSize(scaled(dress.tall))
    head = view.horizontalHeader()
    head.setFixedHeight(tokens().px("height.row"))
    head.setHighlightSections(False)
    for at, wide in enumerate(widths):
        fixed = QHeaderView.ResizeMode.Fixed if wide else QHeaderView.ResizeMode.Stretch
        head.setSectionResizeMode(at, fixed)
        if wide:
            view.setColumnWidth(at, scaled(wide))
    return view


class TwoLineRows(QStyledItemDelegate):
    """Paints a row; the chosen one has a 4 px edge."""

    def __init__(self, dress: RowDress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(scaled(60), scaled(self._dress.tall))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = tokens()
        where: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(where, theme.colour("bg.selected" if chosen else "bg.surface"))
        hair = QRect(where.left(), where.bottom(), where.width(), 1)
        painter.fillRect(hair, theme.colour("line.hair"))
        icon, tone = MARKS[str(index.data(LOOK))]
        if index.column() == 0:
            if chosen:
                edge = QRect(where.left(), where.top(), theme.px("width.edge"), where.height())
                painter.fillRect(edge, theme.colour("accent"))
            size, centre = scaled(16), where.center()
            at = QRect(centre.x() - size // 2, centre.y() - size // 2, size, size)
            paint_icon(painter, icon, theme.colour(tone), at)
        else:
            self._words(painter, where, index, tone)
        painter.restore()

    def _words(self, painter: QPainter, where: QRect, index: Index, tone: str) -> None:
        dress, (first, second) = self._dress, index.data(LINES)
        name = dress.columns[index.column()]
        inner = where.adjusted(scaled(8), scaled(dress.padding), -scaled(8), -scaled(dress.padding))
        half = inner.height() // 2 if second else 0
        loud = tone if name in dress.loud and tone != "text.muted" else "text.strong"
        face = font("body" if name in dress.light else "strong")
        side = dress.side(name)
        _draw(painter, inner.adjusted(0, 0, 0, -half), side, first, face, loud)
        if second:
            _draw(
                painter, inner.adjusted(0, half, 0, 0), side, second, font("second"), "text.muted"
            )


def _draw(
    painter: QPainter, where: QRect, side: Qt.AlignmentFlag, text: str, face: QFont, tone: str
) -> None:
    painter.setFont(face)
    painter.setPen(tokens().colour(tone))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
    painter.drawText(where, side | Qt.AlignmentFlag.AlignVCenter, shown)
