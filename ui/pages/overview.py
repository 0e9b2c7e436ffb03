"""总览: the morning list, sorted by consequence; the day light, what differs, the thirty days."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.money import Fen
from ui.formats import money_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import (
    ChosenRow,
    ColumnsPage,
    PageKit,
    TallArea,
    boxed,
    column,
    fixed_width,
    row,
    scaled,
    steps_of,
    two_lines,
)
from ui.pages.stock_day.table import TrendCard, light_of
from ui.text import tr
from ui.theme import tokens
from ui.viewmodels.overview import Morning, OverviewModel, ShelfSums, Sources, Task
from ui.viewmodels.stock_day import StockDayWork
from ui.widgets import ActButton, Card, ElidedText, EmptyState, FactRows, KeyCap, StateMark, Text
from ui.widgets.basics import State, clear_layout, set_shown
from ui.widgets.day_light import DayLight

OFFERED = 9
_WORDS, _BUTTON = 250, 140
"""Compact px of the names and of the buttons of the list."""


class TaskRow(ChosenRow):
    """What is to do, since when and how much, how it is done, the key that leads there."""

    def __init__(self, number: int, task: Task) -> None:
        super().__init__()
        words = {
            "count": f"{task.many:,}",
            "day": task.day,
            "amount": money_text(task.amount) if task.amount is not None else "—",
        }
        said = {
            part: tr(f"pages.overview.task.{task.kind.value}.{part}", **words)
            for part in ("name", "note", "how", "go")
        }
        look: State = task.look  # type: ignore[assignment]  # the three are states
        cap = KeyCap(offer_key(number).value)
        name = two_lines(ElidedText(said["name"], "emph"), ElidedText(said["note"], "second"))
        self.go = ActButton(said["go"], task.key)
        cells = row(
            cap,
            StateMark(look, 20),
            fixed_width(name, _WORDS),
            ElidedText(said["how"]),
            fixed_width(self.go, _BUTTON),
            space="normal",
        )
        cells.setStretch(3, 1)
        self.setLayout(column(boxed(cells, inner=True)))
        self.setAccessibleName(f"{said['name']} {said['note']} {said['how']}")


class TaskList(Card):
    """Rows made anew only where the tasks are others."""

    def __init__(self, model: OverviewModel, parent: QWidget | None = None) -> None:
        super().__init__(bare=True, parent=parent)
        self._model = model
        self._shown: tuple[Task, ...] | None = None
        self.rows: list[TaskRow] = []
        self._lines = column()
        self._lines.setSpacing(tokens().px("line.thin"))
        self.area = TallArea(boxed(self._lines))
        self.area.setMinimumHeight(scaled(180))
        self.none = EmptyState("", "")
        self.add(self.area, 1)
        self.add(self.none, 1)

    def show_tasks(self, tasks: tuple[Task, ...], *, loaded: bool) -> None:
        if tasks != self._shown:
            self._shown = tasks
            clear_layout(self._lines)
            self.rows = [TaskRow(number, task) for number, task in enumerate(tasks[:OFFERED], 1)]
            for at, made in enumerate(self.rows):
                made.pressed.connect(partial(self._model.choose, at))
                made.go.clicked.connect(partial(self._open, at))
                self._lines.addWidget(made)
            self._lines.addStretch(1)
        for at, made in enumerate(self.rows):
            made.choose(at == self._model.front)
        set_shown(self.area, bool(tasks))
        set_shown(self.none, not tasks)
        name = "none" if loaded else "loading"
        self.none.set_texts(
            tr(f"pages.overview.empty.{name}"), tr(f"pages.overview.empty.{name}_note")
        )

    def _open(self, at: int, _checked: bool = False) -> None:
        self._model.open(at)


class OverviewPage(ColumnsPage):
    """↑ ↓ choose, Enter or Alt n goes where it is done, F5 reads again."""

    def __init__(self, kit: PageKit, work: StockDayWork, parent: QWidget | None = None) -> None:
        super().__init__("overview", 340, parent)
        counter = kit.counter
        sources = Sources(work, counter.workflow.open_items, kit.queue, kit.day_end, kit.stock)
        self.model = OverviewModel(counter, sources, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("pages.overview.title"))
        self.headline = Text("", "title", wrap=True)
        self.note = Text(tr("pages.overview.note"), "second")
        self.list, self.trend = TaskList(self.model), TrendCard()
        self.main.addWidget(boxed(column(self.headline, self.note)))
        self.main.addWidget(self.list, 1)
        self.main.addWidget(self.trend)
        self._side()
        self.model.changed.connect(self.refresh)
        self.model.page_wanted.connect(self.key_wanted)
        self.refresh()

    def _side(self) -> None:
        self.light, self.value = DayLight(), Text("", "amount_part")
        self.figures = FactRows()
        self.stock = Card(tr("pages.overview.stock"))
        beside = row(
            self.light, column(Text(tr("pages.overview.value"), "second"), self.value), None,
            space="normal",
        )  # fmt: skip
        self.stock.body.addLayout(beside)
        self.stock.add(self.figures)
        self.shelf, self.lots = Card(tr("pages.overview.shelf")), FactRows()
        self.shelf.add(self.lots)
        self.money, self.groups = Card(tr("pages.overview.money")), FactRows()
        self.money.add(self.groups)
        for part in (self.stock, self.shelf, self.money):
            self.side.addWidget(part)
        self.side.addStretch(1)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model, morning = self.model, self.model.morning
        tasks = model.tasks
        name = "loading" if morning is None else "some" if tasks else "none"
        self.headline.setText(tr(f"pages.overview.headline.{name}", count=len(tasks)))
        self.list.show_tasks(tasks, loaded=morning is not None)
        run = morning.stock.run if morning is not None else None
        self.trend.show_trend(morning.trend if morning else (), run.day if run else None)
        set_shown(self.trend, bool(morning and morning.trend))
        self._show_stock(morning)
        self.lots.set_rows(_lot_rows(model.shelf))
        set_shown(self.shelf, model.sources.stock is not None)
        self.groups.set_rows(_money_rows(morning))
        set_shown(self.money, morning is not None and morning.money is not None)
        self.acts_changed.emit()

    def _show_stock(self, morning: Morning | None) -> None:
        run = morning.stock.run if morning is not None else None
        name, state = light_of(run)
        self.light.show_light(tr(f"pages.stock_day.light_{name}"), state)
        if run is None:
            self.stock.set_title(tr("pages.overview.stock"))
            self.value.setText("—")
            self.figures.set_rows(())
            return
        day = tr("pages.overview.day", day=run.day.strftime("%m-%d"))
        self.stock.set_title(tr("pages.overview.stock"), day)
        self.value.setText(money_text(run.tally.value))
        self.value.set_tone("stop" if run.open_count else "muted")
        counts: tuple[tuple[str, int, State], ...] = (
            ("needs_action", run.tally.needs_action, "stop"),
            ("cannot_compare", run.tally.cannot_compare, "unknown"),
            ("equal", run.tally.equal, "ok"),
        )
        self.figures.set_rows(
            tuple(
                (tr(f"stock_state.{name}"), f"{count:,}", look if count else "later")
                for name, count, look in counts
            )
        )

    # what is done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ ↓ move, Enter goes there."""
        step = steps_of(event)
        if step is not None:
            self.model.move(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.model.open()
        else:
            super().keyPressEvent(event)

    def acts(self) -> tuple[Act, ...]:
        tasks = self.model.tasks[:OFFERED]
        offers = tuple(
            Act(
                offer_key(n), tr("pages.overview.open_n", number=n), partial(self.model.open, n - 1)
            )
            for n, _ in enumerate(tasks, 1)
        )
        return (
            *offers,
            Act(Key.ASK_AGAIN, tr("pages.overview.again"), self.model.load),
            Act(Key.FORWARD, tr("pages.overview.open"), self.model.open, bool(tasks), Look.PLAIN),
        )

    def focus_first(self) -> None:
        self.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _lot_rows(sums: ShelfSums) -> tuple[tuple[str, str, State], ...]:
    def worth(count: int, value: Fen) -> str:
        return tr("pages.overview.worth", count=count, amount=money_text(value))

    stop: State = "stop"
    amber: State = "attention"
    return (
        _lots("expired", worth(sums.expired, sums.expired_value), sums.expired, stop),
        _lots("held", tr("pages.overview.lots_of", count=sums.held), sums.held, stop),
        _lots("red", worth(sums.red, sums.red_value), sums.red, amber),
        _lots("near", worth(sums.near, sums.near_value), sums.near, "later"),
    )


def _lots(name: str, words: str, count: int, look: State) -> tuple[str, str, State]:
    return tr(f"pages.overview.lots.{name}"), words, look if count else "later"


def _money_rows(morning: Morning | None) -> tuple[tuple[str, str, State], ...]:
    """Totals of every group of yesterday, and whether the platform says the same."""
    money = morning.money if morning is not None else None
    if money is None:
        return ()
    if not money.run_no:
        return ((tr("pages.overview.no_money"), "", "attention"),)
    rows: list[tuple[str, str, State]] = []
    for group in money.groups:
        name = tr("pages.overview.money_group", insurance=group.insurance, office=group.office)
        total = money_text(group.sums.total)
        said = tr("pages.overview.money_counts", count=group.count, total=total)
        rows.append((name, said, "later"))
    amount = money_text(money.difference)
    if money.open_count:
        said = tr("pages.overview.money_differs", count=money.open_count, amount=amount)
        rows.append((said, "", "stop"))
    else:
        rows.append((tr("pages.overview.money_agrees"), "", "ok"))
    return tuple(rows)
