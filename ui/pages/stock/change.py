"""变更: what comes or goes without a customer, its kind, its reason, its boxes; F12 books."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from app.domain.errors import Code, Trouble
from app.ports.devices import ScannedText
from app.workflow.goods.lists import LotRow
from ui.formats import trace_text
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, PageKit, column
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.viewmodels.stock import StockWork
from ui.viewmodels.stock_lists import ChangeModel
from ui.widgets import ActButton, Card, EmptyState, ScanField, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import Head, Line, RowsTable

LOOKS: dict[str, State] = {
    "expired": "stop",
    "held": "stop",
    "red": "attention",
    "near": "attention",
    "fine": "later",
}
"""How a lot stands, by the list it is in."""


class ChangePage(ColumnsPage):
    """A scan brings the lot and counts the box, Enter goes through the fields, F12 books."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("stock_change", 372, parent)
        self.model = ChangeModel(kit.counter, work, self)
        self.field = ScanField(kit.recognise, tr("pages.stock_change.scan"))
        self.field.entered.connect(self.model.scan)
        self.top.addWidget(self.field)
        self.lots = Card(tr("pages.stock_change.lots"), bare=True)
        self.table = RowsTable(tr("pages.stock_change.lots"), lot_heads())
        self.none = EmptyState(tr("pages.stock_change.empty"), tr("pages.stock_change.empty_note"))
        self.lots.add(self.table, 1)
        self.lots.add(self.none)
        self.main.addWidget(self.lots, 1)
        self._side()
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.model.booked.connect(lambda _booked: self.form.clear())
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.refresh()

    def _side(self) -> None:
        self.about = Text("", "body", wrap=True)
        self.front = Card(" ")
        self.front.add(self.about)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("pages.stock_change.kind"))
        self.kind.currentIndexChanged.connect(lambda _at: self.refresh())
        self.form = Form(
            "stock_change", ("packs", "reason"), across=2, widths={"packs": 1, "reason": 2}
        )
        self.form.typed.connect(self._typed)
        self.form.filled.connect(self._filled)
        self.what = Card(tr("pages.stock_change.what"))
        self.what.body.addLayout(column(Text(tr("pages.stock_change.kind"), "second"), self.kind))
        self.what.add(self.form)
        self.boxes = Text("", "code_small", wrap=True)
        self.hand = Card(tr("pages.stock_change.boxes"), tr("pages.stock_change.boxes_note"))
        self.hand.add(self.boxes)
        self.said = Text("", "strong", wrap=True)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.why = Text("", "second", wrap=True)
        for part in (self.front, self.what, self.hand):
            self.side.addWidget(part)
        self.side.addStretch(1)
        self.side.addWidget(self.said)
        self.side.addWidget(self.why)
        self.side.addWidget(self.act)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model = self.model
        self._fill_kinds()
        self.table.show_lines(tuple(lot_line(row) for row in model.rows), model.front)
        set_shown(self.table, bool(model.rows))
        set_shown(self.none, not model.rows)
        if model.lot is not None:
            self.front.set_title(model.lot.item.name)
            self.about.setText(lot_words(model.lot))
        self.boxes.setText("\n".join(trace_text(box) for box in model.boxes))
        set_shown(self.hand, bool(model.boxes))
        if model.boxes:
            packs = self.form.inputs["packs"].text()
            least = str(len(model.boxes))
            if not packs.isdigit() or int(packs) < len(model.boxes):
                self.form.show_texts(packs=least)
        self.said.setText(self._last_words())
        set_shown(self.said, bool(self.said.text()))
        self._show_binding()

    def _show_binding(self) -> None:
        words, on, why = self._binding()
        self.act.set_text(words)
        self.act.setEnabled(on)
        self.why.setText(why)
        set_shown(self.why, bool(why))
        self.acts_changed.emit()

    def _fill_kinds(self) -> None:
        kinds = self.model.kinds
        if not kinds or self.kind.count():
            return
        for code, (name, inward) in kinds.items():
            way = tr("pages.stock_change.in" if inward else "pages.stock_change.out")
            self.kind.addItem(f"{name} · {way}", code)
        self.kind.addItem(tr("pages.stock_change.to_supplier"), "")

    def _last_words(self) -> str:
        last = self.model.last
        if last is None:
            return ""
        told = "told" if last.told.queued else "not_told"
        return tr(f"pages.stock_change.{told}", number=last.note_no, packs=last.packs)

    def _binding(self) -> tuple[str, bool, str]:
        texts, row = self.form.texts(), self.model.lot
        words = tr("pages.stock_change.book", packs=texts["packs"] or "0")
        if row is None:
            return words, False, tr("pages.stock_change.why_lot")
        if not texts["packs"].isdigit() or not int(texts["packs"]):
            return words, False, tr("pages.stock_change.why_packs")
        if not texts["reason"]:
            return words, False, tr("pages.stock_change.why_reason")
        return words, not self.model.busy, ""

    # what is done

    def _typed(self) -> None:
        self._show_binding()

    def _chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        key = self.table.key
        if isinstance(key, int):
            self.model.choose(key)

    def _filled(self) -> None:
        """Enter never books: the cursor goes to the key that does."""
        self.act.setFocus()

    def _bind(self) -> None:
        if self._binding()[1]:
            texts = self.form.texts()
            self.model.send(str(self.kind.currentData()), int(texts["packs"]), texts["reason"])

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code in (Code.LINE_WRONG, Code.STOCK_SHORT):
            self.form.blame("packs")
        elif trouble.code is Code.REASON_MISSING:
            self.form.blame("reason")

    def catch_scan(self, scanned: ScannedText) -> bool:
        """A box in the hand belongs to what moves."""
        self.model.scan(scanned.text)
        return True

    def acts(self) -> tuple[Act, ...]:
        words, on, why = self._binding()
        some = bool(self.model.boxes)
        return (
            Act(Key.REMOVE, tr("pages.stock_change.take_out"), self.model.take_out, some),
            Act(Key.BIND, words, self._bind, on, Look.PRIMARY, why),
        )

    def scan_field(self) -> ScanField:
        return self.field

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def lot_heads() -> tuple[Head, ...]:
    """Columns of a list of lots."""

    def named(name: str) -> str:
        return tr(f"pages.shelf.column.{name}")

    return (
        Head(named("drug"), bold=True),
        Head(named("lot_no"), 104),
        Head(named("expires_on"), 100),
        Head(named("days"), 84, right=True),
        Head(named("on_hand"), 64, right=True),
        Head(named("state"), 104),
    )


def lot_line(row: LotRow) -> Line:
    """One lot as lists show it; the one that is taken first says so."""
    state = tr(f"pages.shelf.state.{row.shelf}")
    if row.first and row.shelf == "fine":
        state = tr("pages.shelf.state.first")
    cells = (
        row.item.name,
        row.lot.lot_no,
        row.lot.expires_on.isoformat(),
        tr("pages.shelf.days" if row.days >= 0 else "pages.shelf.over", days=abs(row.days)),
        str(row.lot.on_hand),
        state,
    )
    return Line(cells, LOOKS[row.shelf], row.lot.lot_id)


def lot_words(row: LotRow) -> str:
    """Lot, packs on hand and last day of sale in one line."""
    until = row.lot.expires_on.isoformat()
    return tr("pages.shelf.about", lot=row.lot.lot_no, count=row.lot.on_hand, until=until)
