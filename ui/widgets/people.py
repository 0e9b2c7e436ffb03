"""Who stands at the counter, where everything is, and how an unknown is being cleared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.formats import age_text, patient_line, time_text
from ui.icons import paint_icon
from ui.text import say, tr
from ui.theme import tokens
from ui.widgets.basics import (
    MARKS,
    WHERE_STATES,
    Role,
    State,
    StateMark,
    Text,
    Tone,
    clear_layout,
    set_shown,
)
from ui.widgets.card import Card, HairLine

if TYPE_CHECKING:
    from app.workflow.views.case import MatchRow, PatientView, TimelineRow, WhereRow

_WHERE_TONES: dict[str, Tone] = {
    "ours": "strong",
    "sending": "accent",
    "theirs": "ok",
    "unknown": "unknown",
}


class PersonCard(Card):
    """是本人吗: credential, platform, prescription in three rows; a difference stops here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("shell.person.title"), bare=True, parent=parent)
        self._patient = QFrame()
        top = QVBoxLayout(self._patient)
        top.setContentsMargins(tokens().px("gap.inner"), 6, tokens().px("gap.inner"), 6)
        top.setSpacing(0)
        self._name, self._about = Text(role="emph"), Text(role="second")
        top.addWidget(self._name)
        top.addWidget(self._about)
        set_shown(self._patient, False)
        self.add(self._patient)
        self._rows = QGridLayout()
        self._rows.setVerticalSpacing(0)
        self._rows.setHorizontalSpacing(tokens().px("gap.normal"))
        inner = tokens().px("gap.inner")
        self._rows.setContentsMargins(inner, 0, inner, 0)
        self._rows.setColumnStretch(2, 1)
        self.body.addLayout(self._rows)
        self._shown: tuple[MatchRow, ...] | None = None

    def show_patient(self, patient: PatientView | None) -> None:
        """Name, sex, age, insurance above the rows."""
        set_shown(self._patient, patient is not None)
        if patient is not None:
            self._name.setText(patient.name)
            self._about.setText(patient_line(patient))

    def show_match(self, rows: tuple[MatchRow, ...]) -> None:
        """All agree · masked by platform · one differs · not yet."""
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self._rows)
        for index, row in enumerate(rows):
            at = index * 2
            if index:
                self._rows.addWidget(HairLine(), at - 1, 0, 1, 4)
            self._rows.addWidget(Text(tr(f"shell.person.{row.source}"), "second"), at, 0)
            tone: Tone = "stop" if row.agrees is False else "strong"
            self._rows.addWidget(Text(row.name, "strong", tone), at, 1)
            self._rows.addWidget(Text(row.id_masked, "code", "muted"), at, 2)
            if row.agrees is not True:
                self._rows.addWidget(StateMark("stop" if row.agrees is False else "later"), at, 3)
            self._rows.setRowMinimumHeight(at, tokens().px("height.row") - 1)
        self._show_verdict(rows)

    def _show_verdict(self, rows: tuple[MatchRow, ...]) -> None:
        if any(row.agrees is False for row in rows):
            self.set_chip(tr("shell.person.differs"), "stop")
        elif rows and all(row.agrees for row in rows):
            self.set_chip(tr("shell.person.agrees", count=len(rows)), "ok")
        elif any(row.agrees for row in rows):
            self.set_chip(tr("shell.person.masked"), "attention")
        else:
            self.set_chip(tr("shell.person.not_yet"), "plain")


_WORDS = {"goods": "where_goods"}
"""Goods are in the store or gone; they are never at the platform."""


