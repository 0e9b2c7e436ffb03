"""Before the first unit: one instance, the right key, a whole file, a known schema.

Order: lock, key, integrity, version, copy, migrate (architecture 12, reliability 9).
"""

import contextlib
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import sqlalchemy as sa
import sqlalchemy.exc

from app.crypto.at_rest import derive_key
from app.domain.errors import Code, LocalTrouble
from app.ports.store import Unit
from localdb.engine import Engines, connect, open_engines, require_sqlite
from localdb.failures import translated, trouble_of
from localdb.keystore import KEY_SIZE, KeyStore, write_durably
from localdb.migrations import HEAD, REVISIONS, upgrade
from localdb.units import FileUnits, Units


@dataclass(frozen=True, slots=True)
class StoreLocation:
    """Where an installation keeps its base. Training and live never share a file.

    ``url`` names the base of several counters at the store's server, of which this installation is
    number ``counter``; lock, key check and mark of this installation lie in files all the same.
    """

    folder: Path
    profile_id: str
    training: bool
    # may hold a password
    url: str = field(default="", repr=False)
    counter: int = 1

    @property
    def name(self) -> str:
        """Name of the base and of its master key."""
        return f"{self.profile_id}-training" if self.training else self.profile_id

    @property
    def mark(self) -> str:
        """What the base says about itself, so that a renamed file is recognised."""
        return f"{self.profile_id}/{'training' if self.training else 'live'}"

    def path(self, ending: str) -> Path:
        return self.folder / f"{self.name}.{ending}"

    @property
    def base(self) -> Path:
        return self.path("db")


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """Everything derived from one master key."""

    cipher: bytes = field(repr=False)
    field_key: bytes = field(repr=False)
    index: bytes = field(repr=False)
    journal: bytes = field(repr=False)
    check: str = field(repr=False)
    mark: bytes = field(repr=False)

    @classmethod
    def of(cls, master: bytes) -> "StoreKeys":
        return cls(
            cipher=derive_key(master, "base"),
            field_key=derive_key(master, "fields"),
            index=derive_key(master, "index"),
            journal=derive_key(master, "journal"),
            check=derive_key(master, "check", 16).hex(),
            mark=derive_key(master, "mark"),
        )


MOVED = "moved"
"""Ending of the file that says where the base of this installation went."""
MARK_KEY = "store.mark"
MOVED_KEY = "store.moved"
"""The same, in the base itself: a copy of it knows as well."""


def note_mark(unit: Unit, mark: str) -> None:
    """Note what this base is for. Raises ``LocalTrouble`` where it is for something else, and
    ``STORE_MOVED`` where it says so of itself."""
    place = unit.settings.get(MOVED_KEY)
    if place is not None:
        raise LocalTrouble(Code.STORE_MOVED, place=place)
    known = unit.settings.get(MARK_KEY)
    if known is None:
        unit.settings.put(MARK_KEY, mark)
    elif known != mark:
        raise LocalTrouble(Code.STORE_FAILED, detail=f"this base is {known}")


def require_here(location: StoreLocation) -> StoreLocation:
    """The same. Raises ``LocalTrouble`` ``STORE_MOVED`` where this file was moved to a server."""
    if not location.url and location.path(MOVED).exists():
        raise LocalTrouble(Code.STORE_MOVED, place=_text_of(location.path(MOVED)))
    return location


