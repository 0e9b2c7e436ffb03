"""On the sign-in page: a PIN of one's own in place of one that somebody else knows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.access import LONGEST_PIN
from ui.key_capture import TYPED
from ui.pages.parts import gap
from ui.text import tr
from ui.widgets import ElidedText


class NewPin(QWidget):
    """Typed twice; both leave the fields at once. ``handed`` is the login and the PIN in hand."""

    typed = Signal()
    done = Signal()

    def __init__(self, login: str, handed: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.login, self._handed = login, handed
        self.fields = {name: QLineEdit() for name in ("new", "again")}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap("small"))
        for name, field in self.fields.items():
            words = tr(f"shell.sign_in.{name}")
            column.addWidget(ElidedText(words, "second", "muted"))
            column.addWidget(field)
            field.setAccessibleName(words)
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
            field.setMaxLength(LONGEST_PIN)
            field.setProperty(TYPED, True)
            field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
            field.textChanged.connect(self.typed)
        self.fields["new"].returnPressed.connect(self.fields["again"].setFocus)
        self.fields["again"].returnPressed.connect(self.done)

    @property
    def ready(self) -> bool:
        return all(field.text() for field in self.fields.values())

    def take(self) -> tuple[str, str, str] | None:
        """Login, the PIN in hand and the new one; None where the two differ."""
        new, again = (field.text() for field in self.fields.values())
        for field in self.fields.values():
            field.clear()
        self.fields["new"].setFocus(Qt.FocusReason.OtherFocusReason)
        return (self.login, self._handed, new) if new == again else None
