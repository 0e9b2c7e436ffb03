"""日结 by keyboard: what refuses, what is handed over, and the sign-out by name."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.money import Fen
from app.ports.reconciling import MoneyDayHead
from app.workflow.reconciling.views import ClosingView, HandedOver
from app.workflow.views.case import Say
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.looking import alt, clipped, nameless, press, small_targets, words
from tests.support.money_views import DAY, a_closing
from tests.support.views import NOW, after, before, identify_case
from ui.counter_window import CounterWindow
from ui.formats import time_text
from ui.keys import Key
from ui.pages.day_end import LISTED, DayEndPage
from ui.pages.money import MoneyPage
from ui.pages.parts import TallArea
from ui.text import tr
from ui.theme import Density, Shade, apply_theme

CTRL = Qt.KeyboardModifier.ControlModifier


def show(made: CounterWindow, qtbot: QtBot) -> DayEndPage:
    """Ctrl 5 from the page of the case."""
    press(made.window, Qt.Key.Key_5, CTRL)
    page = made.window.current_page()
    assert isinstance(page, DayEndPage)
    qtbot.waitUntil(lambda: page.model.view is not None)
    return page


def opened_on(open_window, qtbot: QtBot, closing: ClosingView) -> tuple:
    work = PreparedDayEnd(closing=closing)
    made = open_window(identify_case(), day_end=work)
    return made, show(made, qtbot), work


def sign(made: CounterWindow, page: DayEndPage, qtbot: QtBot) -> None:
    assert made.window.focusWidget() is page.signature.login
    qtbot.keyClicks(page.signature.login, "3001")
    qtbot.keyClick(page.signature.login, Qt.Key.Key_Return)
    qtbot.keyClicks(page.signature.pin, "112358")


def test_open_money_grows_older_and_says_what_comes_next(open_window, qtbot: QtBot) -> None:
    closing = a_closing(money=2)
    one, two = closing.money
    fresh = replace(one, since=before(seconds=29), next_at=after(seconds=40))
    manual = replace(two, state="manual", next_at=None)
    work = PreparedDayEnd(closing=replace(closing, money=(fresh, manual)))
    made = open_window(identify_case(), day_end=work)
    page = show(made, qtbot)
    qtbot.waitUntil(lambda: "已 29 秒" in words(page))
    said = words(page)
    assert f"{time_text(fresh.next_at, NOW)} 再自己查" in said
    assert "等店长裁定，已 13 分，不会自己办" in said
    made.counter.clock.at = after(minutes=2)
    page.model.changed.emit()
    qtbot.waitUntil(lambda: "已 2 分" in words(page))


def test_open_money_that_waits_for_the_clock_says_so(open_window, qtbot: QtBot) -> None:
    closing = a_closing(money=2)
    one, two = closing.money
    due = replace(one, next_at=before(minutes=1))
    manual = replace(two, state="manual", next_at=None)
    both = (("now", "2026-11-25 12:00"), ("platform", "2026-11-22 12:00"))
    shut = replace(closing, money=(due, manual), clock=Say("clock.differs", both))
    _, page, work = opened_on(open_window, qtbot, shut)
    qtbot.waitUntil(lambda: "等时间校准" in words(page))
    said = words(page)
    assert "正在查" not in said
    assert "不会自己办" in said
    for part in ("2026-11-25 12:00", "2026-11-22 12:00", "校准电脑的日期和时间"):
        assert part in page.why.text()
    work.shut = replace(shut, clock=None)
    page.model.load()
    qtbot.waitUntil(lambda: "正在查" in words(page))
    assert "校准" not in page.why.text()


def test_after_midnight_open_money_is_not_called_signed_out(open_window, qtbot: QtBot) -> None:
    fresh = replace(a_closing(money=1, handed_over=0, signed_in=False), opened_by="")
    _, page, work = opened_on(open_window, qtbot, fresh)
    qtbot.waitUntil(lambda: "还有 1 笔钱没有查清。" in words(page))
    assert "已经签退" not in words(page)
    work.shut = replace(fresh, money=())
    page.model.load()
    qtbot.waitUntil(lambda: "今天还没有签到。" in words(page))
    assert "已经签退" not in words(page)


def test_what_comes_to_rest_meanwhile_leaves_the_page(open_window, qtbot: QtBot) -> None:
    made, page, work = opened_on(open_window, qtbot, a_closing(money=1, handed_over=0))
    qtbot.waitUntil(lambda: "还有 1 笔钱没有查清" in words(page))
    work.shut = a_closing(handed_over=0)
    made.counter.bridge.changed.emit(frozenset())
    qtbot.waitUntil(lambda: "可以签退，没有要交接的。" in words(page))


def test_the_cursor_outlives_fields_that_go_off(open_window, qtbot: QtBot) -> None:
    """Money became unknown since the page was read: Qt would leave the cursor nowhere."""
    made, page, work = opened_on(open_window, qtbot, a_closing(handed_over=0))
    qtbot.waitUntil(lambda: made.window.focusWidget() is page.signature.login)
    work.shut = a_closing(money=1)
    made.counter.bridge.changed.emit(frozenset())
    qtbot.waitUntil(lambda: not page.signature.isEnabled())
    assert made.window.focusWidget() is page.to_money


def test_unknown_money_refuses_by_name_and_number(open_window, qtbot: QtBot) -> None:
    made, page, work = opened_on(open_window, qtbot, a_closing(money=2))
    qtbot.waitUntil(lambda: "郑**" in words(page))
    said = words(page)
    for part in ("还有 2 笔钱没有查清，不能签退。", "郑**", "164.04", "结果不明"):
        assert part in said
    press(made.window, Qt.Key.Key_F12)
    bind = next(act for act in page.acts() if act.key is Key.BIND)
    assert (bind.on, work.asked) == (False, [])
    assert bind.why
    assert "自己再查的时间" not in bind.why, "a row that waits for a manager has none"
    assert page.holds_focus()


def test_money_another_counter_left_is_shown_with_its_number(open_window, qtbot: QtBot) -> None:
    closing = a_closing(money=1)
    left = replace(closing, money=(replace(closing.money[0], counter=7),))
    _, page, _work = opened_on(open_window, qtbot, left)
    qtbot.waitUntil(lambda: "柜台 7 留下，别的柜台都不在营业；" in words(page))
    assert "还有 1 笔钱没有查清，不能签退。" in words(page)


def test_cash_of_a_customer_who_left_goes_to_the_next_shift(open_window, qtbot: QtBot) -> None:
    waits = HandedOver("cash", "unsettled", "林**", NOW, 44, goes_back=Fen(4_821))
    closing = replace(a_closing(), handed_over=(waits,))
    _, page, _work = opened_on(open_window, qtbot, closing)
    qtbot.waitUntil(lambda: "收过的现金还没有退给顾客 林**，共 48.21" in words(page))
    assert "可以签退，交接 1 件。" in words(page)


def test_f5_clears_what_is_not_known(open_window, qtbot: QtBot) -> None:
    made, page, work = opened_on(open_window, qtbot, a_closing(money=1, handed_over=0))
    press(made.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "可以签退" in words(page))
    assert work.asked == [("clear", DAY)]


def test_alt_opens_the_case_in_doubt(open_window, qtbot: QtBot) -> None:
    made, page, _work = opened_on(open_window, qtbot, a_closing(money=2))
    wanted = page.model.view.money[1].case_id
    alt(made.window, 2)
    qtbot.waitUntil(lambda: ("view", (wanted,)) in made.counter.workflow.asked)
    assert made.window.current_page() is not page


def test_everything_handed_over_is_listed(open_window, qtbot: QtBot) -> None:
    _made, page, _work = opened_on(open_window, qtbot, a_closing(handed_over=4))
    qtbot.waitUntil(lambda: words(page).count("林**") == 2)
    said = words(page)
    assert "可以签退，交接 4 件。" in said
    assert said.count("销售退回") == 2


def test_a_long_queue_is_listed_in_part_and_counted_whole(open_window, qtbot: QtBot) -> None:
    left = tuple(
        HandedOver("upload", "upload_sale", f"示例片 {number}", NOW, number)
        for number in range(2_000)
    )
    closing = replace(a_closing(handed_over=0), handed_over=left)
    _made, page, _work = opened_on(open_window, qtbot, closing)
    qtbot.waitUntil(lambda: f"示例片 {LISTED - 1}" in words(page))
    said = words(page)
    assert f"示例片 {LISTED}" not in said
    assert "2000 件" in said
    assert f"另有 {2_000 - LISTED} 件" in said


def test_a_visit_the_sign_out_gives_up_is_not_the_next_shifts(open_window, qtbot: QtBot) -> None:
    """Told as sold, not settled: F12 takes it back, its customer perhaps still there."""
    closing = a_closing(handed_over=1)
    told = HandedOver("visit", "settle", "甄**", before(minutes=3), 60)
    _made, page, work = opened_on(open_window, qtbot, replace(closing, ending=(told,)))
    qtbot.waitUntil(lambda: "结算 甄**" in words(page))
    assert "甄**" in words(page.ending)
    assert "药盒要放回货架" in words(page.ending)
    assert "甄**" not in words(page.left)
    assert "可以签退，交接 1 件。" in words(page)
    assert "1 单没有结算，签退时放弃" in page.why.text()
    work.shut = closing
    page.model.load()
    qtbot.waitUntil(lambda: not page.ending.isVisible())
    assert "签退时放弃" not in page.why.text()


def test_many_that_end_with_the_day_are_counted_whole(open_window, qtbot: QtBot) -> None:
    told = HandedOver("visit", "settle", "甄**", before(minutes=3), 60)
    ending = tuple(replace(told, case_id=60 + n) for n in range(9))
    _made, page, _work = opened_on(open_window, qtbot, replace(a_closing(), ending=ending))
    qtbot.waitUntil(lambda: "另有 5 单" in words(page.ending))
    assert "9 单" in words(page.ending)


def test_what_a_customer_still_owes_is_named_with_its_sum(open_window, qtbot: QtBot) -> None:
    closing = a_closing(handed_over=0)
    owing = HandedOver("visit", "hand_over", "钱**", before(minutes=3), 60, owed=Fen(956))
    two = replace(closing, handed_over=(owing, replace(owing, case_id=61, owed=Fen(44))))
    _made, page, _work = opened_on(open_window, qtbot, two)
    qtbot.waitUntil(lambda: "还要收现金 9.56" in words(page.left))
    said = words(page.money)
    assert "2 单没有收齐现金，共 10.00" in said
    assert "每一笔钱都查清了" not in words(page)


def test_a_base_nobody_believes_is_not_called_cleared_up(open_window, qtbot: QtBot) -> None:
    """In one window with 本机的数据不是最新的."""
    shut = replace(a_closing(handed_over=2), lost_days="11-19 11-20")
    made, page, work = opened_on(open_window, qtbot, shut)
    qtbot.waitUntil(lambda: "恢复前的钱还没有查清。" in words(page))
    said = words(page)
    for wrong in ("每一笔钱都查清了", "可以签退"):
        assert wrong not in said
    qtbot.waitUntil(lambda: "11-19 11-20" in words(page.money))
    assert "11-19 11-20" in page.why.text()
    sign(made, page, qtbot)
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: work.asked != [])
    assert work.asked == [("end_day", "3001", "112358")], "the till is not locked in at night"


def test_papers_that_wait_are_named_with_what_to_do(open_window, qtbot: QtBot) -> None:
    closing = a_closing(handed_over=0)
    paper = HandedOver("paper", "receipt", "郑**", before(minutes=5), 40)
    both = (paper, replace(paper, what="prescription"))
    _made, page, work = opened_on(open_window, qtbot, replace(closing, handed_over=both))
    qtbot.waitUntil(lambda: "小票 郑**" in words(page))  # a row is shown a moment after its list
    said = words(page)
    assert "可以签退，交接 2 件。" in said
    assert "没有要交接的" not in said
    assert "等打印" in said
    assert "2 张单据还没有打出" in page.why.text()
    assert "补收" in page.why.text(), "a receipt may wait for cash"
    assert "装好纸" in page.why.text()
    work.shut = closing
    page.model.load()
    qtbot.waitUntil(lambda: "没有打出" not in page.why.text())


@pytest.mark.parametrize(("open_count", "said"), [(None, "还没有对账"), (2, "还有 2 条要处理")])
def test_a_day_that_was_not_reconciled_is_said_before_the_key(
    open_window, qtbot: QtBot, open_count: int | None, said: str
) -> None:
    head = None if open_count is None else MoneyDayHead(DAY, 1, NOW, True, open_count, ())
    closing = replace(a_closing(handed_over=0), compared=head)
    _made, page, _work = opened_on(open_window, qtbot, closing)
    assert said in page.why.text()
    assert page.model.may_close, "it warns, it does not refuse"


def test_f12_signs_out_once_by_name(open_window, qtbot: QtBot) -> None:
    made, page, work = opened_on(open_window, qtbot, a_closing(handed_over=1))
    sign(made, page, qtbot)
    qtbot.keyClick(page.signature.pin, Qt.Key.Key_Return)
    assert work.asked == [], "Enter signs nobody out"
    press(made.window, Qt.Key.Key_F12)
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "已经签退。" in words(page))
    assert work.asked == [("end_day", "3001", "112358")]
    assert page.signature.pin.text() == ""


def test_the_frame_is_read_again_once_the_day_is_signed_out(open_window, qtbot: QtBot) -> None:
    made, page, _work = opened_on(open_window, qtbot, a_closing())
    sign(made, page, qtbot)
    qtbot.waitUntil(lambda: not made.counter._desk_soon.isActive(), timeout=5000)
    workflow = made.counter.workflow
    workflow.desk_view = replace(workflow.desk_view, pharmacist_on_duty="")
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: made.counter.desk.pharmacist_on_duty == "", timeout=5000)


def test_empty_fields_are_the_reason_f12_is_off(open_window, qtbot: QtBot) -> None:
    _made, page, _work = opened_on(open_window, qtbot, a_closing())
    assert not page.act.isEnabled()
    assert tr("pages.signature.wanted") in page.why.text()
    page.signature.login.setText("3001")
    page.signature.pin.setText("112358")
    assert page.act.isEnabled()
    assert tr("pages.signature.wanted") not in page.why.text()


def test_who_may_not_is_told_under_the_fields(open_window, qtbot: QtBot) -> None:
    made, page, work = opened_on(open_window, qtbot, a_closing())
    work.trouble = OperatorInput(Code.SECOND_NOT_ALLOWED, act="close_day")
    sign(made, page, qtbot)
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "1613" in words(page))
    assert "F10" not in page.signature.said.text()
    assert made.window.focusWidget() is page.signature.login
    assert page.signature.login.selectedText() == page.signature.login.text() != ""
    assert page.model.view.signed_in


def test_a_sign_out_without_answer_is_a_banner_and_may_be_tried_again(
    open_window, qtbot: QtBot
) -> None:
    made, page, work = opened_on(open_window, qtbot, a_closing())
    work.trouble = OutcomeUnknown(Code.ANSWER_MISSING)
    sign(made, page, qtbot)
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: made.window.board.loudest() is not None)
    qtbot.waitUntil(lambda: page.model.may_close)


def test_the_button_and_the_key_lead_to_the_comparison(open_window, qtbot: QtBot) -> None:
    made, page, _work = opened_on(open_window, qtbot, a_closing())
    qtbot.mouseClick(page.to_money, Qt.MouseButton.LeftButton)
    assert isinstance(made.window.current_page(), MoneyPage)
    show(made, qtbot)
    press(made.window, Qt.Key.Key_3, CTRL)
    assert isinstance(made.window.current_page(), MoneyPage)


def test_the_clock_opens_it_too(open_window, qtbot: QtBot) -> None:
    made = open_window(identify_case(), day_end=PreparedDayEnd())
    made.window.opened.emit("clock")
    assert isinstance(made.window.current_page(), DayEndPage)


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
    ],
    ids=["light-1366", "dark-1920"],
)
@pytest.mark.parametrize("closing", [a_closing(money=3, handed_over=30), a_closing(handed_over=0)])
def test_the_page_stands(
    qapp: QApplication,
    qtbot: QtBot,
    open_window,
    shade: Shade,
    density: Density,
    size,
    closing: ClosingView,
) -> None:
    apply_theme(qapp, shade, density)
    made = open_window(identify_case(), size=size, day_end=PreparedDayEnd(closing=closing))
    page = show(made, qtbot)
    for _ in range(3):
        QApplication.processEvents()
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])
    assert page.holds_focus()


def test_a_folded_page_keeps_its_lists_in_sight(open_window, qtbot: QtBot) -> None:
    """1366 × 768 at 200 %."""
    made = open_window(identify_case(), size=(683, 384), day_end=PreparedDayEnd())
    page = show(made, qtbot)
    qtbot.waitUntil(lambda: words(page).count("林**") == 2)
    area = next(area for area in page.left.findChildren(TallArea) if area.isVisible())
    assert area.height() >= 100
    qtbot.waitUntil(lambda: clipped(page) == [])


def test_longer_texts_do_not_clip(longer: None, qtbot: QtBot, open_window) -> None:
    made = open_window(identify_case(), day_end=PreparedDayEnd(closing=a_closing(money=2)))
    page = show(made, qtbot)
    for _ in range(3):
        QApplication.processEvents()
    assert clipped(page) == []


def test_a_day_that_went_on_behind_its_comparison_is_not_called_compared(
    open_window, qtbot: QtBot
) -> None:
    head = MoneyDayHead(a_closing().day, 1, before(hours=3), True, 0, ())
    closing = replace(a_closing(handed_over=0), compared=head)
    _, page, work = opened_on(open_window, qtbot, closing)
    qtbot.waitUntil(lambda: "已核对" in words(page))
    assert "之后又收退过钱" not in words(page)
    work.shut = replace(closing, moved_on=True)
    page.model.load()
    qtbot.waitUntil(lambda: "之后又收退过钱" in words(page))
    assert "最好签退前再对一次" in page.why.text()
    assert page.model.may_close
