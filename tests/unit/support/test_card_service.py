"""The service of the tests ends with its starter, and whoever is in its way is named."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import mortal
from tests.support.card_service import (
    MARK,
    PortHeld,
    ReaderTaken,
    alone,
    clear_way,
    end_leftovers,
    marked,
)
from tests.support.ports import born, holders
from tests.support.waiting import DEADLINE, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
LISTENER = (
    "import socket, sys\n"
    "held = socket.create_server(('127.0.0.1', 0))\n"
    "print(held.getsockname()[1], flush=True)\n"
    "sys.stdin.read()\n"
)
STARTER = (
    "import os, sys\n"
    "from tests.support.mortal import started\n"
    "print(started(['sleep', '600'], os.environ).pid, flush=True)\n"
    "sys.stdin.read()\n"
)


ORPHAN = (
    "import subprocess\n"
    "from tests.support.mortal import die_with\n"
    "child = subprocess.Popen(['sleep', '600'], preexec_fn=lambda: die_with(1))\n"
    "print(child.wait(), flush=True)\n"
)
"""A program whose watcher has died before it could ask to die with it."""


def _child_of(pid: int) -> int:
    """The only child of a process; 0 while it has none."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as listed:
        children = listed.read().split()
    return int(children[0]) if children else 0


def _gone(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return ") Z " in stat.read()
    except FileNotFoundError:
        return True


@contextmanager
def listening(**around: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Another process, and the port on which it listens."""
    command, known = [sys.executable, "-c", LISTENER], os.environ | around
    with subprocess.Popen(
        command, env=known, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout is not None
            yield other, int(other.stdout.readline())
        finally:
            other.kill()


def test_a_killed_starter_takes_its_program_along() -> None:
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(
        command, cwd=mortal.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        watcher = int(starter.stdout.readline())
        until(lambda: _child_of(watcher) > 0)
        program = _child_of(watcher)
        assert not _gone(program)
        starter.kill()
    until(lambda: _gone(program))
    until(lambda: _gone(watcher))


def test_a_killed_watcher_takes_its_program_along() -> None:
    watcher = mortal.started(["sleep", "600"], os.environ)
    until(lambda: _child_of(watcher.pid) > 0)
    program = _child_of(watcher.pid)
    watcher.kill()
    mortal.ended(watcher)
    until(lambda: _gone(program))


def test_a_program_whose_watcher_is_gone_already_does_not_begin() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ORPHAN],
        cwd=mortal.ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
    )
    assert done.stdout == f"{mortal.ORPHANED}\n"


def test_an_ended_program_is_gone_at_once() -> None:
    watcher = mortal.started(["sleep", "600"], os.environ)
    until(lambda: _child_of(watcher.pid) > 0)
    program = _child_of(watcher.pid)
    mortal.ended(watcher)
    assert _gone(program)


def test_a_free_port_has_no_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        assert [holder.pid for holder in holders(port)] == [os.getpid()]
    assert holders(port) == []
    clear_way((port,))


def test_a_held_port_is_named_with_its_holder() -> None:
    with listening() as (other, port):
        with pytest.raises(PortHeld) as refused:
            clear_way((port,))
        assert other.poll() is None
    assert f"port {port} is held by process {other.pid} ({sys.executable}" in str(refused.value)


def test_a_service_of_a_living_run_is_left_alone() -> None:
    with listening(**{MARK: marked({})[MARK]}) as (other, port):
        end_leftovers((port,))
        assert other.poll() is None
        with pytest.raises(PortHeld):
            clear_way((port,))


def test_a_second_run_waits_its_turn_and_names_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "turn.lock"
    first = f"test process {os.getpid()} has the reader"
    with alone(lock, 0.1), pytest.raises(ReaderTaken, match=first), alone(lock, 0.1):
        raise AssertionError("two have it")
    with alone(lock, 0.1):
        assert lock.read_text("utf-8") == f"{os.getpid()}\n"


def test_what_a_dead_run_left_is_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as run:
        starter = born(run.pid)
        run.communicate(b"\n")
    assert starter
    with listening(**{MARK: starter}) as (other, port):
        clear_way((port,))
        assert holders(port) == []
        assert other.wait(DEADLINE) == -signal.SIGTERM
