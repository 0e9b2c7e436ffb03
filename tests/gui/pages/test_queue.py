"""待上传: sorted by consequence, the row in front is sent again by F12, once."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.jobs.lane import Lanes
from app.ports.store import OutboxState
from tests.support.counter_fakes import PreparedQueue, PreparedWorkflow, StillClock, recognise
from tests.support.looking import clipped, nameless, words
from tests.support.queue_views import queue_rows
from tests.support.views import identify_case
from ui.bridge import Bridge
from ui.keys import Key
from ui.pages.parts import PageKit
from ui.pages.queue import QueuePage
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel


@pytest.fixture
def work() -> PreparedQueue:
    return PreparedQueue(tuple(reversed(queue_rows())))


@pytest.fixture
def page(qtbot: QtBot, bridge: Bridge, lanes: Lanes, work: PreparedQueue) -> QueuePage:
    counter = CounterModel(PreparedWorkflow(identify_case()), bridge, StillClock())
    made = QueuePage(PageKit(counter, DevicesModel(bridge), recognise, None, work), work)
    counter.setParent(made)
    qtbot.addWidget(made)
    made.resize(1190, 624)
    made.show()
    qtbot.waitUntil(lambda: made.model.loaded)
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
