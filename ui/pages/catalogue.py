"""目录: one field, what it finds, and how fresh the lists are."""

from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.jobs.progress import Progress as Told
from app.ports.catalogue import Hit
from app.workflow.catalogue.desk import ListRow
from ui.formats import time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, PageKit, scaled
from ui.pages.row_table import LINES, LOOK, Index, RowDress, row_list
from ui.pages.second_person import plain_field
from ui.text import tr
from ui.viewmodels.catalogue import CatalogueModel, CatalogueWork
from ui.widgets import ActButton, Card, EmptyState, FactRows, Progress, Text
from ui.widgets.basics import State, set_shown

COLUMNS = ("mark", "drug", "maker", "code")
DRESS = RowDress(
    COLUMNS, frozenset(), frozenset({"maker", "code"}), frozenset(), tall=52, padding=6
)
_WIDTHS = (44, 0, 220, 230)


class HitTable(QAbstractTableModel):
    """What was found; two texts a cell, never a widget a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        if hits != self._hits:
            self.beginResetModel()
            self._hits = hits
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._hits)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, across: Qt.Orientation, role: int = 0) -> object:
        if across is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"pages.catalogue.column.{COLUMNS[section]}") if section else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return DRESS.side(COLUMNS[section]) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (LINES, LOOK, Qt.ItemDataRole.AccessibleTextRole):
            return None
        hit = self._hits[index.row()]
        if role == LOOK:
            return "ok" if hit.carried else "later" if hit.entry.valid else "off"
        texts = _cell(hit, COLUMNS[index.column()])
        return texts if role == LINES else " ".join(texts)


def _cell(hit: Hit, name: str) -> tuple[str, str]:
    entry = hit.entry
    match name:
        case "drug":
            named = f"{entry.name}（{entry.brand}）" if entry.brand else entry.name
            return named, "  ".join(one for one in (entry.specification, entry.dose_form) if one)
        case "maker":
            return entry.maker, entry.approval_no
        case "code":
            return entry.code, tr(f"pages.catalogue.list.{hit.listing.value}")
        case _:
            carried = "carried" if hit.carried else "listed" if entry.valid else "stopped"
            return tr(f"pages.catalogue.mark.{carried}"), ""


class CataloguePage(ColumnsPage):
    """The field has the cursor; ↓ goes to the list. F12 brings the lists up to date, Esc stops."""

    def __init__(self, kit: PageKit, work: CatalogueWork, parent: QWidget | None = None) -> None:
        super().__init__("catalogue", 372, parent)
        self.model = CatalogueModel(kit.counter, work, self)
        self.field = plain_field(tr("pages.catalogue.field"))
        self.field.setPlaceholderText(tr("pages.catalogue.field"))
        self.field.textChanged.connect(self.model.type)
        self.card = Card(tr("pages.catalogue.title"), tr("pages.catalogue.note"), bare=True)
        self.table = HitTable()
        self.list = row_list(self.table, DRESS, _WIDTHS, tr("pages.catalogue.title"))
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
        self.table.show_hits(model.hits)
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
