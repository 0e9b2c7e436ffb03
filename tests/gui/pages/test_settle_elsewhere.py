"""Where another product settles: its slip is copied by keyboard, the rest is cash, once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.money import Fen
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.doubt_views import refund_case
from tests.support.looking import clipped, holds_cursor, nameless, small_targets, words
from tests.support.sale_views import elsewhere_case, settle_case
from ui.keys import Key
from ui.pages.give_back import GiveBackPage
from ui.pages.settle import SettlePage
from ui.theme import Density, Shade, apply_theme


def test_a_slip_is_copied_without_a_mouse(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(elsewhere_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = opened.window.current_page()
    assert isinstance(page, SettlePage)
    card = page.foreign
    assert card is not None
    assert not page.cash.isVisible()
    assert holds_cursor(card.number)
    opened.window.press(Key.BIND)
    for text in ("YQT2026-0007", "100", "20.5"):
        qtbot.keyClicks(opened.window.focusWidget(), text)
        qtbot.keyClick(opened.window.focusWidget(), Qt.Key.Key_Return)
    assert "43.54" in words(page)
    assert "settle_elsewhere" not in workflow.names()
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "settle_elsewhere" in workflow.names(), timeout=5000)
    rest(opened)
    told = [arguments for name, arguments in workflow.asked if name == "settle_elsewhere"]
    assert told == [(elsewhere_case().case_id, "YQT2026-0007", Fen(10000), Fen(2050))]


@pytest.mark.parametrize(
    ("fund", "account", "said"),
    [("", "0", "没有就填 0"), ("164", "1", "比总额多"), ("1e3", "0", "没有就填 0")],
)
def test_what_cannot_be_is_said_and_not_written(
    qtbot: QtBot, open_window, rest, fund: str, account: str, said: str
) -> None:
    workflow = PreparedWorkflow(elsewhere_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = opened.window.current_page()
    assert isinstance(page, SettlePage)
    assert page.foreign is not None
    for field, text in (
        (page.foreign.number, "YQT-1"),
        (page.foreign.fund, fund),
        (page.foreign.account, account),
    ):
        qtbot.keyClicks(field, text)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    rest(opened)
    assert said in words(page)
    assert "settle_elsewhere" not in workflow.names()


def test_the_next_customer_settles_here_again(qtbot: QtBot, open_window) -> None:
    workflow = PreparedWorkflow(elsewhere_case())
    opened = open_window(workflow.case, workflow=workflow)
    page = opened.window.current_page()
    assert isinstance(page, SettlePage)
    workflow.case = settle_case()
    opened.counter.ask(workflow.current, switches=True)
    qtbot.waitUntil(page.cash.isVisible, timeout=5000)
    assert page.foreign is not None
    assert not page.foreign.isVisible()


def test_a_refund_there_is_written_down_by_two(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(refund_case(elsewhere=True))
    opened = open_window(workflow.case, workflow=workflow)
    page = opened.window.current_page()
    assert isinstance(page, GiveBackPage)
    money = page.money
    assert holds_cursor(money.number)
    assert "还没有抄退款单号" in words(page)
    qtbot.keyClicks(money.number, "YQT-R1")
    qtbot.keyClicks(money.second.login, "3001")
    qtbot.keyClicks(money.second.pin, "112358")
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "refund_elsewhere" in workflow.names(), timeout=5000)
    rest(opened)
    told = [arguments[1:] for name, arguments in workflow.asked if name == "refund_elsewhere"]
    assert told == [("YQT-R1", "3001", "112358")]
    assert "revoke" not in workflow.names()


@pytest.mark.parametrize("shade", [Shade.LIGHT, Shade.DARK])
def test_the_card_stands(qapp: QApplication, open_window, shade: Shade) -> None:
    apply_theme(qapp, shade, Density.COMPACT)
    page = open_window(elsewhere_case(), size=(1366, 768)).window.current_page()
    assert not clipped(page)
    assert not nameless(page)
    assert not small_targets(page)
