"""资金对账, 采纳入账: which visit gets the line is read before anybody signs."""

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.books.money import Cause, GroupState
from app.workflow.reconciling.views import DifferenceRow, GroupRow, LineGoesTo
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.looking import alt, press, words
from tests.support.money_views import a_row, money_day, sums
from tests.support.views import before, identify_case
from ui.counter_window import CounterWindow
from ui.pages.money import MoneyPage
from ui.text import tr
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
    assert "药不要再给一次" in page.remedy.goes.text(), "who opens it has goods before them"
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


def test_the_visit_behind_a_row_is_one_visible_key_away(open_window, qtbot: QtBot) -> None:
    """An adopted refund wants its boxes scanned there first."""
    made, page, _work = page_with(open_window, qtbot, a_row(Cause.REFUND_ABSENT_HERE))
    assert page.remedy.visit.isVisible()
    page.remedy.visit.click()
    qtbot.waitUntil(lambda: made.window.current_page().name == "identify")


def test_where_there_is_no_visit_no_key_says_so(open_window, qtbot: QtBot) -> None:
    _made, page, _work = page_with(open_window, qtbot, a_row(Cause.ABSENT_HERE, case_id=None))
    assert not page.remedy.visit.isVisible()


def test_what_was_asked_is_not_said_to_be_sent(open_window, qtbot: QtBot) -> None:
    row = a_row(Cause.ABSENT_THERE, asked_at=before(minutes=1))
    _made, page, _work = page_with(open_window, qtbot, row)
    assert "问过" in page.remedy.asked.text()
    assert "发过" not in page.remedy.asked.text()


def test_groups_without_business_are_one_line(open_window, qtbot: QtBot) -> None:
    _made, page, work = page_with(open_window, qtbot, a_row(Cause.ABSENT_HERE))
    empty = GroupRow("离休", "41", "350199", 0, sums(0), GroupState.EQUAL, False, None)
    unread = replace(empty, insurance="公务员补助", state=GroupState.NOT_COMPARED, code=5001)
    busy = work.view.groups[0]
    work.view = replace(
        work.view, groups=(busy, *(replace(empty, office=f"{n}") for n in range(9)), unread)
    )
    page.model.load()
    qtbot.waitUntil(lambda: "9 组" in words(page.groups))
    said = words(page.groups)
    assert "离休" not in said
    assert busy.insurance in said
    assert "公务员补助" in said, "what could not be asked stands for itself"


def test_differences_of_a_missing_day_are_signed_with_a_reason(open_window, qtbot: QtBot) -> None:
    made, page, work = page_with(open_window, qtbot, a_row(Cause.ABSENT_HERE))
    work.view = replace(work.view, missing=(work.view.day,))
    page.model.load()
    qtbot.waitUntil(lambda: bool(page.model.view.missing))
    press(made.window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.signature.isVisible)
    assert page.signature.note.accessibleName() == tr("pages.signature.reason")
    page.signature.login.setText("3001")
    page.signature.pin.setText("112358")
    assert not page.signature.filled
    assert tr("pages.signature.wanted_reason") in words(page)
    page.signature.note.setText("恢复前已付款取药")
    assert page.signature.filled


def test_a_refund_that_is_adopted_gives_no_goods(open_window, qtbot: QtBot) -> None:
    row = replace(a_row(Cause.REFUND_ABSENT_HERE), goes_to=TO, adoptable=True)
    _made, page, _work = page_with(open_window, qtbot, row)
    assert TO.receipt_no in page.remedy.goes.text()
    assert "药不要再给一次" not in page.remedy.goes.text()


def test_what_cannot_be_adopted_names_no_visit(open_window, qtbot: QtBot) -> None:
    _made, page, _work = page_with(open_window, qtbot, a_row(Cause.NAMELESS_THERE, case_id=None))
    assert not page.remedy.goes.isVisible()
    assert "没有报文号" in words(page)
    assert not page.remedy.act.isVisible()
    assert not page.remedy.adopt.isVisible()
