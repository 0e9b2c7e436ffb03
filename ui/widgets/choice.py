"""One of several words: a field that opens downwards and looks like it."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QWidget

from ui.theme import tokens


class Choice(QComboBox):
    """A combo box with its arrow drawn in the colours of the day: QSS has none of its own."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """``name`` is what it is called aloud."""
        super().__init__(parent)
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half, edge = tokens().px("gap.tight"), tokens().px("gap.normal")
        x, y = self.width() - edge - half, self.height() / 2 - half / 2
        colour = "text.muted" if self.isEnabled() else "text.disabled"
        painter.setPen(QPen(tokens().colour(colour), tokens().px("line.focus")))
        points = (QPointF(x - half, y), QPointF(x, y + half), QPointF(x + half, y))
        painter.drawPolyline(QPolygonF(points))
        painter.end()
