"""The second opinion in a child process: a crash of its C library ends the child, not the till.

architecture 11. Both ends are here: the child is this same program, frozen or not, started with
``SECOND_OPINION``; it reads frames from standard input and writes what it sees to standard output.
"""

import json
import logging
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from app.jobs.child import SECOND_OPINION, own_program
from devices.code import second_opinion
from devices.code.second_opinion import Seen

_log = logging.getLogger(__name__)
_SHAPE = struct.Struct(">II")
_MOST_STARTS = 3
_PATIENCE = 5.0


class OpinionProcess:
    """Asks the child about one frame at a time and never waits for it.

    Not answered within some seconds, or died: the child is started again, a few times.
    """

    def __init__(
        self,
        command: list[str] | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = command or own_program(SECOND_OPINION)
        self._monotonic = monotonic
        self._news = threading.Condition()
        self._question: npt.NDArray[np.uint8] | None = None
        self._asked_at: float | None = None
        self._answer: tuple[Seen, ...] = ()
        self._closed = False
        self._starts = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    @property
    def given_up(self) -> bool:
        """The child cannot be had here: it died too often."""
        return self._starts >= _MOST_STARTS and self._child is None

    def ask(self, grey: npt.NDArray[np.uint8]) -> None:
        """Put a frame before the child; ignored while it looks at another."""
        with self._news:
            if self._closed or self.given_up:
                return
            if self._asked_at is not None:
                self._hurry()
                return
            self._question, self._asked_at = grey, self._monotonic()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._converse, name="second-opinion", daemon=True
                )
                self._thread.start()
            self._news.notify_all()

    def answer(self) -> tuple[Seen, ...]:
        """What the child has seen since the last call; usually nothing."""
        with self._news:
            seen, self._answer = self._answer, ()
            return seen

    def close(self) -> None:
        """End the child."""
        with self._news:
            self._closed = True
            self._kill()
            self._news.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def _hurry(self) -> None:
        if self._asked_at is not None and self._monotonic() - self._asked_at > _PATIENCE:
            self._kill()

    def _kill(self) -> None:
        if self._child is not None:
            with suppress(OSError):
                self._child.kill()

    def _converse(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._question is not None or self._closed)
                if self._closed:
                    break
                frame, self._question = self._question, None
            seen = () if frame is None else self._put(frame)
            with self._news:
                self._answer, self._asked_at = seen, None
                self._news.notify_all()
        self._end_child()

    def _put(self, frame: npt.NDArray[np.uint8]) -> tuple[Seen, ...]:
        try:
            child = self._running()
            if child is None:
                return ()
            to_child = cast(BinaryIO, child.stdin)
            to_child.write(_SHAPE.pack(*frame.shape))
            to_child.write(np.ascontiguousarray(frame).tobytes())
            to_child.flush()
            line = cast(BinaryIO, child.stdout).readline()
        except OSError:
            line = b""
        if not line:
            self._end_child()
            return ()
        return tuple(
            (text, name, tuple((x, y) for x, y in corners))
            for text, name, corners in json.loads(line)
        )

    def _running(self) -> "subprocess.Popen[bytes] | None":
        with self._news:
            if self._child is None and not self._closed and not self.given_up:
                self._starts += 1
                # the module has to be found from wherever this program was started
                paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
                self._child = subprocess.Popen(  # noqa: S603  # our own program
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": paths},
                )
            return self._child

    def _end_child(self) -> None:
        with self._news:
            child, self._child = self._child, None
        if child is None:
            return
        with suppress(OSError):
            child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        _log.info("second opinion ended with %s", child.wait())


def serve(frames: BinaryIO, answers: BinaryIO) -> int:
    """The child: a line of JSON for every frame, until its input ends."""
    if not second_opinion.available():
        return 3
    while True:
        head = frames.read(_SHAPE.size)
        if len(head) < _SHAPE.size:
            return 0
        height, width = _SHAPE.unpack(head)
        pixels = frames.read(height * width)
        if len(pixels) < height * width:
            return 0
        grey = np.frombuffer(pixels, np.uint8).reshape(height, width)
        answers.write(json.dumps(second_opinion.read(grey)).encode() + b"\n")
        answers.flush()


def main() -> int:
    """The child on its standard input and output."""
    return serve(sys.stdin.buffer, sys.stdout.buffer)
