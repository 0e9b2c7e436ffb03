import sys
import textwrap

import pytest

from app.jobs.child import ChildFailed, ChildProcess, own_program

SOON = 20.0


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(code)]


def test_a_child_says_it_is_ready_and_leaves_with_its_input() -> None:
    child = ChildProcess(
        _python("import sys; print('ready 1', flush=True); sys.stdin.read()"), SOON
    )
    assert child.ready_line == "ready 1"
    assert child.running
    assert child.pid > 0
    child.stop()
    assert not child.running


def test_a_child_that_ends_without_a_word_has_failed() -> None:
    with pytest.raises(ChildFailed, match="ended"):
        ChildProcess(_python("raise SystemExit(3)"), SOON)


def test_a_silent_child_is_stopped_in_time() -> None:
    with pytest.raises(ChildFailed, match="no ready line"):
        ChildProcess(_python("import sys; sys.stdin.read()"), 0.2)


def test_a_child_that_insists_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.jobs.child.STOP_WAIT_S", 0.2)
    child = ChildProcess(
        _python("import threading; print('up', flush=True); threading.Event().wait()"), SOON
    )
    child.stop()
    assert not child.running


def test_our_own_program_from_a_checkout_and_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_program("sandbox", "--seed", "1")[1:] == ["-m", "app", "sandbox", "--seed", "1"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_program("sandbox") == [sys.executable, "sandbox"]
