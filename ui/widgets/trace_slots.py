"""Codes of one drug line: 7 + 13, wrapping, dashed slots for boxes still missing."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from ui.formats import trace_text
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets.basics import Text, clear_layout
from ui.widgets.flow import FlowLayout


class _Code(QWidget):
    """One code: the product part quiet, the serial strong; pressing puts the cursor on it."""

    def __init__(self, code: str, slots: "TraceSlots") -> None:
        super().__init__(slots)
        self.code = code
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens().px("gap.small") - 2)
        product, _, serial = trace_text(code).partition(" ")
        row.addWidget(Text(product, "code_small", "muted"))
        self._serial = Text(serial, "code_small", "strong")
        row.addWidget(self._serial)
        self._slots = slots
        self.setAccessibleName(tr("shell.slots.code", code=trace_text(code)))

    def mark(self, chosen: bool) -> None:
        set_state(self._serial, bold="true" if chosen else "false")
        self._serial.set_tone("accent" if chosen else "strong")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._slots.choose(self.code)
        super().mousePressEvent(event)


class TraceSlots(QWidget):
    """One code per scanned box and one dashed slot per missing box; wraps, grows downwards.

    ``chosen()`` is the code the cursor stands on (for Del); copying gives 20 digits, no space.
    """

    MOST_EMPTY = 6
    """Dashed slots drawn before the rest is told as a number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, tokens().px("gap.normal"))
        self._codes: tuple[str, ...] = ()
        self._needed = 0
        self._chosen: str | None = None
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_codes(self, codes: tuple[str, ...], needed: int) -> None:
        """``codes`` scanned so far of ``needed`` boxes."""
        if (codes, needed) == (self._codes, self._needed):
            return
        self._codes, self._needed = codes, needed
        clear_layout(self._flow)
        for code in codes:
            self._flow.addWidget(_Code(code, self))
        missing = range(len(codes) + 1, needed + 1)
        for number in missing[: self.MOST_EMPTY]:
            self._flow.addWidget(self._slot(tr("shell.slots.missing", number=number)))
        if len(missing) > self.MOST_EMPTY:
            more = len(missing) - self.MOST_EMPTY
            self._flow.addWidget(self._slot(tr("shell.slots.more", count=more)))
        self.choose(self._chosen if self._chosen in codes else None)
        self.setAccessibleName(tr("shell.slots.all", scanned=len(codes), needed=needed))
        self.updateGeometry()

    def _slot(self, words: str) -> QLabel:
        slot = QLabel(words, self)
        slot.setProperty("slot", "missing")
        slot.setFixedHeight(tokens().px("height.chip") - 2)
        return slot

    def choose(self, code: str | None) -> None:
        """Put the cursor on ``code``; None stands for the last one scanned."""
        self._chosen = code
        for index in range(self._flow.count()):
            item = self._flow.itemAt(index)
            widget = item.widget() if item is not None else None
            if isinstance(widget, _Code):
                widget.mark(widget.code == code)

    def chosen(self) -> str | None:
        """The code under the cursor, else the last one scanned, None when there is none."""
        return self._chosen or (self._codes[-1] if self._codes else None)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._flow.heightForWidth(width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and (code := self.chosen()):
            QGuiApplication.clipboard().setText(code)
            return
        super().keyPressEvent(event)
