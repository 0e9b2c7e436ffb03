"""目录: one field, what it finds, and how fresh the lists are."""

from datetime import datetime

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.jobs.progress import Progress as Told
from app.ports.catalogue import Hit
from app.workflow.catalogue.desk import ListRow
from ui.formats import time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, PageKit, gap, scaled
from ui.pages.second_person import plain_field
from ui.text import tr
from ui.viewmodels.catalogue import CatalogueModel, CatalogueWork
from ui.widgets import ActButton, Card, EmptyState, FactRows, Progress, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import Head, Line, RowsTable

_LOOKS: dict[str, State] = {"carried": "ok", "listed": "later", "stopped": "off"}


def _heads() -> tuple[Head, ...]:
    def named(name: str) -> str:
        return tr(f"pages.catalogue.column.{name}")

    return (Head(named("drug"), bold=True), Head(named("maker"), 220), Head(named("code"), 230))


def _line(hit: Hit) -> Line:
    entry = hit.entry
    named = f"{entry.name}（{entry.brand}）" if entry.brand else entry.name
    about = "  ".join(one for one in (entry.specification, entry.dose_form) if one)
    listing = tr(f"pages.catalogue.list.{hit.listing.value}")
    carried = "carried" if hit.carried else "listed" if entry.valid else "stopped"
    return Line(
        ((named, about), (entry.maker, entry.approval_no), (entry.code, listing)),
        _LOOKS[carried],
        (hit.listing, entry.code),
        tr(f"pages.catalogue.mark.{carried}"),
    )


class CataloguePage(ColumnsPage):
    """The field has the cursor; ↓ goes to the list. F12 brings the lists up to date, Esc stops."""

    def __init__(self, kit: PageKit, work: CatalogueWork, parent: QWidget | None = None) -> None:
        super().__init__("catalogue", 372, parent)
        self.model = CatalogueModel(kit.counter, work, self)
        self.field = plain_field(tr("pages.catalogue.field"))
        self.field.setPlaceholderText(tr("pages.catalogue.field"))
        self.field.textChanged.connect(self.model.type)
        self.card = Card(tr("pages.catalogue.title"), tr("pages.catalogue.note"), bare=True)
        self.list = RowsTable(tr("pages.catalogue.title"), _heads(), tall=52)
        self.none = EmptyState("")
        self.card.add(self.list, 1)
        self.card.add(self.none)
        self.progress = Progress()
        self.main.addWidget(self.field)
        self.main.addWidget(self.progress)
        self.main.addWidget(self.card, 1)
        self.lists = Card(tr("pages.catalogue.lists"))
        self.facts = FactRows()
        self.lists.add(self.facts)
        self.lists.add(Text(tr("pages.catalogue.nightly"), "second", wrap=True))
        self.lists.body.addSpacing(gap("tight"))
        self.bind = ActButton(tr("pages.catalogue.refresh"), Key.BIND, "primary", height="primary")
        self.bind.clicked.connect(self.model.refresh)
        self.lists.add(self.bind)
        self.lists.body.addStretch(1)
        self.side.addWidget(self.lists, 1)
        self.model.changed.connect(self.refresh)
        self.model.progressed.connect(self._progressed)
        self.refresh()

    def fold(self, folded: bool) -> None:
        super().fold(folded)
        self.list.setMinimumHeight(scaled(200) if folded else 0)

    def _progressed(self, told: Told) -> None:
        name = tr(f"pages.catalogue.list.{told.stage.rpartition('.')[2]}")
        self.progress.show_progress(name, told.done, told.total, None)

    def refresh(self) -> None:
        """Hits, lists, progress."""
        if self.put_off(self.refresh):
            return
        model = self.model
        self.list.show_lines(tuple(_line(hit) for hit in model.hits))
        typed, found = bool(model.typed.strip()), bool(model.hits)
        set_shown(self.list, found)
        set_shown(self.none, not found)
        word = "nothing" if typed else "empty"
        self.none.set_texts(tr(f"pages.catalogue.{word}"), tr(f"pages.catalogue.{word}_note"))
        set_shown(self.progress, model.busy)
        self.bind.setEnabled(not model.busy)
        if model.view is not None:
            now = model.counter.clock.now()
            self.facts.set_rows(tuple(_list_row(one, now) for one in model.view.lists))
        self.acts_changed.emit()

    def acts(self) -> tuple[Act, ...]:
        busy = self.model.busy
        stop = Act(Key.BACK, tr("pages.catalogue.stop"), self.model.stop)
        return (
            *((stop,) if busy else ()),
            Act(
                Key.BIND,
                tr("pages.catalogue.refresh"),
                self.model.refresh,
                on=not busy,
                look=Look.PRIMARY,
            ),
        )

    def focus_first(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _list_row(row: ListRow, now: datetime) -> tuple[str, str, State]:
    name = tr(f"pages.catalogue.list.{row.listing.value}")
    if row.finished_at is not None:
        when = time_text(row.finished_at, now)
        return name, tr("pages.catalogue.fresh", count=f"{row.rows:,}", time=when), "ok"
    if row.begun:
        told = tr("pages.catalogue.cut_off", done=f"{row.done:,}", total=f"{row.total:,}")
        return name, told, "attention"
    return name, tr("pages.catalogue.never"), "later"
