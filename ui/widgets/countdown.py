"""Left-over time on the platform's clock; steps once a second, above one hour once a minute."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from ui.formats import age_text, span_text
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets.basics import Text, Tone, set_shown

HOUR = 3600
WARN_BELOW_S = 6 * HOUR
STOP_BELOW_S = HOUR


class Countdown(QWidget):
    """还剩 …, with a bar of the whole validity. Amber under 6 h, red under 1 h."""

    ran_out = Signal()

    def __init__(
        self, now: Callable[[], datetime], *, bar: bool = True, parent: QWidget | None = None
    ) -> None:
        """``now`` is the platform's time, aware."""
        super().__init__(parent)
        self._now = now
        self._until: datetime | None = None
        self._total_s = 1
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens().px("gap.tight"))
        self._word = Text(tr("shell.countdown.left"), "second", align_right=True)
        self._time = Text("", "title", align_right=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(tokens().px("gap.small") - 2)
        for part in (self._word, self._time, self._bar):
            column.addWidget(part)
        set_shown(self._bar, bar)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._step)

    def count_to(self, until: datetime, total_s: int) -> None:
        """Count down to ``until``; ``total_s`` is the length of the full bar."""
        self._until, self._total_s = until, max(1, total_s)
        self._step()

    def stop(self) -> None:
        """Stand still and show nothing."""
        self._timer.stop()
        self._until = None
        self._time.setText("")

    def left_s(self) -> float:
        """Seconds left, never negative; 0 when nothing is counted."""
        if self._until is None:
            return 0.0
        return max(0.0, (self._until - self._now()).total_seconds())

    def _step(self) -> None:
        left = self.left_s()
        text = age_text(left) if left < HOUR else span_text(left)
        tone: Tone = (
            "stop" if left < STOP_BELOW_S else "attention" if left < WARN_BELOW_S else "strong"
        )
        self._time.setText(text)
        self._time.set_tone(tone)
        self._bar.setRange(0, self._total_s)
        self._bar.setValue(min(self._total_s, int(left)))
        set_state(self._bar, state="ok" if tone == "strong" else tone)
        self.setAccessibleName(f"{tr('shell.countdown.left')} {text}")
        if left > 0:
            self._timer.start(1000 if left < HOUR + 60 else 60_000)
        elif self._timer.isActive() or self._until is not None:
            self._timer.stop()
            self._until = None
            self.ran_out.emit()
