"""How a row is painted: the shape of its state, words in one line or two, an edge where chosen."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.icons import paint_icon
from ui.theme import font, tokens
from ui.widgets.basics import MARKS
from ui.widgets.table.rows import LOOK, WORDS, Head, Index, Rows

_TWO_LINES = 38
"""Compact px of a bold line above a quiet one; the rest of a row stands around them."""


def scaled(compact: int) -> int:
    """A compact length in the density of the theme."""
    return round(compact * tokens().px("icon.percent") / 100)


class RowPainter(QStyledItemDelegate):
    """Paints the rows of a table; ``tall`` in px of the theme."""

    def __init__(self, rows: Rows, tall: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows, self._tall = rows, tall

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(self._tall, self._tall)

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
        head, words = self._rows.heads[index.column() - 1], index.data(WORDS)
        first, second = (words, "") if isinstance(words, str) else words
        side, across = scaled(8), max(0, where.height() - scaled(_TWO_LINES)) // 2
        inner = where.adjusted(side, 0, -side, 0)
        strong = "text.strong" if head.bold else "text.body"
        loud = tone if head.loud and tone != "text.muted" else strong
        if not second:
            _draw(painter, inner, head, first, _face(head), loud)
            return
        inner = inner.adjusted(0, across, 0, -across)
        half = inner.height() // 2
        _draw(painter, inner.adjusted(0, 0, 0, -half), head, first, _face(head), loud)
        below = inner.adjusted(0, half, 0, 0)
        _draw(painter, below, head, second, font("second"), "text.muted")


def _face(head: Head) -> QFont:
    return font("code_small", use="code") if head.code else font("strong" if head.bold else "body")


def _draw(painter: QPainter, where: QRect, head: Head, text: str, face: QFont, tone: str) -> None:
    painter.setFont(face)
    painter.setPen(tokens().colour(tone))
    side = Qt.AlignmentFlag.AlignRight if head.right else Qt.AlignmentFlag.AlignLeft
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
    painter.drawText(where, side | Qt.AlignmentFlag.AlignVCenter, shown)
