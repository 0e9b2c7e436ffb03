"""Which machine this is, as far as a cloned disk cannot carry it along."""

import sys
import uuid
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Digests only. ``cards`` are the network cards built in; empty where none can be seen."""

    installation: str
    cards: frozenset[str]

    def same_as(self, other: "Machine") -> bool:
        """One exchanged card is no other machine; no card in common is."""
        if self.installation != other.installation:
            return False
        return not self.cards or not other.cards or bool(self.cards & other.cards)


def _digest(text: str) -> str:
    return sha256(f"yaotai machine {text}".encode()).hexdigest()[:16]


def this_machine(
    identity: Path = Path("/etc/machine-id"), cards: Path = Path("/sys/class/net")
) -> Machine:
    """Never fails: what cannot be seen is empty, and says nothing."""
    found = _windows() if sys.platform == "win32" else _posix(identity, cards)
    return Machine(_digest(found[0]), frozenset(_digest(card) for card in found[1]))


def _posix(identity: Path, cards: Path) -> tuple[str, tuple[str, ...]]:
    # Only what sits on a bus: bridges and tunnels come and go.
    addresses = (path / "address" for path in cards.glob("*") if (path / "device").exists())
    return _read(identity), tuple(text for path in addresses if (text := _read(path)))


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


_MADE_UP = 1 << 40
"""The bit ``uuid.getnode`` sets in a number that belongs to no card."""


def _windows() -> tuple[str, tuple[str, ...]]:
    node = uuid.getnode()
    return "", () if node & _MADE_UP else (f"{node:012x}",)


def place_of(folder: Path, machine: Machine | None = None) -> str:
    """Names one installation among several: this machine and where its program keeps its things."""
    known = machine or this_machine()
    return f"{known.installation}-{_digest(str(folder.resolve()))[:8]}"
