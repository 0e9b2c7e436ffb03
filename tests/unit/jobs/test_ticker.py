import logging
import threading

import pytest

from app.domain.errors import Code, NotSent
from app.jobs.lane import Lane
from app.jobs.ticker import Ticker

SOON = 10.0


class Rounds:
    """Counts rounds; each ends as told, and the last one rings."""

    def __init__(self, *endings: Exception | None) -> None:
        self.endings = list(endings)
        self.done = 0
        self.rang = threading.Event()

    def __call__(self) -> None:
        self.done += 1
        ending = self.endings.pop(0) if self.endings else None
        if not self.endings:
            self.rang.set()
        if ending is not None:
            raise ending


def _play(rounds: Rounds) -> None:
    lane = Lane("t")
    ticker = Ticker(lane, rounds, 0.001)
    ticker.start()
    assert rounds.rang.wait(SOON)
    ticker.stop()
    assert lane.close(SOON)


def test_rounds_follow_each_other_until_stopped() -> None:
    rounds = Rounds(None, None, None)
    _play(rounds)
    assert rounds.done >= 3


def test_trouble_and_bugs_end_a_round_not_the_ticker(caplog: pytest.LogCaptureFixture) -> None:
    rounds = Rounds(NotSent(Code.DID_NOT_LEAVE), KeyError("张三"), None)
    with caplog.at_level(logging.WARNING):
        _play(rounds)
    assert rounds.done >= 3
    assert "not_sent 4002" in caplog.text
    assert "KeyError" in caplog.text
    assert "张三" not in caplog.text


def test_a_closed_lane_ends_the_ticker() -> None:
    lane = Lane("t")
    ticker = Ticker(lane, Rounds(), 0.001)
    lane.close(SOON)
    ticker.start()
    ticker._thread.join(SOON)
    assert not ticker._thread.is_alive()
    ticker.stop()


def test_a_round_that_waits_in_a_closing_lane_is_given_up() -> None:
    lane = Lane("t")
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        entered.set()
        leave.wait(SOON)

    lane.submit(hold)
    assert entered.wait(SOON)
    rounds = Rounds()
    ticker = Ticker(lane, rounds, 0.001)
    ticker.start()
    while lane._pool._work_queue.empty():
        assert ticker._thread.is_alive()
    lane._pool.shutdown(wait=False, cancel_futures=True)
    ticker._thread.join(SOON)
    assert not ticker._thread.is_alive()
    leave.set()
    assert lane.close(SOON)
    assert rounds.done == 0


def test_a_ticker_never_started_stops() -> None:
    lane = Lane("t")
    Ticker(lane, Rounds(), 1.0).stop()
    assert lane.close(SOON)
