"""A program that does not outlive who started it, however that one ended.

``python -m tests.support.mortal COMMAND`` runs COMMAND until its own input ends: the pipe closes
with the starter. A parent-death signal alone would be tied to the starter's thread; here it only
covers the death of this watcher.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).parents[2]
STOP_WAIT_S = 5.0
ORPHANED = 3
"""How a program ends that nobody watches any more."""
_PR_SET_PDEATHSIG = 1


def started(command: Sequence[str], around: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """The watcher of a running COMMAND; closing its input ends both."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.mortal", *command],
        cwd=ROOT,
        env=dict(around),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def ended(watcher: "subprocess.Popen[bytes]") -> None:
    """End it and its COMMAND; returns once both are gone."""
    watcher.communicate(timeout=2 * STOP_WAIT_S)


def die_with(watcher: int) -> None:
    """Of the child about to become the program. Who watches may be dead before it asks for this,
    and then no signal comes."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != watcher:
        os._exit(ORPHANED)


def main(command: Sequence[str]) -> int:
    # one thread so far, so the child may be prepared before it becomes the other program
    prepared = partial(die_with, os.getpid())
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=prepared)
    Thread(target=_end_with_input, args=(child,), daemon=True).start()
    return child.wait()


def _end_with_input(child: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 1):
        continue
    child.terminate()
    try:
        child.wait(STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
