"""The line in front of 库存对账: the sum that leads from theirs to ours, the proof, the draft."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from app.domain.books.stock import Draft, StockFact
from app.domain.goods.parts import Measure
from app.domain.money import Price
from app.workflow.stock_reconciling.words import draft_text, fact_text
from ui.formats import MINUS, MISSING, time_text, trace_text, unit_price_text
from ui.keys import Key, offer_key
from ui.pages.parts import InnerArea, boxed, column, row, scaled
from ui.pages.queue_remedy import StepList
from ui.pages.stock_day.replay import SumRows, sum_rows
from ui.pages.stock_day.table import LOOKS, amount_text
from ui.text import tr
from ui.widgets import ActButton, Card, Chip, StateMark, Text
from ui.widgets.basics import Tone, set_shown

if TYPE_CHECKING:
    from app.workflow.stock_reconciling.views import ProofStep, ProvenReason, StockRow
    from ui.viewmodels.stock_day import StockDayModel

NEXT_REASON, OPEN_CASE = 7, 8
KEPT_LEAST = 120
"""Compact px: a few lines of an exchange, however low the window is."""


class DraftCard(Card):
    """起草好的更正: what would be told, and the figure it leads to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setAccessibleName(tr("pages.stock_day.side.draft"))
        self.what, self.leads = Text("", "strong", wrap=True), Text("", "body", wrap=True)
        self.fate = Chip()
        self.mark, self.told = StateMark("ok", 16), Text("", "second", wrap=True)
        figure = row(self.mark, self.leads)
        figure.setStretch(1, 1)
        self.figure = boxed(figure)
        drafted = Text(tr("pages.stock_day.side.draft"), "second")
        self.body.addLayout(row(drafted, None, self.fate))
        for part in (self.what, self.figure, self.told):
            self.add(part)

    def show_draft(self, draft: Draft, found: StockRow, model: StockDayModel) -> None:
        told = draft.applied_at is not None
        chip = "applied_chip" if told else "draft_chip"
        self.fate.set_chip(tr(f"pages.stock_day.side.{chip}"), "ok" if told else "plain")
        self.what.setText(draft_text(tr, draft, found.measure))
        leads = draft.leads_to
        set_shown(self.figure, leads is not None)
        if leads is not None:
            before, after = (amount_text(one, found.measure) for one in (found.theirs, leads))
            self.leads.setText(tr("pages.stock_day.side.leads_to", before=before, after=after))
            self.mark.set_mark("ok" if leads == found.ours else "attention")
        set_shown(self.told, told)
        if told:
            at = time_text(draft.applied_at, model.counter.clock.now())
            words = {"name": draft.applied_by, "time": at, "number": draft.applied_key}
            self.told.setText(tr("pages.stock_day.side.applied", **words))


