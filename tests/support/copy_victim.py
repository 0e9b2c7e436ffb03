"""What a victim plays with copies: makes one, puts one back."""

from pathlib import Path

from app.domain.errors import LocalTrouble
from localdb.backups import NightlyCopies, name_second_place, place_of, put_back, take
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from tests.support.counter import MovableClock

DONE, GAVE_UP = 0, 3


def location_of(folder: Path) -> StoreLocation:
    return StoreLocation(folder, "fujian", training=True)


def backup(folder: str, ahead_s: float) -> int:
    """The nightly copy, in both its places."""
    place, clock = Path(folder), MovableClock()
    clock.pass_time(ahead_s)
    name_second_place(location_of(place), place / "beside")
    try:
        NightlyCopies(location_of(place), FileKeyStore(place / "keys"), clock).take()
    except LocalTrouble:
        return GAVE_UP
    return DONE


def first_copy(folder: str) -> Path:
    """A finished copy, for whoever puts it back later."""
    place = Path(folder)
    location = location_of(place)
    return take(location, FileKeyStore(place / "keys"), MovableClock(), place_of(location)).file


def restore(folder: str, file: str, ahead_s: float) -> int:
    """``yaotai restore``."""
    place, clock = Path(folder), MovableClock()
    clock.pass_time(ahead_s)
    try:
        put_back(location_of(place), FileKeyStore(place / "keys"), clock, Path(file))
    except LocalTrouble:
        return GAVE_UP
    return DONE
