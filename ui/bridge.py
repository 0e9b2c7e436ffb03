"""The only hop between lanes and the GUI thread (architecture 10)."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.domain.errors import Bug, Code, LocalTrouble, Trouble
from app.jobs.lane import Cancelled, CancelToken, Lanes

if TYPE_CHECKING:
    from app.jobs.progress import Progress, Report

T = TypeVar("T")
_log = logging.getLogger(__name__)
STALL_MS = 100.0
"""A gap of the event loop longer than this is counted: a person can feel it."""
_BEAT_MS = 50


class Stalls(NamedTuple):
    """How the GUI thread kept up: longest gap in milliseconds, gaps above ``STALL_MS``, beats."""

    worst_ms: float
    stalled: int
    beats: int


class Bridge(QObject):
    """Submits a callable to a lane; result or ``Trouble`` comes back on the GUI thread.

    Must be made on the GUI thread. Callbacks of a receiver that is gone are dropped when
    ``owner`` was given. After ``close`` nothing is delivered any more.
    """

    troubled = Signal(object)
    """A ``Trouble`` for which nobody left a ``failed``."""
    changed = Signal(object)
    """``Changes`` of a finished job, for pages that re-read."""
    _hop = Signal(object)

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._open = True
        self._hop.connect(_run, Qt.ConnectionType.QueuedConnection)
        self._worst, self._stalled, self._beats = 0.0, 0, 0
        self._last_beat = time.monotonic()
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._measure)
        self._beat.start()

    def submit(
        self,
        lane: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Trouble], None] | None = None,
    ) -> None:
        """Run ``work`` in ``lane``; then ``done(result)`` or ``failed(trouble)`` on the GUI thread.

        Anything that is not a ``Trouble`` becomes a ``Bug`` with the exception as evidence.
        Work handed in after the lanes closed is dropped, as the program is leaving.
        """
        if not self._open:
            return
        future = self._lanes[lane].submit(work)
        future.add_done_callback(partial(self._finished, done, failed))

    def submit_job(
        self,
        lane: str,
        job: Callable[[Report, CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Trouble], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> CancelToken:
        """As ``submit`` for work that reports and can be given up; progress is coalesced."""
        token = CancelToken()
        report = _Coalesced(self.post, progress)
        self.submit(lane, lambda: job(report, token), done, failed)
        return token

    def post(self, call: Callable[[], None]) -> None:
        """Run ``call`` on the GUI thread soon; for device callbacks from any thread."""
        if self._open:
            self._hop.emit(call)

    def telling(self, work: Callable[[], int]) -> Callable[[], int]:
        """``work`` for a lane; where it brought something to rest, pages read again.

        A base that is away says so by itself, whoever asks for something or not.
        """

        def told() -> int:
            from app.jobs.progress import Topic

            try:
                done = work()
            except LocalTrouble as trouble:
                if trouble.code is Code.STORE_UNREACHABLE:
                    self.post(partial(self.troubled.emit, trouble))
                raise
            if done:
                topics = frozenset({Topic.CASE, Topic.ATTEMPT, Topic.OUTBOX})
                self.post(lambda: self.changed.emit(topics))
            return done

        return told

    def stalls(self) -> Stalls:
        """How long the GUI thread was kept from its events since the start."""
        return Stalls(self._worst, self._stalled, self._beats)

    def close(self) -> None:
        """Deliver nothing any more; the lanes are closed by who made them."""
        self._open = False
        self._beat.stop()

    def _finished(
        self,
        done: Callable[[T], None],
        failed: Callable[[Trouble], None] | None,
        future: Future[T],
    ) -> None:
        if future.cancelled():
            return
        problem = future.exception()
        if problem is None:
            self.post(partial(done, future.result()))
        elif isinstance(problem, (Cancelled, CancelledError)):
            _log.info("work was given up")
        else:
            trouble = problem if isinstance(problem, Trouble) else Bug(evidence=problem)
            if trouble is not problem:
                _log.error("a bug in a lane: %s\n%s", type(problem).__name__, _where(problem))
            self.post(partial(failed or self.troubled.emit, trouble))

    def _measure(self) -> None:
        now = time.monotonic()
        late = (now - self._last_beat) * 1000 - _BEAT_MS
        self._last_beat = now
        self._beats += 1
        self._worst = max(self._worst, late)
        if late > STALL_MS:
            self._stalled += 1
            # for the log alone: the person felt it already, and can do nothing about it
            _log.info("the window stood still for %.0f ms", late)


def _where(problem: BaseException) -> str:
    """The way there, without the words of the exception: they may hold what nobody may read."""
    return "".join(traceback.format_tb(problem.__traceback__))


def _run(call: Callable[[], None]) -> None:
    call()


class _Coalesced:
    """Keeps only the newest report until the GUI thread has taken it."""

    def __init__(
        self, post: Callable[[Callable[[], None]], None], show: Callable[[Progress], None] | None
    ) -> None:
        self._post, self._show = post, show
        self._lock = threading.Lock()
        self._newest: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        if self._show is None:
            return
        with self._lock:
            waiting = self._newest is not None
            self._newest = progress
        if not waiting:
            self._post(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            progress, self._newest = self._newest, None
        if progress is not None and self._show is not None:
            self._show(progress)
