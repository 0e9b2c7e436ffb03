"""The case strip: patient, prescription with time left, and the three lights."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.workflow.views.states import Whereabouts
from ui.formats import age_text, patient_line, rx_number_parts, span_text
from ui.text import say, tr
from ui.theme import set_state, tokens
from ui.widgets.basics import WHERE_STATES, ElidedText, State, StateMark, Text, set_shown
from ui.widgets.buttons import LaidButton

if TYPE_CHECKING:
    from app.workflow.views.case import CaseView, LightView, RxStrip

TOPICS = ("money", "prescription", "codes")


class StripLight(LaidButton):
    """One light: shape, small line, word. Only unknown money is filled solid."""

    def __init__(self, topic: str, parent: QWidget | None = None) -> None:
        """``topic`` is money, prescription or codes."""
        super().__init__(parent)
        self.topic = topic
        self._mark = StateMark("later", 20)
        self._detail, self._word = ElidedText("", "note", "muted"), Text("", "strong")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens().px("gap.normal"), 0, tokens().px("gap.small"), 0)
        row.setSpacing(tokens().px("gap.small"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._detail)
        words.addWidget(self._word)
        words.addStretch(1)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        self.face(self._mark, self._detail, self._word)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._view: LightView | None = None

    def show_light(self, view: LightView, now: datetime) -> None:
        """Word first, detail above it; unknown and sending tell how long already."""
        self._view = view
        topic = tr(f"shell.topic.{self.topic}")
        word = tr(f"shell.where.{view.where.value if view.needed else 'not_needed'}")
        counting = view.where in (Whereabouts.UNKNOWN, Whereabouts.SENDING)
        if view.since is not None and counting:
            detail = age_text((now - view.since).total_seconds())
        else:
            detail = say(view.detail)
        self._detail.setText(f"{topic} · {detail}")
        self._word.setText(word)
        solid = view.where is Whereabouts.UNKNOWN and self.topic == "money"
        state: State = WHERE_STATES[view.where.value]
        self._mark.set_mark(state, "unknown.on" if solid else "")
        set_state(self, state=view.where.value, solid="true" if solid else "false")
        for label in (self._word, self._detail) if solid else (self._word,):
            set_state(label, light="solid" if solid else view.where.value)
        if not solid:
            set_state(self._detail, light="")
        self.setAccessibleName(f"{topic}，{word}")
        self.setAccessibleDescription(detail)

    def tick(self, now: datetime) -> None:
        """Ages grow."""
        if self._view is not None and self._view.since is not None:
            self.show_light(self._view, now)


class LightStrip(QFrame):
    """Three lights: money, prescription, codes; ours, sending, theirs or unknown."""

    opened = Signal(str)
    """The topic of the light that was pressed."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.lights: dict[str, StripLight] = {}
        """By topic; lit with the first case."""
        self._width = tokens().px("width.light")

    def _light(self) -> None:
        self.lights = {topic: StripLight(topic) for topic in TOPICS}
        for topic, light in self.lights.items():
            self._row.addWidget(light)
            light.clicked.connect(lambda _checked=False, topic=topic: self.opened.emit(topic))
        self.set_width(self._width)

    def set_width(self, each: int) -> None:
        """Width of one light in logical px."""
        self._width = each
        for light in self.lights.values():
            light.setFixedWidth(each)

    def show_lights(self, money: LightView, prescription: LightView, codes: LightView) -> None:
        """Render all three."""
        if not self.lights:
            self._light()
        for light, view in zip(self.lights.values(), (money, prescription, codes), strict=True):
            light.show_light(view, self._now())

    def tick(self) -> None:
        """Once a second."""
        for light in self.lights.values():
            light.tick(self._now())


