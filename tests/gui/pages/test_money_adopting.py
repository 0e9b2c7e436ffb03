"""资金对账, 采纳入账: which visit gets the line is read before anybody signs."""

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.books.money import Cause
from app.workflow.reconciling.views import DifferenceRow, LineGoesTo
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.looking import alt, press, words
from tests.support.money_views import a_row, money_day
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.pages.money import MoneyPage
from ui.viewmodels.compared_day import Asks

TO = LineGoesTo(7, "R20261120-0031", "林**")


def page_with(
    open_window, qtbot: QtBot, row: DifferenceRow
) -> tuple[CounterWindow, MoneyPage, PreparedDayEnd]:
    work = PreparedDayEnd(replace(money_day(causes=()), rows=(row,)))
    made = open_window(identify_case(), day_end=work)
    press(made.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    page = made.window.current_page()
    qtbot.waitUntil(lambda: page.model.view is not None)
    return made, page, work


def test_the_visit_that_gets_the_line_is_named_while_somebody_signs(
    open_window, qtbot: QtBot
) -> None:
    row = a_row(Cause.ABSENT_HERE, case_id=None)
    made, page, work = page_with(open_window, qtbot, row)
    assert "没有对得上的单" in words(page)
    # begun since the page was opened
    work.view = replace(work.view, rows=(replace(row, goes_to=TO),))
    alt(made.window, 6)
    qtbot.waitUntil(lambda: TO.receipt_no in words(page))
    assert page.model.asks is Asks.ADOPT
    assert page.remedy.goes.isVisible()
    assert TO.name in page.remedy.goes.text()
    assert "没有对得上的单" not in words(page)
    assert work.asked == [], "reading moves nothing"


def test_where_the_row_is_gone_nobody_signs_for_the_next_one(open_window, qtbot: QtBot) -> None:
    row = a_row(Cause.ABSENT_HERE, case_id=None)
    made, page, work = page_with(open_window, qtbot, row)
    work.view = replace(work.view, rows=(a_row(Cause.ABSENT_HERE, 5),))
    alt(made.window, 6)
    qtbot.waitUntil(lambda: page.model.asks is Asks.NOTHING)
    assert not page.signature.isVisible()
    assert work.asked == []


def test_what_cannot_be_adopted_names_no_visit(open_window, qtbot: QtBot) -> None:
    _made, page, _work = page_with(open_window, qtbot, a_row(Cause.NAMELESS_THERE, case_id=None))
    assert not page.remedy.goes.isVisible()
    assert "没有报文号" in words(page)
    assert not page.remedy.act.isVisible()
    assert not page.remedy.adopt.isVisible()