class WhereList(Card):
    """各在哪里: money, prescription, codes, goods; each ours, sending, theirs or unknown."""

    def __init__(self, *, low: bool = False, parent: QWidget | None = None) -> None:
        """``low`` rows leave room for what stands below on a full page."""
        super().__init__(tr("shell.where.title"), bare=True, parent=parent)
        self._row = tokens().px("height.chip" if low else "height.row")
        self._at = Text("", "second")
        self._shown: tuple[WhereRow, ...] = ()
        self.add_head(self._at)
        self._grid = QGridLayout()
        inner = tokens().px("gap.inner")
        self._grid.setContentsMargins(inner, 0, inner, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setHorizontalSpacing(tokens().px("gap.normal"))
        self._grid.setColumnMinimumWidth(0, tokens().px("height.binding"))
        self._grid.setColumnStretch(2, 1)
        self.body.addLayout(self._grid)
        self.body.addStretch(1)

    def show_where(self, rows: tuple[WhereRow, ...], at: datetime | None = None) -> None:
        """Render the four lines; ``at`` is the time in the head."""
        self._at.setText(time_text(at, at) if at else "")
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self._grid)
        for index, row in enumerate(rows):
            line = index * 2
            if index:
                self._grid.addWidget(HairLine(), line - 1, 0, 1, 3)
            topic, words = tr(f"shell.topic.{row.topic}"), _WORDS.get(row.topic, "where")
            known = tr(f"shell.{words}.{row.where.value}")
            word = known if row.needed else tr("shell.where.not_needed")
            self._grid.addWidget(Text(topic, "strong"), line, 0)
            state = QHBoxLayout()
            state.setSpacing(6)
            state.addWidget(StateMark(WHERE_STATES[row.where.value]))
            state.addWidget(Text(word, "strong", _WHERE_TONES[row.where.value]))
            state.addStretch(1)
            self._grid.addLayout(state, line, 1)
            self._grid.addWidget(Text(say(row.detail), "second", "body", wrap=True), line, 2)
            self._grid.setRowMinimumHeight(line, self._row)


_STEP_STATES: dict[str, State] = {
    "done": "ok",
    "now": "sending",
    "next": "later",
    "unknown": "unknown",
}


class _Stop(QWidget):
    """Shape of one row of the timeline, with the line to the next."""

    def __init__(self, state: State, *, last: bool) -> None:
        super().__init__()
        self._state, self._last = state, last
        self.setFixedWidth(tokens().px("gap.column"))

    def sizeHint(self) -> QSize:
        return QSize(tokens().px("gap.column"), tokens().px("height.binding"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = round(16 * tokens().px("icon.percent") / 100)
        left = (self.width() - size) // 2
        if not self._last:
            centre = self.width() // 2
            painter.fillRect(
                QRect(centre, size + 4, 1, max(0, self.height() - size - 6)),
                tokens().colour("line.control"),
            )
        name, tone = MARKS[self._state]
        paint_icon(painter, name, tokens().colour(tone), QRect(left, 2, size, size))
        painter.end()


class Timeline(QFrame):
    """怎么查清: done, now with countdown, next; each with clock time and what it proves."""

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now(UTC), parent: QWidget | None = None
    ) -> None:
        """``now`` is the platform's time, aware."""
        super().__init__(parent)
        self._now = now
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setHorizontalSpacing(tokens().px("gap.normal"))
        self._grid.setColumnStretch(2, 1)
        self._waiting: list[tuple[Text, str, datetime]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._step)

    def show_rows(self, rows: tuple[TimelineRow, ...]) -> None:
        """Render; a row with ``until`` counts down by itself."""
        clear_layout(self._grid)
        self._waiting.clear()
        first_next = True
        for index, row in enumerate(rows):
            when = self._when(row, first_next)
            first_next = first_next and row.state != "next"
            self._add(index, row, when, last=index == len(rows) - 1)
        self._step()
        if self._waiting:
            self._timer.start()
        else:
            self._timer.stop()

    def _when(self, row: TimelineRow, first_next: bool) -> str:
        if row.at is not None:
            at = time_text(row.at, self._now())
            return tr("shell.timeline.earliest", time=at) if row.state == "next" else at
        if row.state == "done":
            return ""
        word = "now" if row.state == "now" else "next" if first_next else "then"
        return tr(f"shell.timeline.{word}")

    def _add(self, index: int, row: TimelineRow, when: str, *, last: bool) -> None:
        what = say(row.what)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.setContentsMargins(0, 0, 0, 0 if last else tokens().px("gap.small"))
        head = Text(what, "strong", "muted" if row.state == "next" else "strong", wrap=True)
        words.addWidget(head)
        if row.proves is not None:
            words.addWidget(Text(say(row.proves), "second", wrap=True))
        words.addStretch(1)
        role: Role = "code" if row.at else "second"
        self._grid.addWidget(Text(when, role, "muted"), index, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(_Stop(_STEP_STATES[row.state], last=last), index, 1)
        self._grid.addLayout(words, index, 2)
        if row.until is not None:
            self._waiting.append((head, what, row.until))

    def _step(self) -> None:
        for label, what, until in self._waiting:
            left = max(0.0, (until - self._now()).total_seconds())
            said = tr("shell.timeline.left", what=what, left=age_text(left))
            label.setText(said if left else tr("shell.timeline.due", what=what))
