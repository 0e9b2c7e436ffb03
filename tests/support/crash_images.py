"""What a disk may hold after a power cut: from a recording of writes and syncs to crash images.

A synced write is there. One that was not synced yet may be there, or not, or in part by sectors,
whatever was written before or after it; a name is there for certain once its folder was synced.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SECTOR = 512
TRACED = ("openat", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "sendto")
OPTIONS = (
    *("-e", "trace=" + ",".join(TRACED), "-e", "signal=none"),
    *("-y", "-xx", "-s", "1000000"),
)
"""Of strace, for a log that :func:`recorded` can read."""


@dataclass(frozen=True)
class Write:
    name: str
    offset: int
    content: bytes


@dataclass(frozen=True)
class Cut:
    name: str
    size: int


@dataclass(frozen=True)
class Unlink:
    name: str


@dataclass(frozen=True)
class Sync:
    """``name`` is empty for the folder itself."""

    name: str


@dataclass(frozen=True)
class Sent:
    """Bytes that left the machine; ``starts`` where they begin a request."""

    starts: bool


Event = Write | Cut | Unlink | Sync | Sent
Chosen = Callable[[Write | Cut | Unlink], bool]
_HEX = r"((?:\\x[0-9a-f]{2})*)"
_WRITE = re.compile(rf'pwrite64\(\d+<{_HEX}>, "{_HEX}", \d+, (\d+)\) += (\d+)')
_SYNC = re.compile(rf"f(?:data)?sync\(\d+<{_HEX}>\) += 0")
_CUT = re.compile(rf"ftruncate\(\d+<{_HEX}>, (\d+)\) += 0")
_UNLINK = re.compile(rf'unlink\("{_HEX}"\) += 0')
_SENT = re.compile(rf'sendto\(\d+<[^>]*>, "{_HEX}"')


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))


def recorded(log: Path, folder: Path, names: Sequence[str]) -> list[Event]:
    """The events of a strace log that concern ``names`` in ``folder``, and what was sent."""
    wanted = {str(folder / name): name for name in names} | {str(folder): ""}
    events: list[Event] = []
    for line in log.read_text(encoding="ascii", errors="replace").splitlines():
        event = _event(line, wanted)
        if event is not None:
            events.append(event)
    return events


def _event(line: str, wanted: Mapping[str, str]) -> Event | None:
    if found := _SENT.match(line):
        return Sent(_bytes(found[1]).startswith(b"POST "))
    for pattern in (_WRITE, _SYNC, _CUT, _UNLINK):
        found = pattern.match(line)
        if not found:
            continue
        name = wanted.get(_bytes(found[1]).decode())
        if name is None:
            return None
        if pattern is _WRITE:
            return Write(name, int(found[3]), _bytes(found[2])[: int(found[4])])
        if pattern is _CUT:
            return Cut(name, int(found[2]))
        return Sync(name) if pattern is _SYNC else Unlink(name)
    return None


class Mode(StrEnum):
    """What becomes of writes that were not synced."""

    NONE = "none"
    ALL = "all"
    REORDERED = "reordered"
    TORN = "torn"


class Medium:
    """A disk before and after each event."""

    def __init__(self, content: Mapping[str, bytes]) -> None:
        self._certain = {name: bytearray(held) for name, held in content.items()}
        self._unnamed: set[str] = set()
        self._open: list[Write | Cut | Unlink] = []

    def take(self, event: Event) -> None:
        match event:
            case Sent():
                return
            case Sync(name=""):
                self._unnamed.clear()
                self._settle(lambda waiting: isinstance(waiting, Unlink))
            case Sync(name=name):
                self._settle(lambda w: w.name == name and not isinstance(w, Unlink))
            case _:
                if event.name not in self._certain:
                    self._certain[event.name] = bytearray()
                    self._unnamed.add(event.name)
                self._open.append(event)

    def _settle(self, chosen: Chosen) -> None:
        for waiting in [w for w in self._open if chosen(w)]:
            _apply(self._certain, waiting)
        self._open = [w for w in self._open if not chosen(w)]

    def image(self, mode: Mode, dice: random.Random) -> dict[str, bytes]:
        """One disk that this moment may leave behind."""
        held = {name: bytearray(content) for name, content in self._certain.items()}
        lasting = list(self._open)
        if mode is Mode.NONE:
            lasting = []
        elif mode is not Mode.ALL:
            lasting = [waiting for waiting in lasting if dice.random() < 0.5]
            dice.shuffle(lasting)
        for waiting in lasting:
            if mode is Mode.TORN and isinstance(waiting, Write):
                _apply_sectors(held, waiting, dice)
            else:
                _apply(held, waiting)
        for name in self._unnamed:
            if mode is Mode.NONE or (mode is not Mode.ALL and dice.random() < 0.5):
                held.pop(name, None)
        return {name: bytes(content) for name, content in held.items()}


def _apply(held: dict[str, bytearray], event: Write | Cut | Unlink) -> None:
    if isinstance(event, Unlink):
        held.pop(event.name, None)
        return
    content = held.setdefault(event.name, bytearray())
    end = event.size if isinstance(event, Cut) else event.offset + len(event.content)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if isinstance(event, Cut):
        del content[end:]
    else:
        content[event.offset : end] = event.content


def _apply_sectors(held: dict[str, bytearray], event: Write, dice: random.Random) -> None:
    """Each sector for itself; a write need not begin where a sector begins."""
    start, end = event.offset, event.offset + len(event.content)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if dice.random() < 0.5:
            part = event.content[start - event.offset : stop - event.offset]
            _apply(held, Write(event.name, start, part))
        start = stop
