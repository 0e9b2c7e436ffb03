"""自费退药 by keyboard alone: Ctrl B, boxes, a second person, F12, and the slip."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.workflow.reconciling.views import CashDay
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.doubt_views import cash_refund_case, paid_back_case
from tests.support.looking import clipped, holds_cursor, modal, nameless, small_targets, words
from tests.support.money_views import a_closing
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.keys import Key
from ui.pages.give_back import GiveBackPage
from ui.pages.where import WherePage
from ui.theme import Density, Shade, apply_theme

THEMES = pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
    ],
    ids=["light-1366", "dark-1920"],
)


def paying(opened: CounterWindow) -> GiveBackPage:
    page = opened.window.current_page()
    assert isinstance(page, GiveBackPage)
    return page


def ended(opened: CounterWindow) -> WherePage:
    page = opened.window.current_page()
    assert isinstance(page, WherePage)
    return page


def test_cash_goes_back_once_and_its_slip_is_printed(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(cash_refund_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = paying(opened)
    said = words(page)
    for part in ("退现金 ¥ 158.90", "不用网络", "收款"):
        assert part in said
    for part in ("退回基金", "只发一次", "平台已结算"):
        assert part not in said
    assert holds_cursor(page.money.second.login)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    assert "pay_back" not in workflow.names()
    qtbot.keyClicks(page.money.second.login, "3001")
    qtbot.keyClick(page.money.second.login, Qt.Key.Key_Return)
    qtbot.keyClicks(page.money.second.pin, "112358")
    assert "停电也不会退两次" in words(page)
    workflow.answers["pay_back"] = paid_back_case()
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    rest(opened)
    told = [arguments for name, arguments in workflow.asked if name == "pay_back"]
    assert told == [(workflow.case.case_id, "3001", "112358")]
    assert "revoke" not in workflow.names()
    qtbot.waitUntil(lambda: "print_waiting" in workflow.names(), timeout=5000)
    assert "请把现金 158.90 交给顾客" in words(ended(opened))


def test_who_may_not_agree_pays_nothing_out(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(cash_refund_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = paying(opened)
    qtbot.keyClicks(page.money.second.login, "2001")
    qtbot.keyClicks(page.money.second.pin, "246810")
    workflow.answers["pay_back"] = OperatorInput(Code.SECOND_NOT_ALLOWED, act="refund")
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.window.board.loudest() is not None)
    rest(opened)
    assert "print_waiting" not in workflow.names()
    assert opened.window.current_page() is page


@pytest.mark.parametrize(("printed", "asked"), [(False, "print_waiting"), (True, "reprint")])
def test_f9_prints_the_slip_where_the_sale_ended(
    qtbot: QtBot, open_window, rest, *, printed: bool, asked: str
) -> None:
    workflow = PreparedWorkflow(paid_back_case(printed=printed))
    opened = open_window(workflow.case, workflow=workflow)
    assert ("补打退药凭证" if printed else "打印退药凭证") in words(ended(opened))
    opened.window.press(Key.PRINT)
    rest(opened)
    qtbot.waitUntil(lambda: asked in workflow.names(), timeout=5000)


def test_where_nothing_was_given_back_there_is_no_slip(open_window) -> None:
    opened = open_window(replace(paid_back_case(), slip=None))
    assert "退药凭证" not in words(ended(opened))


def test_the_end_of_the_day_says_cash_taken_and_given_back(qtbot: QtBot, open_window) -> None:
    cash = CashDay(3, Fen(4_500), 1, Fen(1_250))
    day_end = PreparedDayEnd(closing=replace(a_closing(), cash=cash))
    opened = open_window(identify_case(), day_end=day_end)
    opened.window.press(Key.DAY_END)
    qtbot.waitUntil(lambda: "1 单 12.50" in words(opened.window.current_page()), timeout=5000)
    said = words(opened.window.current_page())
    assert "自费收款" in said
    assert "3 单 45.00" in said


@THEMES
@pytest.mark.parametrize(
    "case", [cash_refund_case(), paid_back_case(), paid_back_case(printed=True)]
)
def test_both_pages_stand(
    qapp: QApplication, open_window, case, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    page = open_window(case, size=size).window.current_page()
    found = (nameless(page), small_targets(page), clipped(page), modal(), page.holds_focus())
    assert found == ([], [], [], [], True)
