"""资金对账: our books beside the platform's; only what needs a person, with its one repair."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.books.money import GroupState, Repair
from app.workflow.reconciling.views import DifferenceRow, GroupRow, MoneyView
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.money_table import (
    FiguresCard,
    fact_text,
    goes_text,
    item_of,
    look_of,
    money_heads,
    money_line,
    parts_text,
)
from ui.pages.parts import ColumnsPage, PageKit, scaled
from ui.pages.sign_off import Signing
from ui.text import tr
from ui.viewmodels.compared_day import Asks
from ui.viewmodels.day_end import DayEndWork, MoneyModel, key_of
from ui.widgets import ActButton, Card, EmptyState, FactRows, Progress, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import RowsTable

_GROUP_LOOKS: dict[GroupState, State] = {
    GroupState.EQUAL: "ok",
    GroupState.DIFFERS: "attention",
    GroupState.NOT_COMPARED: "unknown",
}


class RemedyCard(Card):
    """The row in front: both amounts, what proves it, what to do, and the key that does it."""

    def __init__(self, model: MoneyModel, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent=parent)
        self._model = model
        self.cause, self.remedy = Text("", "strong", wrap=True), Text("", "body", wrap=True)
        self.facts = FactRows()
        self.goes, self.asked = Text("", "strong", wrap=True), Text("", "second", wrap=True)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(model.repair)
        self.adopt = ActButton(tr("pages.money.adopt"), offer_key(6), "flat")
        self.adopt.clicked.connect(model.adopt)
        self.visit = ActButton(tr("pages.money.open_case"), offer_key(5), "flat")
        self.visit.clicked.connect(model.open_case)
        for part in (self.cause, self.facts, self.remedy, self.goes, self.asked):
            self.add(part)
        self.body.addStretch(1)
        for key in (self.visit, self.adopt, self.act):
            self.add(key)

    def show_row(self, found: DifferenceRow, text: str) -> None:
        look = look_of(found)
        self.set_title(tr("pages.money.this"), item_of(found))
        self.cause.setText(tr(f"money_cause.{found.cause.value}"))
        self.cause.set_tone("strong" if look == "later" else look)  # type: ignore[arg-type]  # tones
        ours, theirs = found.ours, found.theirs
        self.facts.set_rows(
            (
                (tr("pages.money.column.ours"), money_text(ours.total if ours else None), ""),
                (tr("pages.money.column.theirs"), money_text(theirs.total if theirs else None), ""),
                *(("", text, "") for text in parts_text(found)),
                *(
                    ("" if at else tr("pages.money.evidence"), fact_text(kind, value), "")
                    for at, (kind, value) in enumerate(found.evidence)
                ),
            )
        )
        self.remedy.setText(tr(f"money_remedy.{found.remedy}"))
        goes = goes_text(found)
        self.goes.setText(goes)
        set_shown(self.goes, bool(goes))
        asked = found.asked_at
        now = self._model.counter.clock.now()
        # a question is answered when it is asked; what was sent shows in the next comparison
        word = "pages.money.answered" if found.repair is Repair.ASK else "pages.money.asked"
        self.asked.setText(tr(word, time=time_text(asked, now)) if asked else "")
        set_shown(self.asked, asked is not None)
        self.act.set_text(text)
        self.act.setEnabled(self._model.may_repair)
        asking = self._model.asks is not Asks.NOTHING
        looks = found.repair is Repair.LOOK and found.case_id is None
        set_shown(self.act, found.repair is not Repair.NONE and not looks and not asking)
        set_shown(self.adopt, found.adoptable and not asking)
        leads = found.repair is Repair.LOOK or found.case_id is None
        set_shown(self.visit, not leads and not asking)
        self.adopt.setEnabled(self._model.may_adopt)


class GroupsCard(Card):
    """总额 of every group with business; what could not be asked says why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.money.totals"), tr("pages.money.totals_note"), parent=parent)
        self.rows = FactRows()
        self.add(self.rows)

    def show_groups(self, groups: tuple[GroupRow, ...]) -> None:
        told = tuple(self._row(group) for group in groups if not _idle(group))
        idle = len(groups) - len(told)
        calm: State = "ok"
        rest = (tr("pages.money.idle"), tr("pages.money.idle_groups", count=idle), calm)
        self.rows.set_rows((*told, rest) if idle else told)

    def _row(self, group: GroupRow) -> tuple[str, str, State]:
        name = tr("money.group", insurance=group.insurance, office=group.office)
        unread = group.state is not GroupState.NOT_COMPARED and not group.whole
        state = tr(f"money.state_{group.state.value}{'_unread' if unread else ''}")
        counted = tr(
            "pages.money.group", count=group.count, total=money_text(group.sums.total), state=state
        )
        said = f"{counted} {group.code}" if group.code is not None else counted
        return name, said, "unknown" if unread else _GROUP_LOOKS[group.state]


