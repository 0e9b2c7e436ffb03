"""How long a door kept its caller, and how much of that was work."""

import threading
import time
from collections.abc import Callable
from typing import Any


class Stopwatch:
    """Passes every call on to ``inner`` and adds up what it cost since the last ``restart``."""

    def __init__(self, inner: object, waited_ms: Callable[[], int] = lambda: 0) -> None:
        """``waited_ms`` tells how long ``inner`` has waited for others, ever."""
        self._inner, self._waited_ms = inner, waited_ms
        self._lock = threading.Lock()
        self._spent_ms = self._worked_ms = 0.0
        self._waited_before = waited_ms()

    def restart(self) -> None:
        """Count from here on."""
        with self._lock:
            self._spent_ms = self._worked_ms = 0.0
            self._waited_before = self._waited_ms()

    @property
    def own_ms(self) -> float:
        """Wall time inside the calls, without what was waited for others."""
        return self._spent_ms - (self._waited_ms() - self._waited_before)

    @property
    def worked_ms(self) -> float:
        """Processor time of the calls: what is left of ``own_ms`` on an idle machine."""
        return self._worked_ms

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._inner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began, worked = time.perf_counter(), time.thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                spent, worked = time.perf_counter() - began, time.thread_time() - worked
                with self._lock:
                    self._spent_ms += spent * 1000
                    self._worked_ms += worked * 1000

        return timed
