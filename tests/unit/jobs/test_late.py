import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from app.jobs.clock import SystemClock
from app.jobs.late import Late

SOON = 10.0


def test_the_caller_waits_for_the_part() -> None:
    future: Future[dict[str, list[int]]] = Future()
    late = Late(future, lambda whole: whole["part"])
    with ThreadPoolExecutor(1) as pool:
        count = pool.submit(late.count, 7)
        assert not count.done()
        future.set_result({"part": [7, 7, 8]})
        assert count.result(SOON) == 2


def test_what_opening_raised_is_raised_to_every_caller() -> None:
    future: Future[str] = Future()
    future.set_exception(OSError("shut"))
    late = Late(future, str)
    for _ in range(2):
        with pytest.raises(OSError, match="shut"):
            late.upper()


def test_the_clock_is_aware_and_runs_forward() -> None:
    clock = SystemClock()
    first, monotonic = clock.now(), clock.monotonic()
    threading.Event().wait(0.01)
    assert clock.now().utcoffset() is not None
    assert clock.now() >= first
    assert clock.monotonic() > monotonic
