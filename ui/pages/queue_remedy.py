"""The row in front of 待上传: what happened, what to put right, the wire, and giving it up."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.ports.store import OutboxState
from app.workflow.views.desk import QueueDetail, QueueRow, QueueStep
from ui.errors import sentences
from ui.formats import time_text
from ui.key_capture import TYPED
from ui.keys import Key
from ui.pages.parts import boxed, column, gap, row, scaled
from ui.pages.queue_table import row_code, state_word
from ui.text import tr
from ui.viewmodels.queue import NEEDS_A_PERSON, QueueModel
from ui.widgets import ActButton, Card, Text
from ui.widgets.basics import clear_layout, set_shown

STEPS_SHOWN = 5
"""The newest lines of the history; the whole wire is behind Ctrl D."""
RAW_HEIGHT = 230
_NOT_SENT, _UNKNOWN = 4, 5
"""Thousands of the codes of what never left, and of what got no answer."""


class MendForm(QFrame):
    """The fields a person may put right; typing sends nothing."""

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(gap("tight"))
        self._grid.setColumnStretch(1, 1)
        self._of: int | None = None
        self.inputs: dict[str, QLineEdit] = {}

    def show_detail(self, detail: QueueDetail | None) -> None:
        """Inputs of the record in front; what was typed stays while it is the same one."""
        set_shown(self, detail is not None and bool(detail.fields))
        if detail is None or (detail.item_id == self._of and self.inputs):
            return
        self._of = detail.item_id
        clear_layout(self._grid)
        self.inputs.clear()
        for at, field in enumerate(detail.fields):
            words = tr(f"pages.queue.field.{field.name}")
            made = QLineEdit(field.value)
            made.setAccessibleName(words)
            made.setMaxLength(50)
            made.textEdited.connect(
                lambda text, name=field.name: self._model.type_field(name, text)
            )
            self._grid.addWidget(Text(words, "second"), at, 0)
            self._grid.addWidget(made, at, 1)
            self.inputs[field.name] = made


class VoidForm(QFrame):
    """Reason, login and PIN of whoever gives a record up. The PIN leaves the field at once."""

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(gap("tight"))
        lines.addWidget(Text(tr("pages.queue.void_note"), "second", "attention", wrap=True))
        self.reason, self.login, self.pin = QLineEdit(), QLineEdit(), QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        for name, field in (("reason", self.reason), ("login", self.login), ("pin", self.pin)):
            words = tr(f"pages.queue.void_{name}")
            field.setAccessibleName(words)
            field.setPlaceholderText(words)
            field.setMaxLength(100)
            field.setProperty(TYPED, True)
            field.returnPressed.connect(self.focusNextChild)
        lines.addWidget(self.reason)
        lines.addLayout(row(self.login, self.pin))

    def send(self) -> None:
        """F12 while this form is open."""
        reason, login, pin = self.reason.text(), self.login.text(), self.pin.text()
        self.pin.clear()
        self._model.void(reason, login, pin)

    def show_asking(self, asking: bool) -> None:
        if not asking:
            for field in (self.reason, self.login, self.pin):
                field.clear()
        set_shown(self, asking)


class StepList(QFrame):
    """What happened, one line each, newest last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(gap("small"))
        self._grid.setVerticalSpacing(gap("tight"))
        self._grid.setColumnStretch(1, 1)
        self._shown: tuple[tuple[str, str], ...] = ()

    def set_lines(self, lines: tuple[tuple[str, str], ...]) -> None:
        """``(time, words)``."""
        if lines == self._shown:
            return
        self._shown = lines
        clear_layout(self._grid)
        for at, (when, words) in enumerate(lines):
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(Text(when, "code_small", "muted"), at, 0, top)
            self._grid.addWidget(Text(words, "second", "body", wrap=True), at, 1)


