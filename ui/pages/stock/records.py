"""单据: every paper of the back room, what it moved, and erasing a record wrong from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from app.domain.goods.movements import NoteKind
from app.ports.stock_books import Note
from ui.formats import MINUS, time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import FOLD_LISTS_BELOW, ColumnsPage, PageKit
from ui.pages.second_person import SecondPerson
from ui.pages.stock.forms import Form
from ui.pages.stock.lots import hand_words, pieces_text
from ui.text import tr
from ui.viewmodels.records import RecordsModel
from ui.viewmodels.stock import StockWork
from ui.widgets import ActButton, Card, EmptyState, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import Head, Line, RowsTable

if TYPE_CHECKING:
    from app.workflow.goods.lists import BoxStep


class RecordsPage(ColumnsPage):
    """↑ ↓ choose a paper, Tab its movements; a reason and a second person, then F12 erases one."""

    fold_below = FOLD_LISTS_BELOW

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("records", 372, parent)
        self.model = RecordsModel(kit.counter, work, self)
        self.notes = Card(tr("pages.records.title"), tr("pages.records.note"), bare=True)
        self.table = RowsTable(tr("pages.records.title"), _note_heads())
        self.none = EmptyState("", "")
        self.notes.add(self.table, 1)
        self.notes.add(self.none)
        self.lines = Card(tr("pages.records.lines"), bare=True)
        self.moves = RowsTable(tr("pages.records.lines"), _move_heads())
        self.lines.add(self.moves, 1)
        self.main.addWidget(self.notes, 3)
        self.main.addWidget(self.lines, 2)
        self._side()
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.model.booked.connect(lambda _booked: self._clear())
        self.table.selectionModel().currentRowChanged.connect(lambda _a, _b: self._note_chosen())
        self.moves.selectionModel().currentRowChanged.connect(lambda _a, _b: self._move_chosen())
        self.refresh()

    def _side(self) -> None:
        self.about = Text("", "body", wrap=True)
        self.front = Card(" ")
        self.front.add(self.about)
        self.erasing = Card(tr("pages.records.erase"))
        self.erasing.add(Text(tr("pages.records.erase_note"), "second", "attention", wrap=True))
        self.form, self.second = Form("records", ("reason",)), SecondPerson()
        self.form.typed.connect(self._show_binding)
        self.form.filled.connect(self.second.begin)
        self.second.typed.connect(self._show_binding)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.erasing.add(self.form)
        self.erasing.add(self.second)
        self.why, self.said = Text("", "second", wrap=True), Text("", "strong", wrap=True)
        self.side.addWidget(self.front)
        self.side.addWidget(self.erasing)
        self.side.addStretch(1)
        for part in (self.said, self.why, self.act):
            self.side.addWidget(part)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model = self.model
        self.table.show_lines(tuple(_note_line(note) for note in model.notes), model.note_id)
        self.moves.show_lines(tuple(_move_line(step) for step in model.steps), model.event_id)
        set_shown(self.table, bool(model.notes))
        set_shown(self.lines, bool(model.notes))
        set_shown(self.none, not model.notes)
        name = "empty" if model.loaded else "loading"
        self.none.set_texts(tr(f"pages.records.{name}"), tr(f"pages.records.{name}_note"))
        note = model.note
        if note is not None:
            self.lines.set_title(tr("pages.records.lines_of", number=_called(note)))
        step = model.step
        set_shown(self.front, step is not None)
        if step is not None:
            self.front.set_title(step.item.name, step.item.specification)
            self.about.setText(_about(step))
        set_shown(self.erasing, model.erasable)
        last = model.last
        words = tr("pages.records.erased", number=last.note_no) if last is not None else ""
        self.said.setText(words)
        set_shown(self.said, bool(words))
        self._show_binding()

    def _show_binding(self) -> None:
        words, on, why = self._binding()
        self.act.set_text(words)
        self.act.setEnabled(on)
        self.why.setText(why)
        set_shown(self.why, bool(why))
        self.acts_changed.emit()

    def _binding(self) -> tuple[str, bool, str]:
        words = tr("pages.records.erase_key")
        if not self.model.erasable:
            return words, False, tr("pages.records.why_kind") if self.model.step else ""
        if not self.form.texts()["reason"]:
            return words, False, tr("pages.records.why_reason")
        if not (self.second.login.text().strip() and self.second.pin.text()):
            return words, False, tr("pages.records.why_second")
        return words, not self.model.busy, ""

    # what is done

    def _note_chosen(self) -> None:
        key = self.table.key
        if isinstance(key, int):
            self.model.choose_note(key)

    def _move_chosen(self) -> None:
        key = self.moves.key
        if isinstance(key, int):
            self.model.choose_step(key)

    def _bind(self) -> None:
        """The PIN leaves its field with the errand."""
        if self._binding()[1]:
            reason, login = self.form.texts()["reason"], self.second.login.text().strip()
            self.second.hand_pin(lambda pin: self.model.erase(reason, login, pin))

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.REASON_MISSING:
            self.form.blame("reason")
        elif trouble.thousands == 1:
            self.second.again(trouble)

    def _clear(self) -> None:
        self.form.clear()
        self.second.clear()

    def acts(self) -> tuple[Act, ...]:
        words, on, why = self._binding()
        return (
            Act(Key.ASK_AGAIN, tr("pages.records.again"), self.model.load),
            Act(Key.BIND, words, self._bind, on, Look.PRIMARY, why),
        )

    def focus_first(self) -> None:
        self.table.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _named(name: str) -> str:
    return tr(f"pages.records.column.{name}")


def _note_heads() -> tuple[Head, ...]:
    return (
        Head(_named("at"), 132, bold=True),
        Head(_named("kind"), 92),
        Head(_named("number"), 132, code=True),
        Head(_named("paper")),
        Head(_named("reason"), 180),
    )


def _called(note: Note) -> str:
    """A paper's number; what lay there when the ledger began has none of its own."""
    if note.kind is NoteKind.OPENING:
        return tr(f"pages.records.kind.{note.kind.value}")
    return note.note_no


