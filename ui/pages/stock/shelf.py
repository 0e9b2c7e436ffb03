"""库存: what has ended, is held or ends soon; where a box came from; whether the ledger proves."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from app.domain.goods.movements import StockMove
from app.ports.stock_books import Doubt, Proof
from app.workflow.goods.lists import BoxStep, LotRow
from ui.formats import money_text, time_text
from ui.keys import Act, Key, offer_key
from ui.pages.parts import PageKit
from ui.pages.stock.forms import Form
from ui.pages.stock.lots import LotsPage, lot_words, pieces_text
from ui.pages.stock.pack_card import PackCard
from ui.text import tr
from ui.viewmodels.pack import PackModel
from ui.viewmodels.stock import StockWork
from ui.viewmodels.stock_lists import ShelfModel
from ui.widgets import ActButton, Card, FactRows, Text
from ui.widgets.basics import State, set_shown

RECALLED = "recall"
_OURS = (Doubt.BELOW_NOUGHT, Doubt.MORE_CODES)
"""Flaws of the ledger that are put right in the shop; the others somebody else looks at."""
PACK = 3


class ShelfPage(LotsPage):
    """Alt 1 what needs somebody, Alt 2 everything, a scan tells a box's life, F12 recalls a lot."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        self.model = ShelfModel(kit.counter, work)
        title, form = tr("pages.shelf.title"), Form("shelf", ("reason",))
        super().__init__("shelf", title, self.model, kit, form, parent)
        self.model.setParent(self)
        self.packing = PackModel(kit.counter, work, self)
        self.pack = PackCard(self.packing)
        self.filters = [self._filter(1, "open"), self._filter(2, "all")]
        for button in self.filters:
            self.card.add_head(button)
        self._side()
        self.model.changed.connect(self.refresh)
        self.packing.changed.connect(self.refresh)
        self.packing.kept.connect(self.model.load)
        self.pack.form.typed.connect(self.show_binding)
        self.pack.form.filled.connect(self.act.setFocus)
        self.model.refused.connect(self._refused)
        self.model.booked.connect(lambda _count: self.form.clear())
        self.refresh()

    def _filter(self, number: int, name: str) -> ActButton:
        button = ActButton(tr(f"pages.shelf.{name}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.model.show_all(number == 2))
        return button

    def _side(self) -> None:
        self.steps, self.books = FactRows(), Text("", "second", wrap=True)
        self.front.add(self.form)
        self.front.add(self.pack)
        self.front.add(self.act)
        self.life = Card(tr("pages.shelf.life"))
        self.life.add(self.steps)
        self.set_pack = ActButton(tr("pages.pack.set"), offer_key(PACK), "flat")
        self.set_pack.clicked.connect(self._ask_pack)
        self.front.add(self.set_pack)
        for part in (self.front, self.why, self.life):
            self.side.addWidget(part)
        self.side.addStretch(1)
        self.side.addWidget(self.books)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model = self.model
        self.show_lots("clean" if model.loaded else "loading")
        for button, wanted in zip(
            self.filters, (model.only_open, not model.only_open), strict=True
        ):
            button.setChecked(wanted)
        if model.limits is not None:
            near, red = model.limits.near, model.limits.red
            self.card.set_chip(tr("pages.shelf.limits", near=near, red=red))
        set_shown(self.life, bool(model.life))
        self.steps.set_rows(tuple(_step(step) for step in model.life))
        self._show_proof()
        self.pack.refresh()
        set_shown(self.form, self.packing.item is None)
        set_shown(self.set_pack, self.packing.item is None)
        self.show_binding()

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
        words = tr(f"pages.shelf.{name}", count=len(proof.flaws)) + self._named(proof)
        counts = tr("pages.shelf.counts", lots=proof.lots, movements=proof.movements)
        self.books.setText(
            tr("pages.shelf.proof", at=time_text(kept.at), words=words, counts=counts)
        )
        self.books.set_tone("muted" if proof.holds else "stop")

    def _named(self, proof: Proof) -> str:
        """The first flaw a person of the shop can put right, in a sentence."""
        lots = {str(row.lot.lot_id): row.lot.lot_no for row in self.model.all_rows}
        flaw = next((one for one in proof.flaws if one.doubt in _OURS), None)
        if flaw is None:
            return ""
        lot, name = lots.get(flaw.subject, flaw.subject), f"pages.shelf.{flaw.doubt.value}"
        return tr(name, lot=lot, kept=flaw.kept, derived=flaw.derived)

    def lot_words(self, row: LotRow) -> str:
        return f"{lot_words(row)}\n{_care(row)}\n{_pack(row)}"

    def binding(self) -> tuple[str, bool, str]:
        if self.packing.item is not None:
            why = self.pack.missing()
            return tr("pages.pack.keep"), not why and not self.packing.busy, why
        row = self.model.lot
        ends = row is not None and row.lot.hold == RECALLED
        words = tr("pages.shelf.end_recall" if ends else "pages.shelf.recall")
        if row is None or not self.form.texts()["reason"]:
            return words, False, tr("pages.shelf.why_reason") if row is not None else ""
        return words, not self.model.busy, ""

    # what is done

    def choose(self, lot_id: int) -> None:
        if lot_id != self.model.front:
            self.model.front = lot_id
            self.packing.ask_for(None)
            self.refresh()

    def send(self) -> None:
        if self.packing.item is not None:
            self.pack.keep()
            return
        self.model.hold(self.form.texts()["reason"])

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.REASON_MISSING:
            self.form.blame("reason")

    def _ask_pack(self) -> None:
        """Alt 3: what one pack of the drug in front holds."""
        row = self.model.lot
        if row is not None:
            self.packing.ask_for(row.item)

    def _leave_pack(self) -> None:
        self.packing.ask_for(None)
        self.table.setFocus()

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        asked = self.packing.item is not None
        leave = Act(Key.BACK, tr("pages.pack.leave"), self._leave_pack)
        return (
            *((leave,) if asked else ()),
            Act(offer_key(PACK), tr("pages.pack.set"), self._ask_pack, model.lot is not None),
            Act(offer_key(1), tr("pages.shelf.open"), lambda: model.show_all(False)),
            Act(offer_key(2), tr("pages.shelf.all"), lambda: model.show_all(True)),
            Act(Key.PRINT, tr("pages.shelf.register"), model.print_register, not model.busy),
            Act(Key.ASK_AGAIN, tr("pages.shelf.again"), model.load),
            self.binding_act(),
        )


def _care(row: LotRow) -> str:
    """How it has to lie, what it is worth, and what the law says about it."""
    parts = (
        tr(f"pages.shelf.storage.{row.item.storage}"),
        tr("pages.shelf.ephedrine") if row.item.ephedrine else "",
        tr("pages.shelf.worth", amount=money_text(row.value)),
    )
    return " · ".join(part for part in parts if part)


def _pack(row: LotRow) -> str:
    """What a pack holds, and whether it is sold in parts."""
    item = row.item
    if item.pieces < 2:
        return tr("pages.pack.none")
    name = "split" if item.splits else "whole"
    return tr(f"pages.pack.{name}", unit=item.unit, pieces=item.pieces, piece=item.piece_unit)


def _step(step: BoxStep) -> tuple[str, str, State]:
    """One movement of a box: what, when, and the paper it hangs on."""
    note = step.note
    papers = (note.supplier, note.delivery_no, note.invoice_no) if note is not None else ()
    # what the ledger began with hangs on no paper; its note has an internal name
    own = "" if step.movement.move is StockMove.OPENING else step.movement.receipt_no
    paper = " ".join(part for part in papers if part) or own
    words = f"{time_text(step.movement.at)} {step.lot.lot_no} {paper}".strip()
    part = step.part
    if part is not None:
        words = f"{words} {pieces_text(step, part)}"
    moved = step.movement.packs if part is None else part.pieces
    state: State = "ok" if moved > 0 else "later"
    return tr(f"pages.shelf.move.{step.name}"), words, state
