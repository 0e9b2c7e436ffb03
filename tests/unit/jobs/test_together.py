"""Several at once: in the caller's context, all to the end, the first failure told."""

import threading
from contextvars import ContextVar

import pytest

from app.jobs.together import together

WHO: ContextVar[str] = ContextVar("who", default="nobody")
PATIENCE_S = 20


def test_results_keep_the_order_of_the_things() -> None:
    assert together(lambda n: n * n, [3, 1, 2], 2) == [9, 1, 4]
    assert together(lambda n: n * n, [3, 1], 1) == [9, 1]
    assert together(lambda n: n, [], 4) == []


def test_they_run_at_the_same_time_in_the_context_of_the_caller() -> None:
    token = WHO.set("clerk")
    meeting = threading.Barrier(3, timeout=PATIENCE_S)

    def meet(_thing: int) -> str:
        meeting.wait()
        return WHO.get()

    try:
        assert together(meet, [1, 2, 3], 3) == ["clerk"] * 3
    finally:
        WHO.reset(token)


def test_one_failure_lets_the_others_finish() -> None:
    done: list[int] = []

    def work(thing: int) -> None:
        if thing == 1:
            raise ValueError(thing)
        done.append(thing)

    with pytest.raises(ValueError, match="1"):
        together(work, [1, 2, 3], 2)
    assert sorted(done) == [2, 3]
