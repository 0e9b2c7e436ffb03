"""Work goes to a lane, its end comes back on the GUI thread; progress is thinned to the newest."""

import logging
import threading

import pytest

from app.domain.errors import Bug, Code, NotSent
from app.jobs.progress import Progress, Topic


def test_the_result_comes_back_on_the_gui_thread(qtbot, bridge):
    here, seen = threading.current_thread(), []
    bridge.submit(
        "counter",
        lambda: threading.current_thread().name,
        lambda name: seen.append((name, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(seen), timeout=20000)
    name, delivered_on = seen[0]
    assert name.startswith("lane-counter")
    assert delivered_on is here


def test_work_of_one_lane_keeps_its_order(qtbot, bridge):
    seen: list[int] = []
    for number in range(20):
        bridge.submit("counter", lambda number=number: number, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 20, timeout=20000)
    assert seen == list(range(20))


def test_a_trouble_reaches_whoever_asked(qtbot, bridge):
    seen = []

    def work() -> None:
        raise NotSent(Code.DID_NOT_LEAVE)

    bridge.submit("counter", work, lambda _none: seen.append("done"), seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=20000)
    assert [trouble.code for trouble in seen] == [Code.DID_NOT_LEAVE]


def test_a_trouble_nobody_asked_for_is_told(qtbot, bridge):
    def work() -> None:
        raise NotSent(Code.DID_NOT_LEAVE)

    with qtbot.waitSignal(bridge.troubled, timeout=20000) as told:
        bridge.submit("counter", work, lambda _none: None)
    assert told.args[0].code is Code.DID_NOT_LEAVE


def test_anything_else_is_a_bug_with_its_evidence(qtbot, bridge):
    problem = KeyError("nobody thought of this")
    seen = []

    def work() -> None:
        raise problem

    bridge.submit("counter", work, lambda _none: None, seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=20000)
    assert isinstance(seen[0], Bug)
    assert seen[0].evidence is problem


def test_a_bug_is_logged_without_its_words(qtbot, bridge, caplog):
    seen = []

    def work() -> None:
        int("350203199001011234x")

    bridge.submit("counter", work, lambda _none: None, seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=20000)
    assert "ValueError" in caplog.text
    assert "test_bridge.py" in caplog.text
    assert "350203199001011234x'" not in caplog.text


def test_work_that_was_given_up_says_nothing(qtbot, bridge):
    started, seen = threading.Event(), []

    def job(_report, cancel) -> None:
        started.set()
        cancel.wait(5)
        cancel.check()

    token = bridge.submit_job("desk", job, lambda _none: seen.append("done"), seen.append)
    assert started.wait(5)
    token.cancel()
    bridge.submit("desk", lambda: "after", seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=20000)
    assert seen == ["after"]


def test_progress_is_thinned_to_the_newest(qtbot, bridge):
    shown: list[Progress] = []
    seen: list[str] = []

    def job(report, _cancel) -> str:
        for done in range(1000):
            report(Progress("rows", done, 1000))
        report(Progress("rows", 1000, 1000))
        return "done"

    bridge.submit_job("desk", job, seen.append, progress=shown.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=20000)
    assert shown[-1].done == 1000
    assert len(shown) < 500
    assert [p.done for p in shown] == sorted(p.done for p in shown)


def test_a_closed_bridge_delivers_nothing(qtbot, bridge, lanes):
    entered, leave, seen = threading.Event(), threading.Event(), []

    def work() -> None:
        entered.set()
        leave.wait(5)

    bridge.submit("counter", work, seen.append)
    assert entered.wait(5)
    bridge.close()
    leave.set()
    lanes["counter"].submit(lambda: None).result(5)
    qtbot.wait(1)
    assert seen == []


def test_a_busy_gui_thread_is_noticed(qtbot, bridge, caplog):
    qtbot.waitUntil(lambda: bridge.stalls().beats >= 2, timeout=20000)
    bridge.post(lambda: threading.Event().wait(0.3))
    before = bridge.stalls().beats
    qtbot.waitUntil(lambda: bridge.stalls().beats > before + 1, timeout=20000)
    assert bridge.stalls().worst_ms >= 200
    assert bridge.stalls().stalled >= 1


def test_a_stall_is_a_line_for_the_log_and_no_word_on_screen(qtbot, bridge, caplog):
    told: list[object] = []
    bridge.troubled.connect(told.append)
    bridge.changed.connect(told.append)
    with caplog.at_level(logging.INFO, logger="ui.bridge"):
        bridge.post(lambda: threading.Event().wait(0.3))
        qtbot.waitUntil(lambda: bridge.stalls().stalled >= 1, timeout=20000)
    assert {record.levelno for record in caplog.records} == {logging.INFO}
    assert any("stood still" in record.message for record in caplog.records)
    assert told == []


@pytest.mark.parametrize("lane", ["counter", "card", "camera", "print", "delivery", "desk"])
def test_every_lane_answers(qtbot, bridge, lane):
    seen: list[str] = []
    bridge.submit(lane, lambda: lane, seen.append)
    qtbot.waitUntil(lambda: seen == [lane], timeout=20000)


def test_what_came_to_rest_in_a_lane_is_told_once_and_silence_is_not(qtbot, bridge, lanes):
    told: list[object] = []
    bridge.changed.connect(told.append)
    for done in (0, 0, 2):
        assert lanes["delivery"].submit(bridge.telling(lambda done=done: done)).result() == done
    qtbot.waitUntil(lambda: bool(told), timeout=20000)
    assert told == [frozenset({Topic.CASE, Topic.ATTEMPT, Topic.OUTBOX})]
