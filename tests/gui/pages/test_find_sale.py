"""F3: the cursor is in the field at once, and a scan right behind the key is looked for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, OperatorInput
from app.ports.devices import ScannedText, ScanSource
from devices.code.wedge import Wedge
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.looking import holds_cursor, press
from tests.support.sale_views import hand_over_case, scan_case
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.pages.waiting import WaitingPage

BOX, RECEIPT = "83412900512873640915", "0202-000118"
PACK = "01069000000000141727103110A1138\x1d21SER9"
VOUCHER = "4240000000000000000100350000"


class Ticking:
    """Seconds that pass only when a key looks at them: a gun's pace on any machine."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += 0.002
        return self.at


@pytest.fixture
def workflow() -> PreparedWorkflow:
    return PreparedWorkflow(scan_case())


@pytest.fixture
def opened(open_window, workflow: PreparedWorkflow) -> CounterWindow:
    made: CounterWindow = open_window(workflow.case, workflow=workflow, burst=Wedge(virtual=True))
    return made


def page_of(opened: CounterWindow) -> WaitingPage:
    page = opened.window.current_page()
    assert isinstance(page, WaitingPage)
    return page


def asked(workflow: PreparedWorkflow, name: str) -> list[str]:
    return [str(arguments[-1]) for what, arguments in workflow.asked if what == name]


def scan(opened: CounterWindow, text: str) -> None:
    opened.devices.scanned.emit(ScannedText(text, ScanSource.SERIAL, 1.0))


@pytest.mark.parametrize("text", [BOX, RECEIPT])
def test_a_gun_right_behind_f3_finds_the_sale(
    qtbot: QtBot, opened: CounterWindow, workflow: PreparedWorkflow, text: str
) -> None:
    opened.window._capture._now = Ticking()
    workflow.answers["find_sale"] = hand_over_case(handed_over=True)
    handle = opened.window.windowHandle()
    QTest.keyClick(handle, Qt.Key.Key_F3)
    assert holds_cursor(page_of(opened).sought)
    for character in text:
        QTest.keyClick(handle, character)
    QTest.keyClick(handle, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked(workflow, "find_sale") == [text], timeout=5000)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "hand_over", timeout=5000)
    assert asked(workflow, "accept") == []


def test_a_scan_while_something_is_on_its_way_is_looked_for_after_it(
    qtbot: QtBot, opened: CounterWindow, workflow: PreparedWorkflow
) -> None:
    press(opened.window, Qt.Key.Key_F3)
    opened.counter._enter()
    scan(opened, BOX)
    assert page_of(opened).sought.text() == BOX
    assert asked(workflow, "find_sale") == []
    opened.counter._leave()
    qtbot.waitUntil(lambda: asked(workflow, "find_sale") == [BOX], timeout=5000)


def test_a_sale_that_is_here_already_comes_to_the_front(
    qtbot: QtBot, open_window, workflow: PreparedWorkflow
) -> None:
    workflow.case = hand_over_case(handed_over=True)
    opened = open_window(workflow.case, workflow=workflow)
    press(opened.window, Qt.Key.Key_F3)
    scan(opened, RECEIPT)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "hand_over", timeout=5000)


def test_what_nobody_sold_is_told_and_the_field_keeps_it(
    qtbot: QtBot, opened: CounterWindow, workflow: PreparedWorkflow
) -> None:
    workflow.answers["find_sale"] = OperatorInput(Code.SALE_NOT_FOUND)  # type: ignore[assignment]
    press(opened.window, Qt.Key.Key_F3)
    scan(opened, BOX)
    qtbot.waitUntil(lambda: opened.window.board.loudest() is not None, timeout=5000)
    assert opened.window.board.loudest().code == Code.SALE_NOT_FOUND
    assert page_of(opened).sought.text() == BOX


def test_who_the_customer_is_goes_to_the_visit(
    qtbot: QtBot, open_window, workflow: PreparedWorkflow
) -> None:
    workflow.case = identify_case()
    opened = open_window(workflow.case, workflow=workflow)
    press(opened.window, Qt.Key.Key_F3)
    scan(opened, VOUCHER)
    qtbot.waitUntil(lambda: asked(workflow, "accept") == [VOUCHER], timeout=5000)
    assert asked(workflow, "find_sale") == []


def test_a_box_scanned_over_the_list_of_parked_visits_goes_to_the_visit(
    qtbot: QtBot, opened: CounterWindow, workflow: PreparedWorkflow
) -> None:
    opened.window.show_page("waiting")
    scan(opened, BOX)
    qtbot.waitUntil(lambda: asked(workflow, "accept") == [BOX], timeout=5000)


def test_f3_again_keeps_the_cursor_in_the_field(opened: CounterWindow) -> None:
    for _ in range(2):
        press(opened.window, Qt.Key.Key_F3)
        assert holds_cursor(page_of(opened).sought)


def test_a_code_with_separators_is_looked_for_whole(
    qtbot: QtBot, opened: CounterWindow, workflow: PreparedWorkflow
) -> None:
    """Its serial stands behind the separator, which Python takes for the end of a line."""
    workflow.answers["find_sale"] = hand_over_case(handed_over=True)
    press(opened.window, Qt.Key.Key_F3)
    scan(opened, f"{PACK}\r\n")
    qtbot.waitUntil(lambda: asked(workflow, "find_sale") == [PACK], timeout=5000)
