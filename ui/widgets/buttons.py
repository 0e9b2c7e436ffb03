"""Buttons: a verb with its object, and the key that does the same."""

from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.keys import Key
from ui.theme import set_state, tokens
from ui.widgets.basics import KeyCap, Text, set_shown

Kind = Literal["normal", "primary", "refusing", "attention", "unknown", "flat"]
Height = Literal["control", "primary", "binding"]


class LaidButton(QPushButton):
    """A button whose face is a layout of labels; it is as wide as they need."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoDefault(False)

    def sizeHint(self) -> QSize:
        """The layout's wish, at least as tall as the style sheet says."""
        layout = self.layout()
        wish = layout.sizeHint() if layout is not None else QSize()
        return QSize(wish.width(), max(wish.height(), super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        """The layout's least width."""
        layout = self.layout()
        least = layout.minimumSize() if layout is not None else QSize()
        return QSize(least.width(), super().minimumSizeHint().height())

    def face(self, *labels: QWidget) -> None:
        """Let presses on the labels reach the button."""
        for label in labels:
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class ActButton(LaidButton):
    """A button with its key cap inside; 36 px, 44 px for a primary, 56 px for F12 on money pages.

    Pressing the key is the frame's business (``Act``); the cap only tells which key it is.
    """

    def __init__(
        self,
        text: str,
        key: Key | None = None,
        kind: Kind = "normal",
        *,
        height: Height = "control",
        centred: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind: Kind = kind
        self.setProperty("tall", height)
        self._label = Text(text, role="panel" if height != "control" else "body")
        self._cap = KeyCap(key.value if key else "")
        set_shown(self._cap, key is not None)
        self.face(self._label, self._cap)
        row = QHBoxLayout(self)
        inner = tokens().px("gap.inner")
        row.setContentsMargins(inner, 0, inner, 0)
        row.setSpacing(tokens().px("gap.small"))
        if centred:
            row.addStretch(1)
        row.addWidget(self._label)
        if not centred:
            row.addStretch(1)
        row.addWidget(self._cap)
        if centred:
            row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        self._dress()

    def set_text(self, text: str) -> None:
        """Another verb or amount."""
        self._label.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def show_key(self, shown: bool) -> None:
        """The cap, where its key does this at the moment."""
        set_shown(self._cap, shown and bool(self._cap.text()))

    def set_kind(self, kind: Kind) -> None:
        """Another look."""
        self._kind = kind
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Off has its own look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._dress()

    def _dress(self) -> None:
        kind = self._kind if self.isEnabled() else "off"
        set_state(self, dressed=kind)
        set_state(self._label, on_button=kind)
        set_state(self._cap, on_button=kind)
