"""All keys of the window pass here first: bursts of a scanner are kept out of every field.

The filter sits on the window object; an application-wide one would see each key twice
(architecture 11).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.key_times import KeyTimes
from ui.keys import Key, key_of

if TYPE_CHECKING:
    from app.ports.devices import KeyBurst

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


LATE_S = 0.02
"""Silence that is noticed later than this was noticed by a window that stood still: what was
pressed meanwhile is still to come."""
CATCH_UP_MS = 50
TYPED = "typed"
"""Property of a field people type short words into: fast fingers are no gun there."""


class KeyCapture(QObject):
    """Window filter: keys with a meaning go to ``act``, bursts to the recogniser.

    Printable keys wait until the recogniser gives them back (50 ms at most), then reach the
    focused widget exactly as they were pressed.
    """

    def __init__(
        self,
        window: QWidget,
        burst: KeyBurst | None,
        act: Callable[[Key], bool],
        times: KeyTimes | None = None,
    ) -> None:
        """``act`` returns True when it took the key."""
        super().__init__(window)
        self._window, self._burst, self._act = window, burst, act
        self._times = times or KeyTimes()
        self._caught_up = False
        self._held: deque[QKeyEvent] = deque()
        self._swallowed: set[int] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._nothing_came)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        if event.type() != QEvent.Type.KeyRelease or event.isAutoRepeat():
            return False
        if event.key() not in self._swallowed:
            return False
        self._swallowed.discard(event.key())
        return True

    def _pressed(self, event: QKeyEvent) -> bool:
        key = key_of(event)
        if key is not None and key not in (Key.FORWARD, Key.BACK, Key.REMOVE):
            return event.isAutoRepeat() or self._act(key)
        if self._burst is None or event.isAutoRepeat():
            return False
        due = self._burst.deadline()
        at = self._times.pressed(event, first=due is None)
        if due is not None and at > due:
            self._silence(at)
        text = "" if event.modifiers() & _COMMANDS else event.text()
        ends = event.key() in _ENDS
        if not ends and text:
            self._held.append(event.clone())
        focused = self._window.focusWidget()
        typed = focused is not None and bool(focused.property(TYPED))
        step = self._burst.key("" if ends else text, at, enter=ends, typed=typed)
        self._give_back(step.replay)
        if step.held:
            self._swallowed.add(event.key())
        elif not ends and text and self._held:
            self._held.pop()
        if ends and step.held:
            self._held.clear()
        self._wind()
        return step.held

    def _nothing_came(self) -> None:
        """The deadline has passed. Where this window slept over it, keys may wait behind it."""
        due, now = self._burst.deadline() if self._burst is not None else None, self._times.now()
        if due is not None and now - due > LATE_S and not self._caught_up:
            self._caught_up = True
            self._timer.start(CATCH_UP_MS)
        else:
            self._silence(now)

    def _silence(self, at: float) -> None:
        if self._burst is None:
            return
        step = self._burst.silence(at)
        self._give_back(step.replay)
        if self._burst.deadline() is None:
            self._held.clear()
        self._wind()

    def _wind(self) -> None:
        self._caught_up = False
        due = self._burst.deadline() if self._burst is not None else None
        if due is None:
            self._timer.stop()
        else:
            self._timer.start(max(1, round((due - self._times.now()) * 1000) + 1))

    def _give_back(self, text: str) -> None:
        given = 0
        while self._held and given < len(text):
            pressed = self._held.popleft()
            given += len(pressed.text())
            target = self._window.focusWidget() or self._window
            released = QKeyEvent(
                QEvent.Type.KeyRelease, pressed.key(), pressed.modifiers(), pressed.text()
            )
            QCoreApplication.sendEvent(target, pressed)
            QCoreApplication.sendEvent(target, released)
