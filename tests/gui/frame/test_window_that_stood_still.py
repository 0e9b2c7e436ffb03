"""A window that stands still handles keys late: a scan stays one scan, typing stays typing."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from tests.gui.frame.test_keys_and_scans import CODE, gun, open_counter
from ui.key_times import KeyTimes
from ui.keys import Key

__all__ = ["gun"]
HALF = 10
GUN_MS, FINGERS_MS = 4, 150


class StandingStill(KeyTimes):
    """The clock of the window, moved by the test; keys bear their own times."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 100.0

    def now(self) -> float:
        return self.at


class Keyboard:
    """Sends keys with the times at which they were pressed."""

    def __init__(self, window, apart_ms: int) -> None:
        self._to, self._apart, self._stamp = window.windowHandle(), apart_ms, 5_000

    def press(self, text: str) -> None:
        for character in text:
            self._send(ord(character), character)

    def enter(self) -> None:
        self._send(Qt.Key.Key_Return, "\r")

    def _send(self, key: int, text: str) -> None:
        self._stamp += self._apart
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._stamp)
            QCoreApplication.sendEvent(self._to, event)


@pytest.fixture
def times() -> StandingStill:
    return StandingStill()


@pytest.fixture
def still(qtbot, gun, times):
    window, page, heard = open_counter(qtbot, gun, times)
    page.amount.setFocus()
    return window, page, heard


def test_a_scan_that_is_handled_late_in_its_middle_is_one_scan(still, times) -> None:
    window, page, heard = still
    scanner = Keyboard(window, GUN_MS)
    scanner.press(CODE[:HALF])
    times.at += 0.3
    scanner.press(CODE[HALF:])
    scanner.enter()
    assert [scan.text for scan in heard] == [CODE]
    assert page.amount.text() == ""
    assert Key.FORWARD not in page.pressed


def test_the_end_of_silence_waits_for_keys_that_were_pressed_meanwhile(qtbot, still, times) -> None:
    """Behind a pause the timer comes to its turn before the keyboard does."""
    window, page, heard = still
    scanner = Keyboard(window, GUN_MS)
    scanner.press(CODE[:HALF])
    times.at += 0.3
    qtbot.waitUntil(lambda: window._capture._caught_up, timeout=20000)
    assert heard == []
    scanner.press(CODE[HALF:])
    scanner.enter()
    assert [scan.text for scan in heard] == [CODE]
    assert page.amount.text() == ""


def test_a_code_without_an_end_is_delivered_all_the_same(qtbot, still, times) -> None:
    window, page, heard = still
    Keyboard(window, GUN_MS).press(CODE)
    times.at += 0.3
    qtbot.waitUntil(lambda: bool(heard), timeout=20000)
    assert [scan.text for scan in heard] == [CODE]
    assert page.amount.text() == ""


def test_what_was_typed_while_the_window_stood_still_is_typing(still) -> None:
    """Six digits handled in one moment, pressed at the pace of fingers."""
    window, page, heard = still
    fingers = Keyboard(window, FINGERS_MS)
    fingers.press("246810")
    fingers.enter()
    assert page.amount.text() == "246810"
    assert heard == []
    assert Key.FORWARD in page.pressed


@pytest.mark.parametrize("stamp", [0, 4_000, 9_999_999], ids=["none", "earlier", "far ahead"])
def test_a_stamp_that_cannot_be_compared_counts_for_nothing(times, stamp: int) -> None:
    def key(at: int) -> QKeyEvent:
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1")
        event.setTimestamp(at)
        return event

    assert times.pressed(key(5_000), first=True) == times.at
    times.at += 0.01
    assert times.pressed(key(stamp), first=False) == times.at


def test_the_system_stamps_every_key(still) -> None:
    window, _, _ = still
    stamps: list[int] = []

    class Reader(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
                stamps.append(event.timestamp())
            return False

    reader = Reader()
    window.windowHandle().installEventFilter(reader)
    QTest.keyClick(window.windowHandle(), "1")
    assert stamps
    assert all(stamp > 0 for stamp in stamps)
