"""总览: the morning list, sorted by consequence; the day light, yesterday, last night."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.formats import money_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.overview_side import MorningSide
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
from ui.text import tr
from ui.theme import tokens
from ui.viewmodels.overview import OverviewModel, Sources, Task
from ui.viewmodels.stock_day import StockDayWork
from ui.widgets import ActButton, Card, ElidedText, EmptyState, KeyCap, StateMark, Text
from ui.widgets.basics import State, clear_layout, set_shown

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
        self.list, self.beside = TaskList(self.model), MorningSide()
        above = row(boxed(column(self.headline, self.note, self.beside.tally)), self.beside.stock)
        above.setStretch(0, 1)
        self.main.addWidget(boxed(above))
        self.main.addWidget(self.list, 1)
        self.main.addWidget(self.beside.money)
        self._side()
        self.model.changed.connect(self.refresh)
        self.model.page_wanted.connect(self.key_wanted)
        self.refresh()

    def _side(self) -> None:
        for part in self.beside.cards:
            self.side.addWidget(part)
        self.side.addStretch(1)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model, morning = self.model, self.model.morning
        tasks = model.tasks
        name = "loading" if morning is None else "some" if tasks else "none"
        seen = morning.overnight if morning is not None else None
        hello = tr("pages.overview.hello", name=seen.operator) if seen is not None else ""
        self.headline.setText(hello + tr(f"pages.overview.headline.{name}", count=len(tasks)))
        self.list.show_tasks(tasks, loaded=morning is not None)
        now = model.counter.clock.now()
        self.beside.show_morning(morning, model.shelf, now, goods=model.sources.stock is not None)
        self.acts_changed.emit()

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
