"""The rail: steps of the case, or the pages of the desk; devices below. Painted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.workflow.views.states import StopState
from ui.frame.devices import DeviceList
from ui.icons import paint_icon
from ui.text import say, tr
from ui.theme import font, tokens
from ui.widgets.basics import clear_layout, set_shown

if TYPE_CHECKING:
    from app.ports.devices import DeviceState
    from app.workflow.views.case import RailStop
    from ui.frame.desk_rail import DeskRail

_EDGES = {
    StopState.CURRENT: "accent",
    StopState.SENDING: "accent",
    StopState.UNKNOWN: "unknown.solid",
    StopState.REFUSED: "stop.solid",
}
_WORDS = {
    StopState.LATER: "text.faint",
    StopState.SKIPPED: "text.faint",
    StopState.CURRENT: "text.strong",
    StopState.SENDING: "text.strong",
    StopState.DONE: "text.body",
    StopState.UNKNOWN: "unknown.fg",
    StopState.REFUSED: "stop.fg",
}
_EXPLAINED = (StopState.REFUSED, StopState.SKIPPED)
_LEFT = 25
_ALL = 100
"""Stretch of the list of pages: the empty room below belongs to it."""
_DISC = 22
_DOT = 10


class RailItem(QWidget):
    """One stop: numbered for a person's step, a small dot for one that runs by itself."""

    def __init__(self, stop: RailStop, *, first: bool, last: bool) -> None:
        super().__init__()
        self.stop, self._first, self._last = stop, first, last
        self.narrow = False
        tall = "height.step" if stop.number is not None else "height.automatic"
        self.wish = tokens().px(tall)
        self.setFixedHeight(self.wish)
        self.show_stop(stop)

    def show_stop(self, stop: RailStop) -> None:
        """Another state of the same step."""
        self.stop = stop
        word = tr(f"shell.step.{stop.step.value}")
        self.setAccessibleName(f"{word}，{self._state_word()}")
        self.setAccessibleDescription(self.result())
        self.setToolTip(f"{word} {self.result()}".strip())
        self.update()

    def result(self) -> str:
        """Three words a finished stop keeps, or its state in words."""
        if self.stop.state in (StopState.UNKNOWN, *_EXPLAINED):
            return self._state_word()
        return say(self.stop.result) if self.stop.result is not None else ""

    def _state_word(self) -> str:
        """A stop that was refused or left out says why, where its view knows."""
        if self.stop.state in _EXPLAINED and self.stop.result is not None:
            return say(self.stop.result)
        return tr(f"shell.stop.{self.stop.state.value}")

    def sizeHint(self) -> QSize:
        """As wide as the rail."""
        return QSize(tokens().px("width.rail"), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter)
        centre = QPoint(self._scaled(_LEFT), self.height() // 2)
        self._track(painter, centre)
        if self.stop.number is None:
            self._dot(painter, centre)
        else:
            self._disc(painter, centre)
        if not self.narrow:
            self._words(painter)
        painter.end()

    def _scaled(self, compact: int) -> int:
        return round(compact * tokens().px("icon.percent") / 100)

    def _colour(self, role: str) -> QColor:
        return tokens().colour(role)

    def _ground(self, painter: QPainter) -> None:
        edge = _EDGES.get(self.stop.state)
        if edge is None or self.stop.number is None:
            return
        painter.fillRect(self.rect(), self._colour("bg.surface"))
        painter.fillRect(QRect(0, 0, tokens().px("width.edge"), self.height()), self._colour(edge))
        painter.setPen(QPen(self._colour("line.hair"), 1))
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def _track(self, painter: QPainter, centre: QPoint) -> None:
        done = self.stop.state is StopState.DONE
        above = done or self.stop.state in _EDGES
        for drawn, top, bottom, passed in (
            (not self._first, 0, centre.y(), above),
            (not self._last, centre.y(), self.height(), done),
        ):
            if drawn:
                role = "ok.solid" if passed else "line.hair"
                painter.fillRect(QRect(centre.x() - 1, top, 2, bottom - top), self._colour(role))

    def _dot(self, painter: QPainter, centre: QPoint) -> None:
        size = min(self._scaled(_DOT), self.height() - 2)
        spot = QRect(centre.x() - size // 2, centre.y() - size // 2, size, size)
        state = self.stop.state
        painter.setPen(QPen(self._colour("line.control"), 1.5))
        painter.setBrush(self._colour("bg.sunken"))
        if state is StopState.DONE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour("ok.solid"))
        elif state in (StopState.SENDING, StopState.CURRENT):
            painter.drawEllipse(spot)
            paint_icon(painter, "state-sending", self._colour("accent"), spot)
            return
        elif state in (StopState.UNKNOWN, StopState.REFUSED):
            painter.drawEllipse(spot)
            name = "unknown" if state is StopState.UNKNOWN else "stop"
            big = spot.adjusted(-3, -3, 3, 3)
            paint_icon(painter, f"state-{name}", self._colour(f"{name}.fg"), big)
            return
        painter.drawEllipse(spot)

    def _disc(self, painter: QPainter, centre: QPoint) -> None:
        size = min(self._scaled(_DISC), self.height() - 2)
        spot = QRect(centre.x() - size // 2, centre.y() - size // 2, size, size)
        inner = spot.adjusted(3, 3, -3, -3)
        fills = {
            StopState.DONE: "ok.solid",
            StopState.CURRENT: "accent",
            StopState.REFUSED: "stop.solid",
        }
        state = self.stop.state
        painter.setPen(QPen(self._colour("line.control"), 1.3))
        painter.setBrush(self._colour("bg.sunken"))
        if state in fills:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour(fills[state]))
        elif state is StopState.UNKNOWN:
            pen = QPen(self._colour("unknown.fg"), 1.5, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([2.4, 1.6])
            painter.setPen(pen)
            painter.setBrush(self._colour("unknown.tint"))
        elif state is StopState.SENDING:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour("bg.surface"))
            painter.drawEllipse(spot)
            paint_icon(painter, "state-sending", self._colour("accent"), spot)
            return
        painter.drawEllipse(spot)
        signs = {
            StopState.DONE: ("tick", "ok.on"),
            StopState.REFUSED: ("cross", "stop.on"),
            StopState.UNKNOWN: ("question", "unknown.fg"),
            StopState.SKIPPED: ("skipped", "text.faint"),
        }
        if state in signs:
            name, role = signs[state]
            paint_icon(painter, name, self._colour(role), inner)
            return
        painter.setFont(font("strong" if state is StopState.CURRENT else "second"))
        painter.setPen(self._colour("accent.on" if state is StopState.CURRENT else "text.muted"))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, str(self.stop.number))

    def _words(self, painter: QPainter) -> None:
        left, right = self._scaled(48), self._scaled(12)
        small = self.stop.number is None
        loud = self.stop.state in _EDGES and not small
        result_font = font("note")
        result_font.setBold(loud)
        painter.setFont(result_font)
        room = self.rect().adjusted(left, 0, -right, 0)
        result = self.result()
        wide = painter.fontMetrics().horizontalAdvance(result)
        painter.setPen(self._colour("text.body" if loud else "text.muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, result)
        word_font = font("second" if small else "panel")
        word_font.setBold(loud)
        painter.setFont(word_font)
        role = "text.muted" if small else _WORDS[self.stop.state]
        painter.setPen(self._colour("text.faint" if small and role == "text.faint" else role))
        room.setRight(room.right() - wide - 4)
        name = painter.fontMetrics().elidedText(
            tr(f"shell.step.{self.stop.step.value}"), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


class StepRail(QFrame):
    """The stops of the route, top to bottom; order and stops come from the profile."""

    reshaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, tokens().px("gap.small"), 0, 0)
        self._column.setSpacing(0)
        self._stops: tuple[RailStop, ...] = ()
        self._narrow = False
        self.items: list[RailItem] = []
        self.setAccessibleName(tr("shell.rail.steps"))

    def show_stops(self, stops: tuple[RailStop, ...]) -> None:
        """Render the route."""
        if stops == self._stops and self.items:
            return
        same = [(s.step, s.number) for s in stops] == [(s.step, s.number) for s in self._stops]
        self._stops = stops
        if same:
            for item, stop in zip(self.items, stops, strict=True):
                item.show_stop(stop)
            return
        clear_layout(self._column)
        last = len(stops) - 1
        self.items = [
            RailItem(stop, first=index == 0, last=index == last) for index, stop in enumerate(stops)
        ]
        for item in self.items:
            item.narrow = self._narrow
            self._column.addWidget(item)
        self.reshaped.emit()

    def fit(self, room: int) -> None:
        """Share ``room`` px among the stops where there is less than they wish for."""
        wish = sum(item.wish for item in self.items) + tokens().px("gap.small")
        for item in self.items:
            item.setFixedHeight(min(item.wish, item.wish * room // max(1, wish)))

    def set_narrow(self, narrow: bool) -> None:
        """Numbers only."""
        self._narrow = narrow
        for item in self.items:
            item.narrow = narrow
            item.update()


class Rail(QFrame):
    """Left column: steps on top, devices at the foot."""

    device_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepRail()
        self.devices = DeviceList()
        self.devices.opened.connect(self.device_opened)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addWidget(self.steps)
        column.addStretch(1)
        column.addWidget(self.devices)
        self.steps.reshaped.connect(self._fit)
        self._pages: DeskRail | None = None
        self._narrow = False
        self.set_narrow(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """All stops stay in sight: a low window makes them lower, never cuts them off."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        foot = self.devices.sizeHint().height() if not self.devices.isHidden() else 0
        # in a window of half the height the foot alone is higher than the rail
        self.steps.fit(max(0, self.height() - foot))

    def show_devices(self, states: tuple[tuple[str, DeviceState], ...]) -> None:
        """(name of the thing, its state), top to bottom."""
        self.devices.show_devices(states)
        self._fit()

    def take_pages(self, pages: DeskRail) -> None:
        """The list of desk pages, which lies in the place of the steps."""
        self._pages = pages
        pages.set_narrow(self._narrow)
        pages.hide()
        self._column.insertWidget(0, pages, _ALL)

    def show_pages(self, pages: bool) -> None:
        """Pages of the desk, or steps of the visit: never both."""
        set_shown(self.steps, not pages)
        if self._pages is not None:
            set_shown(self._pages, pages)

    def set_narrow(self, narrow: bool) -> None:
        """56 px of numbers where the window is small."""
        self._narrow = narrow
        if self._pages is not None:
            self._pages.set_narrow(narrow)
        self.setFixedWidth(tokens().px("width.rail_narrow" if narrow else "width.rail"))
        self.steps.set_narrow(narrow)
        set_shown(self.devices, not narrow)
