"""总览: what this morning wants of a person, sorted by consequence; and how the goods stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.ports.store import OutboxState
from ui.formats import CHINA
from ui.keys import Key
from ui.viewmodels.compared_day import READING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.ports.copies import CopyState
    from app.workflow.doubts.views import OpenItem
    from app.workflow.goods.lists import LotRow
    from app.workflow.reconciling.views import MoneyView
    from app.workflow.scans.overriding import OverrideRow
    from app.workflow.stock_reconciling.views import StockMorning
    from app.workflow.upkeep.morning import Overnight
    from app.workflow.views.desk import QueueRow
    from ui.viewmodels.counter import CounterModel
    from ui.viewmodels.day_end import DayEndWork
    from ui.viewmodels.stock import StockWork
    from ui.viewmodels.stock_day import StockDayWork
    from ui.viewmodels.workflow import QueueWork

T = TypeVar("T")
OVERRIDE_DAYS = 2
"""Today and yesterday: what went on by somebody's word since the manager was last here."""


class TaskKind(StrEnum):
    """What there is to do; the order is that of the consequence."""

    OPEN_ITEMS = "open_items"
    STOCK = "stock"
    QUEUE = "queue"
    MONEY = "money"
    EXPIRED = "expired"
    ENDING_SOON = "ending_soon"
    COPY = "copy"
    STOCK_PARTIAL = "stock_partial"
    STOCK_DUE = "stock_due"
    STOCK_UNSIGNED = "stock_unsigned"
    MONEY_PARTIAL = "money_partial"
    MONEY_LEFT = "money_left"
    MONEY_DUE = "money_due"
    MONEY_AGAIN = "money_again"
    MONEY_UNSIGNED = "money_unsigned"
    OVERRIDES = "overrides"
    ENDING = "ending"
    NEAR = "near"


UNKNOWN, WRONG, LOOK_AT = "unknown", "stop", "attention"
_LOOKS = {
    TaskKind.OPEN_ITEMS: UNKNOWN,
    TaskKind.STOCK: WRONG,
    TaskKind.QUEUE: WRONG,
    TaskKind.MONEY: WRONG,
    TaskKind.EXPIRED: WRONG,
    TaskKind.COPY: WRONG,
    TaskKind.ENDING_SOON: WRONG,
}
_KEYS = {
    TaskKind.OPEN_ITEMS: Key.OPEN_ITEMS,
    TaskKind.QUEUE: Key.QUEUE,
    TaskKind.MONEY: Key.MONEY,
    TaskKind.MONEY_PARTIAL: Key.MONEY,
    TaskKind.MONEY_LEFT: Key.MONEY,
    TaskKind.MONEY_DUE: Key.MONEY,
    TaskKind.MONEY_AGAIN: Key.MONEY,
    TaskKind.MONEY_UNSIGNED: Key.MONEY,
    TaskKind.EXPIRED: Key.CHANGE,
    TaskKind.NEAR: Key.SHELF,
    TaskKind.COPY: Key.DEVICES,
    TaskKind.ENDING_SOON: Key.DEVICES,
    TaskKind.ENDING: Key.DEVICES,
    TaskKind.OVERRIDES: Key.OVERRIDES,
}


class Task(NamedTuple):
    """One thing to do. ``amount`` in fen, None where it is not about money."""

    kind: TaskKind
    many: int
    amount: Fen | None = None
    day: str = ""

    @property
    def look(self) -> str:
        """Name of its state."""
        return _LOOKS.get(self.kind, LOOK_AT)

    @property
    def key(self) -> Key:
        """The key of the page where it is done."""
        return _KEYS.get(self.kind, Key.STOCK_DAY)


class ShelfSums(NamedTuple):
    """How many lots are expired, held, red and near, and what they are worth at retail."""

    expired: int = 0
    held: int = 0
    red: int = 0
    near: int = 0
    expired_value: Fen = Fen(0)
    red_value: Fen = Fen(0)
    near_value: Fen = Fen(0)


