"""Badge, 待上传 and 未结事项 say the same of money and records, and lead to each other by a key."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ports.store import OutboxState
from app.workflow.views.desk import QueueBadge, QueueRow
from tests.support.counter_fakes import PreparedQueue, PreparedWorkflow
from tests.support.doubt_views import CLEARING, MANUAL, QUEUED
from tests.support.looking import clipped, press, words
from tests.support.queue_views import queue_rows
from tests.support.views import a_desk, before, identify_case
from ui.counter_window import CounterWindow

CTRL = Qt.KeyboardModifier.ControlModifier


def window(open_window, rows: tuple[QueueRow, ...], money: int) -> CounterWindow:
    oldest = before(hours=1) if rows else None
    since = before(minutes=8) if money else None
    badge = QueueBadge(len(rows), oldest, money, 0, "unknown" if money else "plain", since)
    workflow = PreparedWorkflow(identify_case(), replace(a_desk(), badge=badge))
    needing = [row for row in rows if row.state in (OutboxState.STOPPED, OutboxState.UNKNOWN)]
    records = tuple(replace(QUEUED, item_id=row.item_id) for row in needing)
    workflow.items = (*(MANUAL, CLEARING)[:money], *records)
    made: CounterWindow = open_window(
        workflow.case, workflow=workflow, queue=PreparedQueue(tuple(rows))
    )
    return made


def on(opened: CounterWindow, name: str, qtbot: QtBot) -> str:
    page = opened.window.current_page()
    assert page.name == name
    qtbot.waitUntil(lambda: page.model.loaded, timeout=5000)
    for _ in range(3):
        QApplication.processEvents()
    assert clipped(page) == []
    return words(page)


def test_money_that_is_open_is_named_where_nothing_waits(open_window, qtbot: QtBot) -> None:
    opened = window(open_window, (), 2)
    assert "0 件" in words(opened.window.top_bar)
    assert "2 笔钱不明 8 分" in words(opened.window.top_bar)
    press(opened.window, Qt.Key.Key_F8)
    said = on(opened, "queue", qtbot)
    assert "2 笔钱还没落定" in said
    assert "每一件都已经送到平台。" not in said.splitlines()
    press(opened.window, Qt.Key.Key_U, CTRL)
    assert "2 件" in on(opened, "open_items", qtbot)


def test_records_that_wait_are_named_beside_what_is_open(open_window, qtbot: QtBot) -> None:
    rows = queue_rows()
    opened = window(open_window, rows, 0)
    press(opened.window, Qt.Key.Key_U, CTRL)
    by_itself = sum(row.state in (OutboxState.WAITING, OutboxState.SENDING) for row in rows)
    assert by_itself
    assert f"另有 {by_itself} 件记录" in on(opened, "open_items", qtbot)
    opened.window.current_page().records.go.click()
    assert "还没落定" not in on(opened, "queue", qtbot)


def test_nothing_anywhere_says_so_on_all_three(open_window, qtbot: QtBot) -> None:
    opened = window(open_window, (), 0)
    assert "不明" not in words(opened.window.top_bar)
    press(opened.window, Qt.Key.Key_F8)
    assert "没有要上传的。" in on(opened, "queue", qtbot)
    press(opened.window, Qt.Key.Key_U, CTRL)
    assert "没有未结的事。" in on(opened, "open_items", qtbot)


@pytest.mark.parametrize("state", [OutboxState.STOPPED, OutboxState.UNKNOWN])
def test_the_badge_counts_the_rows_of_the_page(open_window, qtbot: QtBot, state) -> None:
    rows = tuple(row for row in queue_rows() if row.state is state)
    opened = window(open_window, rows, 1)
    assert f"{len(rows)} 件" in words(opened.window.top_bar)
    press(opened.window, Qt.Key.Key_F8)
    assert f"{len(rows)} 件" in on(opened, "queue", qtbot)
