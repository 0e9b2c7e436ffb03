"""What one played visit leaves: steps with outcome and time, pictures, how the window kept up."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

from app.domain.errors import Code, Param, Trouble
from app.workflow.views.case import CaseView

BEAT_MS = 10
"""How often the event loop is asked whether it is awake."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step. ``outcome`` is done, refused, unknown, closed, nobody_left or late; ``ms`` is wall
    time."""

    step: str
    outcome: str
    ms: int


@dataclass(frozen=True, slots=True)
class Stall:
    """A figure of the event loop between two beats, in milliseconds."""

    p50: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class EndedBy:
    """Why a visit did not get to its end: a code, and the facts of its sentence."""

    code: int
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VisitReport:
    """``finished`` is true when the goods were handed over; ``case_id`` is the case played.

    ``gui_stall_ms`` is by how much beats came late, ``gui_busy_ms`` what the window's thread worked
    between two of them: the part of a stall that is ours on a machine with other things to do.
    ``ended_by`` is never empty where the visit did not finish; ``code`` is the first of them.
    """

    finished: bool
    case_id: int | None
    steps: tuple[StepReport, ...]
    screenshots: tuple[str, ...]
    codes: tuple[str, ...]
    gui_stall_ms: Stall
    gui_busy_ms: Stall
    total_ms: int
    code: int | None = None
    ended_by: tuple[EndedBy, ...] = ()

    @property
    def resumed(self) -> bool:
        """Whether the customer was known already when the visit began to be played."""
        served = [step.step for step in self.steps if step.step != "sign_in"]
        return bool(served) and served[0] != "identify"


class StallMeter(QObject):
    """Measures how late a 10 ms beat comes: what a person would feel as a frozen window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gaps: list[float] = []
        self._work: list[float] = []
        self._worked = 0.0
        self._clock = QElapsedTimer()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._measure)

    def start(self) -> None:
        self._beat.start()
        self.skip()

    def stop(self) -> None:
        """No more beats."""
        self._beat.stop()

    def late(self) -> Stall:
        """By how much the beats came late."""
        return _stall(self._gaps)

    def busy(self) -> Stall:
        """Processor time of this thread from beat to beat."""
        return _stall(self._work)

    def skip(self) -> None:
        """Start counting anew: what went before was not the window's doing."""
        self._clock.restart()
        self._worked = time.thread_time()

    def _measure(self) -> None:
        late, worked = self._clock.nsecsElapsed() / 1e6 - BEAT_MS, time.thread_time()
        self._gaps.append(max(0.0, late))
        self._work.append((worked - self._worked) * 1000)
        self.skip()


def ended_by(
    case: CaseView | None, heard: Trouble | None, own: EndedBy | None
) -> tuple[EndedBy, ...]:
    """Why an unfinished visit ended, the nearest cause first: what the page or a failure says,
    then what the visit itself came upon."""
    banner = case.banner if case is not None else None
    found = []
    if banner is not None:
        found.append(EndedBy(banner.code))
    elif heard is not None:
        found.append(EndedBy(int(heard.code), dict(heard.params)))
    if own is not None and own.code == Code.CUSTOMERS_SERVED:
        return (own,)
    if own is not None:
        found.append(own)
    return tuple(found) or (EndedBy(int(Code.VISIT_STALLED)),)


def _stall(measured: list[float]) -> Stall:
    values = sorted(measured) or [0.0]
    return Stall(
        p50=round(values[len(values) // 2], 1),
        p99=round(values[min(len(values) - 1, len(values) * 99 // 100)], 1),
        max=round(values[-1], 1),
    )
