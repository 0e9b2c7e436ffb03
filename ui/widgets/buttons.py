"""Buttons: a verb with its object, and the key that does the same."""

from typing import Literal

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.keys import Key
from ui.theme import set_state
from ui.widgets.basics import KeyCap, Text

Kind = Literal["normal", "primary", "refusing", "attention", "unknown", "flat"]
Height = Literal["control", "primary", "binding"]


class ActButton(QPushButton):
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
        self.setProperty("kind", kind)
        self.setProperty("tall", height)
        self.setAutoDefault(False)
        self._label = Text(text, role="panel" if height != "control" else "body")
        self._cap = KeyCap(key.value if key else "")
        self._cap.setVisible(key is not None)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(10)
        if centred:
            row.addStretch(1)
        row.addWidget(self._label)
        if not centred and height != "control":
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

    def set_kind(self, kind: Kind) -> None:
        """Another look."""
        self.setProperty("kind", kind)
        self._dress()

    def _dress(self) -> None:
        kind = str(self.property("kind")) if self.isEnabled() else "off"
        set_state(self, dressed=kind)
        set_state(self._label, on_button=kind)
        set_state(self._cap, on_button=kind)
