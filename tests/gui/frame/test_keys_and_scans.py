"""A scan lands in the scan model and nowhere else; typing arrives as it was typed."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from app.domain.goods.codes import ScanKind
from app.ports.devices import ScanSource
from app.workflow.views.case import Say, Spoken
from devices.code.wedge import Wedge
from tests.gui.conftest import GRAMMAR
from tests.support.counter_fakes import StillClock
from ui.early_kind import EarlyKind
from ui.key_capture import TYPED
from ui.key_times import KeyTimes
from ui.keys import FUNCTION_KEYS, Act, Key, key_of, offer_cap
from ui.page import Page
from ui.shell import MainWindow, WindowOptions
from ui.widgets import ScanField

CODE = "83412900512873640915"


class Counter(Page):
    """A page with a scan field and an amount beside it."""

    def __init__(self) -> None:
        super().__init__("scan")
        self.field, self.amount = ScanField(EarlyKind(lambda: GRAMMAR)), QLineEdit()
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.amount)
        self.pressed: list[Key] = []
        self.off: frozenset[Key] = frozenset()

    def scan_field(self) -> ScanField:
        return self.field

    def acts(self) -> tuple[Act, ...]:
        return tuple(
            Act(key, key.value, lambda key=key: self.pressed.append(key), on=key not in self.off)
            for key in (*FUNCTION_KEYS, Key.FORWARD, Key.RAW, Key.OFFER_1, Key.REMOVE)
        )


@pytest.fixture
def gun():
    """A wedge gun and what it delivered."""
    wedge = Wedge(virtual=True)
    heard = []
    wedge.start(heard.append, lambda _state: None)
    yield wedge, heard
    wedge.stop()


class Ticking(KeyTimes):
    """Seconds that pass only when a key looks at them: a gun's pace on any machine."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def now(self) -> float:
        self.at += 0.002
        return self.at

    def pressed(self, _event, *, first: bool) -> float:
        return self.now()


@pytest.fixture
def counter(qtbot, gun):
    """A counter in real time."""
    return open_counter(qtbot, gun, KeyTimes())


@pytest.fixture
def quick(qtbot, gun):
    """A counter whose keys come at a gun's pace."""
    return open_counter(qtbot, gun, Ticking())


def open_counter(qtbot, gun, times):
    wedge, heard = gun
    window = MainWindow(StillClock().now, WindowOptions(), wedge, times)
    qtbot.addWidget(window)
    page = Counter()
    window.add_page(page)
    window.resize(1366, 768)
    window.show()
    window.show_page("scan")
    window.activateWindow()
    qtbot.waitUntil(window.isVisible, timeout=20000)
    return window, page, heard


def shoot(window: MainWindow, text: str) -> None:
    for character in text:
        QTest.keyClick(window.windowHandle(), character)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)


def test_a_burst_leaves_an_amount_field_as_it_was(qtbot, quick):
    window, page, heard = quick
    page.amount.setFocus()
    page.amount.setText("20")
    shoot(window, CODE)
    qtbot.waitUntil(lambda: bool(heard), timeout=20000)
    assert [(scan.text, scan.source) for scan in heard] == [(CODE, ScanSource.WEDGE)]
    assert page.amount.text() == "20"
    assert Key.FORWARD not in page.pressed


def test_fast_fingers_reach_a_field_people_type_into(qtbot, quick):
    window, page, heard = quick
    page.amount.setProperty(TYPED, True)
    page.amount.setFocus()
    shoot(window, "246810")
    assert page.amount.text() == "246810"
    assert heard == []
    assert Key.FORWARD in page.pressed
    shoot(window, CODE)
    qtbot.waitUntil(lambda: bool(heard), timeout=20000)
    assert [scan.text for scan in heard] == [CODE]
    assert page.amount.text() == "246810"


def test_a_burst_into_the_scan_field_is_one_scan_and_no_typing(qtbot, quick):
    window, page, heard = quick
    page.field.focus_input()
    typed: list[str] = []
    page.field.entered.connect(typed.append)
    shoot(window, CODE)
    qtbot.waitUntil(lambda: bool(heard), timeout=20000)
    assert page.field.input.text() == ""
    assert typed == []


