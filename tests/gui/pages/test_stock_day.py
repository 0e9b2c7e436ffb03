"""库存对账: problems first and alone, proof a key away, F12 sends, Ctrl G signs; many lines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.books.stock import LineState, Remedy, Stage, StockCause
from app.domain.errors import Code, NotSent, OperatorInput, Trouble
from app.domain.goods.parts import Measure
from app.domain.money import Quantity
from app.jobs.lane import Lanes
from app.workflow.stock_reconciling.views import StockRow
from tests.support.counter_fakes import PreparedWorkflow, StillClock, recognise
from tests.support.looking import clipped, nameless, small_targets, words
from tests.support.stock_day_fakes import PreparedStockDay
from tests.support.stock_day_views import CODE, DAY, a_day, a_finding, a_trend, not_compared
from tests.support.views import identify_case
from ui.bridge import Bridge
from ui.formats import trace_text
from ui.keys import Key
from ui.pages.parts import PageKit
from ui.pages.stock_day.page import StockDayPage
from ui.pages.stock_day.table import bars_of
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel
from ui.viewmodels.stock_rows import PIECE, Shown, fitting

Open = Callable[..., StockDayPage]


@pytest.fixture
def open_page(qtbot: QtBot, bridge: Bridge, lanes: Lanes) -> Open:
    def opened(work: PreparedStockDay | None = None) -> StockDayPage:
        counter = CounterModel(PreparedWorkflow(identify_case()), bridge, StillClock())
        kit = PageKit(counter, DevicesModel(bridge), recognise)
        made = StockDayPage(kit, work or PreparedStockDay())
        counter.setParent(made)
        qtbot.addWidget(made)
        made.resize(1190, 624)
        made.show()
        settle(made, qtbot)
        return made

    return opened


def settle(page: StockDayPage, qtbot: QtBot) -> None:
    """Until the day is read, and the proof of the line in front."""

    def rested() -> bool:
        model = page.model
        proven = model.finding is not None or not isinstance(model.front, int)
        return model.view is not None and not model.busy and not model.lines.reading and proven

    qtbot.waitUntil(rested, timeout=5000)
    # rows that were just put into a card are shown, and find their height, with the next events
    for _ in range(3):
        QApplication.processEvents()


def press(page: StockDayPage, key: Key) -> None:
    act = next(act for act in page.acts() if act.key is key)
    assert act.on, act
    act.run()


def act_of(page: StockDayPage, key: Key):
    return next(act for act in page.acts() if act.key is key)


def causes(page: StockDayPage) -> list[object]:
    return [row.cause for row in page.model.lines.rows]


def test_problems_stand_alone_until_more_is_wanted(open_page: Open, qtbot: QtBot) -> None:
    page = open_page()
    assert {row.state for row in page.model.lines.rows} == {
        LineState.NEEDS_ACTION,
        LineState.CANNOT_COMPARE,
    }
    press(page, Key.OFFER_2)
    qtbot.waitUntil(lambda: StockCause.IN_FLIGHT in causes(page))
    press(page, Key.OFFER_3)
    qtbot.waitUntil(lambda: None in causes(page))
    assert page.shown[Shown.ALL].isChecked()
    assert page.list.rows.rowCount() == len(page.model.view.rows) + page.model.work.equal


def test_the_cause_stands_beside_its_sum_and_what_proves_it(open_page: Open) -> None:
    said = words(open_page())
    assert "一笔销售平台没有收下" in said
    assert "销售（平台收下）" in said
    assert "与平台返回一致" in said
    assert "发后平台应为 41 → 38" in said
    assert trace_text(CODE) in said


def test_ctrl_d_opens_messages_and_codes(open_page: Open) -> None:
    page = open_page()
    press(page, Key.RAW)
    assert page.line.kept.isVisible()
    kept = page.line.kept.toPlainText()
    assert '{"infno":"•"}' in kept
    assert trace_text(CODE) in kept
    press(page, Key.RAW)
    assert not page.line.kept.isVisible()


def test_the_cursor_stays_on_the_page_when_the_list_empties(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    page = open_page(work)
    page.list.setFocus()
    work.view = a_day(())
    page.model.load()
    qtbot.waitUntil(lambda: not page.model.lines.rows)
    assert page.window().focusWidget() is page.field


def test_what_accepting_means_and_who_signs_is_said(open_page: Open) -> None:
    page = open_page()
    press(page, Key.ACCEPT)
    said = words(page.signature)
    assert "不更正" in said
    assert "店长的工号" in said
    press(page, Key.BACK)
    press(page, Key.SIGN_OFF)
    assert "不更正" not in words(page.signature)


def test_esc_closes_what_ctrl_d_opened_and_then_the_page(open_page: Open) -> None:
    page = open_page()
    press(page, Key.RAW)
    press(page, Key.BACK)
    assert not page.line.kept.isVisible()
    assert all(act.key is not Key.BACK for act in page.acts())


def test_f12_sends_the_correction_once(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    page = open_page(work)
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: work.asked == [("apply", DAY, 2, 1, 0)])
    qtbot.waitUntil(lambda: page.draft.told.isVisible())
    assert not act_of(page, Key.BIND).on
    assert act_of(page, Key.BIND).why == "这条更正已经发出"
    assert "周文静" in page.draft.told.text()


def test_what_is_only_asked_about_sends_nothing(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(PreparedStockDay((StockCause.ROW_UNREADABLE,)))
    assert page.model.draft.remedy is Remedy.ASK
    assert not act_of(page, Key.BIND).on
    assert "问经办机构" in act_of(page, Key.BIND).why


def test_a_refusal_is_said_and_the_draft_stays(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    work.trouble = OperatorInput(Code.QUEUE_NOT_DRAINED)
    page = open_page(work)
    told: list[Trouble] = []
    page.model.counter.troubled.connect(told.append)
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].code is Code.QUEUE_NOT_DRAINED
    qtbot.waitUntil(lambda: act_of(page, Key.BIND).on)


def test_the_filter_and_every_head_of_the_list(open_page: Open, qtbot: QtBot) -> None:
    page = open_page()
    press(page, Key.OFFER_6)
    qtbot.keyClicks(page.field, "k261002")
    qtbot.waitUntil(lambda: causes(page) == [StockCause.COUNT_TOO_LATE])
    page.field.setText("没有这个")
    qtbot.waitUntil(lambda: not page.model.lines.rows)
    assert page.none.isVisible()
    page.field.clear()
    qtbot.waitUntil(lambda: len(page.model.lines.rows) == 4)
    for column in range(len(page.list.rows.heads)):
        page.list.sort_by(column)
        page.list.sort_by(column)
        assert page.list.rows.sorted_by == (column, True)
        assert page.list.key is not None


def test_equal_lines_come_in_pieces_and_filter_in_slices(open_page: Open, qtbot: QtBot) -> None:
    page = open_page(PreparedStockDay(equal=PIECE * 2 + 5))
    press(page, Key.OFFER_3)
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == PIECE * 2 + 5 + 6, timeout=10_000)
    page.field.setText("sp001004")
    qtbot.waitUntil(lambda: page.list.rows.rowCount() == 1, timeout=10_000)
    assert page.model.lines.rows[0].store_code == "SP001004"


def test_partial_stands_in_the_title(open_page: Open) -> None:
    assert "部分：1 页没有取到" in words(open_page(PreparedStockDay(complete=False)))
    assert "部分" not in words(open_page())


def test_a_day_nobody_compared_is_not_clean(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay(view=not_compared())
    page = open_page(work)
    said = words(page)
    assert "还没核对" in said
    assert "都相符" not in said
    assert not act_of(page, Key.SIGN_OFF).on
    press(page, Key.ASK_AGAIN)
    qtbot.waitUntil(lambda: work.asked == [("compare", DAY, Stage.NIGHT)])


def test_a_day_that_is_over_is_looked_at_as_in_the_morning(open_page: Open, qtbot: QtBot) -> None:
    """What was told on the day that still runs may be booked there later: that look waits."""
    work = PreparedStockDay(view=replace(not_compared(), today=DAY + timedelta(days=1)))
    press(open_page(work), Key.ASK_AGAIN)
    qtbot.waitUntil(lambda: work.asked == [("compare", DAY, Stage.MORNING)])


def test_a_clean_day_says_so(open_page: Open) -> None:
    page = open_page(PreparedStockDay(view=a_day(())))
    said = words(page)
    assert "都相符" in said
    assert "没有要处理的差异" in said
    assert not act_of(page, Key.BIND).on


def test_what_is_explained_is_not_called_equal(open_page: Open) -> None:
    page = open_page(PreparedStockDay(view=a_day((StockCause.IN_FLIGHT, StockCause.UNIT_FACTOR))))
    said = words(page)
    assert "无需处理 · 2 项有解释" in said
    assert "1,858 项相符，2 项有解释（按 Alt 2 看）" in said
    assert "都相符" not in said


def opened_boxes() -> PreparedStockDay:
    """Nine packs and a third here, a pack and a sixth more there, told with two decimals."""
    found = a_finding(StockCause.SALE_LOST)
    reason = replace(found.reasons[0], effect=Quantity(-11_667))
    parted = replace(found, ours=Quantity(93_333), theirs=Quantity(105_000), reasons=(reason,))
    work = PreparedStockDay((StockCause.SALE_LOST,))
    work.findings = {1: parted}
    row = StockRow.of(parted, Measure("盒", 12, "片"))
    work.view = replace(work.view, rows=(row,))
    return work


def test_parts_of_packs_are_packs_and_pieces(open_page: Open) -> None:
    page = open_page(opened_boxes())
    line = page.list.rows.items.line(0)
    assert line.cells[1:4] == (("9 盒", "4 片"), ("10 盒", "6 片"), ("−1 盒", "2 片"))
    said = words(page)
    assert "9 盒 4 片" in said
    assert "." not in "".join(row.amount for row in page.line.sum.rows)


def test_signing_takes_a_name_a_pin_and_a_note(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    page = open_page(work)
    press(page, Key.SIGN_OFF)
    qtbot.waitUntil(lambda: page.window().focusWidget() is page.signature.login)
    qtbot.keyClicks(page.signature.login, "1003")
    qtbot.keyClicks(page.signature.pin, "482913")
    page.signature.note.setText("三条已补发")
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: work.asked == [("sign", DAY, 2, "1003", "482913", "三条已补发")])
    qtbot.waitUntil(lambda: "三条已补发" in words(page))
    assert page.signature.pin.text() == ""
    assert not act_of(page, Key.SIGN_OFF).on


def test_a_difference_is_let_stand_with_a_reason_and_the_word_taken_back(
    open_page: Open, qtbot: QtBot
) -> None:
    work = PreparedStockDay()
    page = open_page(work)
    front = page.model.row
    press(page, Key.ACCEPT)
    page.signature.login.setText("1003")
    page.signature.pin.setText("482913")
    assert not act_of(page, Key.BIND).on
    page.signature.note.setText("盘点后再看")
    press(page, Key.BIND)
    said = ("accept", DAY, 2, front.finding_no, "1003", "482913", "盘点后再看")
    qtbot.waitUntil(lambda: work.asked == [said])
    settle(page, qtbot)
    assert front.finding_no not in {row.finding_no for row in page.model.lines.rows}
    press(page, Key.OFFER_2)
    settle(page, qtbot)
    page.model.choose(front.finding_no)
    settle(page, qtbot)
    assert "接受了这条差异：盘点后再看" in words(page)
    assert act_of(page, Key.ACCEPT).text == "收回接受…"
    assert not act_of(page, Key.BIND).on, "what stands is not told"
    assert "收回后才能更正" in act_of(page, Key.BIND).why


def test_a_wrong_pin_is_said_at_its_field(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    page = open_page(work)
    press(page, Key.SIGN_OFF)
    page.signature.login.setText("1003")
    page.signature.pin.setText("000000")
    work.trouble = OperatorInput(Code.SIGN_IN_WRONG)
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: bool(page.signature.said.text()))
    assert page.signature.isVisible()


def test_earlier_days_are_read_and_none_comes_after_today(open_page: Open, qtbot: QtBot) -> None:
    page = open_page()
    assert not act_of(page, Key.OFFER_5).on
    press(page, Key.OFFER_4)
    qtbot.waitUntil(lambda: page.model.view.day == DAY.replace(day=19))
    settle(page, qtbot)
    assert act_of(page, Key.OFFER_5).on
    assert not act_of(page, Key.OFFER_3).on, "equal lines are kept of the newest day only"


def test_files_are_named(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    page = open_page(work)
    press(page, Key.EXPORT)
    qtbot.waitUntil(lambda: "库存对账.xlsx" in page.signed.filed.text())
    press(page, Key.PRINT)
    qtbot.waitUntil(lambda: "库存对账.pdf" in page.signed.filed.text())
    assert [asked[0] for asked in work.asked] == ["export", "print"]


def test_no_line_to_the_platform_is_told(open_page: Open, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    work.trouble = NotSent(Code.NO_LINE)
    page = open_page(work)
    told: list[Trouble] = []
    page.model.counter.troubled.connect(told.append)
    press(page, Key.ASK_AGAIN)
    qtbot.waitUntil(lambda: bool(told))
    qtbot.waitUntil(lambda: not page.model.busy)
    assert causes(page), "what was found before stays"


def test_a_bad_day_is_loud_and_a_missing_one_is_no_nought() -> None:
    days = a_trend()
    bars = bars_of(days, days[-1].day)
    assert [bar.many for bar in bars if bar.loud] == [8, 5]
    assert [at for at, bar in enumerate(bars) if bar.many is None] == [3, 20]
    assert [bar.partial for bar in bars].count(True) == 1
    assert [bar.here for bar in bars] == [False] * 29 + [True]


def test_the_filter_takes_every_word() -> None:
    found: list[StockRow] = []
    assert list(fitting(a_day(every_state=True).rows, "胶囊 SP0001", found)) == []
    assert [row.lot_no for row in found] == ["K261001"]


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1190, 624)),
        (Shade.DARK, Density.COMFORTABLE, (1709, 907)),
    ],
    ids=["light-1366", "dark-1920"],
)
def test_the_page_stands(
    qapp: QApplication, open_page: Open, qtbot: QtBot, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    page = open_page(PreparedStockDay(complete=False))
    page.resize(*size)
    press(page, Key.SIGN_OFF)
    QApplication.processEvents()
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])


def test_longer_sentences_fit(longer: None, open_page: Open) -> None:
    assert clipped(open_page()) == []


def test_arrows_move_and_the_proof_follows(open_page: Open, qtbot: QtBot) -> None:
    page = open_page()
    page.list.setFocus()
    for _ in range(2):
        qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.waitUntil(
        lambda: page.model.finding is not None and page.model.finding.finding.finding_no == 3
    )
    assert "盘点早于采购" in page.line.cause.text()


def test_the_exchange_lies_under_nothing_where_the_page_folds(open_page: Open, qtbot) -> None:
    page = open_page()
    page.resize(826, 580)
    qtbot.waitUntil(lambda: page.model.reason is not None)
    press(page, Key.RAW)
    kept, below = page.line.kept, page.line.open_kept
    qtbot.waitUntil(lambda: 0 < kept.geometry().bottom() < below.geometry().top(), timeout=2000)
