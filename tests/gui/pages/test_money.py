"""资金对账 by keyboard: compare, look, repair by one key, sign, file; people masked."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.books.money import Cause
from app.domain.errors import Code, NotSent, OperatorInput
from app.workflow.reconciling.views import MoneyView
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.doubt_views import open_items
from tests.support.looking import alt, clipped, nameless, press, small_targets, words
from tests.support.money_views import (
    DAY,
    PERSON_NO,
    SEEN,
    a_row,
    money_day,
    not_compared,
    signed_day,
)
from tests.support.sale_views import unknown_case
from tests.support.views import before, identify_case
from ui.counter_window import CounterWindow
from ui.keys import Key
from ui.pages.money import MoneyPage
from ui.theme import Density, Shade, apply_theme

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def work() -> PreparedDayEnd:
    return PreparedDayEnd()


@pytest.fixture
def opened(open_window, work: PreparedDayEnd, qtbot: QtBot) -> CounterWindow:
    made: CounterWindow = open_window(identify_case(), day_end=work)
    show(made, qtbot)
    return made


def show(made: CounterWindow, qtbot: QtBot) -> MoneyPage:
    """Ctrl 3 from the page of the case."""
    press(made.window, Qt.Key.Key_3, CTRL)
    page = made.window.current_page()
    assert isinstance(page, MoneyPage)
    qtbot.waitUntil(lambda: page.model.view is not None)
    return page


def page_of(made: CounterWindow) -> MoneyPage:
    page = made.window.current_page()
    assert isinstance(page, MoneyPage)
    return page


def focused(made: CounterWindow) -> object:
    return made.window.focusWidget()


def key(made: CounterWindow, what: Qt.Key) -> None:
    press(made.window, what)


def typed(made: CounterWindow, qtbot: QtBot, login: str, pin: str) -> MoneyPage:
    page = page_of(made)
    qtbot.waitUntil(lambda: focused(made) is page.signature.login)
    qtbot.keyClicks(page.signature.login, login)
    qtbot.keyClick(page.signature.login, Qt.Key.Key_Return)
    assert focused(made) is page.signature.pin
    qtbot.keyClicks(page.signature.pin, pin)
    return page


def test_what_needs_a_person_stands_first_and_the_rest_can_go(
    opened: CounterWindow, qtbot: QtBot
) -> None:
    page = page_of(opened)
    assert [row.cause for row in page.model.rows] == list(SEEN)
    assert page.model.row is not None
    assert page.model.row.cause is Cause.ABSENT_HERE
    alt(opened.window, 1)
    assert [row.cause for row in page.model.rows] == list(SEEN[:-1])
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.model.row.cause is Cause.OPEN_HERE


def test_cause_evidence_and_remedy_are_said_and_nobody_is_named(opened: CounterWindow) -> None:
    said = words(page_of(opened))
    for part in ("平台已结算，本店没有这笔", "平台明细 400000000", "2601", "72.60"):
        assert part in said
    assert PERSON_NO not in said


def test_f5_compares_and_moves_nothing(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    key(opened, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not page.model.busy)
    alt(opened.window, 2)
    qtbot.waitUntil(lambda: not page.model.busy)
    assert work.asked == [("compare", DAY, False), ("compare", DAY, True)]


def test_one_key_and_a_second_person_reverse_once(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    found = page.model.row
    assert found is not None
    key(opened, Qt.Key.Key_F12)
    key(opened, Qt.Key.Key_F12)
    assert work.asked == [], "nothing leaves before somebody has signed"
    typed(opened, qtbot, "3001", "112358")
    qtbot.keyClick(page.signature.pin, Qt.Key.Key_Return)
    assert work.asked == [], "Enter never moves money"
    key(opened, Qt.Key.Key_F12)
    key(opened, Qt.Key.Key_F12)
    assert page.signature.pin.text() == ""
    qtbot.waitUntil(lambda: not page.model.busy)
    assert work.asked == [("reverse", DAY, found.message_id, "3001", "112358")]
    assert found.message_id not in [row.message_id for row in page.model.rows]
    assert not page.signature.isVisible()
    assert page.holds_focus()


def test_what_was_handed_out_is_adopted_by_a_second_person_with_a_reason(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    found = page.model.row
    assert found is not None
    assert page.remedy.adopt.isVisible()
    alt(opened.window, 6)
    assert work.asked == [], "nothing is entered before somebody has signed"
    assert not page.remedy.adopt.isVisible()
    typed(opened, qtbot, "3001", "112358")
    qtbot.keyClick(page.signature.pin, Qt.Key.Key_Return)
    assert focused(opened) is page.signature.note
    page.signature.note.setText("药已给顾客")
    key(opened, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not page.model.busy)
    assert work.asked == [("adopt", DAY, found.message_id, "3001", "112358", "药已给顾客")]
    assert page.model.row is not None
    assert page.model.row.cause is Cause.OPEN_HERE
    assert not page.remedy.adopt.isVisible(), "what is in doubt here is not adopted"
    alt(opened.window, 6)
    assert not page.signature.isVisible()


def test_a_wrong_pin_is_said_under_its_field(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    work.trouble = OperatorInput(Code.SIGN_IN_WRONG)
    key(opened, Qt.Key.Key_F12)
    typed(opened, qtbot, "3001", "0")
    key(opened, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "代码 1601" in words(page))
    assert focused(opened) is page.signature.pin
    qtbot.keyClicks(page.signature.pin, "1")
    assert "1601" not in words(page)
    key(opened, Qt.Key.Key_Escape)
    assert not page.signature.isVisible()
    assert page_of(opened) is page, "Esc takes one step back, not two"


@pytest.mark.parametrize(
    ("cause", "asked"),
    [
        (Cause.OPEN_HERE, "clear"),
        (Cause.ABSENT_THERE, "ask"),
        (Cause.AMOUNTS_DIFFER, "ask"),
    ],
)
def test_f12_does_what_the_row_needs(open_window, qtbot: QtBot, cause: Cause, asked: str) -> None:
    work = PreparedDayEnd(money_day(causes=(cause,)))
    made = open_window(identify_case(), day_end=work)
    page = show(made, qtbot)
    key(made, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not page.model.busy and bool(work.asked))
    assert [what[0] for what in work.asked] == [asked]


def test_a_case_for_the_manager_leads_to_the_decision(open_window, qtbot: QtBot) -> None:
    work = PreparedDayEnd(money_day(causes=(Cause.MANUAL_HERE,)))
    made = open_window(identify_case(), day_end=work)
    page = show(made, qtbot)
    found = page.model.row
    assert found is not None
    first, *rest = open_items()
    made.counter.workflow.items = (*rest, replace(first, case_id=found.case_id))
    key(made, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: made.doubts.item is not None)
    assert made.window.current_page().name == "open_items"
    assert made.doubts.item.case_id == found.case_id
    assert work.asked == []


def test_the_case_behind_a_row_is_opened(opened: CounterWindow, qtbot: QtBot) -> None:
    page = page_of(opened)
    wanted = page.model.row
    assert wanted is not None
    alt(opened.window, 5)
    qtbot.waitUntil(lambda: ("view", (wanted.case_id,)) in opened.counter.workflow.asked)
    assert opened.window.current_page() is not page


def test_nothing_to_do_leaves_f12_off(open_window, qtbot: QtBot) -> None:
    work = PreparedDayEnd(money_day(causes=(Cause.OTHER_DAY,)))
    made = open_window(identify_case(), day_end=work)
    page = show(made, qtbot)
    key(made, Qt.Key.Key_F12)
    bind = next(act for act in page.acts() if act.key is Key.BIND)
    assert not bind.on
    assert work.asked == []


def test_ctrl_g_signs_by_name_and_word(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    press(opened.window, Qt.Key.Key_G, CTRL)
    typed(opened, qtbot, "3001", "112358")
    qtbot.keyClick(page.signature.pin, Qt.Key.Key_Return)
    assert focused(opened) is page.signature.note
    page.signature.note.setText("已报经办机构")
    key(opened, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "已签收" in words(page))
    assert work.asked == [("sign", DAY, 2, "3001", "112358", "已报经办机构")]
    assert "周文静" in words(page)
    press(opened.window, Qt.Key.Key_G, CTRL)
    assert not page.signature.isVisible(), "one comparison is signed once"


def test_table_and_paper_are_made_by_key(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    press(opened.window, Qt.Key.Key_E, CTRL)
    qtbot.waitUntil(lambda: "对账.xlsx" in words(page))
    key(opened, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "对账.pdf" in words(page))
    assert [what[0] for what in work.asked] == ["export", "print"]


def in_sight(page: MoneyPage, shown: QWidget) -> bool:
    """Whether all of it stands on the screen and not under the edge of a scrolled page."""
    return shown.visibleRegion().boundingRect().height() == shown.height() > 0


@pytest.mark.parametrize("key_", [Qt.Key.Key_F12, Qt.Key.Key_G])
def test_where_the_page_is_low_the_fields_come_into_sight(
    open_window, work: PreparedDayEnd, qtbot: QtBot, key_: Qt.Key
) -> None:
    made = open_window(unknown_case(), day_end=work, size=(1366, 640))
    page = show(made, qtbot)
    if key_ is Qt.Key.Key_G:
        press(made.window, key_, CTRL)
    else:
        key(made, key_)
    qtbot.waitUntil(lambda: page.signature.isVisible())
    qtbot.waitUntil(lambda: in_sight(page, page.signature.login))
    assert in_sight(page, page.signature.pin)


def test_where_the_page_is_low_what_was_filed_comes_into_sight(
    open_window, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    made = open_window(unknown_case(), day_end=work, size=(1366, 640))
    page = show(made, qtbot)
    qtbot.waitUntil(lambda: not in_sight(page, page.signed))
    press(made.window, Qt.Key.Key_E, CTRL)
    qtbot.waitUntil(lambda: in_sight(page, page.signed.filed))


def test_past_days_are_read_and_none_comes_after_today(opened: CounterWindow, qtbot: QtBot) -> None:
    page = page_of(opened)
    alt(opened.window, 4)
    alt(opened.window, 3)
    qtbot.waitUntil(lambda: page.model.view is not None and page.model.view.day < DAY)
    assert str(page.model.view.day) in words(page)
    alt(opened.window, 4)
    qtbot.waitUntil(lambda: page.model.view is not None and page.model.view.day == DAY)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (money_day(complete=False), "（部分）"),
        (money_day(causes=()), "没有要处理的差异。"),
        (money_day(causes=(), complete=False), "对上的都相符。"),
        (not_compared(), "这一天还没有核对。"),
    ],
)
def test_every_kind_of_day_says_so(open_window, qtbot: QtBot, view: MoneyView, said: str) -> None:
    made = open_window(identify_case(), day_end=PreparedDayEnd(view))
    page = show(made, qtbot)
    assert said in words(page)
    assert page.holds_focus()


def test_a_day_never_compared_cannot_be_signed(open_window, qtbot: QtBot) -> None:
    made = open_window(identify_case(), day_end=PreparedDayEnd(not_compared()))
    page = show(made, qtbot)
    assert "请先核对，再签收。" in words(page)
    assert "可以签收。" not in words(page)
    assert not page.signed.key.isVisible()
    assert not next(act for act in page.acts() if act.key is Key.SIGN_OFF).on


def test_offline_is_a_banner_and_the_findings_stay(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    work.trouble = NotSent(Code.DID_NOT_LEAVE)
    key(opened, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: opened.window.board.loudest() is not None)
    qtbot.waitUntil(lambda: not page.model.busy)
    assert [row.cause for row in page.model.rows] == list(SEEN)


def test_the_cursor_goes_to_the_rows_when_they_arrive(open_window, qtbot: QtBot) -> None:
    work = PreparedDayEnd(not_compared())
    made = open_window(identify_case(), day_end=work)
    page = show(made, qtbot)
    assert focused(made) is page.only_open
    work.view = money_day()
    key(made, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: focused(made) is page.list)


def test_the_cursor_stays_on_the_page_when_the_last_row_goes(
    opened: CounterWindow, work: PreparedDayEnd, qtbot: QtBot
) -> None:
    page = page_of(opened)
    qtbot.waitUntil(lambda: focused(opened) is page.list)
    work.view = replace(work.view, rows=())
    key(opened, Qt.Key.Key_F5)
    qtbot.waitUntil(page.none.isVisible)
    assert page.holds_focus()


def test_a_repair_that_was_begun_is_remembered(open_window, qtbot: QtBot) -> None:
    row = a_row(Cause.ABSENT_HERE, asked_at=before(minutes=3))
    view = replace(money_day(causes=()), rows=(row,))
    made = open_window(identify_case(), day_end=PreparedDayEnd(view))
    assert "10:34:43" in words(show(made, qtbot))


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
    ],
    ids=["light-1366", "dark-1920"],
)
@pytest.mark.parametrize("asking", ["", "reverse", "sign"])
def test_the_page_stands(
    qapp: QApplication, qtbot: QtBot, open_window, shade: Shade, density: Density, size, asking: str
) -> None:
    apply_theme(qapp, shade, density)
    made = open_window(identify_case(), size=size, day_end=PreparedDayEnd())
    page = show(made, qtbot)
    if asking == "reverse":
        page.model.repair()
    elif asking:
        page.model.ask_signature()
    for _ in range(3):
        QApplication.processEvents()
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])
    assert page.holds_focus()


def test_longer_texts_do_not_clip(longer: None, qtbot: QtBot, open_window) -> None:
    made = open_window(identify_case(), day_end=PreparedDayEnd(money_day(complete=False)))
    page = show(made, qtbot)
    for _ in range(3):
        QApplication.processEvents()
    assert clipped(page) == []


def test_a_day_that_went_on_behind_its_comparison_is_not_called_agreed(
    open_window, qtbot: QtBot
) -> None:
    clean = replace(money_day(causes=()), moved_on=True)
    page = show(open_window(identify_case(), day_end=PreparedDayEnd(clean)), qtbot)
    said = words(page)
    assert "之后又有账" in said
    assert "再核对一次，再签收" in said
    signed = replace(clean, signed=signed_day().signed)
    page = show(open_window(identify_case(), day_end=PreparedDayEnd(signed)), qtbot)
    assert "签收以后这一天又收退过钱" in words(page)
