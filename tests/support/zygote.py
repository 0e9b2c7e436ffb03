"""A process that has loaded everything and forks victims: each is stopped before its first act.

``python -m tests.support.zygote`` reads one order per line, answers with the victim's number, and
with how it ended. A victim costs milliseconds instead of the seconds of a fresh interpreter.
"""

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.noon import follow

ROOT = Path(__file__).parents[2]
_PR_SET_PTRACER = 0x59616D61
_ANYBODY = ctypes.c_ulong(-1)


@dataclass(frozen=True)
class Ended:
    """``status`` where it exited by itself, ``signal`` where it was killed."""

    status: int
    signal: int


class Zygote:
    """The side of the test: orders victims. Use as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.zygote"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()

    def stopped(self, flow: str, **order: object) -> int:
        """The number of a victim that waits for SIGCONT before it plays ``flow``."""
        assert self._process.stdin is not None
        print(json.dumps({"flow": flow, **order}), file=self._process.stdin, flush=True)
        return int(self._line()["pid"])

    def rehearse(self, flow: str, **order: object) -> None:
        """Play ``flow`` in the zygote itself: what is made once is made before the first victim."""
        assert self._process.stdin is not None
        told = {"flow": flow, "rehearsal": True, **order}
        print(json.dumps(told), file=self._process.stdin, flush=True)
        assert self._line()["status"] == 0

    def ended(self) -> Ended:
        """How the victim of the last order ended; waits for it."""
        told = self._line()
        return Ended(int(told["status"]), int(told["signal"]))

    def _line(self) -> Mapping[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the zygote is gone"
        told: Mapping[str, Any] = json.loads(line)
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate(timeout=30)


def main() -> None:
    from tests.support import money_victim

    follow()
    money_victim.warm()
    _tell(ready=True)
    for line in sys.stdin:
        order = json.loads(line)
        flow = money_victim.FLOWS[order.pop("flow")]
        if order.pop("rehearsal", False):
            _tell(status=flow(**order))
            # what stands from here on is shared with every victim, and no collection touches it
            gc.collect()
            gc.freeze()
            continue
        child = os.fork()
        if child == 0:
            _live(flow, order)
        os.waitpid(child, os.WUNTRACED)
        _tell(pid=child)
        _, how = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(how)
        _tell(
            status=-1 if killed else os.WEXITSTATUS(how), signal=os.WTERMSIG(how) if killed else 0
        )


def _live(flow: Any, order: dict[str, Any]) -> None:
    """In the child: wait to be watched, play, and be gone without any farewell."""
    status = 70
    try:
        # where only parents may trace, the one who watches must be let in
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        status = flow(**order)
    except BaseException as wrong:
        print(f"victim: {wrong!r}", file=sys.stderr, flush=True)
        if os.environ.get("YAOTAI_VICTIM_TRACE"):
            raise
    finally:
        os._exit(status)


def _tell(**told: object) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
