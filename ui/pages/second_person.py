"""第二个人: login and PIN of whoever agrees, beside the act they agree to."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import Code, Trouble
from ui.key_capture import TYPED
from ui.pages.parts import column, row
from ui.text import tr
from ui.widgets import Text

_LONGEST = 200


def plain_field(words: str, *, digits: bool = False, secret: bool = False) -> QLineEdit:
    """A field with its name; ``digits`` keeps the input method off, ``secret`` shows dots."""
    field = QLineEdit()
    field.setMaxLength(64 if digits or secret else _LONGEST)
    field.setAccessibleName(words)
    field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    if digits or secret:
        field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        field.setProperty(TYPED, True)
    if secret:
        field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


class SecondPerson(QWidget):
    """Two fields; Enter goes from one to the next and never binds."""

    typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        login, pin = tr("pages.second.login"), tr("pages.second.pin")
        self.login, self.pin = plain_field(login, digits=True), plain_field(pin, secret=True)
        who = column(Text(login, "second"), self.login, space="tight")
        proof = column(Text(pin, "second"), self.pin, space="tight")
        beside = row(who, proof, space="small")
        beside.setStretch(0, 1)
        beside.setStretch(1, 1)
        self.setLayout(beside)
        self.login.returnPressed.connect(self.pin.setFocus)
        for field in (self.login, self.pin):
            field.textChanged.connect(lambda _text: self.typed.emit())

    def begin(self) -> None:
        """The cursor where somebody starts; a login that stands there is replaced by typing."""
        self.login.setFocus()
        self.login.selectAll()

    def again(self, trouble: Trouble) -> None:
        """After a refusal: the PIN once more, or another person over the first.

        A PIN that is typed where the login stands could be read by whoever looks on.
        """
        if trouble.code is Code.SIGN_IN_WRONG:
            self.pin.setFocus()
        else:
            self.begin()

    def hand_pin(self, take: Callable[[str], None]) -> None:
        """Give the PIN away, once; it leaves the field whatever comes of it."""
        take(self.pin.text())
        self.pin.clear()

    def clear(self) -> None:
        self.login.clear()
        self.pin.clear()
