"""The clock of this machine."""

import time
from datetime import UTC, datetime


class SystemClock:
    """``app.ports.clock.Clock`` as it really is."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
