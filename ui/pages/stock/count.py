"""盘点: scan a box or choose a lot, type what lies there; blind until it was counted."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from app.ports.devices import ScannedText
from app.workflow.goods.counting import COLD, EVERYTHING, NEAR, CountRow, CountView
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.viewmodels.stock import StockWork
from ui.viewmodels.stock_lists import CountModel
from ui.widgets import ActButton, Card, EmptyState, FactRows, ScanField, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import Head, Line, RowsTable

SCOPES = (EVERYTHING, COLD, NEAR)


class CountPage(ColumnsPage):
    """Alt n begins, Enter writes a count down, F7 answers what was asked, F12 books."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("stock_count", 340, parent)
        self.model = CountModel(kit.counter, work, self)
        self.field = ScanField(kit.recognise, tr("pages.stock_count.scan"))
        self.field.entered.connect(self.model.scan)
        self.top.addWidget(self.field)
        self.entry = Card(" ")
        self.counted = Form("stock_count", ("counted",))
        self.counted.filled.connect(self._write)
        self.entry.add(self.counted)
        self.lots = Card(tr("pages.stock_count.lots"), bare=True)
        self.table = RowsTable(tr("pages.stock_count.lots"), self._heads())
        self.none = EmptyState(tr("pages.stock_count.none"), tr("pages.stock_count.none_note"))
        self.lots.add(self.table, 1)
        self.lots.add(self.none)
        self.main.addWidget(self.entry)
        self.main.addWidget(self.lots, 1)
        self._side()
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.refresh()

    def _heads(self) -> tuple[Head, ...]:
        def named(name: str) -> str:
            return tr(f"pages.stock_count.column.{name}")

        return (
            Head(named("drug"), bold=True),
            Head(named("lot_no"), 110),
            Head(named("shelf"), 76),
            Head(named("counted"), 72, right=True),
            Head(named("expected"), 72, right=True),
            Head(named("variance"), 72, right=True),
            Head(named("value"), 96, right=True),
        )

    def _side(self) -> None:
        self.facts = FactRows()
        self.sums = Card(tr("pages.stock_count.sum"))
        self.sums.add(self.facts)
        self.begin = [
            ActButton(tr(f"pages.stock_count.begin.{scope}"), offer_key(at))
            for at, scope in enumerate(SCOPES, 1)
        ]
        self.start = Card(tr("pages.stock_count.start"), tr("pages.stock_count.start_note"))
        for button, scope in zip(self.begin, SCOPES, strict=True):
            button.clicked.connect(lambda _on, scope=scope: self.model.begin(scope))
            self.start.add(button)
        self.reason = Form("stock_count", ("reason",))
        self.reason.filled.connect(self._drop)
        self.giving_up = Card(tr("pages.stock_count.give_up"))
        self.giving_up.add(self.reason)
        self.said = Text("", "strong", wrap=True)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        for part in (self.sums, self.start, self.giving_up):
            self.side.addWidget(part)
        self.side.addStretch(1)
        self.side.addWidget(self.said)
        self.side.addWidget(self.act)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        view = self.model.view
        rows = view.rows if view is not None else ()
        self.table.show_lines(tuple(_line(row) for row in rows), self.model.front)
        going = view is not None and view.sheet is not None
        set_shown(self.table, going)
        set_shown(self.none, not going)
        set_shown(self.entry, going)
        set_shown(self.start, not going)
        set_shown(self.sums, going)
        set_shown(self.giving_up, going)
        self._show_front(rows)
        if view is not None and going:
            self.facts.set_rows(self._facts(view))
        self.said.setText(self._words())
        set_shown(self.said, bool(self.said.text()))
        words, on, _ = self._binding()
        self.act.set_text(words)
        self.act.setEnabled(on)
        set_shown(self.act, going)
        self.acts_changed.emit()

    def _show_front(self, rows: tuple[CountRow, ...]) -> None:
        row = next((row for row in rows if row.lot.lot_id == self.model.front), None)
        if row is not None:
            about = f"{row.item.specification} · {row.item.maker} · {row.lot.lot_no}"
            self.entry.set_title(row.item.name, about)

    def _facts(self, view: CountView) -> tuple[tuple[str, str, State], ...]:
        done = len(view.rows) - view.open_lots
        since = time_text(view.sheet.opened_at) if view.sheet is not None else "—"
        flying = view.in_flight
        count = tr("pages.stock_count.of", done=done, total=len(view.rows))
        return (
            (tr("pages.stock_count.since"), since, "later"),
            (tr("pages.stock_count.done"), count, "attention" if view.open_lots else "ok"),
            (
                tr("pages.stock_count.differing"),
                tr("pages.stock_count.lots_of", count=view.differing),
                "attention" if view.differing else "ok",
            ),
            (
                tr("pages.stock_count.in_flight"),
                tr("pages.stock_count.pieces", count=flying),
                "attention" if flying else "ok",
            ),
        )

    def _words(self) -> str:
        model = self.model
        if model.asked is Code.COUNT_INCOMPLETE:
            return tr("pages.stock_count.ask_partly")
        if model.asked is Code.QUEUE_NOT_DRAINED:
            return tr("pages.stock_count.ask_in_flight")
        if model.last is None:
            return ""
        number, count = model.last.note_no, model.last.told.queued
        return tr("pages.stock_count.booked", number=number, count=count)

    def _binding(self) -> tuple[str, bool, str]:
        view = self.model.view
        done = len(view.rows) - view.open_lots if view is not None else 0
        words = tr("pages.stock_count.book", count=done)
        on = done > 0 and not self.model.busy
        return words, on, "" if on else tr("pages.stock_count.why_none")

    # what is done

    def _chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        key = self.table.key
        if isinstance(key, int) and key != self.model.front:
            self.model.front = key
            view = self.model.view
            self._show_front(view.rows if view is not None else ())

    def _write(self) -> None:
        text = self.counted.texts()["counted"]
        self.counted.clear()
        self.model.write(text)

    def _drop(self) -> None:
        reason = self.reason.texts()["reason"]
        self.reason.clear()
        self.model.drop(reason)

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.LINE_WRONG:
            self.counted.blame("counted")
        elif trouble.code is Code.REASON_MISSING:
            self.reason.blame("reason")

    def _bind(self) -> None:
        if self._binding()[1]:
            self.model.book()

    def _seen(self) -> None:
        self.model.book(seen=True)

    def catch_scan(self, scanned: ScannedText) -> bool:
        """A box brings its lot to the front; the cursor waits in the count."""
        self.model.scan(scanned.text)
        self.counted.inputs["counted"].setFocus()
        return True

    def acts(self) -> tuple[Act, ...]:
        model, view = self.model, self.model.view
        going = view is not None and view.sheet is not None
        begin = tuple(
            Act(
                offer_key(at),
                tr(f"pages.stock_count.begin_key.{scope}"),
                lambda scope=scope: model.begin(scope),  # type: ignore[misc]  # bound at once
                not going and not model.busy,
            )
            for at, scope in enumerate(SCOPES, 1)
        )
        words, on, why = self._binding()
        asked = model.asked is not None
        look = Look.ATTENTION if asked else Look.PLAIN
        return (
            *(() if going else begin),
            Act(Key.ACKNOWLEDGE, tr("pages.stock_count.seen"), self._seen, asked, look),
            Act(Key.VOID, tr("pages.stock_count.give_up_key"), self._to_reason, going),
            Act(Key.BIND, words, self._bind, going and on, Look.PRIMARY, why),
        )

    def _to_reason(self) -> None:
        self.reason.inputs["reason"].setFocus()

    def scan_field(self) -> ScanField:
        return self.field

    def focus_first(self) -> None:
        view = self.model.view
        if view is not None and view.sheet is not None:
            self.counted.inputs["counted"].setFocus()
        else:
            self.field.focus_input()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _line(row: CountRow) -> Line:
    """Blind until counted: neither what is expected nor what differs."""
    counted = "—" if row.counted is None else str(row.counted)
    expected = "—" if row.expected is None else str(row.expected)
    variance = "—" if row.variance is None else f"{row.variance:+d}" if row.variance else "0"
    value = "—" if not row.variance or row.value is None else money_text(row.value)
    look: State = "later"
    if row.counted is not None:
        look = "attention" if row.variance else "ok"
    cells = (row.item.name, row.lot.lot_no, row.item.shelf, counted, expected, variance, value)
    numbers = (row.counted, row.expected, row.variance, row.value)
    orders = (*cells[:3], *(-1 if one is None else one for one in numbers))
    return Line(cells, look, row.lot.lot_id, orders=orders)
