"""自费 on screen: Alt 4 begins it, F12 takes the cash; without a line every page says so."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from app.domain.money import Fen
from app.workflow.views.case import LightView, Say, Whereabouts
from app.workflow.views.desk import LineView
from tests.support.looking import words
from tests.support.sale_views import pay_case
from tests.support.views import a_desk, after, before, identify_case
from ui.keys import Key, offer_key


def test_alt_4_sells_for_cash(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case())
    workflow = opened.counter.workflow
    workflow.answers["sell_for_cash"] = pay_case()
    opened.window.press(offer_key(4))
    qtbot.waitUntil(lambda: opened.window.current_page().name == "settle", timeout=5000)
    assert "sell_for_cash" in [name for name, _ in workflow.asked]
    assert "自费顾客" in words(opened.window)


def test_f12_takes_the_cash_and_settles_nothing(qtbot: QtBot, open_window) -> None:
    case = pay_case()
    opened = open_window(case)
    page = opened.window.current_page()
    assert page.name == "settle"
    assert "自费还能卖 49 单" in words(page)
    assert case.settle is not None
    assert case.settle.amounts is not None
    due = case.settle.amounts.cash
    opened.window.press(Key.BIND)
    opened.window.press(offer_key(1))
    assert "收款" in words(page)
    opened.window.press(Key.BIND)
    asked = opened.counter.workflow.asked
    qtbot.waitUntil(lambda: any(name == "pay" for name, _ in asked), timeout=5000)
    assert [args for name, args in asked if name == "pay"] == [(case.case_id, Fen(due))]
    assert all(name != "settle" for name, _ in asked)


def test_no_line_is_said_on_every_page_until_it_is_back(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case())
    line = LineView(before(minutes=12), 49, 199_000, after(hours=23))
    opened.counter.desk_changed.emit(replace(a_desk(), no_line=line))
    qtbot.waitUntil(lambda: "医保结算要等网络" in words(opened.window), timeout=5000)
    said = words(opened.window)
    assert "自费还能卖 49 单、1,990.00 元" in said
    opened.counter.desk_changed.emit(a_desk())
    qtbot.waitUntil(lambda: "医保结算要等网络" not in words(opened.window), timeout=5000)


def test_f4_sets_a_sale_for_cash_aside(qtbot: QtBot, open_window) -> None:
    opened = open_window(pay_case())
    opened.window.press(Key.PARK)
    workflow = opened.counter.workflow
    qtbot.waitUntil(lambda: "park" in [name for name, _ in workflow.asked], timeout=5000)


def test_the_light_of_the_prescription_says_that_none_is_wanted(open_window) -> None:
    light = LightView(Whereabouts.OURS, Say("light.rx.not_needed"), needed=False)
    opened = open_window(replace(pay_case(), prescription=light))
    assert "不用处方" in words(opened.window.strip)
    assert "未下载" not in words(opened.window.strip)
