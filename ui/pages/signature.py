"""谁来签: a login, a PIN and a word, on the page itself; nobody takes over the till."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import Code, Trouble
from ui.errors import sentences
from ui.key_capture import TYPED
from ui.pages.parts import column, row
from ui.text import tr
from ui.theme import set_state
from ui.widgets import Card, ElidedText, Text
from ui.widgets.basics import set_shown


class SignatureCard(Card):
    """Fields that empty themselves. Enter goes from field to field; F12 signs, never Enter."""

    typed = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.login, self.pin, self.note = QLineEdit(), QLineEdit(), QLineEdit()
        self.said = Text("", "second", "stop", wrap=True)
        self._note_word = ElidedText(tr("pages.signature.note"), "second", "muted")
        beside = row(space="small")
        for place, (name, field) in enumerate((("login", self.login), ("pin", self.pin))):
            words = tr(f"pages.signature.{name}")
            beside.addLayout(column(ElidedText(words, "second", "muted"), field, space="tight"))
            beside.setStretch(place, 1)
        self.meaning = Text("", "second", wrap=True)
        self.add(self.meaning)
        set_shown(self.meaning, False)
        self.body.addLayout(beside)
        self.add(self._note_word)
        self.add(self.note)
        for name, field in (("login", self.login), ("pin", self.pin), ("note", self.note)):
            field.setAccessibleName(tr(f"pages.signature.{name}"))
            field.setMaxLength(64)
            field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
            field.textChanged.connect(self._typing)
        for field in (self.login, self.pin):
            field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
            field.setProperty(TYPED, True)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.login.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._after_pin)
        self.wanted = Text("", "second", "muted", wrap=True)
        for shown in (self.said, self.wanted):
            self.add(shown)
            set_shown(shown, False)
        self._needed = False
        self.with_note(False)

    def explain(self, words: str) -> None:
        """What a signature here means, and whose it has to be; empty where the title says it."""
        self.meaning.setText(words)
        set_shown(self.meaning, bool(words))

    def want(self, words: str) -> None:
        """What the key waits for, where no other part of the page says it."""
        self.wanted.setText(words)
        set_shown(self.wanted, bool(words))

    def with_note(self, wanted: bool, *, needed: bool = False) -> None:
        """Whether a word may be added to the signature, or has to be."""
        self._needed = needed
        name = tr("pages.signature.reason" if needed else "pages.signature.note")
        self._note_word.setText(name)
        self.note.setAccessibleName(name)
        set_shown(self.note, wanted)
        set_shown(self._note_word, wanted)

    def _after_pin(self) -> None:
        if not self.note.isHidden():
            self.note.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def filled(self) -> bool:
        said = bool(self.note.text().strip()) or not self._needed
        return bool(self.login.text().strip() and self.pin.text()) and said

    def begin(self) -> None:
        """Empty fields, cursor in the first."""
        self.clear()
        self.login.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        for field in (self.login, self.pin, self.note):
            field.clear()
        self._say("")

    def take(self) -> tuple[str, str, str]:
        """Login, PIN and note; the PIN leaves its field."""
        found = self.login.text().strip(), self.pin.text(), self.note.text()
        self.pin.clear()
        return found

    def show_wrong(self, trouble: Trouble) -> None:
        """Why it was not taken, under the fields; the cursor where the next try begins."""
        said = sentences(trouble.code, trouble.params)
        code = tr("shell.local.code", code=int(trouble.code))
        self._say(f"{said.happened}{said.remedy}{code}")
        other = trouble.code in (Code.SECOND_NOT_ALLOWED, Code.SECOND_IS_FIRST)
        field = self.login if other else self.pin
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def _say(self, words: str) -> None:
        self.said.setText(words)
        set_shown(self.said, bool(words))
        set_state(self.pin, state="stop" if words else "")

    def _typing(self, text: str) -> None:
        if text and self.said.text():
            self._say("")
        self.typed.emit()
