"""Waiting for things that have no signal for us."""

import threading
import time
from collections.abc import Callable

DEADLINE = 10.0


def until(holds: Callable[[], bool], seconds: float = DEADLINE) -> None:
    """Look again until it holds; fails after the deadline."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"did not come true within {seconds} s")
        pause.wait(0.02)