class _Kept(QPlainTextEdit):
    """Asks for no more height than it needs at least, and takes what there is."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())


class LineCard(Card):
    """Cause, sum, evidence; Ctrl D puts the messages and codes in their place."""

    def __init__(self, model: StockDayModel, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent=parent)
        self._model = model
        self.cause = Text("", "strong", wrap=True)
        self.which = Chip()
        self.next = ActButton(tr("pages.stock_day.next_reason"), offer_key(NEXT_REASON), "flat")
        self.next.clicked.connect(model.next_reason)
        several = row(self.which, None, self.next)
        self.several = boxed(several)
        self.sum, self.steps = SumRows(), StepList()
        self.accepted = Text("", "second", "ok", wrap=True)
        self.unproven = Text(tr("pages.stock_day.side.unproven"), "second", "attention", wrap=True)
        self.price = Text("", "second", "attention", wrap=True)
        self.kept = _Kept()
        self.kept.setReadOnly(True)
        # what ignores its hint is counted as nothing where a neighbour's words wrap
        self.kept.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.kept.setMinimumHeight(scaled(KEPT_LEAST))
        self.kept.setAccessibleName(tr("pages.stock_day.kept"))
        self.open_case = ActButton(tr("pages.stock_day.open_case"), offer_key(OPEN_CASE), "flat")
        self.open_case.clicked.connect(model.open_case)
        proof = column(
            self.accepted,
            self.sum,
            self.price,
            self.unproven,
            self.steps,
            self.open_case,
            None,
            space="small",
        )
        self.proof = InnerArea(boxed(proof))
        self.open_kept = ActButton("", Key.RAW)
        self.accept = ActButton("", Key.ACCEPT)
        self.accept.clicked.connect(model.ask_acceptance)
        self.add(self.cause)
        self.add(self.several)
        self.add(self.proof, 1)
        self.add(self.kept, 1)
        self.body.addLayout(row(self.open_kept, self.accept))

    def show_line(self, found: StockRow) -> None:
        """The line, and as soon as it is read, its cause in front."""
        model, reason = self._model, self._model.reason
        self.set_title(found.name, tr("pages.stock_day.lot", lot=found.lot_no or MISSING))
        state = tr(f"stock_state.{found.state.value}")
        self.set_chip(state, LOOKS[found.state])
        self.cause.setText(_cause(found, reason))
        tone: Tone = "strong"
        look = LOOKS[found.state]
        if look in ("stop", "unknown"):
            tone = "stop" if look == "stop" else "unknown"
        self.cause.set_tone(tone)
        self._show_several()
        self.sum.show_rows(sum_rows(found, model.finding))
        self._show_accepted(found)
        prices = (found.our_price, found.their_price)
        differs = None not in prices and prices[0] != prices[1]
        set_shown(self.price, differs)
        if differs:
            ours, theirs = (unit_price_text(Price(one or 0)) for one in prices)
            self.price.setText(tr("pages.stock_day.side.price", ours=ours, theirs=theirs))
        set_shown(self.unproven, reason is not None and not reason.reason.proven)
        steps = reason.steps if reason is not None else ()
        now = model.counter.clock.now()
        lines = ((_when(step, now), step_text(step, found.measure)) for step in steps)
        self.steps.set_lines(tuple(lines))
        self._show_kept(steps, found.measure)

    def _show_accepted(self, found: StockRow) -> None:
        word = found.accepted
        set_shown(self.accepted, word is not None)
        if word is not None:
            at = time_text(word.at, self._model.counter.clock.now())
            words = {"name": word.name, "time": at, "reason": word.reason}
            self.accepted.setText(tr("pages.stock_day.side.accepted", **words))

    def _show_several(self) -> None:
        model = self._model
        count = len(model.finding.reasons) if model.finding is not None else 0
        set_shown(self.several, count > 1)
        if count > 1:
            words = {"number": model.number % count + 1, "count": count}
            self.which.set_chip(tr("pages.stock_day.side.which", **words))

    def _show_kept(self, steps: tuple[ProofStep, ...], measure: Measure | None) -> None:
        model = self._model
        opened = model.opened
        set_shown(self.kept, opened)
        set_shown(self.proof, not opened)
        self.open_kept.set_text(
            tr("pages.stock_day.kept_back" if opened else "pages.stock_day.kept")
        )
        self.open_kept.setEnabled(model.reason is not None)
        set_shown(self.open_case, model.case_id is not None)
        self.accept.set_text(
            tr("pages.stock_day.withdraw" if model.may_withdraw else "pages.stock_day.accept")
        )
        self.accept.setEnabled(model.may_withdraw or model.may_accept)
        if opened:
            words = kept_text(steps, measure)
            if words != self.kept.toPlainText():
                self.kept.setPlainText(words)


def _cause(found: StockRow, reason: ProvenReason | None) -> str:
    cause = reason.reason.cause if reason is not None else found.cause
    if cause is None:
        return tr("pages.stock_day.side.equal")
    return tr(f"stock_cause.{cause.value}")


def _when(step: ProofStep, now: datetime) -> str:
    """When it was; nothing beside a fact that is a time itself, or has none."""
    own = step.fact in (StockFact.HAPPENED_AT, StockFact.ON_FILE_AT)
    return "" if own or step.at is None else time_text(step.at, now)


def step_text(step: ProofStep, measure: Measure | None) -> str:
    """One piece of evidence: what it is, and what was found there."""
    value = step.value
    if step.fact is StockFact.CODE:
        value = trace_text(value)
    words = fact_text(tr, step.fact, value, measure)
    if step.fact is StockFact.QUANTITY:
        words = words.replace("-", MINUS)
    return words if step.text == step.value else f"{words} {_found(step)}".strip()


def _found(step: ProofStep) -> str:
    """What was looked up, the names of records and movements in words."""
    parts = step.text.split(maxsplit=2)
    if step.fact is StockFact.RECORD and len(parts) == 3:
        state = tr(f"pages.queue.state.{parts[2]}")
        return f"{tr(f'pages.operation.{parts[0]}')} {parts[1]} {state}"
    if step.fact in (StockFact.MOVEMENT, StockFact.PART) and parts:
        return " ".join((tr(f"pages.shelf.move.{parts[0]}"), *parts[1:]))
    return step.text


def kept_text(steps: tuple[ProofStep, ...], measure: Measure | None) -> str:
    """Everything behind a cause: its facts, its codes, the exchanges as they were kept."""
    facts = [
        step_text(step, measure)
        for step in steps
        if not step.kept and step.fact is not StockFact.CODE
    ]
    codes = [trace_text(step.value) for step in steps if step.fact is StockFact.CODE]
    parts = ["\n".join(facts)] if facts else []
    if codes:
        parts.append("\n".join((tr("pages.stock_day.side.codes"), *codes)))
    parts += [f"{step_text(step, measure)}\n{step.kept}" for step in steps if step.kept]
    return "\n\n".join(parts) or tr("pages.stock_day.side.kept_none")
