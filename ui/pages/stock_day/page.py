"""库存对账: what needs a person, its cause in a sentence, the key that sends the correction."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.books.stock import Remedy
from app.jobs.progress import Progress as Told
from app.workflow.stock_reconciling.views import StockDayView
from app.workflow.stock_reconciling.words import title_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import FOLD_LISTS_BELOW, LIST_LEAST, ColumnsPage, PageKit, boxed, row, scaled
from ui.pages.second_person import plain_field
from ui.pages.sign_off import Signing
from ui.pages.stock_day.side import NEXT_REASON, OPEN_CASE, DraftCard, LineCard
from ui.pages.stock_day.table import (
    DayFigures,
    TrendCard,
    day_heads,
    day_line,
    order_of,
)
from ui.text import has_text, tr
from ui.viewmodels.compared_day import Asks
from ui.viewmodels.stock_day import TELLING, StockDayModel, StockDayWork
from ui.viewmodels.stock_rows import Shown, key_of
from ui.widgets import ActButton, Card, EmptyState, Progress
from ui.widgets.basics import set_shown
from ui.widgets.table import Listed, RowsTable

DAY_BEFORE, DAY_AFTER, FILTER = 4, 5, 6
_SPARED = (4, 5)
"""Columns (ours, theirs … of the head) that stand in the card beside the list too."""
_WHY_NOT = {Remedy.PRICE: "why_price", Remedy.COUNT_BY_HAND: "why_count_by_hand"}
"""Why F12 tells nothing; of the others somebody has to be asked."""


class StockDayPage(ColumnsPage):
    """↑ ↓ choose, ← → Space sort, Alt 1 2 3 how much is shown, Alt 6 filters, Ctrl D the proof,
    F12 sends the correction, Ctrl H lets a difference stand, Ctrl G signs, F9 and Ctrl E file."""

    fold_below = FOLD_LISTS_BELOW

    def __init__(self, kit: PageKit, work: StockDayWork, parent: QWidget | None = None) -> None:
        super().__init__("stock_day", 372, parent)
        self.counter = kit.counter
        self.model = StockDayModel(kit.counter, work, self)
        self.figures = DayFigures()
        self.card = Card(tr("pages.stock_day.title"), bare=True)
        self.shown = {
            shown: self._filter(number, shown) for number, shown in enumerate(Shown, start=1)
        }
        self.field = plain_field(tr("pages.stock_day.filter"))
        self.field.setPlaceholderText(tr("pages.stock_day.filter"))
        self.field.textChanged.connect(self.model.lines.type)
        self.field.returnPressed.connect(self.focus_list)
        above = row(self.field, *self.shown.values())
        above.setStretch(0, 1)
        self.card.add(boxed(above, inner=True))
        self.list = RowsTable(tr("pages.stock_day.title"), day_heads(), tall=46)
        self.none = EmptyState("", "")
        self.card.add(self.list, 1)
        self.card.add(self.none, 1)
        self.progress, self.trend = Progress(), TrendCard()
        for part in (self.figures, self.progress):
            self.main.addWidget(part)
        self.main.addWidget(self.card, 1)
        self.main.addWidget(self.trend)
        self._rows: object = None
        self._side()
        self._connect()
        self.refresh()

    def _filter(self, number: int, shown: Shown) -> ActButton:
        button = ActButton(tr(f"pages.stock_day.{shown.value}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(lambda: self._show_only(shown))
        return button

    def _side(self) -> None:
        self.line, self.draft = LineCard(self.model), DraftCard()
        self.line.open_kept.clicked.connect(self._show_kept)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self.bind)
        self.signing = Signing(self.model, self.focus_first)
        self.signature, self.signed = self.signing.fields, self.signing.signed
        self.rest = QWidget()
        self.side.addWidget(self.line, 1)
        self.side.addWidget(self.draft)
        self.side.addWidget(self.act)
        self.side.addWidget(self.rest, 1)
        self.side.addWidget(self.signature)
        self.side.addWidget(self.signed)

    def _connect(self) -> None:
        model = self.model
        model.changed.connect(self.refresh)
        model.case_wanted.connect(self._open_case)
        model.map_wanted.connect(lambda: self.key_wanted.emit(Key.CATALOGUE))
        model.progressed.connect(self._progressed)
        self.signature.typed.connect(self.acts_changed)
        self.list.selectionModel().currentRowChanged.connect(self._chosen)

    def fold(self, folded: bool) -> None:
        super().fold(folded)
        for at in _SPARED:
            self.list.setColumnHidden(at, folded)
        self.list.setMinimumHeight(scaled(LIST_LEAST) if folded else 0)

    # what is shown

    def refresh(self) -> None:
        """Figures, lines, the line in front, signatures, the thirty days."""
        if self.put_off(self.refresh):
            return
        model, view = self.model, self.model.view
        self.figures.show_view(view, model.counter.clock.now())
        self._show_title(view)
        self._show_lines()
        self._show_empty(view)
        set_shown(self.progress, model.busy)
        self.trend.show_trend(model.trend, view.day if view is not None else None)
        set_shown(self.trend, bool(model.trend))
        self._show_side(view)
        self.acts_changed.emit()

    def _show_title(self, view: StockDayView | None) -> None:
        run = view.run if view is not None else None
        title = tr("pages.stock_day.title")
        if view is not None:
            title = tr("stock.title", day=view.day.isoformat())
        self.card.set_title(title_text(tr, run) if run is not None else title)
        lines = self.model.lines
        found = tr("pages.stock_day.filtered", count=f"{len(lines.rows):,}") if lines.typed else ""
        self.card.set_chip(tr("pages.stock_day.reading") if lines.reading else found)
        for shown, button in self.shown.items():
            button.setChecked(shown is lines.shown)
        self.shown[Shown.ALL].setEnabled(self.model.newest)

    def _show_lines(self) -> None:
        model = self.model
        rows = model.lines.rows
        if rows is not self._rows:
            self._rows = rows
            self.items = Listed(rows, day_line, key_of, order_of)
        self.list.show_items(self.items, model.front)
        arrived = bool(rows) and self.list.isHidden()
        left = not rows and self.list.hasFocus()
        if left:
            # before it goes: Qt's next choice would be a device in the rail
            self.field.setFocus()
        set_shown(self.list, bool(rows))
        if arrived and self.window().focusWidget() is self.field and not self.field.text():
            # the cursor waited there for lines
            self.list.setFocus()

    def _show_empty(self, view: StockDayView | None) -> None:
        model = self.model
        set_shown(self.none, not model.lines.rows)
        count, explained, name = 0, 0, "clean"
        if view is None:
            name = "loading"
        elif model.busy:
            name = "comparing"
        elif view.run is None:
            name = "not_compared"
        elif model.lines.typed:
            name = "not_found"
        else:
            whole = view.run.complete
            tally = view.run.tally
            name = "clean" if whole else "clean_partial"
            if whole and tally.explained:
                name, explained = "explained", tally.explained
            count = tally.equal if whole else len(view.run.failed_pages)
        words = (f"pages.stock_day.empty.{name}", f"pages.stock_day.empty.{name}_note")
        said = tr(words[1], count=f"{count:,}", explained=f"{explained:,}")
        self.none.set_texts(tr(words[0]), said)

    def _show_side(self, view: StockDayView | None) -> None:
        model, found, draft = self.model, self.model.row, self.model.draft
        asking = self.signing.asking
        set_shown(self.line, found is not None)
        set_shown(self.rest, found is None)
        set_shown(self.draft, draft is not None and not asking)
        set_shown(self.act, found is not None and not asking)
        if found is not None:
            self.line.show_line(found)
            if draft is not None:
                self.draft.show_draft(draft, found, model)
        words, on, _ = self._binding_words()
        self.act.set_text(words)
        self.act.setEnabled(on)
        signed = view.signed[-1] if view is not None and view.signed else None
        self.signing.show(signed, _unsigned(view))

    def _progressed(self, told: Told) -> None:
        key = f"pages.stock_day.stage.{told.stage.rpartition('.')[2]}"
        words = tr(key if has_text(key) else "pages.stock_day.stage.any")
        self.progress.show_progress(words, told.done, told.total, None)

    # what is done

    def _chosen(self) -> None:
        self.model.choose(self.list.key)

    def _show_only(self, shown: Shown) -> None:
        self.model.show_only(shown)
        self.refresh()

    def _show_kept(self) -> None:
        """Ctrl D: the cursor goes along, so that arrows scroll what is read."""
        self.model.show_kept()
        if self.model.opened:
            self.line.kept.setFocus()
        else:
            self.focus_list()

    def _open_case(self, case_id: int) -> None:
        self.counter.open_case(case_id)
        self.back_wanted.emit()

    def bind(self) -> None:
        """F12: send the correction, go where it is mended, or sign."""
        if self.model.asks is Asks.NOTHING:
            self.model.apply()
        elif self.signature.filled:
            self.model.sign(*self.signature.take())

    def _binding_words(self) -> tuple[str, bool, str]:
        """What F12 says, whether it is on, and why not."""
        model, draft = self.model, self.model.draft
        if draft is None or draft.remedy is Remedy.NONE:
            return tr("pages.stock_day.nothing_to_tell"), False, tr("pages.stock_day.why_none")
        if draft.remedy is Remedy.MAP:
            return tr("pages.stock_day.map"), True, ""
        if draft.remedy not in TELLING:
            why = _WHY_NOT.get(draft.remedy, "why_ask")
            return tr("pages.stock_day.nothing_to_tell"), False, tr(f"pages.stock_day.{why}")
        why = tr("pages.stock_day.why_applied") if draft.applied_at is not None else ""
        if model.stands:
            why = tr("pages.stock_day.why_accepted")
        return tr("pages.stock_day.apply"), model.may_apply, why

    def acts(self) -> tuple[Act, ...]:
        model, view = self.model, self.model.view
        idle = view is not None and not model.busy
        filed = idle and model.compared
        several = model.finding is not None and len(model.finding.reasons) > 1
        why_all = "" if model.newest else tr("pages.stock_day.not_newest")
        shown = tuple(
            Act(
                offer_key(number),
                tr(f"pages.stock_day.{one.value}"),
                partial(self._show_only, one),
                one is not Shown.ALL or model.newest,
                why=why_all if one is Shown.ALL else "",
            )
            for number, one in enumerate(Shown, start=1)
        )
        kept = "pages.stock_day.kept_back" if model.opened else "pages.stock_day.kept"
        back, on = partial(model.step_day, -1), partial(model.step_day, 1)
        later = idle and not model.is_last_day
        case = model.case_id is not None
        return (
            *shown,
            Act(offer_key(DAY_BEFORE), tr("pages.stock_day.day_before"), back, idle),
            Act(offer_key(DAY_AFTER), tr("pages.stock_day.day_after"), on, later),
            Act(offer_key(FILTER), tr("pages.stock_day.to_filter"), self.field.setFocus),
            Act(
                offer_key(NEXT_REASON),
                tr("pages.stock_day.next_reason"),
                model.next_reason,
                several,
            ),
            Act(offer_key(OPEN_CASE), tr("pages.stock_day.open_case"), model.open_case, case),
            Act(Key.ASK_AGAIN, tr("pages.stock_day.compare"), model.compare, idle),
            Act(Key.RAW, tr(kept), self._show_kept, model.reason is not None),
            Act(Key.PRINT, tr("pages.stock_day.print"), model.print_out, filed),
            Act(Key.EXPORT, tr("pages.stock_day.export"), model.export, filed),
            self._accepting(),
            Act(Key.SIGN_OFF, tr("pages.stock_day.sign"), model.ask_signature, model.may_sign),
            *self._binding(),
        )

    def _accepting(self) -> Act:
        model = self.model
        back = model.may_withdraw
        words = tr("pages.stock_day.withdraw" if back else "pages.stock_day.accept")
        return Act(Key.ACCEPT, words, model.ask_acceptance, back or model.may_accept)

    def _binding(self) -> tuple[Act, ...]:
        model = self.model
        if model.asks is Asks.NOTHING:
            words, on, why = self._binding_words()
            bind = Act(Key.BIND, words, self.bind, on, Look.PRIMARY, why)
            # Esc takes one layer away, the page only when none lies on it
            close = Act(Key.BACK, tr("pages.stock_day.kept_back"), self._show_kept)
            return (bind, close) if model.opened else (bind,)
        return self.signing.acts(self.bind)

    def focus_list(self) -> None:
        """Enter in the filter: the list, where there is one."""
        (self.list if self.list.isVisibleTo(self) else self.field).setFocus()

    def focus_first(self) -> None:
        self.focus_list()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _unsigned(view: StockDayView | None) -> str:
    """What is said while nobody has signed; a day that was never compared is not clean."""
    if view is None or view.run is None:
        return tr("pages.stock_day.unsigned_not_compared")
    if view.run.open_count:
        return tr("pages.stock_day.unsigned", count=view.run.open_count)
    return tr("pages.stock_day.unsigned_clean")
