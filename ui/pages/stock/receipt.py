"""收货: a delivery note box by box, or out of a table; F12 books it whole."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from app.domain.goods.receipt import ReceiptLine
from app.ports.devices import ScannedText
from ui.formats import unit_price_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.viewmodels.stock import ReceiptModel, StockWork
from ui.widgets import ActButton, Card, EmptyState, FactRows, ScanField, Text
from ui.widgets.basics import set_shown
from ui.widgets.table import Head, Line, RowsTable

HEAD = ("supplier", "delivery_no", "invoice_no")
LINE = ("store_code", "lot_no", "made_on", "expires_on", "packs", "price")
_ROOM = {
    "store_code": 76,
    "lot_no": 76,
    "made_on": 104,
    "expires_on": 104,
    "packs": 52,
    "price": 64,
}
"""Compact px a field keeps beside the others; a date is read whole."""
IMPORT, TEMPLATE, NEW_LINE = 1, 2, 3
_FAULTS_SHOWN = 200


class ImportCard(Card):
    """A table before it is taken: how many rows are good, and what is wrong with the others."""

    def __init__(self, model: ReceiptModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.goods_in.import_title"), bare=True, parent=parent)
        self._model = model
        self.table = RowsTable(
            tr("pages.goods_in.faults"),
            (
                Head(tr("pages.goods_in.column.row"), 64, right=True, bold=True),
                Head(tr("pages.goods_in.column.column"), 110),
                Head(tr("pages.goods_in.column.value"), 200),
                Head(tr("pages.goods_in.column.fault")),
            ),
        )
        self.none = EmptyState(tr("pages.goods_in.no_faults"))
        self.add(self.table, 1)
        self.add(self.none)

    def refresh(self) -> None:
        found = self._model.imported
        set_shown(self, found is not None)
        if found is None:
            return
        from app.workflow.goods.importing import fault_text

        bad = found.bad_rows
        words = tr("pages.goods_in.import_counts", rows=found.rows, good=found.good_rows, bad=bad)
        self.set_chip(words, "attention" if bad else "ok")
        self.table.show_lines(
            tuple(
                Line(
                    (str(one.row), one.column, one.value or "—", fault_text(one)),
                    "stop",
                    (one.row, at),
                )
                for at, one in enumerate(found.faults[:_FAULTS_SHOWN])
            )
        )
        set_shown(self.table, bool(found.faults))
        set_shown(self.none, not found.faults)


class ReceiptPage(ColumnsPage):
    """Enter goes from field to field, a scan puts the box into the line in front, F12 books."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("goods_in", 340, parent)
        self.model = ReceiptModel(kit.counter, work, self)
        self.field = ScanField(kit.recognise, tr("pages.goods_in.scan"))
        self.field.entered.connect(self.model.scan)
        self.top.addWidget(self.field)
        self.head = Form("goods_in", HEAD, across=3)
        self.head.filled.connect(self._named)
        self.note = Card(tr("pages.goods_in.note"))
        self.note.add(self.head)
        self.line = Form("goods_in", LINE, across=6, widths=_ROOM, least=_ROOM)
        self.line.filled.connect(self._put)
        self.entry = Card(tr("pages.goods_in.line"), tr("pages.goods_in.line_note"))
        self.entry.add(self.line)
        self.lines = Card(tr("pages.goods_in.lines"), bare=True)
        self.table = RowsTable(tr("pages.goods_in.lines"), self._heads())
        self.none = EmptyState(tr("pages.goods_in.empty"), tr("pages.goods_in.empty_note"))
        self.lines.add(self.table, 1)
        self.lines.add(self.none)
        self.imported = ImportCard(self.model)
        for part in (self.note, self.entry):
            self.main.addWidget(part)
        self.main.addWidget(self.lines, 1)
        self.main.addWidget(self.imported, 1)
        self._side()
        self.setAcceptDrops(True)
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.model.booked.connect(lambda _booked: self.head.clear())
        # the next line is another drug: nothing of this one may slip into it
        self.model.line_put.connect(self.line.clear)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.refresh()

    def _heads(self) -> tuple[Head, ...]:
        def named(name: str) -> str:
            return tr(f"pages.goods_in.column.{name}")

        return (
            Head(named("drug"), bold=True),
            Head(named("lot_no"), 104),
            Head(named("made_on"), 96),
            Head(named("expires_on"), 96),
            Head(named("packs"), 64, right=True),
            Head(named("boxes"), 64, right=True),
            Head(named("price"), 84, right=True),
        )

    def _side(self) -> None:
        self.facts = FactRows()
        self.sums = Card(tr("pages.goods_in.sum"))
        self.sums.add(self.facts)
        self.said = Text("", "second", wrap=True)
        self.sums.add(self.said)
        self.file = Form("goods_in", ("file",))
        self.file.filled.connect(self._read)
        self.read = ActButton(tr("pages.goods_in.read"), offer_key(IMPORT))
        self.read.clicked.connect(self._read)
        self.errors = ActButton(tr("pages.goods_in.errors"), Key.EXPORT)
        self.errors.clicked.connect(self.model.keep_errors)
        self.source = Card(tr("pages.goods_in.table"), tr("pages.goods_in.table_note"))
        for part in (self.file, self.read, self.errors):
            self.source.add(part)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.why = Text("", "second", wrap=True)
        self.side.addWidget(self.sums)
        self.side.addWidget(self.source)
        self.side.addStretch(1)
        self.side.addWidget(self.why)
        self.side.addWidget(self.act)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model, receipt = self.model, self.model.receipt
        self.head.show_texts(
            supplier=receipt.supplier,
            delivery_no=receipt.delivery_no,
            invoice_no=receipt.invoice_no,
        )
        self.table.show_lines(tuple(_line(line) for line in receipt.lines), model.front)
        set_shown(self.table, bool(receipt.lines))
        set_shown(self.none, not receipt.lines)
        importing = model.imported is not None
        set_shown(self.lines, not importing)
        set_shown(self.entry, not importing)
        self.imported.refresh()
        self._show_side()
        self.acts_changed.emit()

    def _show_side(self) -> None:
        model, receipt = self.model, self.model.receipt
        without = receipt.packs - receipt.boxes
        counts = tr("pages.goods_in.counts", lots=len(receipt.lines), packs=receipt.packs)
        self.facts.set_rows(
            (
                (tr("pages.goods_in.sum_packs"), counts, "later"),
                (
                    tr("pages.goods_in.sum_without"),
                    tr("pages.goods_in.packs", count=without),
                    "attention" if without else "ok",
                ),
            )
        )
        self.said.setText(self._last_words())
        set_shown(self.said, bool(self.said.text()))
        set_shown(self.errors, model.imported is not None and bool(model.imported.faults))
        words, on, why = self._binding()
        self.act.set_text(words)
        self.act.setEnabled(on)
        self.why.setText(why)
        set_shown(self.why, bool(why))

    def _last_words(self) -> str:
        model = self.model
        if model.progress is not None:
            return tr("pages.goods_in.reading", count=model.progress.done)
        if model.file:
            return tr("pages.goods_in.kept", file=model.file)
        if model.last is None:
            return ""
        told = "told" if model.last.told.queued else "not_told"
        said = tr(
            f"pages.goods_in.{told}",
            number=model.last.note_no,
            packs=model.last.packs,
            count=model.last.told.queued,
        )
        recalled = model.last.recalled
        if not recalled:
            return said
        return said + tr("pages.goods_in.recalled", lots="、".join(recalled))

    def _binding(self) -> tuple[str, bool, str]:
        model = self.model
        if model.imported is not None:
            good = model.imported.good_rows
            return tr("pages.goods_in.take", count=good), bool(good) and not model.busy, ""
        receipt = model.receipt
        words = tr("pages.goods_in.book", packs=receipt.packs)
        if not receipt.lines:
            return words, False, tr("pages.goods_in.why_empty")
        if not (receipt.supplier and receipt.delivery_no):
            return words, False, tr("pages.goods_in.why_unnamed")
        return words, model.may_book, ""

    # what is done

    def _chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        key = self.table.key
        if key is not None and key != self.model.front:
            self.model.front = key  # type: ignore[assignment]  # keys of lines
            self.acts_changed.emit()

    def _named(self) -> None:
        self.model.name(**self.head.texts())
        self.line.inputs["store_code"].setFocus()

    def _put(self) -> None:
        from app.workflow.goods.receiving import TypedLine

        texts = self.head.texts()
        if any(texts[name] != getattr(self.model.receipt, name) for name in HEAD):
            self.model.name(**texts)
        typed = self.line.texts()
        self.model.put(
            TypedLine(
                typed["store_code"],
                typed["lot_no"],
                typed["made_on"],
                typed["expires_on"],
                typed["packs"],
                typed["price"],
            )
        )
        self.field.focus_input()

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.LINE_WRONG:
            self.line.blame(str(trouble.params.get("field", "")))
        elif trouble.code is Code.ITEM_CODE_UNKNOWN:
            self.line.blame("store_code")
        elif trouble.code in (Code.NOTE_UNNAMED, Code.DELIVERY_KNOWN):
            self.head.blame("delivery_no")

    def _read(self) -> None:
        self.model.read(self.file.texts()["file"])

    def _bind(self) -> None:
        if self.model.imported is not None:
            self.model.take()
        elif self.model.may_book:
            self.model.book()

    def catch_scan(self, scanned: ScannedText) -> bool:
        """A box or a case of the note in hand."""
        self.model.scan(scanned.text)
        return True

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        words, on, why = self._binding()
        importing = model.imported is not None
        faults = model.imported is not None and bool(model.imported.faults)
        back = (
            (Act(Key.BACK, tr("pages.goods_in.leave"), model.give_up),)
            if importing or model.progress is not None
            else ()
        )
        return (
            Act(offer_key(IMPORT), tr("pages.goods_in.read_key"), self._to_file),
            Act(offer_key(TEMPLATE), tr("pages.goods_in.template_key"), model.keep_template),
            Act(offer_key(NEW_LINE), tr("pages.goods_in.new_line"), self._new_line, not importing),
            Act(Key.REMOVE, tr("pages.goods_in.drop_line"), model.drop_line, bool(model.front)),
            Act(Key.VOID, tr("pages.goods_in.drop"), model.drop, bool(model.receipt.lines)),
            Act(Key.EXPORT, tr("pages.goods_in.errors"), model.keep_errors, faults),
            *back,
            Act(Key.BIND, words, self._bind, on, Look.PRIMARY, why),
        )

    def _to_file(self) -> None:
        self.file.inputs["file"].setFocus()

    def _new_line(self) -> None:
        self.line.clear()
        self.line.inputs["store_code"].setFocus()

    def scan_field(self) -> ScanField:
        return self.field

    def focus_first(self) -> None:
        if self.model.receipt.supplier:
            self.field.focus_input()
        else:
            self.head.inputs["supplier"].setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A table may be dropped anywhere on the page."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        if urls:
            self.file.inputs["file"].setText(urls[0].toLocalFile())
            self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _line(line: ReceiptLine) -> Line:
    price = unit_price_text(line.price) if line.price is not None else "—"
    whole = line.without_code == 0
    gift = tr("pages.goods_in.gift") if line.gift else ""
    return Line(
        (
            f"{line.name}{gift}",
            line.lot_no,
            line.made_on.isoformat(),
            line.expires_on.isoformat(),
            str(line.packs),
            str(len(line.codes)),
            price,
        ),
        "ok" if whole else "attention",
        line.key,
        orders=(
            line.name,
            line.lot_no,
            line.made_on,
            line.expires_on,
            line.packs,
            len(line.codes),
            line.price or 0,
        ),
    )
