"""A person at the counter: hands for things, fingers for keys, patience with a deadline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.workflow.views.case import DrugLineView
from ui.keys import FUNCTION_KEYS, Key

TYPING_MS = 90
"""Between two typed keys: a person's pace, so that no scanner is suspected."""


_LOOK_MS = 5


@dataclass(frozen=True)
class Hands:
    """What a person does with things. ``codes_for`` finds boxes of one line on the shelf."""

    identify: Callable[[], None]
    clear_away: Callable[[], None]
    prove_pharmacist: Callable[[], None]
    scan: Callable[[str], None]
    codes_for: Callable[[DrugLineView], Sequence[str]]
    password: Callable[[], str] = str
    """What the customer types where the region asks for it; empty where nobody knows."""
    anybody: Callable[[], bool] = lambda: True
    """Whether somebody is left who may have a prescription to fill here."""
    pass_over: Callable[[], None] = lambda: None
    """Nothing can be dispensed to the customer at the counter: the next one comes."""


@dataclass(frozen=True)
class Limits:
    """Deadlines in seconds. ``opening_s`` is how long platform and base may take to open behind the
    sign-in page, ``unknown_s`` how long an unknown settlement may take to clear.

    ``again`` is how often an act without an answer is tried again in one visit.
    """

    step_s: float = 40.0
    opening_s: float = 240.0
    unknown_s: float = 300.0
    rounds: int = 60
    again: int = 5


@dataclass(frozen=True)
class SignIn:
    """Who works at the counter."""

    login: str
    pin: str


class Late(Exception):
    """A deadline passed; ``what`` was waited for, ``seconds`` long (0: too many rounds)."""

    def __init__(self, what: str, seconds: float = 0.0) -> None:
        super().__init__(what)
        self.seconds = seconds


class Ended(Exception):
    """The visit cannot go on; the argument is the outcome."""


class Person:
    """Presses keys of one window and waits for what they bring."""

    def __init__(
        self, window: QWidget, limits: Limits, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        """``stopped``: nothing can be waited for any more."""
        self._window, self._limits, self._stopped = window, limits, stopped

    def wait(self, ready: Callable[[], bool], what: str, seconds: float | None = None) -> None:
        """Run the event loop until ``ready``; raises ``Late`` after the deadline, ``Ended`` where
        nothing can come any more."""
        if ready():
            return
        loop, deadline = QEventLoop(), QTimer()
        deadline.setSingleShot(True)
        deadline.timeout.connect(lambda: loop.exit(1))
        look = QTimer()
        look.setInterval(_LOOK_MS)
        look.timeout.connect(lambda: loop.exit(0) if ready() or self._stopped() else None)
        patience = seconds or self._limits.step_s
        deadline.start(round(patience * 1000))
        look.start()
        late = loop.exec() != 0
        look.stop()
        deadline.stop()
        if late and not ready():
            raise Late(what, patience)
        if self._stopped():
            raise Ended(what)

    def press(self, key: Key) -> None:
        """A key with a meaning, through the window's own key path."""
        pressed, modifiers = chord(key)
        self._send(pressed, modifiers, "")

    def type(self, text: str) -> None:
        """Characters at a person's pace."""
        for letter in text:
            self.key(Qt.Key(ord(letter.upper())), letter)
            pause = QEventLoop()
            QTimer.singleShot(TYPING_MS, pause.quit)
            pause.exec()

    def key(self, key: Qt.Key, text: str) -> None:
        self._send(key, Qt.KeyboardModifier.NoModifier, text)

    def _send(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
        handle = self._window.windowHandle()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(handle, QKeyEvent(kind, key, modifiers, text))


def chord(key: Key) -> tuple[Qt.Key, Qt.KeyboardModifier]:
    """Key code and modifiers of the caps a visit needs. Raises ``ValueError`` for others."""
    if key in FUNCTION_KEYS:
        return Qt.Key(Qt.Key.Key_F1 + FUNCTION_KEYS.index(key)), Qt.KeyboardModifier.NoModifier
    if key is Key.ABANDON:
        return Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier
    if key is Key.FORWARD:
        return Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
    if key.value.startswith("Alt ") and key.value[-1].isdigit():
        return Qt.Key(ord(key.value[-1])), Qt.KeyboardModifier.AltModifier
    raise ValueError("a visit needs no such key")