class RemedyCard(Card):
    """The row in front: what happened, what to do, what the platform said, how it went."""

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent=parent)
        self._model = model
        self.happened, self.remedy = Text("", "strong", wrap=True), Text("", "body", wrap=True)
        self.quoted = Text("", "code_small", wrap=True)
        self.quote = boxed(column(self.quoted), ground="sunken", inner=True)
        self.mending = MendForm(model)
        self.facts, self.steps = Text("", "second", wrap=True), StepList()
        self.steps_head = Text(tr("pages.queue.steps"), "second")
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setProperty("role", "code_small")
        self.raw.setFixedHeight(scaled(RAW_HEIGHT))
        self.raw.setAccessibleName(tr("pages.queue.raw"))
        self.raw.setTabChangesFocus(True)
        self.voiding = VoidForm(model)
        self.retry = ActButton(tr("pages.queue.retry"), Key.BIND, "primary", height="primary")
        self.retry.clicked.connect(self._press)
        self.why = Text("", "second", wrap=True)
        parts = (self.happened, self.remedy, self.quote, self.mending, self.facts)
        for part in (*parts, self.steps_head, self.steps, self.raw):
            self.add(part)
        self.body.addStretch(1)
        self.hints = [
            ActButton(tr("pages.queue.raw"), Key.RAW, "flat"),
            ActButton(tr("pages.queue.void"), Key.VOID, "flat"),
        ]
        self.hints[0].clicked.connect(model.show_raw)
        self.hints[1].clicked.connect(lambda: model.ask_void(True))
        for last in (self.voiding, self.why, self.retry):
            self.add(last)
        self.body.addLayout(row(self.hints[0], None, self.hints[1]))
        self.raw.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _press(self) -> None:
        if self._model.voiding:
            self.voiding.send()
        else:
            self._model.retry()

    def show_row(self, chosen: QueueRow) -> None:
        now = self._model.counter.clock.now()
        self.set_title(tr(f"pages.operation.{chosen.operation}"), chosen.summary)
        stopped = chosen.state in NEEDS_A_PERSON
        code = row_code(chosen)
        chip = str(code) if code is not None else ""
        unknown = chosen.state is OutboxState.UNKNOWN
        self.set_chip(chip, "unknown" if unknown else "stop" if stopped else "plain")
        happened, remedy = _said(chosen, code, now)
        self.happened.setText(happened)
        self.happened.set_tone("unknown" if unknown else "stop" if stopped else "strong")
        self.remedy.setText(remedy)
        self.quoted.setText(tr("shell.banner.quoted", text=chosen.platform_text))
        self.quote.setVisible(bool(chosen.platform_text))
        self.facts.setText(
            tr(
                "pages.queue.facts",
                next=_next(chosen, self._model),
                due=time_text(chosen.due_at, now),
            )
        )
        self._show_detail(self._model.detail)
        self.voiding.show_asking(self._model.voiding)
        self.retry.set_text(bind_text(self._model))
        self.retry.setEnabled(self._model.may_bind)
        self.why.setText(tr("pages.queue.once"))
        set_shown(self.why, not self._model.voiding and not chosen.given_back)
        self.hints[0].setEnabled(self._model.detail is not None)
        self.hints[1].setEnabled(self._model.may_void and not self._model.voiding)

    def _show_detail(self, detail: QueueDetail | None) -> None:
        """One thing at a time: the fields, or the wire, or giving it up."""
        raw, voiding = self._model.raw and detail is not None, self._model.voiding
        self.mending.show_detail(detail)
        if raw or voiding:
            set_shown(self.mending, False)
        steps = detail.steps[-STEPS_SHOWN:] if detail is not None else ()
        now = self._model.counter.clock.now()
        self.steps_head.setVisible(bool(steps) and not raw)
        self.steps.setVisible(bool(steps) and not raw)
        self.steps.set_lines(tuple((time_text(s.at, now), step_words(s)) for s in steps))
        self.raw.setVisible(raw)
        text = raw_text(detail) if detail is not None else ""
        if self.raw.toPlainText() != text:
            self.raw.setPlainText(text)


def _said(chosen: QueueRow, code: int | None, now: datetime) -> tuple[str, str]:
    """What happened, and what to do here: nothing where it goes off by itself.

    The sentences of a code speak of the visit at the counter: that no money moved, that the goods
    stay, that F5 asks. Of a sale for cash that is told here nothing of it is true.
    """
    said = sentences(code) if code is not None else None
    happened = said.happened if said else state_word(chosen, now)
    family = code // 1000 if code is not None else None
    doubtful = chosen.state is OutboxState.UNKNOWN or family == _UNKNOWN
    if doubtful and not chosen.given_back:
        # whether its region asks again or leaves it to a person is not said with the row
        return happened, tr("pages.queue.in_doubt")
    if chosen.state is not OutboxState.WAITING or chosen.given_back:
        return happened, said.remedy if said else tr("pages.queue.by_itself")
    left = family != _NOT_SENT
    return happened if left else tr("pages.queue.not_left"), tr("pages.queue.by_itself")


def step_words(step: QueueStep) -> str:
    """``平台没有收下：缺少生产日期``, with who and why where a person did it."""
    words = tr(f"pages.queue.move.{step.move.value}")
    told = step.platform_text or step.reason
    named = tr("pages.queue.by", who=step.who) if step.who else ""
    return "".join((words, f"：{told}" if told else "", named))


def raw_text(detail: QueueDetail) -> str:
    """Every telling with its answers, newest first, people and secrets masked."""
    if not detail.exchanges:
        return tr("pages.queue.raw_none")
    parts: list[str] = []
    for exchange in reversed(detail.exchanges):
        parts.append(tr("pages.queue.raw_sent", message=exchange.message_id))
        parts.append(exchange.sent)
        for reply in exchange.replies:
            status = "" if reply.status is None else str(reply.status)
            parts.append(tr("pages.queue.raw_got", status=status, failure=reply.failure))
            parts.append(reply.text)
    return "\n".join(part for part in parts if part)


def _next(chosen: QueueRow, model: QueueModel) -> str:
    if chosen.state in (OutboxState.WAITING, OutboxState.UNKNOWN):
        return time_text(chosen.next_at, model.counter.clock.now())
    stopped = chosen.state is OutboxState.STOPPED
    return tr("pages.queue.next_person" if stopped else "pages.queue.next_none")


def bind_text(model: QueueModel) -> str:
    """What F12 does to the row in front."""
    if model.voiding:
        return tr("pages.queue.void_now")
    return tr("pages.queue.mend_now" if model.changes else "pages.queue.retry")
