"""When a key was pressed, told from when this window got round to it.

A window that stands still for a moment handles late what was pressed on time: by its own clock a
scanner's burst falls into two, and the second half of a code is typed into an amount. The system
writes into each event when it happened.
"""

import time

from PySide6.QtGui import QKeyEvent

_ONE_RUN_S = 5.0
"""Two keys further apart are not measured against each other: a stamp may wrap or begin anew."""


class KeyTimes:
    """Times of keys in seconds of one steady clock, comparable within a burst."""

    def __init__(self) -> None:
        self._pressed = 0.0
        self._stamp = 0

    def now(self) -> float:
        """The steady clock itself."""
        return time.monotonic()

    def pressed(self, event: QKeyEvent, *, first: bool) -> float:
        """When ``event`` was pressed; ``first`` of what belongs together is taken as it is handled,
        the others follow at their own pace."""
        stamp, before = event.timestamp(), self._stamp
        self._stamp = stamp
        apart = (stamp - before) / 1000
        known = not first and stamp > 0 and before > 0 and 0 <= apart <= _ONE_RUN_S
        self._pressed = self._pressed + apart if known else self.now()
        return self._pressed
