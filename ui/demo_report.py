"""What one played visit leaves: steps with outcome and time, pictures, how the window kept up."""

from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer

BEAT_MS = 10
"""How often the event loop is asked whether it is awake."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step. ``outcome`` is done, refused, unknown or late; ``ms`` is wall time."""

    step: str
    outcome: str
    ms: int


@dataclass(frozen=True, slots=True)
class Stall:
    """Gaps of the event loop in milliseconds, beyond the beat itself."""

    p50: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class VisitReport:
    """``finished`` is true when the goods were handed over; ``case_id`` is the case played."""

    finished: bool
    case_id: int | None
    steps: tuple[StepReport, ...]
    screenshots: tuple[str, ...]
    codes: tuple[str, ...]
    gui_stall_ms: Stall
    total_ms: int
    code: int | None = None

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
        self._clock = QElapsedTimer()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._measure)

    def start(self) -> None:
        self._clock.start()
        self._beat.start()

    def stop(self) -> Stall:
        """No more beats; what was seen so far."""
        self._beat.stop()
        gaps = sorted(self._gaps) or [0.0]
        return Stall(
            p50=round(gaps[len(gaps) // 2], 1),
            p99=round(gaps[min(len(gaps) - 1, len(gaps) * 99 // 100)], 1),
            max=round(gaps[-1], 1),
        )

    def skip(self) -> None:
        """Start counting anew: what went before was not the window's doing."""
        self._clock.restart()

    def _measure(self) -> None:
        late = self._clock.nsecsElapsed() / 1e6 - BEAT_MS
        self._clock.restart()
        self._gaps.append(max(0.0, late))
