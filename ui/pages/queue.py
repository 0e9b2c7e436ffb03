"""待上传: what has not reached the platform, sorted by consequence; the remedy beside it."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ports.store import OutboxState
from app.workflow.desk_views import QueueRow
from ui.errors import sentences
from ui.formats import time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit, boxed, column, scaled
from ui.pages.queue_table import FiguresCard, QueueTable, TwoLines, row_cause, state_word
from ui.text import tr
from ui.theme import tokens
from ui.viewmodels.queue import NEEDS_A_PERSON, QueueModel
from ui.viewmodels.workflow import QueueWork
from ui.widgets import ActButton, Card, EmptyState, FactRows, Text

LIST_AT_LEAST = 200
_SPARED = (3, 4)
"""Columns (times sent, born) that stand in the card beside the list too."""
_WIDTHS = (44, 0, 240, 84, 72, 124)


class RemedyCard(Card):
    """The row in front: what happened, what to do, what the platform said, how it went."""

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent=parent)
        self._model = model
        self.happened, self.remedy = Text("", "strong", wrap=True), Text("", "body", wrap=True)
        self.quoted = Text("", "code_small", wrap=True)
        self.quote = boxed(column(self.quoted), ground="sunken", inner=True)
        self.facts = FactRows()
        self.retry = ActButton(tr("pages.queue.retry"), Key.BIND, "primary", height="primary")
        self.retry.clicked.connect(model.retry)
        self.why = Text("", "second", wrap=True)
        for part in (self.happened, self.remedy, self.quote, self.facts):
            self.add(part)
        self.body.addStretch(1)
        self.add(self.why)
        self.add(self.retry)

    def show_row(self, chosen: QueueRow) -> None:
        now = self._model.counter.clock.now()
        self.set_title(tr(f"pages.operation.{chosen.operation}"), chosen.summary)
        stopped = chosen.state in NEEDS_A_PERSON
        chip = str(chosen.code) if chosen.code is not None else ""
        unknown = chosen.state is OutboxState.UNKNOWN
        self.set_chip(chip, "unknown" if unknown else "stop" if stopped else "plain")
        said = sentences(chosen.code) if chosen.code is not None else None
        self.happened.setText(said.happened if said else state_word(chosen, now))
        self.happened.set_tone("unknown" if unknown else "stop" if stopped else "strong")
        self.remedy.setText(said.remedy if said else tr("pages.queue.by_itself"))
        self.quoted.setText(tr("shell.banner.quoted", text=chosen.platform_text))
        self.quote.setVisible(bool(chosen.platform_text))
        self.facts.set_rows(
            (
                (tr("pages.queue.column.state"), row_cause(chosen, now), ""),
                (tr("pages.queue.column.born"), time_text(chosen.born_at, now), ""),
                (tr("pages.queue.column.tries"), str(chosen.tries), ""),
                (tr("pages.queue.due"), time_text(chosen.due_at, now), ""),
            )
        )
        self.retry.setEnabled(self._model.may_retry)
        self.why.setText(tr("pages.queue.once"))


class QueuePage(ColumnsPage):
    """↑ ↓ choose, Alt 1 all, Alt 2 what needs a person, F12 sends the row in front again."""

    def __init__(self, kit: PageKit, work: QueueWork, parent: QWidget | None = None) -> None:
        super().__init__("queue", 372, parent)
        self.model = QueueModel(kit.counter, work, self)
        self.figures = FiguresCard()
        self.card = Card(tr("pages.queue.title"), tr("pages.queue.note"), bare=True)
        self.filters = [self._filter(1, "all"), self._filter(2, "stopped")]
        for button in self.filters:
            self.card.add_head(button)
        self.table = QueueTable(self.model)
        self.list = self._list()
        self.none = EmptyState(tr("pages.queue.empty"), tr("pages.queue.empty_note"))
        self.card.add(self.list, 1)
        self.card.add(self.none)
        self.main.addWidget(self.figures)
        self.main.addWidget(self.card, 1)
        self.remedy = RemedyCard(self.model)
        self.side.addWidget(self.remedy, 1)
        self.model.changed.connect(self.refresh)
        self.list.selectionModel().currentRowChanged.connect(self._chosen)
        self.refresh()

    def _filter(self, number: int, name: str) -> ActButton:
        button = ActButton(tr(f"pages.queue.{name}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.model.show_only_stopped(number == 2))
        return button

    def _list(self) -> QTableView:
        view = QTableView()
        view.setModel(self.table)
        view.setItemDelegate(TwoLines(view))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setAccessibleName(tr("pages.queue.title"))
        view.verticalHeader().setVisible(False)
        view.verticalHeader().setDefaultSectionSize(scaled(52))
        head = view.horizontalHeader()
        head.setFixedHeight(tokens().px("height.row"))
        head.setHighlightSections(False)
        for at, wide in enumerate(_WIDTHS):
            fixed = QHeaderView.ResizeMode.Fixed if wide else QHeaderView.ResizeMode.Stretch
            head.setSectionResizeMode(at, fixed)
            if wide:
                view.setColumnWidth(at, scaled(wide))
        return view

    def fold(self, folded: bool) -> None:
        """Where there is little width, what the card of the row says anyway makes room."""
        super().fold(folded)
        for at in _SPARED:
            self.list.setColumnHidden(at, folded)
        self.list.setMinimumHeight(scaled(LIST_AT_LEAST) if folded else 0)

    def refresh(self) -> None:
        """Figures, rows, the row in front."""
        if self.put_off(self.refresh):
            return
        model = self.model
        self.figures.show_model(model, model.counter.clock.now())
        self.table.refresh()
        at = self.table.line_of(model.chosen)
        if at >= 0 and self.list.currentIndex().row() != at:
            self.list.selectRow(at)
        chosen = model.row
        self.remedy.setVisible(chosen is not None)
        if chosen is not None:
            self.remedy.show_row(chosen)
        self.list.setVisible(bool(model.rows))
        self.none.setVisible(not model.rows)
        loaded = "empty" if model.loaded else "loading"
        self.none.set_texts(tr(f"pages.queue.{loaded}"), tr(f"pages.queue.{loaded}_note"))
        for at, button in enumerate(self.filters):
            button.setChecked(model.only_stopped == bool(at))
        self.acts_changed.emit()

    def _chosen(self) -> None:
        at = self.list.currentIndex().row()
        if 0 <= at < self.table.rowCount():
            self.model.choose(self.table.at(at).item_id)

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        return (
            Act(offer_key(1), tr("pages.queue.all"), lambda: model.show_only_stopped(False)),
            Act(offer_key(2), tr("pages.queue.stopped"), lambda: model.show_only_stopped(True)),
            Act(Key.ASK_AGAIN, tr("pages.queue.again"), model.load),
            Act(
                Key.BIND,
                tr("pages.queue.retry_key"),
                model.retry,
                on=model.may_retry,
                look=Look.PRIMARY,
            ),
        )

    def focus_first(self) -> None:
        self.list.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()
