"""Time of a day that never was: it stands until let pass, and is the same for both sides."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from app.sandbox.site import PLATFORM_ZONE, TrainingClock

MORNING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
"""Half past eight in China, a Monday."""


class PlayedClock:
    """``app.ports.clock.Clock`` with appointments, each kept at its own moment."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._now = start
        self._order = count()
        self._appointments: list[tuple[datetime, int, Callable[[], None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    def appoint(self, moment: datetime, act: Callable[[], None]) -> None:
        """``act`` happens when time reaches ``moment``."""
        heapq.heappush(self._appointments, (moment, next(self._order), act))

    def pass_time(self, seconds: float) -> None:
        """Let time pass; what is due meanwhile happens meanwhile."""
        end = self._now + timedelta(seconds=seconds)
        while self._appointments and self._appointments[0][0] <= end:
            moment, _, act = heapq.heappop(self._appointments)
            self._now = max(self._now, moment)
            act()
        self._now = max(self._now, end)


class PlatformTime(TrainingClock):
    """The stand-in's clock, hung on the same hour hand."""

    def __init__(self, clock: PlayedClock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self.real().astimezone(PLATFORM_ZONE).replace(tzinfo=None) + self._ahead

    def real(self) -> datetime:
        return self._clock.now()