def test_slow_typing_arrives_as_it_was_typed(qtbot, counter):
    window, page, heard = counter
    page.amount.setFocus()
    for character in "12.30":
        QTest.keyClick(window.windowHandle(), character)
        qtbot.waitUntil(lambda c=character: page.amount.text().endswith(c), timeout=20000)
    assert page.amount.text() == "12.30"
    assert heard == []


def test_a_fast_pair_of_keys_is_not_lost(qtbot, counter):
    window, page, heard = counter
    page.amount.setFocus()
    QTest.keyClick(window.windowHandle(), "1")
    QTest.keyClick(window.windowHandle(), "2")
    qtbot.waitUntil(lambda: page.amount.text() == "12", timeout=20000)
    assert heard == []


def test_a_short_fast_text_is_typed_before_its_enter(qtbot, quick):
    window, page, heard = quick
    page.field.focus_input()
    typed: list[str] = []
    page.field.entered.connect(typed.append)
    shoot(window, "123")
    qtbot.waitUntil(lambda: typed == ["123"], timeout=20000)
    assert heard == []
    assert Key.FORWARD not in page.pressed


def test_two_bursts_are_two_scans(qtbot, quick):
    window, page, heard = quick
    page.amount.setFocus()
    shoot(window, CODE)
    shoot(window, CODE[:-1] + "6")
    qtbot.waitUntil(lambda: len(heard) == 2, timeout=20000)
    assert heard[1].text == CODE[:-1] + "6"
    assert page.amount.text() == ""


def test_enter_in_an_empty_scan_field_goes_forward(counter):
    window, page, _ = counter
    page.field.focus_input()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    assert page.pressed == [Key.FORWARD]


@pytest.mark.parametrize("key", FUNCTION_KEYS)
def test_function_keys_work_from_any_field(counter, key):
    window, page, _ = counter
    page.amount.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key[f"Key_{key.value}"])
    assert page.pressed == [key]


def test_a_key_that_is_off_does_nothing(counter):
    window, page, _ = counter
    page.off = frozenset({Key.BIND})
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F12)
    assert page.pressed == []


def test_letters_with_control_are_keys_and_never_typed(counter):
    window, page, _ = counter
    page.amount.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert page.pressed == [Key.RAW, Key.OFFER_1]
    assert page.amount.text() == ""


def test_delete_edits_a_text_and_only_then_removes_a_box(counter):
    window, page, _ = counter
    page.field.focus_input()
    page.field.input.setText("8")
    page.field.input.setCursorPosition(0)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Delete)
    assert (page.field.input.text(), page.pressed) == ("", [])
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Delete)
    assert page.pressed == [Key.REMOVE]


def test_escape_clears_the_field(counter):
    window, page, _ = counter
    page.field.focus_input()
    page.field.input.setText("834")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert page.field.input.text() == ""


def test_the_input_method_is_off(counter):
    _, page, _ = counter
    page.field.focus_input()
    assert not page.field.input.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_classification_while_typing(counter):
    _, page, _ = counter
    for text, part in (("834129005", "9 / 20"), ("42401", "5 / 28"), ("6901", "4 / 13")):
        page.field.input.setText(text)
        assert part in page.field._kind.text()
    page.field.input.setText("hello")
    assert "5" in page.field._kind.text()


def test_the_verdict_stays_until_the_next_text(counter):
    _, page, _ = counter
    shown = Spoken(ScanKind.DRUG_TRACE, CODE, Say("error.1202"), "attention")
    page.field.show_spoken(shown)
    assert page.field.refusal.isVisible()
    assert page.field._line.property("state") == "attention"
    page.field.input.setText("8")
    assert not page.field.refusal.isVisible()
    assert page.field._line.property("state") == "plain"


def test_no_two_keys_share_a_cap_and_offers_have_the_keys_of_the_bar():
    assert len({key.value for key in Key}) == len(Key)
    assert offer_cap("next_customer") is Key.NEXT
    assert offer_cap("copy_code") is Key.COPY_CODE


def test_keypad_enter_is_enter():
    event = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, "\r"
    )
    assert key_of(event) is Key.FORWARD