def _note_line(note: Note) -> Line:
    paper = " ".join(part for part in (note.supplier, note.delivery_no, note.invoice_no) if part)
    kind = tr(f"pages.records.kind.{note.kind.value}")
    number = note.note_no if note.kind is not NoteKind.OPENING else "—"
    cells = (time_text(note.at), kind, number, paper or "—", note.reason or "—")
    return Line(cells, "later", note.note_id, kind, (note.at, *cells[1:]))


def _move_heads() -> tuple[Head, ...]:
    return (
        Head(_named("drug"), bold=True),
        Head(_named("lot_no"), 120),
        Head(_named("move"), 100),
        Head(_named("packs"), 84, right=True),
    )


def _move_line(step: BoxStep) -> Line:
    moved = step.movement
    move = tr(f"pages.shelf.move.{step.name}")
    packs = _packs(step)
    state: State = "ok" if moved.packs > 0 else "later"
    cells = (step.item.name, step.lot.lot_no, move, packs)
    return Line(cells, state, moved.event_id, move, (*cells[:3], moved.packs))


def _packs(step: BoxStep) -> str:
    """How much moved: packs, or pieces of an opened one."""
    if step.part is not None:
        return pieces_text(step, step.part)
    return f"{step.movement.packs:+d}".replace("-", MINUS)


def _about(step: BoxStep) -> str:
    moved = step.movement
    move = tr(f"pages.shelf.move.{step.name}")
    packs = _packs(step)
    told = "told" if moved.upload_key else "untold"
    lot, hand = step.lot.lot_no, hand_words(step.lot, step.item)
    words = tr("pages.records.about", lot=lot, move=move, packs=packs, hand=hand)
    return f"{words}\n{tr(f'pages.records.{told}')}"
