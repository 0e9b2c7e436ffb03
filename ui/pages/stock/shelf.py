"""库存: what has ended, is held or ends soon; where a box came from; whether the ledger proves."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from app.ports.devices import ScannedText
from app.workflow.goods.lists import BoxStep, LotRow
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit
from ui.pages.stock.change import lot_heads, lot_line, lot_words
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.viewmodels.stock import StockWork
from ui.viewmodels.stock_lists import ShelfModel
from ui.widgets import ActButton, Card, EmptyState, FactRows, ScanField, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import RowsTable

RECALLED = "recall"


class ShelfPage(ColumnsPage):
    """Alt 1 what needs somebody, Alt 2 everything, a scan tells a box's life, F12 recalls a lot."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("shelf", 372, parent)
        self.model = ShelfModel(kit.counter, work, self)
        self.field = ScanField(kit.recognise, tr("pages.shelf.scan"))
        self.field.entered.connect(self.model.scan)
        self.top.addWidget(self.field)
        self.card = Card(tr("pages.shelf.title"), bare=True)
        self.filters = [self._filter(1, "open"), self._filter(2, "all")]
        for button in self.filters:
            self.card.add_head(button)
        self.table = RowsTable(tr("pages.shelf.title"), lot_heads())
        self.none = EmptyState("", "")
        self.card.add(self.table, 1)
        self.card.add(self.none)
        self.main.addWidget(self.card, 1)
        self._side()
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.model.booked.connect(lambda _count: self.form.clear())
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.refresh()

    def _filter(self, number: int, name: str) -> ActButton:
        button = ActButton(tr(f"pages.shelf.{name}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.model.show_all(number == 2))
        return button

    def _side(self) -> None:
        self.steps, self.books = FactRows(), Text("", "second", wrap=True)
        self.about = Text("", "body", wrap=True)
        self.front = Card(" ")
        self.front.add(self.about)
        self.form = Form("shelf", ("reason",))
        self.form.typed.connect(self._show_binding)
        self.front.add(self.form)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.form.filled.connect(self.act.setFocus)
        self.front.add(self.act)
        self.life = Card(tr("pages.shelf.life"))
        self.life.add(self.steps)
        self.why = Text("", "second", wrap=True)
        for part in (self.front, self.why, self.life):
            self.side.addWidget(part)
        self.side.addStretch(1)
        self.side.addWidget(self.books)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model = self.model
        self.table.show_lines(tuple(lot_line(row) for row in model.rows), model.front)
        set_shown(self.table, bool(model.rows))
        set_shown(self.none, not model.rows)
        name = "clean" if model.loaded else "loading"
        self.none.set_texts(tr(f"pages.shelf.{name}"), tr(f"pages.shelf.{name}_note"))
        for button, wanted in zip(
            self.filters, (model.only_open, not model.only_open), strict=True
        ):
            button.setChecked(wanted)
        if model.limits is not None:
            near, red = model.limits.near, model.limits.red
            self.card.set_chip(tr("pages.shelf.limits", near=near, red=red))
        set_shown(self.front, model.lot is not None)
        if model.lot is not None:
            self.front.set_title(model.lot.item.name, model.lot.item.specification)
            self.about.setText(f"{lot_words(model.lot)}\n{_care(model.lot)}")
        set_shown(self.life, bool(model.life))
        self.steps.set_rows(tuple(_step(step) for step in model.life))
        self._show_proof()
        self._show_binding()

    def _show_proof(self) -> None:
        if self.model.paper:
            self.books.setText(tr("pages.shelf.printed", file=self.model.paper))
            return
        kept = self.model.proof
        if kept is None:
            self.books.setText(tr("pages.shelf.never"))
            return
        proof = kept.proof
        name = "holds" if proof.holds else "differs"
        words = tr(f"pages.shelf.{name}", count=len(proof.flaws))
        counts = tr("pages.shelf.counts", lots=proof.lots, movements=proof.movements)
        self.books.setText(
            tr("pages.shelf.proof", at=time_text(kept.at), words=words, counts=counts)
        )
        self.books.set_tone("muted" if proof.holds else "stop")

    def _show_binding(self) -> None:
        words, on, why = self._binding()
        self.act.set_text(words)
        self.act.setEnabled(on)
        self.why.setText(why)
        set_shown(self.why, bool(why))
        self.acts_changed.emit()

    def _binding(self) -> tuple[str, bool, str]:
        row = self.model.lot
        ends = row is not None and row.lot.hold == RECALLED
        words = tr("pages.shelf.end_recall" if ends else "pages.shelf.recall")
        if row is None or not self.form.texts()["reason"]:
            return words, False, tr("pages.shelf.why_reason") if row is not None else ""
        return words, not self.model.busy, ""

    # what is done

    def _chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        key = self.table.key
        if isinstance(key, int) and key != self.model.front:
            self.model.front = key
            self.refresh()

    def _bind(self) -> None:
        if self._binding()[1]:
            self.model.hold(self.form.texts()["reason"])

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.REASON_MISSING:
            self.form.blame("reason")

    def catch_scan(self, scanned: ScannedText) -> bool:
        """A box tells where it came from."""
        self.model.scan(scanned.text)
        return True

    def acts(self) -> tuple[Act, ...]:
        words, on, why = self._binding()
        model = self.model
        return (
            Act(offer_key(1), tr("pages.shelf.open"), lambda: model.show_all(False)),
            Act(offer_key(2), tr("pages.shelf.all"), lambda: model.show_all(True)),
            Act(Key.PRINT, tr("pages.shelf.register"), model.print_register, not model.busy),
            Act(Key.ASK_AGAIN, tr("pages.shelf.again"), model.load),
            Act(Key.BIND, words, self._bind, on, Look.PRIMARY, why),
        )

    def scan_field(self) -> ScanField:
        return self.field

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _care(row: LotRow) -> str:
    """How it has to lie, what it is worth, and what the law says about it."""
    parts = (
        tr(f"pages.shelf.storage.{row.item.storage}"),
        tr("pages.shelf.ephedrine") if row.item.ephedrine else "",
        tr("pages.shelf.worth", amount=money_text(row.value)),
    )
    return " · ".join(part for part in parts if part)


def _step(step: BoxStep) -> tuple[str, str, State]:
    """One movement of a box: what, when, and the paper it hangs on."""
    note = step.note
    papers = (note.supplier, note.delivery_no, note.invoice_no) if note is not None else ()
    paper = " ".join(part for part in papers if part) or step.movement.receipt_no
    words = f"{time_text(step.movement.at)} {step.lot.lot_no} {paper}".strip()
    state: State = "ok" if step.movement.packs > 0 else "later"
    return tr(f"pages.shelf.move.{step.movement.move}"), words, state
