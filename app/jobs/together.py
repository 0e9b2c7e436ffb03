"""Several things at once, each in the context of the caller; gone when the last one is done."""

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def together(work: Callable[[T], R], things: Sequence[T], at_once: int) -> list[R]:
    """``work`` for each of ``things``, at most ``at_once`` at a time, results in their order.

    Every one runs to its end; then the first exception is raised.
    """
    if len(things) < 2 or at_once < 2:
        return [work(thing) for thing in things]
    with ThreadPoolExecutor(min(at_once, len(things)), thread_name_prefix="together") as pool:
        running = [pool.submit(contextvars.copy_context().run, work, thing) for thing in things]
    return [future.result() for future in running]
