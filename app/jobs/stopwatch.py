"""How long a door kept its caller: wall time of every call, added up."""

import threading
import time
from collections.abc import Callable
from typing import Any


class Stopwatch:
    """Passes every call on to ``inner`` and adds its milliseconds to ``spent_ms``."""

    def __init__(self, inner: object) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self.spent_ms = 0.0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._inner, name)

        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                with self._lock:
                    self.spent_ms += (time.perf_counter() - began) * 1000

        return timed
