"""The training table: what it offers on each page, by pointer and by keys, and what it leaves."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.access import Operator, Role
from app.domain.case import Step
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.ports.training import TrainingFault, WrongBox
from app.workflow.views.case import CaseView
from resources.scenarios import load_demo_store
from tests.support.looking import clipped, cut_sideways
from tests.support.rx_views import review_case, select_case
from tests.support.sale_views import scan_case, settle_case
from tests.support.training_fakes import CUSTOMERS, LOGINS, PHARMACIST, RememberingTable
from tests.support.views import a_case, identify_case
from ui.counter_window import CounterWindow
from ui.errors import sentences
from ui.keys import Key
from ui.shell import WindowOptions
from ui.text import has_text, tr
from ui.training.drawer import TrainingDrawer
from ui.training.logins import LoginsNote
from ui.training.room import SeatedTable, TrainingRoom, training_room
from ui.widgets import ElidedText, Text

TODAY = date(2026, 11, 22)
WIDE = (1920, 1080)
SMALL = (1366, 768)
TRAINING = WindowOptions(training=True)
OpenTable = Callable[..., CounterWindow]


@pytest.fixture
def table() -> RememberingTable:
    return RememberingTable()


@pytest.fixture
def open_table(open_window, table: RememberingTable, qtbot: QtBot) -> OpenTable:
    """A window with the table beside a case, its people known."""

    def open_one(case: CaseView, size: tuple[int, int] = WIDE, **more: object) -> CounterWindow:
        room = TrainingRoom(table, LOGINS)
        opened = open_window(case, size=size, options=TRAINING, training=room, **more)
        model = seated(opened).model
        qtbot.waitUntil(lambda: bool(model.people) and not model.busy, timeout=10000)
        return opened

    return open_one


def seated(opened: CounterWindow) -> SeatedTable:
    found = opened.findChild(SeatedTable)
    assert found is not None
    return found


def drawer(opened: CounterWindow) -> TrainingDrawer:
    return seated(opened).drawer


def press(opened: CounterWindow, button: QAbstractButton, qtbot: QtBot) -> None:
    assert button.isVisible()
    assert button.isEnabled(), button.accessibleName()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not seated(opened).model.busy, timeout=10000)


def heard(opened: CounterWindow) -> str:
    found = seated(opened).model.heard
    assert found is not None
    return tr(found.said.key, **dict(found.said.params))


def rect_in(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def test_the_review_page_is_whole_beside_the_table(open_table) -> None:
    opened = open_table(review_case(proved=False), SMALL)
    page = opened.window.current_page()
    assert page.name == "audit"
    assert drawer(opened).isVisible()
    for _ in range(3):
        QApplication.processEvents()
    assert cut_sideways(page) == []
    assert clipped(page) == []


def test_there_is_no_table_outside_training(open_window, table) -> None:
    opened = open_window(identify_case(), training=TrainingRoom(table, LOGINS))
    assert opened.findChild(SeatedTable) is None
    assert Key.TABLE not in opened.window.acts()


def test_a_customer_shows_a_voucher_a_card_or_an_id_card(open_table, table, qtbot) -> None:
    opened = open_table(identify_case())
    people = drawer(opened).people
    assert [row.person for row in people.rows] == list(CUSTOMERS)
    press(opened, people.voucher, qtbot)
    assert table.asked == [("clear",), ("show_voucher", CUSTOMERS[0].key)]
    assert heard(opened) == tr("training.said.voucher", name=CUSTOMERS[0].name)
    press(opened, people.rows[1], qtbot)
    press(opened, people.card, qtbot)
    press(opened, people.id_card, qtbot)
    assert table.names() == ["show_voucher", "insert_card", "place_id_card"]
    assert table.asked[-1] == ("place_id_card", CUSTOMERS[1].key)


def test_what_is_held_up_goes_down_with_the_page(open_table, table, qtbot) -> None:
    opened = open_table(identify_case())
    press(opened, drawer(opened).people.voucher, qtbot)
    assert seated(opened).model.held
    opened.counter.case_changed.emit(select_case())
    qtbot.waitUntil(lambda: table.asked[-1] == ("clear",), timeout=10000)
    assert not seated(opened).model.held
    assert not drawer(opened).people.isVisible()


def test_the_pharmacist_shows_a_voucher_and_nothing_else(open_table, table, qtbot) -> None:
    opened = open_table(review_case(proved=False))
    people = drawer(opened).people
    assert [row.person for row in people.rows] == [PHARMACIST]
    assert not people.card.isVisible()
    press(opened, people.voucher, qtbot)
    assert table.asked[-1] == ("show_voucher", PHARMACIST.key)


def test_boxes_of_the_line_that_wants_them(open_table, table, qtbot) -> None:
    case = scan_case()
    opened = open_table(case)
    line = seated(opened).model.line
    assert line is not None
    assert line.scanned < line.needed
    boxes = drawer(opened).boxes
    press(opened, boxes.next, qtbot)
    press(opened, boxes.row, qtbot)
    asked = [act for act in table.asked if act[0] == "scan_boxes"]
    assert [act[2] for act in asked] == [1, line.needed - line.scanned]
    assert asked[0][1].name == line.name  # type: ignore[attr-defined]  # a WantedBox
    assert asked[0][1].taken == line.codes  # type: ignore[attr-defined]  # a WantedBox


@pytest.mark.parametrize("kind", list(WrongBox))
def test_every_wrong_scan_can_be_tried(open_table, table, qtbot, kind: WrongBox) -> None:
    opened = open_table(scan_case())
    press(opened, drawer(opened).boxes.wrong[kind], qtbot)
    assert table.asked[-1][:2] == ("scan_wrong", kind)
    assert tr(f"training.wrong_box.{kind.value}") in heard(opened)


def test_an_empty_shelf_says_so(open_table, table, qtbot) -> None:
    table.boxes = 0
    opened = open_table(scan_case())
    press(opened, drawer(opened).boxes.next, qtbot)
    assert heard(opened) == tr("training.said.no_box")
    found = seated(opened).model.heard
    assert found is not None
    assert found.bad


@pytest.mark.parametrize("kind", [WrongBox.EXPIRED, WrongBox.REPEATED])
def test_what_cannot_be_scanned_wrongly_is_said_in_plain_words(
    open_table, table, qtbot, kind: WrongBox
) -> None:
    table.boxes = 0
    opened = open_table(scan_case())
    press(opened, drawer(opened).boxes.wrong[kind], qtbot)
    assert heard(opened) == tr(f"training.said.no_box_{kind.value}")


@pytest.mark.parametrize("make", [identify_case, select_case, settle_case])
def test_faults_are_staged_anywhere_and_taken_back(open_table, table, qtbot, make) -> None:
    opened = open_table(make())
    faults = drawer(opened).faults
    assert not faults.calm.isVisible()
    press(opened, faults.buttons[TrainingFault.SETTLED_THEN_CUT], qtbot)
    press(opened, faults.buttons[TrainingFault.REFUSED], qtbot)
    assert table.waiting == 2
    assert "2" in heard(opened)
    press(opened, faults.calm, qtbot)
    assert table.waiting == 0
    assert not faults.calm.isVisible()


def test_a_fault_that_has_happened_is_not_offered_back(open_table, table, qtbot) -> None:
    opened = open_table(settle_case())
    faults = drawer(opened).faults
    press(opened, faults.buttons[TrainingFault.REFUSED], qtbot)
    assert faults.calm.isVisible()
    table.waiting = 0
    opened.counter.retry()
    qtbot.waitUntil(lambda: not faults.calm.isVisible(), timeout=10000)


def test_a_platform_that_is_gone_is_said_in_the_drawer(open_table, table, qtbot) -> None:
    opened = open_table(identify_case())
    table.trouble = LocalTrouble(Code.PLATFORM_NOT_STARTED)
    press(opened, drawer(opened).faults.buttons[TrainingFault.SLOW], qtbot)
    assert sentences(Code.PLATFORM_NOT_STARTED, {}).happened in heard(opened)
    press(opened, drawer(opened).people.voucher, qtbot)
    assert heard(opened) == tr("training.said.voucher", name=CUSTOMERS[0].name)


def test_every_page_with_a_hint_of_its_own_exists(open_table) -> None:
    opened = open_table(identify_case())
    # what is said once a page is done, or of a sale for cash, belongs to the same page
    found = (key.removesuffix("_done").removesuffix("_cash") for key in tr_keys("training.hint."))
    hints = [key for key in found if key not in ("elsewhere", "over")]
    assert {"identify", "audit", "scan"} <= set(hints)
    for name in hints:
        assert name == "sign_in" or opened.window.page(name) is not None, name


@pytest.mark.parametrize("step", [Step.CLOSED, Step.DONE])
def test_what_is_over_is_left_by_f2(open_table, step: Step) -> None:
    opened = open_table(a_case(step))
    model = seated(opened).model
    model.at("where")
    assert "F2" in model.hint
    assert "F6" not in model.hint
    opened.counter.case_changed.emit(identify_case())


def test_stock_is_spoiled_where_stock_is_looked_at(open_table, table, qtbot) -> None:
    opened = open_table(identify_case())
    stock = drawer(opened).stock
    assert not stock.isVisible()
    seated(opened).model.at("stock_day")
    assert stock.isVisible()
    for fault, button in stock.buttons.items():
        press(opened, button, qtbot)
        assert table.asked[-1] == ("plant", fault)
        assert heard(opened) == tr(f"training.said.{fault.value}")


def tr_keys(prefix: str) -> list[str]:
    from ui.text import texts

    return [key.removeprefix(prefix) for key in texts() if key.startswith(prefix)]


def test_every_role_of_the_scenario_has_a_word() -> None:
    for login in training_room(RememberingTable(), TODAY).logins:
        assert all(has_text(f"training.role.{role}") for role in login.roles), login.login


# keys and cursor


def test_the_key_opens_goes_there_and_folds(open_table, qtbot) -> None:
    opened = open_table(identify_case(), SMALL)
    window, found = opened.window, drawer(opened)
    window.activateWindow()
    assert found.isVisible()
    field = window.current_page().scan_field()
    assert window.focusWidget() is field.input
    assert window.press(Key.TABLE)
    assert found.holds_focus()
    assert window.press(Key.TABLE)
    assert not found.isVisible()
    assert window.focusWidget() is field.input
    assert window.press(Key.TABLE)
    assert found.isVisible()
    assert found.holds_focus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert found.isVisible()
    assert window.focusWidget() is field.input


def test_enter_presses_the_button_under_the_cursor(open_table, table, qtbot) -> None:
    opened = open_table(identify_case(), SMALL)
    opened.window.activateWindow()
    opened.window.press(Key.TABLE)
    drawer(opened).people.voucher.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(opened.window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not seated(opened).model.busy, timeout=10000)
    assert table.names() == ["show_voucher"]
    assert drawer(opened).people.voucher.hasFocus()


def test_the_pointer_leaves_the_cursor_in_the_scan_field(open_table, qtbot) -> None:
    opened = open_table(scan_case())
    window = opened.window
    window.activateWindow()
    field = window.current_page().scan_field()
    press(opened, drawer(opened).boxes.next, qtbot)
    assert window.focusWidget() is field.input


# room


@pytest.mark.parametrize("size", [SMALL, (1280, 720), WIDE])
@pytest.mark.parametrize("make", [identify_case, scan_case, settle_case])
def test_the_drawer_covers_nothing_and_cuts_no_words(open_table, qtbot, make, size) -> None:
    opened = open_table(make(), size)
    window, found = opened.window, drawer(opened)
    if not found.isVisible():
        window.press(Key.TABLE)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == size)
    beside = rect_in(found, window)
    assert not beside.intersects(rect_in(window.stack, window))
    assert beside.right() <= window.width()
    for label in found.findChildren(Text):
        if label.isVisible() and not isinstance(label, ElidedText) and not label.wordWrap():
            need = label.fontMetrics().horizontalAdvance(label.text())
            assert need <= label.width() + 1, label.text()
            assert rect_in(label, window).right() <= beside.right(), label.text()


def test_it_starts_folded_where_the_window_is_small(open_table) -> None:
    opened = open_table(identify_case(), (1024, 768))
    assert not drawer(opened).isVisible()
    assert drawer(open_table(identify_case(), SMALL)).isVisible()


def test_in_a_small_window_it_makes_room_for_pages_that_need_all_of_it(open_table, qtbot) -> None:
    opened = open_table(identify_case(), SMALL)
    opened.counter.case_changed.emit(select_case())
    assert not drawer(opened).isVisible()
    opened.window.press(Key.TABLE)
    assert drawer(opened).isVisible()
    opened.counter.case_changed.emit(a_case(Step.IDENTIFY, version=30))
    assert drawer(opened).isVisible()


def test_folded_stays_folded(open_table) -> None:
    opened = open_table(identify_case(), SMALL)
    seated(opened).fold()
    opened.counter.case_changed.emit(select_case())
    opened.counter.case_changed.emit(a_case(Step.IDENTIFY, version=30))
    assert not drawer(opened).isVisible()


# signing in


class Keeper:
    """Lets one person in; ``trouble`` is raised instead where it is set."""

    def __init__(self, trouble: LocalTrouble | OperatorInput | None = None) -> None:
        self.trouble = trouble

    def sign_in(self, login: str, pin: str) -> Operator:
        if self.trouble is not None:
            raise self.trouble
        return Operator(1, login, "收银员小榕", frozenset({Role.CLERK}))

    def lock(self) -> None:
        return None


def test_logins_and_pins_stand_on_the_sign_in_page(open_table) -> None:
    opened = open_table(identify_case(), SMALL, signing=Keeper())
    page = opened.window.current_page()
    assert page is not None
    assert page.name == "sign_in"
    note = page.findChild(LoginsNote)
    assert note is not None
    words = {label.text() for label in note.findChildren(Text)}
    for login in LOGINS:
        assert {login.login, login.pin, login.name} <= words
    inside = rect_in(note, opened.window)
    assert inside.bottom() <= rect_in(opened.window.stack, opened.window).bottom()


def test_only_logins_that_may_serve_are_offered() -> None:
    offered = {login.login for login in training_room(RememberingTable(), TODAY).logins}
    refused = {
        person.login
        for person in load_demo_store(TODAY).operators
        if not {"clerk", "pharmacist", "manager"} & set(person.roles)
    }
    assert {"4001", "5001"} <= refused
    assert {"1001", "2003"} <= offered
    assert not offered & refused


def test_nobody_reads_a_pin_outside_training(open_window) -> None:
    opened = open_window(identify_case(), signing=Keeper())
    assert opened.window.current_page().findChild(LoginsNote) is None


def test_a_machine_that_stopped_while_signing_in_has_a_page_of_its_own(open_table, qtbot) -> None:
    opened = open_table(identify_case(), signing=Keeper(LocalTrouble(Code.DISK_FULL)))
    page = opened.window.current_page()
    page.login.setText("1001")
    page.pin.setText("246810")
    page.enter()
    qtbot.waitUntil(lambda: opened.window.current_page().name == "local_trouble", timeout=10000)
