"""strace around a victim: to kill it at a system call, to fail a call, or to write all down."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.support.zygote import Ended, Zygote

NOT_RUN = "not run: strace or ptrace is not to be had here"


@cache
def permitted() -> bool:
    """Whether strace is installed and may watch another process. A trial decides."""
    if shutil.which("strace") is None:
        return False
    trial = subprocess.run(
        ["strace", "-e", "trace=none", "-e", "inject=chdir:error=EIO:when=1", "true"],
        capture_output=True,
        check=False,
    )
    return trial.returncode == 0


@contextmanager
def watched(pid: int, *options: str) -> Iterator[None]:
    """strace attached to a stopped process, which goes on inside the block."""
    watching = subprocess.Popen(
        ["strace", *options, "-p", str(pid)], stderr=subprocess.PIPE, text=True
    )
    try:
        assert watching.stderr is not None
        first = watching.stderr.readline()
        assert "attached" in first, first
        os.kill(pid, signal.SIGCONT)
        yield
    finally:
        watching.communicate(timeout=60)


def injected(zygote: Zygote, flow: str, call: str, what: str, when: str, **order: object) -> Ended:
    """Play ``flow`` and let strace do ``what`` at the ``when``-th ``call`` of the victim."""
    pid = zygote.stopped(flow, **order)
    spec = (
        *("-e", f"trace={call}", "-e", f"inject={call}:{what}:when={when}"),
        *("-e", "signal=none", "-o", os.devnull),
    )
    with watched(pid, *spec):
        return zygote.ended()


def counted(
    zygote: Zygote, flow: str, calls: tuple[str, ...], log: Path, **order: object
) -> dict[str, int]:
    """How often an undisturbed victim makes each call."""
    pid = zygote.stopped(flow, **order)
    spec = ("-e", "trace=" + ",".join(calls), "-e", "signal=none", "-o", str(log))
    with watched(pid, *spec):
        ended = zygote.ended()
    assert (ended.status, ended.signal) == (0, 0), ended
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return {call: sum(line.startswith(f"{call}(") for line in lines) for call in calls}
