"""How far a job has come, thinned for people; and what changed when it ended."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

REPORTS_PER_SECOND = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """``stage`` is a text key; ``total`` None means unknown length."""

    stage: str
    done: int = 0
    total: int | None = None


Report = Callable[[Progress], None]


def no_report(_progress: Progress) -> None:
    """For callers that do not watch."""


class Thinned:
    """Passes at most ten reports a second on, and always the first of a stage and the last."""

    def __init__(self, report: Report, monotonic: Callable[[], float]) -> None:
        self._report = report
        self._monotonic = monotonic
        self._last = float("-inf")
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        now = self._monotonic()
        ended = progress.total is not None and progress.done >= progress.total
        fresh = progress.stage != self._stage
        if fresh or ended or now - self._last >= 1 / REPORTS_PER_SECOND:
            self._last, self._stage = now, progress.stage
            self._report(progress)


class Topic(StrEnum):
    """What pages subscribe to; no page is updated by name."""

    CASE = "case"
    OUTBOX = "outbox"
    ATTEMPT = "attempt"
    LEDGER = "ledger"
    STOCK = "stock"
    DEVICE = "device"
    SETTINGS = "settings"


Changes = frozenset[Topic]
