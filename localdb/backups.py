"""Copies of the base that count, and the way back from one (reliability 9).

A copy is taken beside the running counter, from one moment, under the key of the base; it gets its
name only when it was opened, found whole and its chain of acts walked. Whoever puts one back puts
back a base that is not the newest: the mark beside the key is told first, so that whatever happens
next the counter starts in recovery.
"""

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.crypto.digests import sha256_of
from app.domain.errors import Code, LocalTrouble
from app.ports.clock import Clock
from app.ports.copies import CopyMade
from app.ports.recovery import Recovery
from localdb.engine import open_engines
from localdb.keystore import KeyStore, sync_folder
from localdb.machine import Machine, this_machine
from localdb.migrations import REVISIONS
from localdb.opening import (
    InstanceLock,
    OpenedBase,
    StoreKeys,
    StoreLocation,
    copy_base,
    open_base_beside,
    version_of,
)
from localdb.store import SqlStore, open_store
from localdb.witness import Witness

ENDING = ".backup"
DAILY, MONTHLY = 14, 12
"""How many days and months keep a copy each; the newest of a day and of a month stays."""
_SECOND = "copies"
_STAMP = "%Y%m%dT%H%M%S"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was opened and found whole. ``units`` are the commits it holds, ``rows`` the
    acts in its chain, ``dropped`` older copies that made room."""

    file: Path
    sha256: str
    units: int
    rows: int
    dropped: tuple[Path, ...] = ()


def place_of(location: StoreLocation) -> Path:
    """Where copies go that nobody sends elsewhere."""
    return location.folder / "backups"


def kept(folder: Path, name: str) -> tuple[tuple[datetime, Path], ...]:
    """Finished copies of the base ``name``, newest first, each with its moment."""
    form = re.compile(rf"{re.escape(name)}-(\d{{8}}T\d{{6}}){re.escape(ENDING)}", re.ASCII)
    named = ((form.fullmatch(path.name), path) for path in folder.glob(f"{name}-*{ENDING}"))
    dated = [(_moment(found[1]), path) for found, path in named if found]
    return tuple(sorted(dated, reverse=True))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _STAMP).replace(tzinfo=UTC)


def take(location: StoreLocation, keys: KeyStore, clock: Clock, folder: Path) -> Backup:
    """Copy the base into ``folder``, also while a counter runs on it.

    Raises ``LocalTrouble``: as :func:`localdb.opening.open_base_beside`, ``DISK_FULL`` or
    ``STORE_FAILED`` where the copy cannot be written; then nothing of it is left.
    """
    target = folder / f"{location.name}-{clock.now().strftime(_STAMP)}{ENDING}"
    part = target.with_name(target.name + ".part")
    with ExitStack() as undo:
        opened = open_base_beside(location, keys)
        undo.callback(opened.close)
        with _told():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if target.exists():
                raise FileExistsError
            _remove(part)
        undo.callback(_remove, part)
        copy_base(opened.engines, opened.keys, part)
        units, rows = _proved(part, opened.keys, location, clock)
        with _told():
            part.chmod(0o600)
            digest = _durable(part)
            os.replace(part, target)
            sync_folder(folder)
            dropped = _drop_old(folder, location.name)
    return Backup(target, digest, units, rows, dropped)


class NightlyCopies:
    """``app.ports.copies.Copies``: in the data folder, and in the second place IT named."""

    def __init__(self, location: StoreLocation, keys: KeyStore, clock: Clock) -> None:
        self._location, self._keys, self._clock = location, keys, clock

    def take(self) -> CopyMade:
        """Raises ``LocalTrouble``; ``COPY_NOT_BESIDE`` where only the first place has it."""
        made = take(self._location, self._keys, self._clock, place_of(self._location))
        place = second_place(self._location)
        if place is None:
            return CopyMade(str(made.file), "", len(made.dropped))
        beside = put_beside(made, place, self._location.name)
        return CopyMade(str(made.file), str(beside), len(made.dropped))

    def newest(self) -> datetime | None:
        copies = kept(place_of(self._location), self._location.name)
        return copies[0][0] if copies else None


def second_place(location: StoreLocation) -> Path | None:
    """Where a copy goes besides; None where nobody named a place. Raises ``LocalTrouble``."""
    try:
        text = location.path(_SECOND).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
    return Path(text) if text else None


def name_second_place(location: StoreLocation, folder: Path | None) -> None:
    """Every copy goes there as well from now on; None ends that. Raises ``LocalTrouble``."""
    path = location.path(_SECOND)
    aside = path.with_name(path.name + ".new")
    with _told():
        location.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside.write_text("" if folder is None else str(folder.absolute()), encoding="utf-8")
        _durable(aside)
        os.replace(aside, path)
        sync_folder(path.parent)


def put_beside(made: Backup, folder: Path, name: str) -> Path:
    """The finished copy in a second folder, byte for byte, under the same name.

    Raises ``LocalTrouble`` ``COPY_NOT_BESIDE``; then nothing of it is left there.
    """
    target = folder / made.file.name
    part = target.with_name(target.name + ".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made.file, part)
        if _durable(part) != made.sha256:
            raise OSError(errno.EIO, "other bytes arrived")
        os.replace(part, target)
        sync_folder(folder)
        _drop_old(folder, name)
    except OSError as error:
        with suppress(OSError):
            _remove(part)
        raise LocalTrouble(Code.COPY_NOT_BESIDE, place=str(folder)) from error
    return target


def put_back(
    location: StoreLocation,
    keys: KeyStore,
    clock: Clock,
    file: Path,
    machine: Callable[[], Machine] = this_machine,
) -> Recovery | None:
    """Put a copy in the place of the base, and start it: what is found to be doubted comes back.

    What stood there is kept under ``copies``. None where the copy never spoke to the platform and
    nothing was known of the base it replaces. Raises ``LocalTrouble``: ``ALREADY_RUNNING``,
    ``KEY_MISSING``, ``BACKUP_BROKEN``, ``BACKUP_OF_OTHERS``, or as :func:`open_store`.
    """
    part = location.path("restoring")
    with _told():
        location.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = InstanceLock(location.path("lock"))
    with ExitStack() as undo:
        undo.callback(lock.release)
        undo.callback(_remove, part)
        derived = _kept_key(location, keys)
        with _told():
            shutil.copyfile(file, part)
            part.chmod(0o600)
        _proved(part, derived, location, clock)
        with _told():
            _durable(part)
            _set_aside(location, clock.now())
        with closing(Witness(keys.mark_of(location.name), derived.mark, machine)) as witness:
            witness.restoring()
        with _told():
            # a log that is not its own would be moved into the copy
            for tail in ("-wal", "-shm"):
                _remove(location.base.with_name(location.base.name + tail))
            # the key has just opened the copy; the start notes it anew
            _remove(location.path("check"))
            os.replace(part, location.base)
            sync_folder(location.folder)
    started = open_store(location, keys, clock, machine=machine)
    with closing(started) as store, store.reading() as unit:
        return unit.recoveries.newest()


def _kept_key(location: StoreLocation, keys: KeyStore) -> StoreKeys:
    master = keys.load(location.name)
    if master is None:
        raise LocalTrouble(Code.KEY_MISSING, detail="no key for this base")
    return StoreKeys.of(master)


def _proved(
    part: Path, derived: StoreKeys, location: StoreLocation, clock: Clock
) -> tuple[int, int]:
    """Open it as a start would: pages, trees, schema, whose it is, and its chain of acts."""
    engines = open_engines(part, derived.cipher)
    store = SqlStore(OpenedBase(engines, derived, None), clock)
    try:
        store.require_whole()
        found = version_of(engines)
        if found is None:
            raise LocalTrouble(Code.BACKUP_BROKEN, detail="empty")
        if found not in REVISIONS:
            raise LocalTrouble(Code.STORE_NEWER, found=found, known=REVISIONS[-1])
        if store.mark() != location.mark:
            raise LocalTrouble(Code.BACKUP_OF_OTHERS)
        report = store.journal_report()
        if not report.whole:
            raise LocalTrouble(Code.BACKUP_BROKEN, detail="chain")
        return store.units(), report.rows
    except LocalTrouble as trouble:
        if trouble.code in _UNREADABLE:
            raise LocalTrouble(Code.BACKUP_BROKEN, detail=str(int(trouble.code))) from trouble
        raise
    finally:
        store.close()
        for tail in ("-wal", "-shm"):
            _remove(part.with_name(part.name + tail))


_UNREADABLE = frozenset({Code.STORE_CORRUPT, Code.STORE_FAILED, Code.KEY_MISSING})


def _set_aside(location: StoreLocation, now: datetime) -> None:
    """What stands there now, log and all, for whoever has to look into it later."""
    aside = location.folder / "copies" / f"{location.name}-before-{now.strftime(_STAMP)}"
    files = [location.base.with_name(location.base.name + tail) for tail in ("", "-wal")]
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in files:
        if path.exists():
            _durable(Path(shutil.copyfile(path, aside / path.name)))
    sync_folder(aside)


def _drop_old(folder: Path, name: str) -> tuple[Path, ...]:
    copies = kept(folder, name)
    days = _newest_of(copies, "%Y%m%d", DAILY)
    stay = days | _newest_of(copies, "%Y%m", MONTHLY)
    dropped = tuple(path for _, path in copies if path not in stay)
    for path in dropped:
        _remove(path)
    return dropped


def _newest_of(copies: Iterable[tuple[datetime, Path]], span: str, count: int) -> set[Path]:
    newest: dict[str, Path] = {}
    for moment, path in copies:
        newest.setdefault(moment.strftime(span), path)
    return set(list(newest.values())[:count])


def _durable(path: Path) -> str:
    """Synced; its SHA-256."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        file.seek(0)
        return sha256_of(iter(lambda: file.read(_CHUNK), b""))


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    """A disk that refuses says so as the store does."""
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        code = Code.DISK_FULL if full else Code.STORE_FAILED
        raise LocalTrouble(code, detail=type(error).__name__) from error
