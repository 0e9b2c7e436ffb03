"""A child process that says it is ready on one line, and leaves when its parent does.

The child watches its standard input: when the parent ends, however it ends, the pipe closes.
"""

import logging
import sys
import threading
from collections.abc import Sequence
from typing import IO

_log = logging.getLogger(__name__)
STOP_WAIT_S = 5.0
# the word that makes this program the child that looks at frames; no command of a person
SECOND_OPINION = "--second-opinion"
# and the child that holds a vendor's library
CAGE = "--cage"


class ChildFailed(Exception):
    """The child ended, or said nothing in time."""


def own_program(*arguments: str) -> list[str]:
    """The command line that starts this same program again, frozen or from a checkout."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "app", *arguments]


class ChildProcess:
    """One running child. ``ready_line`` is the first line it printed."""

    def __init__(self, command: Sequence[str], ready_within_s: float) -> None:
        """Start and wait for the ready line. Raises ``ChildFailed``."""
        import queue
        import subprocess

        self._process = subprocess.Popen(  # noqa: S603 our own program, no shell
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), name="child-output", daemon=True
        )
        self._reader.start()
        try:
            self.ready_line = self._lines.get(timeout=ready_within_s)
        except queue.Empty as silent:
            self.stop()
            raise ChildFailed("no ready line") from silent
        if not self.ready_line:
            self.stop()
            raise ChildFailed(f"ended with {self._process.returncode}")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _read(self, stream: IO[str] | None) -> None:
        if stream is not None:
            for line in stream:
                self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def stop(self) -> None:
        """Close its input, then insist. Returns once the process is gone."""
        from subprocess import TimeoutExpired

        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_WAIT_S)
        except TimeoutExpired:
            _log.info("child %d insisted on staying", process.pid)
            process.kill()
            process.wait()
        self._reader.join(STOP_WAIT_S)
        if process.stdout is not None:
            process.stdout.close()
