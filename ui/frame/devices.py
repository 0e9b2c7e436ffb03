"""Device chips at the foot of the rail: name left, word and shape right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ports.devices import DeviceState, DeviceStatus
from ui.text import has_text, tr
from ui.theme import tokens
from ui.widgets.basics import ElidedText, Icon, State, StateMark, Text, Tone, clear_layout
from ui.widgets.buttons import LaidButton

if TYPE_CHECKING:
    from app.workflow.views.desk import DeskView

ICONS = {
    "camera": "camera",
    "scanner": "scanner",
    "reader": "card",
    "id_reader": "id-card",
    "receipt_printer": "printer",
    "page_printer": "page-printer",
    "platform": "platform",
    "training_platform": "platform",
}
_SECOND = 1000
PLATFORMS = frozenset({"platform", "training_platform"})
"""Rows that are no device: a press leads to what waits for the line."""
_STATES: dict[DeviceStatus, State] = {
    DeviceStatus.READY: "ok",
    DeviceStatus.VIRTUAL: "ok",
    DeviceStatus.BUSY: "sending",
    DeviceStatus.SEARCHING: "sending",
    DeviceStatus.ATTENTION: "attention",
    DeviceStatus.MISSING: "stop",
    DeviceStatus.OFF: "off",
}
_TONES: dict[DeviceStatus, Tone] = {
    DeviceStatus.READY: "ok",
    DeviceStatus.VIRTUAL: "ok",
    DeviceStatus.BUSY: "accent",
    DeviceStatus.SEARCHING: "accent",
    DeviceStatus.ATTENTION: "attention",
    DeviceStatus.MISSING: "stop",
    DeviceStatus.OFF: "faint",
}


def platform_row(desk: DeskView, *, training: bool) -> tuple[str, DeviceState]:
    """The last row of the list: whom messages go to, whether there is a line, how fast it was."""
    status = DeviceStatus.READY if desk.no_line is None else DeviceStatus.MISSING
    took = _took(desk.answered_ms) if desk.answered_ms is not None else ""
    return "training_platform" if training else "platform", DeviceState(status, detail=took)


def _took(ms: int) -> str:
    """How long an answer took, short enough to leave the name its room."""
    if ms < _SECOND:
        return tr("shell.device.took", count=ms)
    return tr("shell.device.took_long", count=f"{ms / _SECOND:.1f}")


class DeviceChip(LaidButton):
    """ready · busy · attention · missing · virtual · searching; a press opens 设备医生 there."""

    def __init__(self, thing: str, parent: QWidget | None = None) -> None:
        """``thing`` is a key of ``ICONS``."""
        super().__init__(parent)
        self.thing = thing
        self._name = ElidedText(tr(f"shell.device.{thing}"), "note", "muted")
        self._word, self._mark = Text("", "note"), StateMark("off", 12)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens().px("gap.inner"), 0, tokens().px("gap.inner"), 0)
        row.setSpacing(tokens().px("gap.small"))
        icon = Icon(ICONS[thing], 14)
        row.addWidget(icon)
        row.addWidget(self._name, 1)
        row.addWidget(self._word)
        row.addWidget(self._mark)
        self.face(icon, self._name, self._word, self._mark)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_state(self, state: DeviceState) -> None:
        """Word and shape; ``detail`` replaces the word of a ready platform (48 毫秒)."""
        own = f"shell.device_state.{state.status.value}_{self.thing}"
        word = tr(own if has_text(own) else f"shell.device_state.{state.status.value}")
        if state.status is DeviceStatus.READY and state.detail:
            word = state.detail
        self._word.setText(word)
        self._word.set_tone(_TONES[state.status])
        self._mark.set_mark(_STATES[state.status])
        self.setAccessibleName(f"{self._name.full_text()}，{word}")
        self.setToolTip(state.name)


class DeviceList(QFrame):
    """All devices of the counter, in one order."""

    opened = Signal(str)
    """The thing that was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        edge = tokens().px("gap.small")
        self._column.setContentsMargins(0, edge, 0, edge)
        self._column.setSpacing(0)
        self._chips: dict[str, DeviceChip] = {}

    def show_devices(self, states: tuple[tuple[str, DeviceState], ...]) -> None:
        """(name of the thing, its state), top to bottom."""
        if [thing for thing, _ in states] != list(self._chips):
            clear_layout(self._column)
            self._chips = {thing: DeviceChip(thing) for thing, _ in states}
            for thing, chip in self._chips.items():
                chip.clicked.connect(lambda _checked=False, thing=thing: self.opened.emit(thing))
                self._column.addWidget(chip)
        for thing, state in states:
            self._chips[thing].show_state(state)
