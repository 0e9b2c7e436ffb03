"""The smallest pieces: words, icons with state, chips, key caps."""

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QWidget

from ui.icons import paint_icon
from ui.theme import set_state, tokens

Role = Literal[
    "amount_huge", "amount", "amount_part", "scan", "title", "emph", "panel",
    "body", "strong", "second", "note", "code", "code_small",
]  # fmt: skip
Tone = Literal[
    "", "strong", "body", "muted", "faint", "disabled", "accent",
    "ok", "attention", "stop", "unknown", "training", "bar", "bar_muted",
]  # fmt: skip
State = Literal[
    "plain", "ok", "attention", "stop", "unknown", "training", "selected",
    "sending", "later", "parked", "off",
]  # fmt: skip


def clear_layout(layout: QLayout) -> None:
    """Take everything out of ``layout`` and let it go; nested layouts too."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear_layout(inner)


def set_shown(widget: QWidget, shown: bool) -> None:
    """Show or hide a part. One without a parent yet is shown with its parent, never by itself.

    Showing it at once would open a window of its own for the blink of an eye.
    """
    if not shown:
        widget.hide()
    elif widget.parentWidget() is None:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
    else:
        widget.show()


class Text(QLabel):
    """Words in one of the text roles (ui 3). Always plain text, never markup."""

    def __init__(
        self,
        text: str = "",
        role: Role = "body",
        tone: Tone = "",
        *,
        wrap: bool = False,
        align_right: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setProperty("tone", tone)
        if wrap:
            self.setWordWrap(True)
        if align_right:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def set_tone(self, tone: Tone) -> None:
        """Change the colour role."""
        set_state(self, tone=tone)

    def set_role(self, role: Role) -> None:
        """Change size and weight."""
        set_state(self, role=role)


class ElidedText(Text):
    """Words that shorten with … when there is no room; tooltip and description hold all of it.

    Never for amounts, counts or codes (ui 10).
    """

    def __init__(
        self, text: str = "", role: Role = "body", tone: Tone = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__("", role, tone, parent=parent)
        self._full = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._full = text
        self.setAccessibleName(text)
        self._fit()
        self.updateGeometry()

    def full_text(self) -> str:
        """What it would say with enough room."""
        return self._full

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self._full) + 2
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._full, Qt.TextElideMode.ElideRight, max(self.width(), 1)
        )
        if not self.isVisible() and self.width() <= 1:
            shown = self._full
        super().setText(shown)
        cut = shown != self._full
        self.setToolTip(self._full if cut else "")
        self.setAccessibleDescription(self._full if cut else "")


class Icon(QWidget):
    """One SVG of ``resources/icons`` in a colour role; decorative unless given a name to speak."""

    def __init__(
        self, name: str, size: int = 16, tone: str = "text.muted", parent: QWidget | None = None
    ) -> None:
        """``size`` is logical px in compact density; ``tone`` a colour token."""
        super().__init__(parent)
        self._name, self._size, self._tone = name, size, tone
        self._fix()

    def set_icon(self, name: str, tone: str) -> None:
        """Show another icon or colour role."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._px(), self._px())

    def _px(self) -> int:
        return round(self._size * tokens().px("icon.percent") / 100)

    def _fix(self) -> None:
        self.setFixedSize(self._px(), self._px())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._fix()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, self._name, tokens().colour(self._tone), self.rect())
        painter.end()


MARKS: dict[str, tuple[str, str]] = {
    "plain": ("state-later", "text.muted"),
    "off": ("state-later", "text.disabled"),
    "later": ("state-later", "text.muted"),
    "sending": ("state-sending", "accent"),
    "selected": ("state-sending", "accent"),
    "ok": ("state-ok", "ok.fg"),
    "attention": ("state-attention", "attention.fg"),
    "stop": ("state-stop", "stop.fg"),
    "unknown": ("state-unknown", "unknown.fg"),
    "parked": ("state-parked", "text.muted"),
    "training": ("state-training", "training.fg"),
}
"""Shape and colour of every state (ui 2): shape goes with colour, always."""
WHERE_STATES: dict[str, State] = {
    "ours": "later",
    "sending": "sending",
    "theirs": "ok",
    "unknown": "unknown",
}
"""The state of a whereabouts: ours, sending, theirs or unknown."""


class StateMark(Icon):
    """The shape of a state. Stands beside its word, never alone."""

    def __init__(
        self, state: State = "later", size: int = 14, parent: QWidget | None = None
    ) -> None:
        super().__init__(*MARKS[state][:1], size=size, tone=MARKS[state][1], parent=parent)

    def set_mark(self, state: str, tone: str = "") -> None:
        """Show ``state``; ``tone`` overrides the colour role (on solid grounds)."""
        name, own = MARKS[state]
        self.set_icon(name, tone or own)


class Chip(QFrame):
    """A short state in words on its tint, with its shape; 24 px high."""

    def __init__(
        self,
        text: str = "",
        state: State = "plain",
        *,
        mark: bool = True,
        elided: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``mark`` shows the state's shape; plain and off chips never have one.

        ``elided`` lets long words shorten where there is no room.
        """
        super().__init__(parent)
        self._marked = mark
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(6)
        self._mark = StateMark(size=12)
        self._word = ElidedText(role="note") if elided else Text(role="note")
        self._word.setProperty("bold", True)
        row.addWidget(self._mark)
        row.addWidget(self._word)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_chip(text, state)

    def set_chip(self, text: str, state: State = "plain") -> None:
        """Say something else; an empty text hides the chip."""
        self._word.setText(text)
        self._mark.set_mark(state)
        set_shown(self._mark, self._marked and state not in ("plain", "off", "selected"))
        self.setAccessibleName(text)
        set_state(self, state=state)
        set_state(self._word, chip=state)
        set_shown(self, bool(text))

    def text(self) -> str:
        """The words shown."""
        word = self._word
        return word.full_text() if isinstance(word, ElidedText) else word.text()


class KeyCap(QLabel):
    """The cap of a key beside what it does."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(key, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