class Sources(NamedTuple):
    """Where the morning comes from; what is None has no door here."""

    stock_day: StockDayWork
    open_items: Callable[[], tuple[OpenItem, ...]]
    queue: QueueWork | None = None
    day_end: DayEndWork | None = None
    stock: StockWork | None = None


class Morning(NamedTuple):
    """What was read; None where this person may not see it."""

    stock: StockMorning
    open_items: tuple[OpenItem, ...] = ()
    queue: tuple[QueueRow, ...] = ()
    money: MoneyView | None = None
    overrides: tuple[OverrideRow, ...] = ()
    overnight: Overnight | None = None
    copies: CopyState | None = None


def tasks_of(morning: Morning, shelf: ShelfSums) -> tuple[Task, ...]:
    """What is to be done, the gravest first; nothing where nothing is."""
    # a record that stopped is mended in the queue, and stands there alone
    unclear = [one for one in morning.open_items if one.waits_for_person and one.case_id]
    found = [
        Task(TaskKind.OPEN_ITEMS, len(unclear)),
        Task(TaskKind.QUEUE, sum(row.state is OutboxState.STOPPED for row in morning.queue)),
        Task(TaskKind.EXPIRED, shelf.expired, shelf.expired_value),
        Task(TaskKind.OVERRIDES, len(morning.overrides)),
        Task(TaskKind.NEAR, shelf.red, shelf.red_value),
        *_stock_tasks(morning.stock),
        *_money_tasks(morning.money),
        *_copy_tasks(morning.copies),
        *_ending_tasks(morning.overnight),
    ]
    order = list(TaskKind)
    return tuple(sorted((one for one in found if one.many), key=lambda t: order.index(t.kind)))


def _stock_tasks(stock: StockMorning) -> list[Task]:
    run = stock.run
    tasks = [Task(TaskKind.STOCK_DUE, 1)] if stock.due or run is None else []
    if run is None:
        return tasks
    day = run.day.strftime("%m-%d")
    if run.open_count and not stock.signed:
        tasks.append(Task(TaskKind.STOCK, run.open_count, run.tally.value, day))
    missing = len(run.failed_pages) or run.tally.cannot_compare
    if missing and not stock.signed:
        tasks.append(Task(TaskKind.STOCK_PARTIAL, missing, None, day))
    if not stock.signed and not run.open_count and not missing:
        tasks.append(Task(TaskKind.STOCK_UNSIGNED, 1, None, day))
    return tasks


def _money_tasks(money: MoneyView | None) -> list[Task]:
    if money is None:
        return []
    return [*_money_left(money.left_out), *_money_of_yesterday(money)]


def _money_left(days: tuple[date, ...]) -> list[Task]:
    """The oldest of the days that nobody compared, and how many they are."""
    named = f"{days[0]:%m-%d}" if days else ""
    return [Task(TaskKind.MONEY_LEFT, len(days), None, named)] if days else []


def _money_of_yesterday(money: MoneyView) -> list[Task]:
    day = money.day.strftime("%m-%d")
    if not money.run_no:
        return [Task(TaskKind.MONEY_DUE, 1, None, day)]
    if money.moved_on and (money.signed or not money.open_count):
        # made before the day was over: a signature is under what it showed, not under the rest
        return [Task(TaskKind.MONEY_AGAIN, 1, None, day)]
    if money.signed:
        return []
    if money.open_count:
        return [Task(TaskKind.MONEY, money.open_count, money.difference, day)]
    if not money.complete:
        return [Task(TaskKind.MONEY_PARTIAL, money.skipped, None, day)]
    return [Task(TaskKind.MONEY_UNSIGNED, 1, None, day)]


def _ending_tasks(overnight: Overnight | None) -> list[Task]:
    """One line for what ends first; it counts what ends after it too."""
    endings = overnight.endings if overnight is not None else ()
    if not endings:
        return []
    kind = TaskKind.ENDING_SOON if endings[0].loud else TaskKind.ENDING
    return [Task(kind, len(endings), None, endings[0].on.isoformat())]


