"""单据 and 货的限值: papers of the back room with one record in front; figures the manager sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.errors import Code, OperatorInput
from ui.viewmodels.stock import StockModel, StockWork

if TYPE_CHECKING:
    from app.domain.goods.controlled import PackLimit
    from app.ports.stock_books import Note
    from app.workflow.goods.lists import BoxStep, Thresholds
    from app.workflow.goods.receiving import Booked
    from ui.viewmodels.counter import CounterModel

ERASABLE = frozenset({"received", "sent_back", "changed", "counted"})
"""Movements the platform was told of by the back room; of the others the visit decides."""


class RecordsModel(StockModel):
    """A note, its movements, the one in front; erasing asks a second person. No PIN is kept."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.notes: tuple[Note, ...] = ()
        self.steps: tuple[BoxStep, ...] = ()
        self.note_id: int | None = None
        self.event_id: int | None = None
        self.last: Booked | None = None
        self.loaded = False

    @property
    def note(self) -> Note | None:
        """The paper in front."""
        return next((note for note in self.notes if note.note_id == self.note_id), None)

    @property
    def step(self) -> BoxStep | None:
        """The movement in front."""
        found = (step for step in self.steps if step.movement.event_id == self.event_id)
        return next(found, None)

    @property
    def erasable(self) -> bool:
        """Whether the movement in front is of a kind that may be erased."""
        return self.step is not None and self.step.movement.move.value in ERASABLE

    def load(self) -> None:
        self.ask(self.work.notes, self._show)

    def choose_note(self, note_id: int) -> None:
        if note_id != self.note_id:
            self.note_id, self.steps, self.event_id = note_id, (), None
            self._read_steps()

    def choose_step(self, event_id: int) -> None:
        if event_id != self.event_id:
            self.event_id = event_id
            self.changed.emit()

    def erase(self, reason: str, login: str, pin: str) -> None:
        """F12: the movement in front, behind another manager."""
        event_id = self.event_id
        if event_id is not None and self.erasable:
            self.ask(lambda: self.work.erase_record(event_id, reason, login, pin), self._erased)

    def _read_steps(self) -> None:
        note_id = self.note_id
        if note_id is not None:
            self.ask(lambda: (note_id, self.work.note_steps(note_id)), self._show_steps)

    def _show(self, notes: tuple[Note, ...]) -> None:
        self.notes, self.loaded = notes, True
        if self.note is None:
            self.note_id = notes[0].note_id if notes else None
        self._read_steps()

    def _show_steps(self, got: tuple[int, tuple[BoxStep, ...]]) -> None:
        note_id, steps = got
        if note_id == self.note_id:
            self.steps = steps
            if self.step is None:
                self.event_id = steps[0].movement.event_id if steps else None

    def _erased(self, booked: Booked) -> None:
        self.last = booked
        self.counter.refresh()
        self.booked.emit(booked)
        self.load()


class StockLimitsModel(StockModel):
    """Two pairs of figures, each kept by itself."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.days: Thresholds | None = None
        self.packs: PackLimit | None = None
        self.kept = False

    def load(self) -> None:
        self.kept = False
        self.ask(lambda: (self.work.thresholds(), self.work.ephedrine_limit()), self._show)

    def keep(self, near: str, red: str, packs: str, days: str) -> None:
        """F12: texts as typed; what is no number is refused here, the rest by the till."""
        typed = {"near": near, "red": red, "packs": packs, "days": days}
        for name, text in typed.items():
            if not (text.isascii() and text.isdigit() and len(text) <= 4):
                self.refuse(OperatorInput(Code.LIMITS_WRONG, what=name))
                return
        work = self.work
        self.ask(
            lambda: (
                work.set_thresholds(int(near), int(red)),
                work.set_ephedrine(int(packs), int(days)),
            ),
            self._keep,
        )

    def _keep(self, got: tuple[Thresholds, PackLimit]) -> None:
        self._show(got)
        self.kept = True

    def _show(self, got: tuple[Thresholds, PackLimit]) -> None:
        self.days, self.packs = got
