"""The keeper of the child with the library: starts it, waits no longer than said, ends it.

One call at a time. A child that fell or hung is gone before anybody is told, so that nothing it
still held can leave afterwards; the next call starts another one.
"""

import base64
import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from app.gateways.transport import caged
from app.gateways.transport.cage_words import CageWord
from app.jobs.child import CAGE, own_program

_log = logging.getLogger(__name__)
FALLS_IN_A_ROW = 3
REST_S = 60.0
_END_S = 5.0
_WHY = {
    "absent": CageWord.ABSENT,
    "unloadable": CageWord.UNLOADABLE,
    "bits": CageWord.BITS,
    "export": CageWord.EXPORT,
    "refused": CageWord.REFUSED,
}


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """What the child needs to open the library. ``arguments`` may hold a password."""

    path: Path
    convention: str
    signature: str
    start: str
    call: str
    decode: str
    arguments: tuple[bytes, ...]
    error_bytes: int
    start_s: float

    def line(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "convention": self.convention,
            "signature": self.signature,
            "start": self.start,
            "call": self.call,
            "decode": self.decode,
            "arguments": [base64.b64encode(one).decode() for one in self.arguments],
            "error_bytes": self.error_bytes,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Called:
    """What was seen of one call. ``entered``: the library had the message.

    ``trouble`` is None where it came back and kept to its room; ``error`` is its own text for
    errors, or the system's where it could not be opened. ``inside_s``: how long it had the message,
    without the wait for its turn and for its start.
    """

    entered: bool
    trouble: CageWord | None = None
    value: int | None = None
    answer: bytes = b""
    error: bytes = b""
    inside_s: float = field(default=0.0, compare=False)


class _NotOpened(Exception):
    def __init__(self, word: CageWord, error: bytes = b"") -> None:
        super().__init__(word)
        self.word = word
        self.error = error


def own_cage() -> list[str]:
    """The command of the child: this program where it is frozen, this Python in a checkout."""
    if getattr(sys, "frozen", False):
        return own_program(CAGE)
    return [sys.executable, "-I", caged.__file__]


class Cage:
    """One library behind one child. Safe for several lanes: they wait for each other."""

    def __init__(
        self,
        opening: Opening,
        command: Sequence[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opening = opening
        self._command = list(command) or own_cage()
        self._monotonic = monotonic
        self._turn = threading.Lock()
        self._child: _Child | None = None
        self._falls = 0
        self._rests_until = 0.0
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child that runs now."""
        child = self._child
        return child.pid if child else None

    def call(self, text: bytes, size: int, seconds: float, *, decoding: bool = False) -> Called:
        """Hand ``text`` to the library with room for ``size`` bytes; never raises for it.

        ``decoding``: to its function for e-vouchers.
        """
        if not self._turn.acquire(timeout=seconds):
            return Called(False, CageWord.BUSY)
        try:
            return self._call(text, size, seconds, decoding)
        finally:
            self._turn.release()

    def _call(self, text: bytes, size: int, seconds: float, decoding: bool) -> Called:
        if self._closed or self._monotonic() < self._rests_until:
            return Called(False, CageWord.RESTING)
        try:
            child = self._opened()
        except _NotOpened as why:
            if why.word is CageWord.FELL:
                self._fell()
            return Called(False, why.word, error=why.error)
        began = time.monotonic()
        called = child.call(text, size, seconds, decoding)
        called = replace(called, inside_s=time.monotonic() - began)
        if called.trouble is None:
            self._falls = 0
        else:
            _log.warning("library child %d ended: %s", child.pid, called.trouble)
            self._end()
            if called.trouble is not CageWord.LEFT:
                self._fell()
        return called

    def _fell(self) -> None:
        self._falls += 1
        if self._falls >= FALLS_IN_A_ROW:
            self._falls = 0
            self._rests_until = self._monotonic() + REST_S

    def _opened(self) -> "_Child":
        if self._child is None or not self._child.running:
            self._end()
            try:
                self._child = _Child(self._command)
            except OSError as failed:
                raise _NotOpened(CageWord.HOST, str(failed).encode()) from failed
            try:
                self._child.open(self._opening)
            except _NotOpened:
                self._end()
                raise
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()

    def leave(self) -> None:
        """End a call that is on its way, if any, and nothing else."""
        child = self._child
        if child is not None and self._turn.locked():
            child.left = True
            child.kill()

    def close(self) -> None:
        """End the child, also in the middle of a call."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
        with self._turn:
            self._end()


class _Child:
    """One process and the lines it says."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 our own program or the one IT names
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), name="library-child", daemon=True
        )
        self._reader.start()
        self._calls = 0
        self.left = False
        """Somebody at the counter gave up waiting for the call that is on its way."""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def _read(self, stream: IO[bytes] | None) -> None:
        if stream is not None:
            for line in stream:
                said = said_in(line)
                if said is None:
                    break
                self._lines.put(said)
        self._lines.put(None)

    def _next(self, until: float) -> dict[str, Any] | None:
        """What it says next; None where it is gone. Raises ``queue.Empty`` at ``until``."""
        return self._lines.get(timeout=max(until - time.monotonic(), 0.001))

    def _tell(self, **words: Any) -> bool:
        stream = self._process.stdin
        if stream is None:
            return False
        try:
            stream.write(json.dumps(words).encode() + b"\n")
            stream.flush()
        except OSError:
            return False
        return True

    def open(self, opening: Opening) -> None:
        """Raises ``_NotOpened``."""
        until = time.monotonic() + opening.start_s
        try:
            hello = self._next(until) or {}
            if hello.get("protocol") != caged.PROTOCOL:
                raise _NotOpened(CageWord.HOST)
            self._tell(**opening.line())
            said = self._next(until) or {"state": "fell"}
        except queue.Empty as silent:
            raise _NotOpened(CageWord.FELL) from silent
        if said.get("state") != "open":
            try:
                text = base64.b64decode(str(said.get("text", "")))
            except ValueError:
                text = b""
            raise _NotOpened(_WHY.get(str(said.get("state")), CageWord.FELL), text)

    def call(self, text: bytes, size: int, seconds: float, decoding: bool) -> Called:
        """One call with a deadline. Where there is trouble, the process is gone afterwards."""
        self._calls += 1
        until = time.monotonic() + seconds
        entered = False
        trouble = CageWord.CRASHED
        said_text = base64.b64encode(text).decode()
        self._tell(call=self._calls, size=size, text=said_text, decoding=decoding)
        while True:
            try:
                said = self._next(until)
            except queue.Empty:
                if trouble is CageWord.HUNG:
                    # something the library started holds the pipe: nothing is proved
                    return Called(True, trouble)
                # what it said before it was ended still comes: was the library entered or not?
                trouble, until = CageWord.HUNG, time.monotonic() + _END_S
                self.kill()
                continue
            if said is None:
                why = CageWord.LEFT if self.left else trouble
                return Called(entered, why if entered else CageWord.FELL)
            entered = entered or said.get("state") == "entered"
            if said.get("state") == "returned" and trouble is not CageWord.HUNG:
                return returned(said)

    def kill(self) -> None:
        with suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """Insist, and wait until it is gone."""
        self.kill()
        self._process.wait()
        self._reader.join(_END_S)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def said_in(line: bytes) -> dict[str, Any] | None:
    """One line of a child; None for half a line of one that fell, or of another program."""
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else {}


def returned(said: dict[str, Any]) -> Called:
    """What a call left behind. What no child of ours says is a call that crashed inside."""
    value = said.get("value", -1)
    try:
        answer, error = (base64.b64decode(str(said.get(name, ""))) for name in ("answer", "error"))
    except ValueError:
        return Called(True, CageWord.CRASHED)
    if not isinstance(value, int):
        return Called(True, CageWord.CRASHED)
    trouble = None if said.get("kept_within") else CageWord.OVERFLOW
    return Called(True, trouble, value, answer, error)