def _copy_tasks(copies: CopyState | None) -> list[Task]:
    if copies is None or not copies.wants_person:
        return []
    newest = copies.newest
    day = newest.astimezone(CHINA).strftime("%m-%d %H:%M") if newest is not None else "—"
    return [Task(TaskKind.COPY, copies.code or 1, None, day)]


def sums_of(rows: Sequence[LotRow]) -> ShelfSums:
    """Counted by the list each lot stands in."""
    counts = dict.fromkeys(("expired", "held", "red", "near", "fine"), 0)
    values = dict.fromkeys(counts, 0)
    for row in rows:
        counts[row.shelf] += 1
        values[row.shelf] += row.value
    return ShelfSums(
        counts["expired"],
        counts["held"],
        counts["red"],
        counts["near"],
        Fen(values["expired"]),
        Fen(values["red"]),
        Fen(values["near"]),
    )


class OverviewModel(QObject):
    """Reads; asks the platform nothing and changes nothing."""

    changed = Signal()
    page_wanted = Signal(object)
    """The ``Key`` of the page where the task in front is done."""

    def __init__(
        self, counter: CounterModel, sources: Sources, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter, self.sources = counter, sources
        self.morning: Morning | None = None
        self.shelf = ShelfSums()
        self.front = 0

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tasks_of(self.morning, self.shelf) if self.morning is not None else ()

    @property
    def task(self) -> Task | None:
        """The one in front."""
        tasks = self.tasks
        return tasks[min(self.front, len(tasks) - 1)] if tasks else None

    def load(self) -> None:
        """Two readings: what is counted over every lot comes after the rest."""
        yesterday = self.counter.clock.now().astimezone(CHINA).date() - timedelta(days=1)
        bridge, troubled = self.counter.bridge, self.counter.troubled.emit
        bridge.submit(READING, lambda: _read(self.sources, yesterday), self._show, troubled)
        bridge.submit(READING, lambda: _read_shelf(self.sources), self._show_shelf, troubled)

    def choose(self, at: int) -> None:
        """Bring the n-th task to the front, counted from 0."""
        at = max(0, min(at, len(self.tasks) - 1))
        if at != self.front:
            self.front = at
            self.changed.emit()

    def move(self, by: int) -> None:
        self.choose(self.front + by)

    def open(self, at: int | None = None) -> None:
        """Enter, or Alt n: go where it is done."""
        if at is not None:
            self.choose(at)
        if self.task is not None:
            self.page_wanted.emit(self.task.key)

    def _show(self, morning: Morning) -> None:
        self.morning = morning
        self.changed.emit()

    def _show_shelf(self, shelf: ShelfSums) -> None:
        self.shelf = shelf
        self.changed.emit()


def _read(sources: Sources, yesterday: date) -> Morning:
    """In a lane. What this person may not see is left out."""
    work, queue, day_end, stock = (
        sources.stock_day,
        sources.queue,
        sources.day_end,
        sources.stock,
    )
    return Morning(
        stock=work.stock_morning(),
        open_items=sources.open_items(),
        queue=tuple(queue.queue()) if queue is not None else (),
        money=_allowed(lambda: day_end.money(yesterday)) if day_end is not None else None,
        overnight=work.overnight(),
        overrides=(_allowed(lambda: stock.overrides(OVERRIDE_DAYS)) or ()) if stock else (),
        copies=queue.copy_state() if queue is not None else None,
    )


def _read_shelf(sources: Sources) -> ShelfSums:
    stock = sources.stock
    rows = _allowed(stock.shelf) if stock is not None else None
    return sums_of(rows or ())


def _allowed(read: Callable[[], T]) -> T | None:
    """None where this person may not; every other trouble is told."""
    try:
        return read()
    except OperatorInput as trouble:
        if trouble.code is not Code.NOT_ALLOWED:
            raise
        return None
