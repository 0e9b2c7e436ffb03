"""Time and identity of this machine, handed in so that both can be played."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """``now`` is aware and in UTC; ``monotonic`` counts seconds inside one process."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...