def _idle(group: GroupRow) -> bool:
    """No business on either side; told together, so that the rows stand above the fold."""
    return group.state is GroupState.EQUAL and group.whole and not group.count


class MoneyPage(ColumnsPage):
    """↑ ↓ choose, F5 compares, F12 repairs what is in front, Ctrl G signs, F9 and Ctrl E file."""

    def __init__(self, kit: PageKit, work: DayEndWork, parent: QWidget | None = None) -> None:
        super().__init__("money", 372, parent)
        self.counter, self.doubts = kit.counter, kit.doubts
        self.model = MoneyModel(kit.counter, work, self)
        self.figures = FiguresCard()
        self.card = Card(tr("pages.money.title"), "", bare=True)
        self.only_open = ActButton(tr("pages.money.only_open"), offer_key(1), "flat")
        self.only_open.setCheckable(True)
        self.only_open.clicked.connect(self._toggle_open)
        self.card.add_head(self.only_open)
        self.list = RowsTable(tr("pages.money.title"), money_heads(), tall=46)
        self.list.setMinimumHeight(scaled(180))
        self.none = EmptyState("", "")
        self.progress = Progress()
        self.card.add(self.list, 1)
        self.card.add(self.none)
        self.groups = GroupsCard()
        self.main.addWidget(self.figures)
        self.main.addWidget(self.card, 1)
        self.main.addWidget(self.progress)
        self.main.addWidget(self.groups)
        self.remedy = RemedyCard(self.model)
        self.signing = Signing(self.model, self.focus_first)
        self.signature, self.signed = self.signing.fields, self.signing.signed
        self.side.addWidget(self.remedy, 1)
        self.side.addWidget(self.signature)
        self.side.addWidget(self.signed)
        self.rest = QWidget()
        self.side.addWidget(self.rest, 1)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.model.changed.connect(self.refresh)
        self.model.case_wanted.connect(self._open_case)
        self.model.decision_wanted.connect(self._decide)
        self.model.progressed.connect(
            lambda told: self.progress.show_progress(
                tr(f"pages.money.{told.stage}"), told.done, told.total, None
            )
        )
        self.signature.typed.connect(self.acts_changed)
        self.list.selectionModel().currentRowChanged.connect(self._chosen)

    # what is shown

    def refresh(self) -> None:
        """Figures, rows, the row in front, signatures."""
        if self.put_off(self.refresh):
            return
        model, view = self.model, self.model.view
        now = model.counter.clock.now()
        self.figures.show_view(view, now)
        self._show_title(view)
        self.list.show_lines(
            tuple(money_line(row) for row in model.rows), key_of(model.row) if model.row else None
        )
        self._show_empty(view)
        set_shown(self.progress, model.busy)
        self.groups.show_groups(view.groups if view else ())
        set_shown(self.groups, bool(view and view.groups))
        self._show_side(view)
        self.only_open.setChecked(model.only_open)
        self.acts_changed.emit()

    def _show_title(self, view: MoneyView | None) -> None:
        if view is None:
            return
        partial = bool(view.run_no) and not view.complete
        key = "pages.money.day_partial" if partial else "pages.money.day"
        count = len(view.adopted)
        note = tr("pages.money.adopted", count=count) if count else ""
        if view.moved_on:
            note = tr(f"pages.money.{'signed' if view.signed else 'unsigned'}_moved_on")
        self.card.set_title(tr(key, day=view.day.isoformat()), note)
        if not view.run_no:
            self.card.set_chip(tr("pages.money.not_yet"), "later")
        elif view.open_count:
            self.card.set_chip(tr("pages.money.needs", count=view.open_count), "stop")
        elif partial:
            self.card.set_chip(tr("pages.money.partial"), "unknown")
        elif view.moved_on:
            self.card.set_chip(tr("pages.money.moved_on"), "attention")
        else:
            self.card.set_chip(tr("pages.money.agrees"), "ok")

    def _show_empty(self, view: MoneyView | None) -> None:
        empty = not self.model.rows
        arrived = not empty and self.list.isHidden()
        held = self.list.hasFocus()
        set_shown(self.list, not empty)
        if empty and held:
            # the last row went under the cursor
            self.only_open.setFocus()
        if arrived and self.window().focusWidget() is self.only_open:
            # the cursor waited there for rows
            self.list.setFocus()
        set_shown(self.none, empty)
        if view is None:
            name = "loading"
        elif self.model.busy:
            name = "comparing"
        elif not view.run_no:
            name = "not_compared"
        else:
            name = "none" if view.complete else "none_partial"
        self.none.set_texts(tr(f"pages.money.empty.{name}"), tr(f"pages.money.empty.{name}_note"))

    def _show_side(self, view: MoneyView | None) -> None:
        model, found = self.model, self.model.row
        shown = found is not None and model.asks is not Asks.SIGN
        set_shown(self.remedy, shown)
        set_shown(self.rest, not shown)
        if found is not None:
            self.remedy.show_row(found, self._repair_text(found))
        signed = view.signed[-1] if view is not None and view.signed else None
        self.signing.show(signed, self._unsigned())

    def _repair_text(self, found: DifferenceRow) -> str:
        amount = money_text(abs(found.difference))  # type: ignore[arg-type]  # fen stay fen
        return tr(f"pages.money.repair.{found.repair.value}", amount=amount)

    # what is done

    def _chosen(self) -> None:
        key = self.list.key
        if isinstance(key, tuple):
            self.model.choose(key)

    def _toggle_open(self) -> None:
        self.model.show_only_open(not self.model.only_open)

    def _open_case(self, case_id: int) -> None:
        self.counter.open_case(case_id)
        self.back_wanted.emit()

    def _decide(self, case_id: int) -> None:
        if self.doubts is None:
            self._open_case(case_id)
        else:
            self.doubts.lead_to(case_id)

    def bind(self) -> None:
        """F12: repair, or sign what a second person was asked for."""
        if self.model.asks is Asks.NOTHING:
            self.model.repair()
        elif self.signature.filled:
            self.model.sign(*self.signature.take())

    def acts(self) -> tuple[Act, ...]:
        model, view, found = self.model, self.model.view, self.model.row
        idle = view is not None and not model.busy
        return (
            Act(offer_key(1), tr("pages.money.only_open"), self._toggle_open),
            Act(offer_key(2), tr("pages.money.every_line"), lambda: model.compare(True), idle),
            Act(offer_key(3), tr("pages.money.day_before"), lambda: model.step_day(-1), idle),
            Act(
                offer_key(4),
                tr("pages.money.day_after"),
                lambda: model.step_day(1),
                idle and not model.is_last_day,
            ),
            Act(
                offer_key(5),
                tr("pages.money.open_case"),
                model.open_case,
                found is not None and found.case_id is not None,
            ),
            Act(offer_key(6), tr("pages.money.adopt"), model.adopt, model.may_adopt),
            Act(Key.ASK_AGAIN, tr("pages.money.compare"), model.compare, idle),
            Act(Key.PRINT, tr("pages.money.print"), model.print_out, idle and model.compared),
            Act(Key.EXPORT, tr("pages.money.export"), model.export, idle and model.compared),
            self._sign_off(),
            *self._binding(),
        )

    def _sign_off(self) -> Act:
        early = self.model.view is not None and self.model.view.signable_from is not None
        why, may = self._unsigned() if early else "", self.model.may_sign
        return Act(Key.SIGN_OFF, tr("pages.money.sign"), self.model.ask_signature, may, why=why)

    def _unsigned(self) -> str:
        return _unsigned(self.model.view, self.model.counter.clock.now())

    def _binding(self) -> tuple[Act, ...]:
        model, found = self.model, self.model.row
        if model.asks is Asks.NOTHING:
            text = self._repair_text(found) if found is not None else tr("pages.money.no_repair")
            return (Act(Key.BIND, text, self.bind, model.may_repair, Look.PRIMARY),)
        return self.signing.acts(self.bind)

    def focus_first(self) -> None:
        if self.list.isVisibleTo(self):
            self.list.setFocus()
        else:
            self.only_open.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _unsigned(view: MoneyView | None, now: datetime) -> str:
    """What is said while nobody has signed; a day that was never compared is not clean."""
    if view is None or not view.run_no:
        return tr("pages.money.unsigned_not_compared")
    if view.signable_from is not None:
        return tr("pages.money.unsigned_early", time=time_text(view.signable_from, now))
    if view.moved_on:
        return tr("pages.money.unsigned_moved_on")
    if view.open_count:
        return tr("pages.money.unsigned", count=view.open_count)
    return tr(f"pages.money.{'unsigned_clean' if view.complete else 'unsigned_partial'}")
