"""The power goes while commits move from the log into the base: the log still holds them whole."""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from tests.support.store_builders import PlayedClock

PAGE, LOG_HEAD, FRAME_HEAD = 4096, 32, 24


def pages_in_log(log: bytes) -> set[int]:
    """Page numbers of the frames of a write-ahead log."""
    frames = range(LOG_HEAD, len(log) - PAGE, FRAME_HEAD + PAGE)
    return {struct.unpack(">I", log[at : at + 4])[0] for at in frames}


def cut_short(store: SqlStore, location: StoreLocation, place: Path) -> StoreLocation:
    """A copy of a base in use, as a power cut leaves it: the log was not moved yet."""
    with store.unit() as unit:
        unit.settings.put("kept", "through the cut")
    left = StoreLocation(place, location.profile_id, training=True)
    place.mkdir()
    for ending in ("db", "db-wal", "check"):
        shutil.copy(location.path(ending), left.path(ending))
    return left


def tear(base: Path, page: int) -> None:
    """Half of one page is new, half of it is old."""
    content = bytearray(base.read_bytes())
    middle = (page - 1) * PAGE + PAGE // 2
    content[middle : middle + 512] = bytes(512)
    base.write_bytes(content)


def test_a_page_torn_while_the_log_was_moved_is_mended_from_the_log(
    store: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: PlayedClock,
    tmp_path: Path,
) -> None:
    left = cut_short(store, location, tmp_path / "left")
    moved = pages_in_log(left.path("db-wal").read_bytes())
    assert moved
    for page in moved:
        tear(left.base, page)
    opened = open_store(left, key_store, clock)
    with opened.reading() as unit:
        assert unit.settings.get("kept") == "through the cut"
    opened.require_whole()
    opened.close()


def test_a_torn_page_that_no_log_holds_stops_the_start(
    open_again: Callable[[], SqlStore],
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: PlayedClock,
    tmp_path: Path,
) -> None:
    left = cut_short(open_again(), location, tmp_path / "left")
    held = pages_in_log(left.path("db-wal").read_bytes())
    pages = len(left.base.read_bytes()) // PAGE
    tear(left.base, max(set(range(2, pages + 1)) - held))
    with pytest.raises(LocalTrouble) as broken:
        open_store(left, key_store, clock)
    assert broken.value.code is Code.STORE_CORRUPT