class CaseStrip(QFrame):
    """Patient 176 · prescription · three lights. On desk pages: the page's title and note."""

    where_asked = Signal(str)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._strip: RxStrip | None = None
        self._name, self._about = ElidedText("", "emph"), ElidedText("", "note", "muted")
        self._rx = self._make_rx()
        self._hint = ElidedText("", "second", "muted")
        self._line = ElidedText("", "second", "muted")
        self.lights = LightStrip(now)
        self.lights.opened.connect(self.where_asked)
        self._patient = self._cell(self._name, self._about)
        self._patient.setProperty("cell", "patient")
        self._patient.setFixedWidth(tokens().px("width.rail"))
        self._middle = self._cell(self._rx, self._line, self._hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._patient)
        row.addWidget(self._middle, 1)
        row.addWidget(self.lights)
        self.show_title(tr("shell.strip.waiting"), tr("shell.strip.waiting_note"), "")

    def _cell(self, *parts: QWidget) -> QFrame:
        cell = QFrame()
        column = QVBoxLayout(cell)
        column.setContentsMargins(tokens().px("gap.inner"), 0, tokens().px("gap.small"), 0)
        column.setSpacing(0)
        column.addStretch(1)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        return cell

    def _make_rx(self) -> QFrame:
        frame = QFrame()
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens().px("gap.tight"))
        self._front, self._tail = Text("", "code", "body"), Text("", "code", "strong")
        self._tail.setProperty("bold", "true")
        row.addWidget(Text(tr("shell.strip.prescription"), "second"))
        row.addWidget(self._front)
        row.addWidget(self._tail)
        row.addStretch(1)
        return frame

    def show_case(self, case: CaseView) -> None:
        """Who, what, and where everything stands."""
        if case.patient is None:
            word = "self_pay" if case.route == "self_pay" else "waiting"
            self._name.setText(tr(f"shell.strip.{word}"))
            back = case.returning is not None or case.refunded is not None
            note = "back" if back and word == "self_pay" else "note"
            self._about.setText(tr(f"shell.strip.{word}_{note}"))
        else:
            self._name.setText(case.patient.name)
            self._about.setText(patient_line(case.patient))
        self._strip = case.strip
        self._show_rx(tr("shell.strip.hint") if case.patient is None else "")
        self.lights.show_lights(case.money, case.prescription, case.codes)
        self.lights.show()

    def _show_rx(self, hint: str) -> None:
        strip = self._strip
        set_shown(self._rx, strip is not None)
        set_shown(self._line, strip is not None)
        self._hint.setText(hint)
        set_shown(self._hint, strip is None)
        if strip is None:
            return
        front, tail = rx_number_parts(strip.number)
        self._front.setText(front)
        self._tail.setText(tail)
        self._show_left(strip)

    def _show_left(self, strip: RxStrip) -> None:
        left = (strip.valid_until - self._now()).total_seconds()
        shown = (
            tr("shell.strip.left", left=span_text(left)) if left > 0 else tr("shell.strip.expired")
        )
        where = " ".join(part for part in (strip.hospital, strip.department) if part)
        self._line.setText(" · ".join(part for part in (where, strip.doctor, shown) if part))

    def show_title(self, title: str, note: str, hint: str) -> None:
        """A desk page: its title and note; no lights, no prescription."""
        self._name.setText(title)
        self._about.setText(note)
        self._strip = None
        self._show_rx(hint)
        self.lights.hide()

    def tick(self) -> None:
        """Once a second: time left and ages."""
        if self._strip is not None:
            self._show_left(self._strip)
        self.lights.tick()

    def set_narrow(self, narrow: bool, width: int) -> None:
        """Small windows keep the name and the three lights."""
        set_shown(self._middle, not narrow)
        if narrow:
            self._patient.setMinimumWidth(0)
            self._patient.setMaximumWidth(width)
            self._patient.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            self.lights.set_width(min(tokens().px("width.light"), width * 3 // 4 // 3))
        else:
            self._patient.setFixedWidth(tokens().px("width.rail"))
            self.lights.set_width(tokens().px("width.light"))
