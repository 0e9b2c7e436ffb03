"""Who listens on a port of this machine, from what the kernel tells (Linux)."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTENS = "0A"
"""State ``TCP_LISTEN`` of proc(5), ``/proc/net/tcp``."""


@dataclass(frozen=True)
class Holder:
    """A process that listens. ``pid`` is 0 where it is another user's and cannot be seen."""

    port: int
    pid: int

    @property
    def command(self) -> str:
        return " ".join(_words(self.pid, "cmdline")) or "a process that cannot be seen"

    def __str__(self) -> str:
        return f"port {self.port} is held by process {self.pid or '?'} ({self.command})"

    def told(self, name: str) -> str:
        """The value of an environment variable it was started with; empty where it has none."""
        pairs = (word.partition("=") for word in _words(self.pid, "environ"))
        return next((value for known, _, value in pairs if known == name), "")


def holders(port: int) -> list[Holder]:
    """Every process that listens on ``port``; none where the port is free."""
    sockets = set(_listening(port))
    if not sockets:
        return []
    found = [Holder(port, pid) for pid in _pids() if not sockets.isdisjoint(_links(pid))]
    return found or [Holder(port, 0)]


def born(pid: int) -> str:
    """Number and moment of start, which no later process shares; empty where there is none."""
    stat = _text(_PROC / str(pid) / "stat").rpartition(")")[2].split()
    return f"{pid}-{stat[19]}" if stat else ""


def _listening(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        for line in _text(_PROC / "net" / table).splitlines()[1:]:
            words = line.split()
            if words[3] == _LISTENS and int(words[1].rpartition(":")[2], 16) == port:
                yield f"socket:[{words[9]}]"


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())


def _links(pid: int) -> Iterator[str]:
    try:
        with os.scandir(_PROC / str(pid) / "fd") as entries:
            for entry in entries:
                yield os.readlink(entry.path)
    except OSError:
        # gone meanwhile, or another user's: nothing of it can be seen
        return


def _words(pid: int, name: str) -> list[str]:
    return [word for word in _text(_PROC / str(pid) / name).split("\0") if word]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        # likewise: a process that has gone says nothing
        return ""
