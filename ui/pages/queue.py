"""待上传: what has not reached the platform, sorted by consequence; the remedy beside it."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.keys import Act, Key, Look, offer_key
from ui.pages.neighbour import NeighbourBar
from ui.pages.offline_limits import EDIT, LimitsCard
from ui.pages.parts import ColumnsPage, PageKit, scaled
from ui.pages.queue_remedy import RemedyCard, bind_text
from ui.pages.queue_table import FiguresCard, queue_heads, queue_line
from ui.text import tr
from ui.viewmodels.limits import LimitsModel
from ui.viewmodels.queue import QueueModel
from ui.viewmodels.workflow import QueueWork
from ui.widgets import ActButton, Card, EmptyState
from ui.widgets.table import RowsTable

LIST_AT_LEAST = 200
_SPARED = (3, 4)
"""Columns (times sent, born) that stand in the card beside the list too."""
REREAD_MS = 5_000
"""Rows move in the background while somebody looks at them; reading asks the store only."""


class QueuePage(ColumnsPage):
    """↑ ↓ choose, Alt 1 all, Alt 2 what needs a person, F12 sends the row in front again, mended
    where a field was put right; Ctrl D shows the wire, Ctrl Del voids."""

    def __init__(self, kit: PageKit, work: QueueWork, parent: QWidget | None = None) -> None:
        super().__init__("queue", 372, parent)
        self.model = QueueModel(kit.counter, work, self)
        self.figures = FiguresCard()
        self.card = Card(tr("pages.queue.title"), tr("pages.queue.note"), bare=True)
        self.filters = [self._filter(1, "all"), self._filter(2, "stopped")]
        for button in self.filters:
            self.card.add_head(button)
        self.list = RowsTable(tr("pages.queue.title"), queue_heads(), tall=52)
        self.none = EmptyState(tr("pages.queue.empty"), tr("pages.queue.empty_note"))
        self.card.add(self.list, 1)
        self.card.add(self.none)
        self.money = NeighbourBar(Key.OPEN_ITEMS, "unknown")
        self.money.pressed.connect(lambda: self.key_wanted.emit(Key.OPEN_ITEMS))
        self.main.addWidget(self.figures)
        self.main.addWidget(self.money)
        self.main.addWidget(self.card, 1)
        self.remedy = RemedyCard(self.model)
        self.limits = LimitsModel(kit.counter, work, self)
        self.limits_card = LimitsCard(self.limits)
        self.side.addWidget(self.remedy, 1)
        self.side.addWidget(self.limits_card)
        self.main.addWidget(self.limits_card.bar)
        self.limits.changed.connect(self._limits_changed)
        self._reread = QTimer(self)
        self._reread.setInterval(REREAD_MS)
        self._reread.timeout.connect(self.model.load)
        self.model.changed.connect(self.refresh)
        self.list.selectionModel().currentRowChanged.connect(self._chosen)
        self.refresh()

    def _filter(self, number: int, name: str) -> ActButton:
        button = ActButton(tr(f"pages.queue.{name}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.model.show_only_stopped(number == 2))
        return button

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
        now = model.counter.clock.now()
        self.figures.show_model(model, now)
        self.list.show_lines(tuple(queue_line(row, now) for row in model.rows), model.chosen)
        chosen = model.row
        self.remedy.setVisible(chosen is not None and not self.limits.editing)
        if chosen is not None:
            self.remedy.show_row(chosen)
        self.list.setVisible(bool(model.rows))
        self.none.setVisible(not model.rows)
        money = model.unknown_money
        self.money.say(tr("pages.queue.money", count=money) if money else "")
        loaded = "loading" if not model.loaded else "no_records" if money else "empty"
        self.none.set_texts(tr(f"pages.queue.{loaded}"), tr(f"pages.queue.{loaded}_note"))
        for at, button in enumerate(self.filters):
            button.setChecked(model.only_stopped == bool(at))
        self.acts_changed.emit()

    def _chosen(self) -> None:
        key = self.list.key
        if isinstance(key, int):
            self.model.choose(key)

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        return (
            Act(offer_key(1), tr("pages.queue.all"), lambda: model.show_only_stopped(False)),
            Act(offer_key(2), tr("pages.queue.stopped"), lambda: model.show_only_stopped(True)),
            Act(Key.ASK_AGAIN, tr("pages.queue.again"), model.load),
            Act(Key.RAW, tr("pages.queue.raw"), model.show_raw, on=model.detail is not None),
            Act(
                Key.VOID,
                tr("pages.queue.void"),
                lambda: self._ask_void(True),
                on=model.may_void and not model.voiding,
            ),
            Act(
                offer_key(EDIT),
                tr("pages.limits.change"),
                lambda: self._edit_limits(True),
                on=self.limits.limits is not None and not self.limits.editing,
            ),
            *self._back(),
            self._binding(),
        )

    def _binding(self) -> Act:
        if self.limits.editing:
            words, on = tr("pages.limits.keep"), True
        else:
            words, on = bind_text(self.model), self.model.may_bind
        return Act(Key.BIND, words, self._bind, on=on, look=Look.PRIMARY)

    def _limits_changed(self) -> None:
        """The form takes the place of the row in front while it is open."""
        self.remedy.setVisible(self.model.row is not None and not self.limits.editing)
        if self.limits.editing:
            self.limits_card.inputs["amount"].setFocus()
        self.acts_changed.emit()

    def _edit_limits(self, editing: bool) -> None:
        self.limits.edit(editing)
        if not editing:
            self.focus_first()

    def _back(self) -> tuple[Act, ...]:
        if self.limits.editing:
            return (Act(Key.BACK, tr("pages.limits.leave"), lambda: self._edit_limits(False)),)
        if not self.model.voiding:
            return ()
        return (Act(Key.BACK, tr("pages.queue.keep"), lambda: self._ask_void(False)),)

    def _ask_void(self, asking: bool) -> None:
        self.model.ask_void(asking)
        if self.model.voiding:
            self.remedy.voiding.reason.setFocus()
        else:
            self.focus_first()

    def _bind(self) -> None:
        if self.limits.editing:
            self.limits_card.send()
        elif self.model.voiding:
            self.remedy.voiding.send()
        else:
            self.model.retry()

    def focus_first(self) -> None:
        self.list.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()
        self.limits.load()
        self._reread.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._reread.stop()
        self.model.ask_void(False)
        self.limits.edit(False)
