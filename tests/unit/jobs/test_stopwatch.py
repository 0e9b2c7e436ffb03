"""What a door cost, without what it waited for others."""

import time

from app.jobs.stopwatch import Stopwatch


class Door:
    """Works for a moment and tells that some of it was waiting."""

    def __init__(self) -> None:
        self.waited = 0

    def work(self) -> str:
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        return "done"

    def ask(self) -> None:
        began = time.perf_counter()
        self.work()
        self.waited += int((time.perf_counter() - began) * 1000)


def test_calls_pass_and_add_up() -> None:
    watch = Stopwatch(Door())
    assert watch.work() == "done"
    once = watch.worked_ms
    assert once >= 20
    watch.work()
    assert watch.worked_ms >= once + 20
    assert watch.own_ms >= watch.worked_ms - 1


def test_waiting_is_not_ours() -> None:
    door = Door()
    watch = Stopwatch(door, lambda: door.waited)
    watch.ask()
    assert watch.own_ms < 20


def test_what_went_before_does_not_count() -> None:
    door = Door()
    door.waited = 500
    watch = Stopwatch(door, lambda: door.waited)
    watch.work()
    door.waited += 500
    watch.restart()
    assert (watch.own_ms, watch.worked_ms) == (0.0, 0.0)
    watch.work()
    assert watch.own_ms >= 20
