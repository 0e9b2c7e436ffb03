"""The training table without a mouse: every act by arrows and Enter, the cursor never lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.ports.training import TrainingFault, WantedBox, WrongBox
from app.workflow.views.case import CaseView, ScanView
from tests.support.doubt_views import refund_case, return_case
from tests.support.looking import clipped, press, shown, words
from tests.support.rx_views import review_case, select_case
from tests.support.sale_views import hand_over_case, pay_case, scan_case, settle_case
from tests.support.training_fakes import CUSTOMERS, LOGINS, LOOSE, RememberingTable
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.keys import Key
from ui.shell import WindowOptions
from ui.text import tr
from ui.training.boxes import BoxRow, Shelf
from ui.training.drawer import TrainingDrawer
from ui.training.room import SeatedTable, TrainingRoom
from ui.widgets import Text

UP, DOWN, LEFT, RIGHT = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right
ENTER, ESC, TAB = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab
CTRL = Qt.KeyboardModifier.ControlModifier
OpenTable = Callable[..., CounterWindow]


@pytest.fixture
def table() -> RememberingTable:
    return RememberingTable()


@pytest.fixture
def open_table(open_window, table: RememberingTable, qtbot: QtBot) -> OpenTable:
    """A window in front with the table beside a case, its people known."""

    def open_one(case: CaseView, size: tuple[int, int] = (1366, 768)) -> CounterWindow:
        room = TrainingRoom(table, LOGINS)
        options = WindowOptions(training=True)
        opened = open_window(case, size=size, options=options, training=room)
        opened.window.activateWindow()
        qtbot.waitUntil(opened.window.isActiveWindow, timeout=10000)
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


def enter_table(opened: CounterWindow) -> TrainingDrawer:
    """Ctrl T, as a person presses it."""
    press(opened.window, Qt.Key.Key_T, CTRL)
    found = drawer(opened)
    assert found.holds_focus()
    return found


def cursor(opened: CounterWindow) -> QAbstractButton:
    found = opened.window.focusWidget()
    assert isinstance(found, QAbstractButton)
    return found


def idle(opened: CounterWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not seated(opened).model.busy, timeout=10000)


def self_pay(*, scanned: bool = False) -> CaseView:
    """自费 while boxes are scanned; every box makes its own line."""
    case = scan_case(complete=True)
    assert case.scan is not None
    lines = case.scan.lines[:1] if scanned else ()
    boxes = sum(line.scanned for line in lines)
    view = ScanView(lines, boxes, boxes, (), False, case.scan.total)
    return replace(case, route="self_pay", patient=None, scan=view)


def test_arrows_choose_a_person_and_enter_shows_the_code(open_table, table, qtbot) -> None:
    opened = open_table(identify_case())
    found = enter_table(opened)
    assert cursor(opened) is found.people.rows[0]
    press(opened.window, DOWN)
    assert cursor(opened) is found.people.rows[1]
    assert found.people.rows[1].isChecked()
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.asked[-1] == ("show_voucher", CUSTOMERS[1].key)


def test_arrows_reach_card_and_id_card(open_table, table, qtbot) -> None:
    opened = open_table(identify_case())
    found = enter_table(opened)
    press(opened.window, UP)
    assert cursor(opened) is found.people.card
    press(opened.window, RIGHT)
    assert cursor(opened) is found.people.id_card
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.asked[-1] == ("place_id_card", CUSTOMERS[0].key)
    assert cursor(opened) is found.people.id_card


def test_arrows_reach_every_button_and_none_twice(open_table) -> None:
    opened = open_table(scan_case(), (1920, 1080))
    found = enter_table(opened)
    press(opened.window, Qt.Key.Key_Home)
    seen = [cursor(opened)]
    for key in (RIGHT, DOWN) * 40:
        press(opened.window, key)
        if cursor(opened) is not seen[-1]:
            seen.append(cursor(opened))
        if key is DOWN:
            press(opened.window, LEFT)
            if cursor(opened) is not seen[-1]:
                seen.append(cursor(opened))
    assert set(seen) == set(found.buttons())
    assert seen[-1] in found.faults.buttons.values()


def test_tab_goes_through_the_table_in_the_order_of_the_eye(open_table) -> None:
    opened = open_table(identify_case(), (1920, 1080))
    found = enter_table(opened)
    press(opened.window, Qt.Key.Key_Home)
    # a list is one stop: the chosen person, and the arrows from there
    others = set(found.people.rows[1:])
    order = [made for made in found.buttons() if made not in others]
    walked = [cursor(opened)]
    for _ in order[1:]:
        walked[-1].focusNextChild()
        walked.append(cursor(opened))
    assert walked == order


def test_boxes_and_wrong_boxes_by_keys(open_table, table, qtbot) -> None:
    opened = open_table(scan_case())
    found = enter_table(opened)
    assert cursor(opened) is found.boxes.next
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.names() == ["scan_boxes"]
    press(opened.window, DOWN)
    press(opened.window, RIGHT)
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.asked[-1][:2] == ("scan_wrong", WrongBox.WRONG_PRODUCT)


def test_faults_by_keys(open_table, table, qtbot) -> None:
    opened = open_table(identify_case())
    found = enter_table(opened)
    press(opened.window, Qt.Key.Key_End)
    assert cursor(opened) is found.faults.unfold
    press(opened.window, ENTER)
    press(opened.window, DOWN)
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.asked[-1] == ("stage", TrainingFault.SETTLED_THEN_CUT)


def test_ctrl_t_opens_goes_in_and_closes_and_says_so(open_table) -> None:
    opened = open_table(identify_case())
    found, field = drawer(opened), opened.window.current_page().scan_field().input
    assert tr("training.keys.enter") in words(found)
    enter_table(opened)
    assert tr("training.keys.enter") not in words(found)
    for said in ("choose", "act", "back"):
        assert tr(f"training.keys.{said}") in words(found)
    press(opened.window, Qt.Key.Key_T, CTRL)
    assert not found.isVisible()
    assert opened.window.focusWidget() is field
    enter_table(opened)
    press(opened.window, ESC)
    assert found.isVisible()
    assert opened.window.focusWidget() is field
    assert Key.TABLE.value in words(found)


def test_a_finished_line_gives_the_cursor_to_the_page_not_to_a_wrong_box(open_table) -> None:
    opened = open_table(scan_case())
    found = enter_table(opened)
    assert cursor(opened) is found.boxes.next
    opened.counter.case_changed.disconnect()
    opened.counter.case = scan_case(complete=True)
    seated(opened).model.changed.emit()
    assert not found.boxes.next.isEnabled()
    assert not found.holds_focus()
    assert opened.window.current_page().holds_focus()


# boxes without a prescription


def test_self_pay_offers_what_needs_no_prescription(open_table, table, qtbot) -> None:
    opened = open_table(self_pay())
    found = enter_table(opened)
    assert [row.box.name for row in found.boxes.rows] == [box.name for box in LOOSE]
    assert isinstance(cursor(opened), BoxRow)
    press(opened.window, DOWN)
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.asked[-1] == ("scan_boxes", LOOSE[1], 1)
    assert tr("training.wrong_box.wrong_product_loose") in words(found)


@pytest.mark.parametrize("kind", [WrongBox.EXPIRED, WrongBox.WRONG_PRODUCT])
def test_self_pay_tries_what_may_not_be_sold(open_table, table, qtbot, kind: WrongBox) -> None:
    opened = open_table(self_pay(scanned=True))
    drawer(opened).boxes.wrong[kind].click()
    idle(opened, qtbot)
    name, asked, wanted = table.asked[-1]
    assert (name, asked) == ("scan_wrong", kind)
    assert isinstance(wanted, WantedBox)
    assert wanted.name == LOOSE[0].name
    case = opened.counter.case
    assert case is not None
    assert case.scan is not None
    assert wanted.taken == case.scan.lines[0].codes


def test_nobody_shows_a_code_where_cash_is_paid(open_table) -> None:
    opened = open_table(pay_case())
    assert opened.window.current_page().name == "settle"
    assert not drawer(opened).people.isVisible()


# boxes that come back


def test_a_return_offers_the_boxes_that_are_lacking(open_table, table, qtbot) -> None:
    case = return_case()
    opened = open_table(case)
    found = enter_table(opened)
    assert case.returning is not None
    lacking = [code for line in case.returning.lines for code in line.sold if code not in line.back]
    assert len(lacking) == 2
    assert [row.box.code for row in found.boxes.rows] == lacking
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.asked[-1] == ("scan", lacking[0])
    found.boxes.row.click()
    idle(opened, qtbot)
    assert [act for act in table.asked if act[0] == "scan"][1:] == [
        ("scan", code) for code in lacking
    ]


def test_a_return_tries_boxes_of_another_sale(open_table, table, qtbot) -> None:
    opened = open_table(return_case())
    found = drawer(opened)
    assert not found.boxes.wrong[WrongBox.EXPIRED].isVisible()
    found.boxes.wrong[WrongBox.WRONG_PRODUCT].click()
    idle(opened, qtbot)
    assert table.asked[-1][:2] == ("scan_wrong", WrongBox.WRONG_PRODUCT)


def test_the_next_lacking_box_takes_the_place_of_the_one_scanned(open_table) -> None:
    opened = open_table(return_case())
    found = enter_table(opened)
    press(opened.window, DOWN)
    case = return_case()
    assert case.returning is not None
    assert isinstance(cursor(opened), BoxRow)
    first = case.returning.lines[0]
    lines = (replace(first, back=first.sold), *case.returning.lines[1:])
    opened.counter.case = replace(case, returning=replace(case.returning, lines=lines))
    seated(opened).model.changed.emit()
    assert isinstance(cursor(opened), BoxRow)
    assert cursor(opened) in found.boxes.rows


def test_no_boxes_once_the_money_goes_back(open_table) -> None:
    opened = open_table(refund_case())
    assert not drawer(opened).boxes.isVisible()


def test_in_a_narrow_window_the_table_gives_its_place_back(open_table, table, qtbot) -> None:
    opened = open_table(identify_case(), (683, 384))
    page = opened.window.current_page()
    found = enter_table(opened)
    assert not page.isVisible()
    press(opened.window, ESC)
    assert page.isVisible()
    assert not found.isVisible()
    enter_table(opened)
    press(opened.window, ENTER)
    idle(opened, qtbot)
    qtbot.waitUntil(page.isVisible, timeout=10000)
    assert page.holds_focus()
    assert table.names() == ["show_voucher"]


def test_a_pharmacist_is_shown_by_enter(open_table, table, qtbot) -> None:
    opened = open_table(review_case(proved=False))
    enter_table(opened)
    press(opened.window, ENTER)
    idle(opened, qtbot)
    assert table.names() == ["show_voucher"]


@pytest.mark.parametrize("size", [(1366, 768), (1366, 697), (1920, 1080)])
@pytest.mark.parametrize("make", [return_case, self_pay])
def test_nothing_of_the_shelf_is_squeezed(open_table, qtbot, make, size) -> None:
    opened = open_table(make(), size)
    found = enter_table(opened)
    drawer(opened).boxes.wrong[WrongBox.PAYMENT].click()
    idle(opened, qtbot)
    for _ in range(4):
        QApplication.processEvents()
    shelf = found.boxes.findChild(Shelf)
    below = [label for label in shown(found.boxes, Text) if label.text() == tr("training.wrong")]
    assert below[0].mapTo(found, QPoint()).y() >= shelf.mapTo(found, QPoint(0, shelf.height())).y()
    for row in found.boxes.rows:
        assert row.mapTo(shelf, QPoint()).x() >= 0
    for button in found.boxes.wrong.values():
        assert not button.isVisible() or button.height() >= 36, button.accessibleName()
    for row in found.boxes.rows:
        assert row.height() >= row.minimumSizeHint().height(), row.accessibleName()
    assert clipped(found) == []


@pytest.mark.parametrize("make", [identify_case, scan_case, settle_case])
def test_every_button_is_reached_by_arrows_and_tab_while_something_is_held_up(
    open_table, qtbot, make
) -> None:
    opened = open_table(make())
    found = enter_table(opened)
    seated(opened).model.show_voucher()
    idle(opened, qtbot)
    QApplication.processEvents()
    press(opened.window, Qt.Key.Key_Home)
    walked = [cursor(opened)]
    for key in (DOWN, RIGHT, LEFT) * 30:
        press(opened.window, key)
        if cursor(opened) not in walked:
            walked.append(cursor(opened))
    assert found.faults.unfold in walked
    assert set(walked) == set(found.buttons())
    others = {made for made in found.people.rows if not made.isChecked()}
    order = [made for made in found.buttons() if made not in others]
    press(opened.window, Qt.Key.Key_Home)
    tabbed = [cursor(opened)]
    for _ in order[1:]:
        press(opened.window, TAB)
        tabbed.append(cursor(opened))
    assert tabbed == order
    seen = found.faults.unfold
    assert seen.visibleRegion().boundingRect().height() == seen.height()


def test_the_order_stands_when_the_table_comes_back_with_another_page(open_table, qtbot) -> None:
    opened = open_table(identify_case())
    found = drawer(opened)
    for case in (select_case(), review_case(), scan_case(), settle_case()):
        opened.counter.case_changed.emit(case)
        QApplication.processEvents()
    assert found.isVisible()
    enter_table(opened)
    walked = [cursor(opened)]
    press(opened.window, TAB)
    assert [*walked, cursor(opened)] == [found.people.rows[0], found.faults.unfold]
    seated(opened).model.show_voucher()
    idle(opened, qtbot)
    press(opened.window, TAB)
    assert cursor(opened) is found.clear


@pytest.mark.parametrize("over", [False, True])
def test_the_hint_follows_the_hand_over(open_table, over: bool) -> None:
    opened = open_table(hand_over_case(handed_over=over))
    assert opened.window.current_page().name == "hand_over"
    wanted = "training.hint.hand_over_done" if over else "training.hint.hand_over"
    assert seated(opened).model.hint == tr(wanted)


def test_nothing_scanned_is_the_reason_f12_is_off(open_table) -> None:
    page = open_table(self_pay()).window.current_page()
    assert page.why.text() == tr("pages.scan.none_yet")
