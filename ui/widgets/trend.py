"""A bar a day: how much needed a person; a shape and a figure beside every colour."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import font, tokens

_TALL = 84
"""Compact px of the whole chart: figures above, days below."""
_LEAST = 220
_ROOM = 16
"""Compact px for a line of figures or days."""


class TrendBar(NamedTuple):
    """One day. ``many`` None where nobody looked; ``loud`` days carry their figure.

    ``partial``: not everything was looked at, the bar is hatched. ``here`` is the day on the page.
    """

    label: str
    many: int | None
    loud: bool = False
    partial: bool = False
    here: bool = False


class Trend(QWidget):
    """Bars of equal width. A loud day is filled and carries its figure, the day on the page has a
    line below it, a day nobody looked at is a dashed ring. ``said`` tells all of it aloud."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[TrendBar, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: Sequence[TrendBar], said: str) -> None:
        """Other days; ``said`` is what a screen reader says of them."""
        self._bars = tuple(bars)
        self.setAccessibleDescription(said)
        self.setToolTip(said)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_px(_LEAST), _px(_TALL))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("note"))
        room = self.rect().adjusted(0, _px(_ROOM), 0, -_px(_ROOM))
        base = room.bottom()
        painter.setPen(QPen(tokens().colour("line.control"), tokens().px("line.thin")))
        painter.drawLine(room.left(), base, room.right(), base)
        most = max((bar.many or 0 for bar in self._bars), default=0)
        wide = room.width() / max(1, len(self._bars))
        for at, bar in enumerate(self._bars):
            slot = QRectF(room.left() + at * wide, room.top(), wide, room.height())
            self._paint_bar(painter, bar, slot, most)
        self._paint_days(painter, base)
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: TrendBar, slot: QRectF, most: int) -> None:
        theme, inset = tokens(), max(1.0, slot.width() * 0.15)
        if bar.many is None:
            side = min(slot.width() - 2 * inset, float(_px(8)))
            ring = QRectF(slot.center().x() - side / 2, slot.bottom() - side - _px(3), side, side)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("text.faint"), 1, Qt.PenStyle.DashLine))
            painter.drawEllipse(ring)
        else:
            high = slot.height() * bar.many / most if most else 0.0
            high = max(high, float(_px(2)))
            body = slot.adjusted(inset, slot.height() - high, -inset, 0)
            tone = theme.colour("attention.solid" if bar.loud else "line.control")
            if bar.here and bar.many:
                tone = theme.colour("stop.solid")
            pattern = Qt.BrushStyle.BDiagPattern if bar.partial else Qt.BrushStyle.SolidPattern
            painter.setPen(QPen(tone, 1) if bar.partial else Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(tone, pattern))
            painter.drawRect(body)
            if bar.many and (bar.loud or bar.here):
                painter.setPen(theme.colour("text.strong"))
                above = QRectF(slot.center().x() - _px(20), body.top() - _px(16), _px(40), _px(16))
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, str(bar.many))
        if bar.here:
            thick = theme.px("line.focus")
            under = QRectF(slot.left() + inset / 2, slot.bottom() + 1, slot.width() - inset, thick)
            painter.fillRect(under, theme.colour("text.strong"))

    def _paint_days(self, painter: QPainter, base: int) -> None:
        if not self._bars:
            return
        painter.setPen(tokens().colour("text.faint"))
        below = QRect(0, base + _px(2), self.width(), _px(_ROOM) - _px(2))
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painter.drawText(below, left | Qt.AlignmentFlag.AlignVCenter, self._bars[0].label)
        painter.drawText(below, right | Qt.AlignmentFlag.AlignVCenter, self._bars[-1].label)


def _px(compact: int) -> int:
    return round(compact * tokens().px("icon.percent") / 100)
