"""Runs something in a lane again and again until stopped; one round at a time."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError

from app.domain.errors import Trouble
from app.jobs.lane import Lane

_log = logging.getLogger(__name__)


class Ticker:
    """``work`` runs in ``lane`` every ``every_s`` seconds; a round in flight is never doubled."""

    def __init__(self, lane: Lane, work: Callable[[], object], every_s: float) -> None:
        self._lane, self._work, self._every_s = lane, work, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"ticker-{lane.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No round begins any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self._lane.submit(self._round).result()
            except (CancelledError, RuntimeError):
                # the lane was closed, before or while the round waited in it
                return

    def _round(self) -> None:
        try:
            self._work()
        except Trouble as trouble:
            _log.warning("a round of %s ended with %s", self._lane.name, trouble)
        except Exception as bug:  # noqa: BLE001 - one bad round must not end all deliveries
            # the kind only: an exception's words may hold what a person must not read
            _log.error("a round of %s broke: %s", self._lane.name, type(bug).__name__)
