import logging
import threading

import pytest

from app.jobs.lane import LANES, Cancelled, CancelToken, Lane, Lanes

SOON = 10.0


def test_a_lane_keeps_the_order() -> None:
    lane = Lane("t")
    seen: list[int] = []
    results = [lane.submit(seen.append, number) for number in range(50)]
    results[-1].result(SOON)
    assert seen == list(range(50))
    assert lane.close(SOON)


def test_a_lane_runs_one_thing_at_a_time() -> None:
    lane = Lane("t")
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        entered.set()
        leave.wait(SOON)

    lane.submit(hold)
    assert entered.wait(SOON)
    second = lane.submit(int)
    assert not second.done()
    leave.set()
    assert second.result(SOON) == 0
    assert lane.close(SOON)


def test_a_lane_knows_its_own_thread() -> None:
    lane, other = Lane("one"), Lane("two")
    assert not lane.here()
    assert lane.submit(lane.here).result(SOON)
    assert not other.submit(lane.here).result(SOON)
    assert lane.close(SOON)
    assert other.close(SOON)


def test_what_work_raises_comes_back() -> None:
    lane = Lane("t")
    with pytest.raises(ZeroDivisionError):
        lane.submit(divmod, 1, 0).result(SOON)
    assert lane.submit(int).result(SOON) == 0
    assert lane.close(SOON)


def test_a_closed_lane_takes_nothing_and_drops_what_waits() -> None:
    lane = Lane("t")
    entered, leave = threading.Event(), threading.Event()

    def hold() -> str:
        entered.set()
        leave.wait(SOON)
        return "held"

    first, waiting = lane.submit(hold), None
    assert entered.wait(SOON)
    waiting = lane.submit(int)
    closed: list[bool] = []
    closer = threading.Thread(target=lambda: closed.append(lane.close(SOON)))
    closer.start()
    leave.set()
    closer.join(SOON)
    assert closed == [True]
    assert first.result(SOON) == "held"
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        lane.submit(int)
    assert lane.close(SOON)


def test_a_busy_lane_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    lane = Lane("slow")
    leave = threading.Event()
    lane.submit(leave.wait, SOON)
    with caplog.at_level(logging.WARNING):
        assert not lane.close(0.05)
    assert "lane slow still busy" in caplog.text
    leave.set()


def test_all_lanes_of_a_program_close_together() -> None:
    lanes = Lanes()
    assert [lanes[name].name for name in LANES] == list(LANES)
    assert lanes["desk"].submit(int).result(SOON) == 0
    assert lanes.close(SOON)


def test_one_busy_lane_is_told(caplog: pytest.LogCaptureFixture) -> None:
    lanes = Lanes(("a", "b"))
    leave = threading.Event()
    lanes["a"].submit(leave.wait, SOON)
    with caplog.at_level(logging.WARNING):
        assert not lanes.close(0.05)
    leave.set()


def test_a_token_is_cancelled_once_and_for_all() -> None:
    token = CancelToken()
    token.check()
    assert not token.cancelled
    assert not token.wait(0.0)
    token.cancel()
    assert token.cancelled
    assert token.wait(SOON)
    with pytest.raises(Cancelled):
        token.check()
