"""Bases with the staff and goods of the demo store: made once in a process, then copied.

Hashing eight PINs and booking every box takes a second. What a test is given is the same files
that it would have made itself; that making them works is the business of the tests of the base.
"""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from app.crypto import pins
from app.jobs.clock import SystemClock
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.seeding import seed_demo
from localdb.store import open_store
from resources.scenarios import load_demo_store
from tests.support.moved import at_home

demo_of = lru_cache(load_demo_store)
"""The demo store of a day, read once."""
pin_matches = lru_cache(maxsize=None)(pins.pin_matches)
"""The real answer, found once for each hash and PIN: finding it is slow on purpose."""


@dataclass(frozen=True)
class _File:
    """One file of a furnished folder, as it lies on the disk."""

    path: Path
    mode: int
    content: bytes


def furnish(folder: Path, region: str = "fujian") -> None:
    """Put a base and its key into ``folder``; one that is there already stays as it is."""
    if StoreLocation(folder, region, training=True).base.exists():
        return
    for file in _furnished(region):
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.content)
        place.chmod(file.mode)
    at_home(folder, region)


@lru_cache
def _furnished(region: str) -> tuple[_File, ...]:
    with tempfile.TemporaryDirectory() as made:
        folder, clock = Path(made), SystemClock()
        location = StoreLocation(folder, region, training=True)
        store = open_store(location, FileKeyStore(folder / "keys"), clock)
        seed_demo(store, demo_of(datetime.now(UTC).date()), clock.now())
        store.close()
        return tuple(
            _File(file.relative_to(folder), file.stat().st_mode, file.read_bytes())
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        )
