"""登录: who stands at this counter. The sale that waits stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import Code, LocalTrouble, OperatorInput, Trouble
from ui.bridge import Bridge
from ui.errors import sentences
from ui.key_capture import TYPED
from ui.keys import Act, Key, Look
from ui.page import Page
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets import ActButton, Card, ElidedText, StateMark, Text
from ui.widgets.basics import set_shown

if TYPE_CHECKING:
    from PySide6.QtWidgets import QScrollArea

    from app.domain.access import Operator
    from app.ports.training import TrainingLogin
    from ui.pages.new_pin import NewPin

CARD_WIDTH = 380
_MESSAGE = 72
"""Compact px a refusal may take: the cards do not change places when one comes."""


class Signing(Protocol):
    """Signing in and locking; runs in the counter lane."""

    def sign_in(self, login: str, pin: str) -> Operator:
        """Raises ``OperatorInput`` for a wrong login or PIN."""
        ...

    def renew_pin(self, login: str, pin: str, wanted: str) -> Operator:
        """Set a PIN of one's own and sign in with it. Raises ``OperatorInput``."""
        ...

    def lock(self) -> None: ...


class SignInPage(Page):
    """Login and PIN; Enter signs in. The PIN leaves the field at once and is never kept."""

    signed_in = Signal(object)
    """The ``Operator``."""

    def __init__(
        self,
        bridge: Bridge,
        signing: Signing,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("sign_in", parent)
        self._bridge, self._signing = bridge, signing
        self._busy = False
        self._logins: QWidget | None = None
        self._renewal: NewPin | None = None
        self._inside = QWidget()
        self._area: QScrollArea | None = None
        self._seen: tuple[QWidget, ...] = ()
        self.login, self.pin = QLineEdit(), QLineEdit()
        self._note = Text("", "second", wrap=True)
        self._mark, self._said = StateMark("stop", 16), Text("", "strong", "stop", wrap=True)
        self._remedy = Text("", "second", "body", wrap=True)
        self.button = ActButton(
            tr("shell.sign_in.enter"), Key.FORWARD, "primary", height="primary", centred=True
        )
        self._build()
        for field in (self.login, self.pin):
            field.textChanged.connect(self._typing)
        self.login.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self.enter)
        self.button.clicked.connect(self.enter)
        self.show_store("", 0, locked=False)
        self._show_trouble(None)

    def _build(self) -> None:
        card = Card(tr("shell.sign_in.title"), icon="person")
        card.setFixedWidth(round(CARD_WIDTH * tokens().px("icon.percent") / 100))
        card.body.setSpacing(tokens().px("gap.small"))
        card.add(self._note)
        self._field(card, self.login, "shell.sign_in.login")
        self._field(card, self.pin, "shell.sign_in.pin")
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        # said now: to change it later would load all that a style can be asked
        self.pin.setProperty("state", "")
        for field in (self.login, self.pin):
            field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
            field.setMaxLength(64)
            field.setProperty(TYPED, True)
            field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        trouble = QHBoxLayout()
        trouble.setSpacing(tokens().px("gap.small"))
        trouble.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addWidget(self._said)
        words.addWidget(self._remedy)
        trouble.addLayout(words, 1)
        card.body.addLayout(trouble)
        card.add(self.button)
        self._cards = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._cards.setSpacing(tokens().px("gap.normal"))
        self._cards.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        # not by an alignment: what is aligned counts its lines as if it had the whole width
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addLayout(self._cards)
        middle.addStretch(1)
        centre = QVBoxLayout(self._inside)
        centre.addStretch(2)
        centre.addLayout(middle)
        centre.addStretch(3)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(self._inside)
        self._card = card

    def show_logins(self, logins: Sequence[TrainingLogin]) -> None:
        """Whose login and PIN may be used, under the card; only training has any."""
        if not logins:
            return
        from ui.training.logins import LoginsNote

        note = LoginsNote(logins)
        note.setFixedWidth(self._card.width())
        self._cards.addWidget(note, 0, Qt.AlignmentFlag.AlignTop)
        self._logins = note
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any: what has no room is scrolled."""
        return QSize(0, 0)

    def _fit(self) -> None:
        if self._logins is not None:
            self._fit_logins(self._logins)
        if self._area is None and self._tall() > self.height() > 0:
            self._area = self._scrolled()

    def _tall(self) -> int:
        layout = self._inside.layout()
        return layout.totalHeightForWidth(self.width()) if layout is not None else 0

    def _scrolled(self) -> QScrollArea:
        # only where it is needed: the first page of a start waits for each class that it loads
        from PySide6.QtWidgets import QFrame, QScrollArea

        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        focused = self._inside.focusWidget()
        self._whole.removeWidget(self._inside)
        area.setWidget(self._inside)
        self._whole.addWidget(area)
        # a message finds its height turns after it was set, and no time is long enough for that
        area.verticalScrollBar().rangeChanged.connect(self._look_soon)
        if focused is not None:
            focused.setFocus(Qt.FocusReason.OtherFocusReason)
        return area

    def _fit_logins(self, note: QWidget) -> None:
        """In a low window the logins stand beside the card, so that nothing of it is covered."""
        card = self._card
        gap, wide = tokens().px("gap.normal"), card.width()
        tall = (card.sizeHint().height() + _MESSAGE * tokens().px("icon.percent") // 100) + gap
        low = self.height() < tall + note.sizeHint().height() + 2 * gap
        beside = low and self.width() >= 2 * wide + 3 * gap
        sideways, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._cards.setDirection(sideways if beside else down)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """The note and a message come behind the window's size: what grew is fitted anew."""
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return handled

    def _field(self, card: Card, field: QLineEdit, key: str) -> None:
        words = tr(key)
        card.add(ElidedText(words, "second", "muted"))
        card.add(field)
        field.setAccessibleName(words)

    def show_store(self, store: str, counter: int, *, locked: bool) -> None:
        """Where this is; ``locked`` says that a sale waits behind the page."""
        words = tr("shell.sign_in.locked") if locked else ""
        if store:
            words = words or tr("shell.sign_in.note", store=store, counter=f"{counter:02}")
        self.show_note(words)

    def show_note(self, words: str) -> None:
        """One line above the fields: where this is, or what is still being prepared."""
        self._note.setText(words)
        set_shown(self._note, bool(words))

    def focus_first(self) -> None:
        """Empty fields, cursor in the first."""
        self._end_renewal()
        self.login.clear()
        self.pin.clear()
        self._show_trouble(None)
        self.login.setFocus(Qt.FocusReason.OtherFocusReason)
        self._see(self.login)

    def acts(self) -> tuple[Act, ...]:
        """Enter signs in."""
        if self._renewal is not None:
            ready = self._renewal.ready and not self._busy
            back = Act(Key.BACK, tr("shell.sign_in.somebody_else"), self.focus_first)
            return (Act(Key.FORWARD, self._verb(), self.enter, ready, Look.PRIMARY), back)
        ready = bool(self.login.text() and self.pin.text()) and not self._busy
        return (Act(Key.FORWARD, self._verb(), self.enter, ready, Look.PRIMARY),)

    def _verb(self) -> str:
        return tr("shell.sign_in.renew" if self._renewal is not None else "shell.sign_in.enter")

    def enter(self) -> None:
        """Ask whether login and PIN belong together."""
        if self._renewal is not None:
            self._renew(self._renewal)
            return
        login, pin = self.login.text().strip(), self.pin.text()
        if self._busy or not login or not pin:
            if not self._busy:
                self._show_words(tr("shell.sign_in.wrong_length"), "")
            return
        self.pin.clear()
        self._set_busy(True)
        failed = partial(self._refused, login, pin)
        self._bridge.submit("counter", self._asking(login, pin), self._done, failed)

    def _asking(self, login: str, pin: str) -> Callable[[], Operator]:
        signing = self._signing
        return lambda: signing.sign_in(login, pin)

    def _refused(self, login: str, pin: str, trouble: Trouble) -> None:
        """Somebody else knows this PIN: its owner sets another one here, at once."""
        self._failed(trouble)
        if trouble.code is not Code.PIN_DUE or self._renewal is not None:
            return
        from ui.pages.new_pin import NewPin

        self._renewal = NewPin(login, pin)
        self._renewal.typed.connect(lambda: self._typing(""))
        self._renewal.done.connect(self.enter)
        self._card.body.insertWidget(self._card.body.indexOf(self.button), self._renewal)
        for field in (self.login, self.pin):
            field.setEnabled(False)
        self.button.set_text(self._verb())
        self._fit()
        self._renewal.fields["new"].setFocus(Qt.FocusReason.OtherFocusReason)
        self._see(self._renewal)
        self.acts_changed.emit()

    def _renew(self, renewal: NewPin) -> None:
        if self._busy or not renewal.ready:
            return
        told = renewal.take()
        if told is None:
            self._show_trouble(OperatorInput(Code.PIN_DIFFERS))
            return
        self._set_busy(True)
        signing = self._signing
        self._bridge.submit("counter", lambda: signing.renew_pin(*told), self._done, self._failed)

    def _end_renewal(self) -> None:
        """Esc, another person, or done: nothing of it stays."""
        renewal, self._renewal = self._renewal, None
        if renewal is None:
            return
        renewal.hide()
        renewal.deleteLater()
        for field in (self.login, self.pin):
            field.setEnabled(True)
        self.button.set_text(self._verb())
        self.acts_changed.emit()

    def _done(self, operator: Operator) -> None:
        self._end_renewal()
        self._set_busy(False)
        self._show_trouble(None)
        self.signed_in.emit(operator)

    def _failed(self, trouble: Trouble) -> None:
        self._set_busy(False)
        if isinstance(trouble, LocalTrouble):
            # the machine stopped, nobody's fault here: that has a page of its own
            self._bridge.troubled.emit(trouble)
            return
        self._show_trouble(trouble)
        if self._renewal is None:
            self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
            self._see(self._remedy, self.pin)

    def _see(self, *parts: QWidget) -> None:
        """Scroll to these, the last of them surely, now and whenever the page grows."""
        self._seen = parts
        self._look_soon()

    def _look_soon(self, *_range: int) -> None:
        QTimer.singleShot(0, self, self._look)

    def _look(self) -> None:
        for part in self._seen:
            if self._area is not None:
                self._area.ensureWidgetVisible(part, 0, tokens().px("gap.small"))

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.button.setEnabled(not busy)
        self.button.set_text(tr("shell.sign_in.busy") if busy else self._verb())
        self.acts_changed.emit()

    def _show_trouble(self, trouble: Trouble | None) -> None:
        if trouble is None:
            self._show_words("", "")
            return
        said = sentences(trouble.code, trouble.params)
        code = tr("shell.local.code", code=int(trouble.code))
        self._show_words(said.happened, f"{said.remedy}{code}")

    def _show_words(self, said: str, remedy: str) -> None:
        self._said.setText(said)
        self._remedy.setText(remedy)
        for part in (self._mark, self._said):
            set_shown(part, bool(said))
        set_shown(self._remedy, bool(remedy))
        set_state(self.pin, state="stop" if said else "")
        if said:
            self._fit()

    def _typing(self, _text: str) -> None:
        typed = self._renewal.ready if self._renewal is not None else bool(self.pin.text())
        if self._said.text() and typed:
            self._show_trouble(None)
        self.acts_changed.emit()
