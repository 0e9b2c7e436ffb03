"""待上传: sorted by consequence, the row in front is sent again by F12, once."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.jobs.lane import Lanes
from app.ports.store import OutboxState
from app.workflow.offline import OfflineLimits
from tests.support.counter_fakes import PreparedQueue, PreparedWorkflow, StillClock, recognise
from tests.support.looking import clipped, nameless, words
from tests.support.queue_views import queue_detail, queue_rows
from tests.support.views import identify_case
from ui.bridge import Bridge
from ui.keys import Key
from ui.pages.parts import PageKit
from ui.pages.queue import QueuePage
from ui.pages.queue_table import state_word
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel


@pytest.fixture
def work() -> PreparedQueue:
    return PreparedQueue(tuple(reversed(queue_rows())), {9: queue_detail()})


@pytest.fixture
def page(qtbot: QtBot, bridge: Bridge, lanes: Lanes, work: PreparedQueue) -> QueuePage:
    counter = CounterModel(PreparedWorkflow(identify_case()), bridge, StillClock())
    made = QueuePage(PageKit(counter, DevicesModel(bridge), recognise, None, work), work)
    counter.setParent(made)
    qtbot.addWidget(made)
    made.resize(1190, 624)
    made.show()
    qtbot.waitUntil(lambda: made.model.detail is not None)
    return made


def press_act(page: QueuePage, key: Key) -> None:
    act = next(act for act in page.acts() if act.key is key)
    assert act.on
    act.run()


def test_what_needs_a_person_stands_first(page: QueuePage) -> None:
    assert [row.item_id for row in page.model.rows] == [9, 10, 11, 12, 13]
    assert page.model.row.state is OutboxState.STOPPED
    assert nameless(page) == []
    assert clipped(page) == []


def test_the_remedy_names_code_and_platform_text(page: QueuePage) -> None:
    said = words(page)
    assert "3117" in said
    assert "第 2 条缺少生产日期" in said


def test_f12_sends_the_row_in_front_once(
    qtbot: QtBot, page: QueuePage, work: PreparedQueue
) -> None:
    press_act(page, Key.BIND)
    assert not page.model.may_retry
    page.model.retry()
    qtbot.waitUntil(lambda: len(page.model.all_rows) == 4)
    assert work.retried == [9]


def test_arrows_choose_and_the_filter_keeps_problems(page: QueuePage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.model.chosen == 10
    press_act(page, Key.OFFER_2)
    assert [row.item_id for row in page.model.rows] == [9, 10]
    press_act(page, Key.OFFER_1)
    assert len(page.model.rows) == 5


def test_nothing_waiting_says_so(page: QueuePage, work: PreparedQueue, qtbot: QtBot) -> None:
    work.rows = ()
    page.model.load()
    qtbot.waitUntil(lambda: page.none.isVisible())
    assert "没有要上传的" in words(page)


def test_what_happened_stands_beside_the_row(page: QueuePage) -> None:
    said = words(page)
    assert "与业务同时写入" in said
    assert "平台没有收下：第2条 manu_date 不能为空" in said
    assert "214 件" in said
    assert clipped(page) == []


def test_a_field_put_right_goes_with_f12(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot
) -> None:
    field = page.remedy.mending.inputs["made_on"]
    field.clear()
    qtbot.keyClicks(field, "2026-07-18")
    assert page.model.changes == {"made_on": "2026-07-18"}
    assert "补上并重发" in words(page)
    press_act(page, Key.BIND)
    qtbot.waitUntil(lambda: bool(work.mended))
    assert (work.mended, work.retried) == ([(9, {"made_on": "2026-07-18"})], [])
    qtbot.waitUntil(lambda: not page.model.changes)


def test_what_was_typed_stays_when_it_is_refused(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot
) -> None:
    work.trouble = OperatorInput(Code.MEND_WRONG, field="made_on")
    field = page.remedy.mending.inputs["made_on"]
    field.clear()
    qtbot.keyClicks(field, "gestern")
    told: list[object] = []
    page.model.counter.troubled.connect(told.append)
    press_act(page, Key.BIND)
    qtbot.waitUntil(lambda: page.model.may_retry)
    assert told == [work.trouble]
    assert page.remedy.mending.inputs["made_on"].text() == "gestern"


def test_ctrl_d_shows_the_wire_with_people_masked(page: QueuePage) -> None:
    assert not page.remedy.raw.isVisible()
    press_act(page, Key.RAW)
    assert page.remedy.raw.isVisible()
    shown = page.remedy.raw.toPlainText()
    assert "P35010000001202611220927330200" in shown
    assert "err_msg" in shown
    assert nameless(page) == []
    press_act(page, Key.RAW)
    assert not page.remedy.raw.isVisible()


def test_voiding_wants_a_reason_and_a_person(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot
) -> None:
    press_act(page, Key.VOID)
    form = page.remedy.voiding
    assert form.isVisible()
    assert nameless(page) == []
    press_act(page, Key.BACK)
    assert not form.isVisible()
    press_act(page, Key.VOID)
    for field, text in ((form.reason, "twice"), (form.login, "3001"), (form.pin, "246810")):
        qtbot.keyClicks(field, text)
    press_act(page, Key.BIND)
    assert form.pin.text() == ""
    qtbot.waitUntil(lambda: bool(work.voided))
    assert (work.voided, work.retried) == ([(9, "twice", "3001", "246810")], [])
    qtbot.waitUntil(lambda: not form.isVisible())


def test_a_sale_given_back_is_not_sent_again_but_voided(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot
) -> None:
    first, *others = queue_rows()
    work.rows = (replace(first, given_back=True), *others)
    page.model.load()
    qtbot.waitUntil(lambda: page.model.row is not None and page.model.row.given_back)
    assert state_word(page.model.rows[0], page.model.counter.clock.now()) == "已退药，等作废"
    said = words(page)
    assert "这条销售不再上传" in said
    assert "请店长按 Ctrl Del" in said
    binding = next(act for act in page.acts() if act.key is Key.BIND)
    assert (binding.on, page.remedy.retry.isEnabled()) == (False, False)
    press_act(page, Key.VOID)
    assert page.remedy.retry.isEnabled()
    page.remedy.voiding.reason.setText("returned")
    press_act(page, Key.BIND)
    qtbot.waitUntil(lambda: bool(work.voided))
    assert work.retried == []
    assert clipped(page) == []


def test_what_waits_for_the_line_is_told_by_itself_and_says_nothing_of_money(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot
) -> None:
    waiting = replace(queue_rows()[2], code=int(Code.DID_NOT_LEAVE))
    work.rows = (waiting,)
    page.model.load()
    qtbot.waitUntil(lambda: len(page.model.all_rows) == 1)
    said = words(page)
    assert "没有发出去" in said
    assert "会自己发出" in said
    assert "钱没有动" not in said, "the cash of this sale lies in the drawer"
    assert "再按一次" not in said


@pytest.mark.parametrize("state", [OutboxState.UNKNOWN, OutboxState.STOPPED])
def test_a_record_in_doubt_speaks_of_no_goods_that_are_gone(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot, state: OutboxState
) -> None:
    """A sale for cash was handed over before it was told; F5 reads the list again here."""
    doubtful = replace(queue_rows()[1], state=state, code=int(Code.UPLOAD_UNKNOWN))
    work.rows = (doubtful,)
    page.model.load()
    qtbot.waitUntil(lambda: len(page.model.all_rows) == 1)
    shown = page.remedy.remedy.text()
    assert "平台网页" in shown
    assert "药先不要交" not in shown
    assert "F5" not in shown
    work.rows = (replace(doubtful, given_back=True),)
    page.model.load()
    qtbot.waitUntil(lambda: "作废这一条" in page.remedy.remedy.text())


def test_another_row_takes_the_form_away(page: QueuePage, qtbot: QtBot) -> None:
    press_act(page, Key.VOID)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert not page.remedy.voiding.isVisible()
    assert page.model.detail is None
    page.remedy.voiding.send()
    assert page.model.row is not None


def test_the_manager_changes_what_may_be_sold_without_a_line(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: page.limits.limits is not None)
    assert "50 单、2,000.00 元、24 小时" in words(page)
    press_act(page, Key.OFFER_3)
    card = page.limits_card
    assert card.isVisible()
    assert not page.remedy.isVisible()
    assert (nameless(page), clipped(page)) == ([], [])
    for name, text in (("amount", "300.50"), ("sales", "7"), ("login", "3001"), ("pin", "246810")):
        card.inputs[name].clear()
        qtbot.keyClicks(card.inputs[name], text)
    press_act(page, Key.BIND)
    assert card.inputs["pin"].text() == ""
    qtbot.waitUntil(lambda: bool(work.limited))
    assert work.limited == [(OfflineLimits(Fen(30_050), 7, 24), "3001", "246810")]
    qtbot.waitUntil(lambda: not card.isVisible())
    assert "7 单、300.50 元、24 小时" in words(page)


def test_what_is_no_number_is_refused_at_the_field(
    page: QueuePage, work: PreparedQueue, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: page.limits.limits is not None)
    press_act(page, Key.OFFER_3)
    told: list[OperatorInput] = []
    page.model.counter.troubled.connect(told.append)
    page.limits_card.inputs["sales"].setText("many")
    press_act(page, Key.BIND)
    assert [trouble.code for trouble in told] == [Code.LIMITS_WRONG]
    work.trouble = OperatorInput(Code.NOT_ALLOWED)
    page.limits_card.inputs["sales"].setText("5")
    press_act(page, Key.BIND)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert page.limits.editing
    press_act(page, Key.BACK)
    assert not page.limits_card.isVisible()
    assert page.limits_card.inputs["sales"].text() == "50"
    assert work.limited == []
