"""Counts everything that lasts (commits, bytes, paper) and can end the process at any of it."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.gateways.assemble import OpenPlatform
from app.ports.devices import DeviceState, DeviceStatus, Printed
from app.ports.paper import Paper
from localdb.store import SqlStore

DIED = 86
"""Exit code of a process that burnt through its fuse."""
_CALL = re.compile(rb'"infno":\s*"([^"]+)"')


class Fuse:
    """Every moment is one line of ``log``; at moment ``burns_at`` the process is gone.

    Nothing is flushed, closed or rolled back: what the operating system has is what remains.
    """

    def __init__(self, log: Path, burns_at: int = 0) -> None:
        self._burns_at = burns_at
        self._log = log.open("a", encoding="utf-8")
        self.passed = 0

    def moment(self, name: str) -> None:
        self.passed += 1
        print(name, file=self._log, flush=True)
        if self.passed == self._burns_at:
            os._exit(DIED)

    def watch(self, store: SqlStore, platform: OpenPlatform) -> None:
        """A moment after each commit, before each first byte, and after each answer."""
        store.on_commit(lambda: self.moment("commit"))
        around(platform, self._around_call)

    def _around_call(self, name: str, send: Callable[[], Any]) -> Any:
        self.moment(f"before {name}")
        answer = send()
        self.moment(f"after {name}")
        return answer

    def close(self) -> None:
        self._log.close()


def around(platform: OpenPlatform, wrapper: Callable[[str, Callable[[], Any]], Any]) -> None:
    """Let ``wrapper`` stand around every exchange of ``platform``; it is told which one."""
    post = platform.transport.post

    def wrapped(url: str, body: bytes, *rest: Any, **named: Any) -> Any:
        found = _CALL.search(body)
        name = found[1].decode() if found else url.rsplit("/", 1)[-1]
        return wrapper(name, lambda: post(url, body, *rest, **named))

    platform.transport.post = wrapped  # type: ignore[method-assign] # the wire is the edge


@dataclass
class FiledPapers:
    """A printer whose paper outlives the process: one line of ``file`` per sheet."""

    file: Path
    fuse: Fuse | None = None

    def print(self, paper: Paper) -> Printed:
        if self.fuse is not None:
            self.fuse.moment(f"before {paper.kind.value}")
        with self.file.open("a", encoding="utf-8") as sheets:
            print(f"{paper.kind.value} {paper.copy_no}", file=sheets)
        if self.fuse is not None:
            self.fuse.moment(f"after {paper.kind.value}")
        return Printed(paper.filename, 1, 0)

    def state(self) -> DeviceState:
        return DeviceState(DeviceStatus.VIRTUAL, "filed")

    def copies(self, kind: str) -> list[int]:
        """The number on every sheet of one kind, in order; 1 is the unmarked first."""
        if not self.file.exists():
            return []
        sheets = (line.split() for line in self.file.read_text(encoding="utf-8").splitlines())
        return [int(number) for found, number in sheets if found == kind]
