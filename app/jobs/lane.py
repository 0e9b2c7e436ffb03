"""A lane is a named one-worker executor: order comes from having one worker (architecture 10)."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Work that was given up before anything left."""


class CancelToken:
    """Cooperative: work polls it at places where giving up is harmless."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raises ``Cancelled`` once somebody asked to stop."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Sleep until cancelled or ``seconds`` passed; True when cancelled."""
        return self._event.wait(seconds)


class Lane:
    """Runs one thing at a time, in the order it was handed in."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"lane-{name}")
        self._closed = False

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Queue ``work``. Raises ``RuntimeError`` after the lane was closed."""
        return self._pool.submit(work, *args, **kwargs)

    def here(self) -> bool:
        """Whether the calling thread is this lane's worker."""
        return threading.current_thread().name.startswith(f"lane-{self.name}")

    def close(self, deadline: float) -> bool:
        """Take no more work, finish what is held until ``deadline`` seconds; True if it did."""
        if self._closed:
            return True
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        waiter = threading.Thread(target=self._pool.shutdown, daemon=True)
        waiter.start()
        waiter.join(deadline)
        if waiter.is_alive():
            _log.warning("lane %s still busy after %.1f s", self.name, deadline)
            return False
        return True


LANES = ("counter", "card", "camera", "print", "delivery", "desk", "catalogue")


class Lanes:
    """All lanes of a program, by name."""

    def __init__(self, names: tuple[str, ...] = LANES) -> None:
        self._lanes = {name: Lane(name) for name in names}

    def __getitem__(self, name: str) -> Lane:
        return self._lanes[name]

    def close(self, deadline: float = 5.0) -> bool:
        """Close all; True when every lane came to rest."""
        rested = [lane.close(deadline) for lane in self._lanes.values()]
        return all(rested)
