"""Long work on the GUI thread in slices, with the events of the window between them.

What walks over many rows in another thread shares the interpreter with the window, and every call
into Qt may then wait for its turn; in slices nobody waits longer than one of them.
"""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

SLICE_S = 0.008
"""How long the events of the window wait."""


class Slices(QObject):
    """One piece of work at a time; a new one takes the place of the one before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: Iterator[None] | None = None
        self._done: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)

    @property
    def running(self) -> bool:
        return self._work is not None

    def start(self, work: Iterator[None], done: Callable[[], None]) -> None:
        """Begin at once; what is short is done when this returns."""
        self._work, self._done = work, done
        self._go_on()

    def stop(self) -> None:
        """Nothing of it is told."""
        self._timer.stop()
        self._work = self._done = None

    def _go_on(self) -> None:
        work, done = self._work, self._done
        if work is None or done is None:
            return
        until = time.perf_counter() + SLICE_S
        while time.perf_counter() < until:
            if next(work, self) is self:
                self.stop()
                done()
                return
        self._timer.start()
