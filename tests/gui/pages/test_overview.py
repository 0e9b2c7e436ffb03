"""总览: what is to be done, the gravest first; keys lead to where it is done."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.domain.money import Fen
from app.ports.copies import CopyState
from app.ports.store import OutboxState
from app.workflow.upkeep.morning import EndingRow
from tests.support.counter_fakes import PreparedQueue
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.doubt_views import open_items
from tests.support.looking import alt, clipped, nameless, press, small_targets, words
from tests.support.money_views import money_day, signed_day
from tests.support.money_views import not_compared as money_not_compared
from tests.support.queue_views import queue_detail, queue_rows
from tests.support.stock_day_fakes import PreparedStockDay
from tests.support.stock_day_views import a_day, a_morning, an_overnight, not_compared
from tests.support.views import identify_case
from ui.keys import Key
from ui.pages.overview import OverviewPage
from ui.text import tr
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.overview import WRONG, Morning, ShelfSums, TaskKind, _allowed, tasks_of

CTRL = Qt.KeyboardModifier.ControlModifier


def kinds(morning: Morning, shelf: ShelfSums | None = None) -> list[TaskKind]:
    return [task.kind for task in tasks_of(morning, shelf or ShelfSums())]


def quiet() -> Morning:
    return Morning(a_morning(a_day(()), signed=True), money=signed_day())


def test_a_quiet_morning_wants_nothing() -> None:
    assert kinds(quiet()) == []


def test_a_record_that_stopped_is_one_task_and_not_two() -> None:
    stopped = tuple(item for item in open_items() if item.item_id is not None)
    rows = tuple(row for row in queue_rows() if row.state is OutboxState.STOPPED)
    assert stopped
    stock = a_morning(a_day(()), signed=True)
    morning = Morning(stock, open_items=stopped, queue=rows, money=signed_day())
    assert kinds(morning) == [TaskKind.QUEUE]


def test_open_items_bear_the_name_of_their_page() -> None:
    """A refund that waits for its second person is no money whose fate is not known."""
    said = tr("pages.overview.task.open_items.name", count=1)
    assert tr("shell.desk.page.open_items") in said


def test_the_gravest_stands_first() -> None:
    morning = Morning(
        a_morning(a_day(complete=False)),
        open_items(),
        tuple(queue_rows()),
        money_day(),
    )
    shelf = ShelfSums(expired=2, red=3, expired_value=Fen(120), red_value=Fen(4_000))
    found = tasks_of(morning, shelf)
    assert [task.kind for task in found] == [
        TaskKind.OPEN_ITEMS,
        TaskKind.STOCK,
        TaskKind.QUEUE,
        TaskKind.MONEY,
        TaskKind.EXPIRED,
        TaskKind.STOCK_PARTIAL,
        TaskKind.NEAR,
    ]
    assert (found[1].many, found[1].amount, found[1].key) == (3, Fen(17_460), Key.STOCK_DAY)


def test_what_was_not_compared_or_signed_is_said() -> None:
    assert kinds(replace_stock(a_morning(not_compared()))) == [TaskKind.STOCK_DUE]
    assert kinds(replace_stock(a_morning(a_day(())))) == [TaskKind.STOCK_UNSIGNED]
    assert kinds(replace_stock(a_morning(a_day(), signed=True))) == []
    assert kinds(quiet()._replace(money=money_not_compared())) == [TaskKind.MONEY_DUE]
    clean = replace(money_day(causes=()), signed=())
    assert kinds(quiet()._replace(money=clean)) == [TaskKind.MONEY_UNSIGNED]
    later = replace(signed_day(), moved_on=True)
    assert kinds(quiet()._replace(money=later)) == [TaskKind.MONEY_AGAIN], "signed before the end"
    left = replace(signed_day(), left_out=(date(2026, 11, 17), date(2026, 11, 18)))
    (task,) = tasks_of(quiet()._replace(money=left), ShelfSums())
    assert (task.kind, task.many, task.day) == (TaskKind.MONEY_LEFT, 2, "11-17")
    partial = replace(money_day(complete=False, causes=()), signed=())
    assert kinds(quiet()._replace(money=partial)) == [TaskKind.MONEY_PARTIAL]
    open_still = replace(money_day(), moved_on=True)
    assert kinds(quiet()._replace(money=open_still)) == [TaskKind.MONEY]


LAST_COPY = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "day"),
    [
        (CopyState(LAST_COPY, None, late=True), "11-21 01:05"),
        (CopyState(LAST_COPY, int(Code.DISK_FULL), late=False), "11-21 01:05"),
        (CopyState(None, int(Code.COPY_NOT_BESIDE), late=False), "—"),
    ],
    ids=["nobody here for two nights", "the disk is full", "none ever"],
)
def test_a_base_without_a_good_copy_is_somebodys_task(state: CopyState, day: str) -> None:
    (task,) = tasks_of(quiet()._replace(copies=state), ShelfSums())
    assert (task.kind, task.day, task.key, task.look) == (TaskKind.COPY, day, Key.DEVICES, WRONG)
    assert task.many > 0


@pytest.mark.parametrize("state", [None, CopyState(LAST_COPY, None, late=False)])
def test_a_good_copy_or_none_to_make_is_nobodys_task(state: CopyState | None) -> None:
    assert kinds(quiet()._replace(copies=state)) == []


@pytest.mark.parametrize(
    ("loud", "kind", "look"),
    [(False, TaskKind.ENDING, "attention"), (True, TaskKind.ENDING_SOON, "stop")],
)
def test_keys_and_certificates_that_end_are_said(loud: bool, kind: TaskKind, look: str) -> None:
    ends = EndingRow(date(2027, 1, 9), loud)
    night = replace(an_overnight(), endings=(ends, replace(ends, on=date(2027, 1, 19))))
    (task,) = tasks_of(quiet()._replace(overnight=night), ShelfSums())
    assert (task.kind, task.look, task.many, task.day) == (kind, look, 2, "2027-01-09")


def test_expired_lots_are_changed_not_looked_at() -> None:
    (task,) = tasks_of(quiet(), ShelfSums(expired=2, expired_value=Fen(120)))
    assert task.key is Key.CHANGE


def replace_stock(stock) -> Morning:
    return quiet()._replace(stock=stock)


def test_only_what_a_person_may_not_see_is_left_out() -> None:
    def refuse(trouble: Exception):
        raise trouble

    assert _allowed(lambda: refuse(OperatorInput(Code.NOT_ALLOWED, act="stock"))) is None
    with pytest.raises(LocalTrouble):
        _allowed(lambda: refuse(LocalTrouble(Code.DISK_FULL)))


@pytest.fixture
def copies() -> CopyState | None:
    """What the counter of the page says of its copies."""
    return None


@pytest.fixture
def page(open_window, qtbot: QtBot, copies: CopyState | None) -> OverviewPage:
    queue = PreparedQueue(tuple(queue_rows()), {9: queue_detail()})
    queue.copies = copies
    made = open_window(
        identify_case(),
        queue=queue,
        day_end=PreparedDayEnd(),
        stock_day=PreparedStockDay(),
    )
    press(made.window, Qt.Key.Key_1, CTRL)
    shown = made.window.current_page()
    assert isinstance(shown, OverviewPage)
    qtbot.waitUntil(lambda: shown.model.morning is not None)
    return shown


def test_the_list_is_walked_and_opened_with_keys(page: OverviewPage, qtbot: QtBot) -> None:
    window = page.window()
    said = words(page)
    assert "库存差 3 条" in said
    assert "174.60" in said
    assert page.headline.text() == f"您好，周文静。今天有 {len(page.model.tasks)} 件事。"
    assert "陈思远 在岗" in said
    assert "可卖处方药" in said
    assert "补传 11 件，全部收下" in said
    stock = [task.kind for task in page.model.tasks].index(TaskKind.STOCK)
    for _ in range(stock):
        qtbot.keyClick(page, Qt.Key.Key_Down)
    assert page.model.task.kind is TaskKind.STOCK
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert window.current_page().name == "stock_day"
    press(window, Qt.Key.Key_1, CTRL)
    money = [task.kind for task in page.model.tasks].index(TaskKind.MONEY)
    alt(window, money + 1)
    assert window.current_page().name == "money"


@pytest.mark.parametrize("copies", [CopyState(LAST_COPY, int(Code.DISK_FULL), late=False)])
def test_a_missing_copy_stands_on_the_page_and_leads_to_where_copies_are_made(
    page: OverviewPage,
) -> None:
    at = [task.kind for task in page.model.tasks].index(TaskKind.COPY)
    shown = page.list.rows[at].accessibleName()
    assert "11-21 01:05" in shown
    alt(page.window(), at + 1)
    assert page.window().current_page().name == "devices"


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
    ],
    ids=["light-1366", "dark-1920"],
)
def test_the_page_stands(
    qapp: QApplication, page: OverviewPage, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    page.window().resize(*size)
    page.model.changed.emit()
    QApplication.processEvents()
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])