class InstanceLock:
    """Held by one process as long as it lives; the system frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        """Raises ``LocalTrouble`` ``ALREADY_RUNNING`` while somebody else holds ``path``."""
        try:
            self._file: IO[bytes] = open(path, "a+b")  # noqa: SIM115 - held until release
        except OSError as error:
            raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
        try:
            _lock(self._file.fileno())
        except OSError as error:
            self._file.close()
            raise LocalTrouble(Code.ALREADY_RUNNING) from error

    def release(self) -> None:
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@dataclass(frozen=True, slots=True)
class OpenedBase:
    """A checked base. ``lock`` is None where it was opened beside the running counter."""

    engines: Engines
    keys: StoreKeys
    lock: InstanceLock | None
    counted: Units | None = None
    counter: int = 1

    @property
    def units(self) -> Units:
        return self.counted or FileUnits(self.engines)

    def close(self) -> None:
        self.engines.dispose()
        if self.lock is not None:
            self.lock.release()


EngineMaker = Callable[[Path, bytes, str], Engines]


def _for_nobody_else(location: StoreLocation) -> None:
    """The files of the base are read by whoever runs the counter; a folder may be anybody's."""
    for tail in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            location.base.with_name(location.base.name + tail).chmod(0o600)


def open_base(
    location: StoreLocation, store: KeyStore, now: datetime, engines_at: EngineMaker | None = None
) -> OpenedBase:
    """Open for this process alone, creating or migrating as needed.

    Raises ``LocalTrouble``: ``ALREADY_RUNNING``, ``KEY_MISSING`` (absent or wrong),
    ``STORE_CORRUPT``, ``STORE_NEWER``, ``MIGRATION_FAILED``, ``DISK_FULL``, ``STORE_LOCKED``; of a
    server also ``STORE_UNREACHABLE``, ``COUNTER_TAKEN``.
    """
    if location.url:
        from localdb.postgres.opening import open_at_server

        return open_at_server(location, store)
    require_sqlite()
    try:
        location.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
    with contextlib.ExitStack() as undo:
        lock = InstanceLock(location.path("lock"))
        undo.callback(lock.release)
        keys = _keys(location, store)
        engines = (engines_at or open_engines)(location.base, keys.cipher, location.url)
        undo.callback(engines.dispose)
        with translated():
            _bring_up_to_date(location, keys, engines, now)
        _for_nobody_else(location)
        _note_key(location, keys)
        undo.pop_all()
        return OpenedBase(engines, keys, lock)


def require_free(location: StoreLocation) -> None:
    """Raises ``LocalTrouble`` ``ALREADY_RUNNING`` while a program holds this base."""
    if location.path("lock").exists():
        InstanceLock(location.path("lock")).release()


def open_base_beside(location: StoreLocation, store: KeyStore) -> OpenedBase:
    """Open for reading while the counter runs. Never creates, never migrates.

    Raises ``LocalTrouble``: ``STORE_ABSENT`` where nothing was ever stored, else as
    :func:`open_base`.
    """
    if location.url:
        from localdb.postgres.opening import open_at_server_beside

        return open_at_server_beside(location, store)
    require_sqlite()
    if not location.base.exists():
        raise LocalTrouble(Code.STORE_ABSENT, detail="no base")
    keys = _keys(location, store)
    engines = open_engines(location.base, keys.cipher, location.url)
    try:
        with translated(), engines.readers.connect() as connection:
            found = _version(connection)
        if found != HEAD:
            raise unknown_version(found)
    except BaseException:
        engines.dispose()
        raise
    return OpenedBase(engines, keys, None)


def _keys(location: StoreLocation, store: KeyStore) -> StoreKeys:
    master = store.load(location.name)
    check = location.path("check")
    if master is None:
        if location.base.exists() or check.exists():
            raise LocalTrouble(Code.KEY_MISSING, detail="no key for this base")
        master = secrets.token_bytes(KEY_SIZE)
        store.keep(location.name, master)
        if store.load(location.name) != master:
            raise LocalTrouble(Code.KEY_MISSING, detail="the key was not kept")
    keys = StoreKeys.of(master)
    if check.exists():
        _compare(_text_of(check), keys, location)
    return keys


