"""退货退款 by keyboard: boxes first, then a second person, and money once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, OperatorInput
from app.workflow.views.case import CaseView
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.doubt_views import refund_case, return_case, uncoded_return_case
from tests.support.looking import clipped, holds_cursor, modal, nameless, small_targets, words
from tests.support.sale_views import hand_over_case
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.pages.give_back import GiveBackPage
from ui.shell import WindowOptions
from ui.theme import Density, Shade, apply_theme

CTRL = Qt.KeyboardModifier.ControlModifier


def on_page(opened: CounterWindow) -> GiveBackPage:
    page = opened.window.current_page()
    assert isinstance(page, GiveBackPage)
    return page


def test_a_finished_visit_is_given_back_with_ctrl_b(qtbot: QtBot, open_window) -> None:
    workflow = PreparedWorkflow(hand_over_case(handed_over=True, may_give_back=True))
    opened = open_window(workflow.case, workflow=workflow)
    workflow.answers["begin_return"] = return_case()
    qtbot.keyClick(opened.window, Qt.Key.Key_B, CTRL)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "give_back")
    assert on_page(opened).field.isVisible()


def test_a_sale_of_any_day_is_found_by_its_receipt(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(identify_case())
    opened = open_window(workflow.case, workflow=workflow)
    qtbot.keyClick(opened.window, Qt.Key.Key_F3)
    page = opened.window.current_page()
    assert page.name == "waiting"
    qtbot.keyClick(opened.window, Qt.Key.Key_F3)
    assert holds_cursor(page.sought)
    workflow.answers["find_sale"] = hand_over_case(handed_over=True, may_give_back=True)
    qtbot.keyClicks(page.sought, "0202-000118")
    qtbot.keyClick(page.sought, Qt.Key.Key_Return)
    rest(opened)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "hand_over")
    assert [a for n, a in workflow.asked if n == "find_sale"] == [("0202-000118",)]


def test_cash_that_goes_back_is_not_called_owed(open_window) -> None:
    said = words(on_page(open_window(return_case())).amounts)
    assert "退给顾客" in said
    assert "应收" not in said


def test_f12_waits_for_every_box(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(return_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = on_page(opened)
    assert "收回 1 / 3 盒" in words(page)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    rest(opened)
    assert "take_back" not in workflow.names()
    workflow.case = return_case(whole=True)
    opened.counter.ask(workflow.current, switches=True)
    qtbot.waitUntil(lambda: not page.model.lacks)
    workflow.answers["take_back"] = refund_case()
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "take_back" in workflow.names())
    rest(opened)
    (codes,) = [arguments[1] for name, arguments in workflow.asked if name == "take_back"]
    assert len(codes) == 3
    qtbot.waitUntil(lambda: holds_cursor(page.money.second.login))


def test_boxes_without_a_code_are_counted_by_a_person(open_window) -> None:
    page = on_page(open_window(uncoded_return_case()))
    said = words(page)
    assert "收回 3 / 3 盒 ・ 另有无码 2 盒" in said
    assert "另有 2 盒没有码" in said
    assert "没有码的 2 盒也在内" in said
    assert not clipped(page)
    assert "没有码" not in words(on_page(open_window(return_case())))


def test_the_refund_needs_a_second_person_and_is_sent_once(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(refund_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = on_page(opened)
    assert "10.70" in words(page)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    assert "revoke" not in workflow.names()
    qtbot.keyClicks(page.money.second.login, "3001")
    qtbot.keyClick(page.money.second.login, Qt.Key.Key_Return)
    qtbot.keyClicks(page.money.second.pin, "112358")
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    rest(opened)
    told = [arguments for name, arguments in workflow.asked if name == "revoke"]
    assert told == [(workflow.case.case_id, "3001", "112358")]
    assert page.money.second.pin.text() == ""


def test_a_wrong_pin_is_said_and_nothing_is_lost(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(refund_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = on_page(opened)
    qtbot.keyClicks(page.money.second.login, "3001")
    qtbot.keyClicks(page.money.second.pin, "000000")
    workflow.answers["revoke"] = OperatorInput(Code.SIGN_IN_WRONG)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.window.board.loudest() is not None)
    rest(opened)
    assert page.money.second.login.text() == "3001"
    assert holds_cursor(page.money.second.pin), "typed over the login it could be read"
    assert page.model.lacks == "person"


@pytest.mark.parametrize("code", [Code.SECOND_NOT_ALLOWED, Code.SECOND_IS_FIRST])
def test_who_may_not_agree_is_told_and_the_next_types_over(
    qtbot: QtBot, open_window, rest, code: Code
) -> None:
    workflow = PreparedWorkflow(refund_case())
    options = WindowOptions(training=True)
    opened = open_window(workflow.case, workflow=workflow, size=(1366, 768), options=options)
    page = on_page(opened)
    qtbot.keyClicks(page.money.second.login, "1001")
    qtbot.keyClicks(page.money.second.pin, "246810")
    workflow.answers["revoke"] = OperatorInput(code, act="refund")
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.window.board.loudest() is not None)
    rest(opened)
    assert "F10" not in words(opened.window.banner)
    qtbot.waitUntil(lambda: page.money.second.login.selectedText() == "1001")
    assert holds_cursor(page.money.second.login)
    bind = page.money.bind
    assert bind.visibleRegion().boundingRect().height() == bind.height()


@pytest.mark.parametrize("case", [return_case(), return_case(whole=True), refund_case()])
@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
    ],
    ids=["light-1366", "dark-1920"],
)
def test_the_page_stands(
    qapp: QApplication, open_window, case: CaseView, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    page = on_page(open_window(case, size=size))
    found = (nameless(page), small_targets(page), clipped(page), modal(), page.holds_focus())
    assert found == ([], [], [], [], True)
