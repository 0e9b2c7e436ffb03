"""The only hop between lanes and the GUI thread (architecture 10)."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Trouble
from app.jobs.lane import CancelToken, Lanes
from app.jobs.progress import Progress, Report

T = TypeVar("T")


class Bridge(QObject):
    """Submits a callable to a lane; result or ``Trouble`` comes back on the GUI thread."""

    troubled = Signal(object)
    """A ``Trouble`` for which nobody left a ``failed``."""
    changed = Signal(object)
    """``Changes`` of a finished job, for pages that re-read."""

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes

    def submit(
        self,
        lane: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Trouble], None] | None = None,
    ) -> None:
        """Run ``work`` in ``lane``; then ``done(result)`` or ``failed(trouble)`` on the GUI thread.

        Anything that is not a ``Trouble`` becomes a ``Bug`` with the exception as evidence.
        """
        raise NotImplementedError

    def submit_job(
        self,
        lane: str,
        job: Callable[[Report, CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Trouble], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> CancelToken:
        """As ``submit`` for work that reports and can be given up; progress is coalesced."""
        raise NotImplementedError

    def post(self, call: Callable[[], None]) -> None:
        """Run ``call`` on the GUI thread soon; for device callbacks from any thread."""
        raise NotImplementedError