def _text_of(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error


def _note_key(location: StoreLocation, keys: StoreKeys) -> None:
    """Only once the base is there: a first start that dies half-way begins again."""
    path = location.path("check")
    try:
        if not path.exists():
            write_durably(path, keys.check)
    except OSError as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error


def _compare(noted: str, keys: StoreKeys, location: StoreLocation) -> None:
    if noted.strip() != keys.check:
        raise LocalTrouble(Code.KEY_MISSING, detail="another key made this base")
    if not location.base.exists() and not location.training:
        # A live base that vanished is not replaced by an empty one: its ids would come twice.
        raise LocalTrouble(Code.STORE_CORRUPT, detail="the base file is gone")


def _bring_up_to_date(
    location: StoreLocation, keys: StoreKeys, engines: Engines, now: datetime
) -> None:
    with engines.writer.connect() as connection:
        _move_log_into_base(connection)
        require_whole(connection)
        found = _version(connection)
    if found == HEAD:
        return
    if found is not None and found not in REVISIONS:
        raise unknown_version(found)
    if found is not None:
        stamp = now.strftime("%Y%m%dT%H%M%S")
        target = location.folder / "copies" / f"{location.name}-{found}-{stamp}.db"
        copy_base(engines, keys, target)
    try:
        with engines.writer.connect() as connection, connection.begin():
            upgrade(connection)
    except sqlalchemy.exc.SQLAlchemyError as error:
        cause = trouble_of(error)
        if cause.code in (Code.DISK_FULL, Code.STORE_LOCKED):
            raise cause from error
        raise LocalTrouble(Code.MIGRATION_FAILED, found=found or "", wanted=HEAD) from error


def unknown_version(found: str | None) -> LocalTrouble:
    return LocalTrouble(Code.STORE_NEWER, found=found or "", known=HEAD)


def _move_log_into_base(connection: sa.Connection) -> None:
    """Finish what a power cut interrupted.

    The check of every page reads the base alone: a page torn while the log was moved would look
    damaged although the log holds it whole.
    """
    raw = connection.connection.driver_connection
    if raw is None:
        raise LocalTrouble(Code.STORE_FAILED, detail="no connection")
    # Outside a transaction: inside one the log cannot move.
    raw.execute("PRAGMA wal_checkpoint(FULL)").fetchall()


def require_whole(connection: sa.Connection) -> None:
    """Every page authentic and the trees sound. Raises ``LocalTrouble`` ``STORE_CORRUPT``."""
    asked = connection.exec_driver_sql("PRAGMA cipher_integrity_check")
    # a bare file, as only simulated days have, does not know this question
    broken = asked.fetchall() if asked.returns_rows else []
    sound = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if broken or sound != "ok":
        raise LocalTrouble(Code.STORE_CORRUPT, detail=f"{len(broken)} pages")


def version_of(engines: Engines) -> str | None:
    """The schema of a base that is only looked at; None for an empty file."""
    with translated(), engines.readers.connect() as connection:
        return _version(connection)


def _version(connection: sa.Connection) -> str | None:
    names = set(
        connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").scalars()
    )
    if "alembic_version" not in names:
        if names:
            raise LocalTrouble(Code.STORE_CORRUPT, detail="no schema version")
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    if len(found) != 1:
        raise LocalTrouble(Code.STORE_CORRUPT, detail="schema version")
    return str(found[0])


def copy_base(engines: Engines, keys: StoreKeys, target: Path) -> None:
    """A consistent, verified copy under the same key. Raises ``LocalTrouble``.

    The copy counts only once it was opened and found whole.
    """
    if target.exists():
        raise LocalTrouble(Code.STORE_FAILED, detail="copy exists")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
    with translated():
        with engines.writer.connect() as connection:
            raw = connection.connection.driver_connection
            if raw is None:
                raise LocalTrouble(Code.STORE_FAILED, detail="no connection")
            raw.execute("VACUUM INTO ?", (str(target),))
        copy = connect(target, keys.cipher)
        try:
            broken = copy.execute("PRAGMA cipher_integrity_check").fetchall()
            sound = copy.execute("PRAGMA integrity_check(1)").fetchone()
        finally:
            copy.close()
    if broken or sound != ("ok",):
        raise LocalTrouble(Code.STORE_CORRUPT, detail="copy")
