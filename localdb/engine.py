"""From a file to engines: one writer, several readers (security-and-libraries 5).

The base of several counters, which has a URL, is opened by :mod:`localdb.postgres`.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from app.domain.errors import Bug, Code, LocalTrouble

SQLITE_FLOOR = (3, 51, 3)
"""Older ones carry the WAL-reset race (reliability 1.1)."""
BUSY_MS = 5_000
READERS = 8
WRITERS = 2
"""One writes at a time; the other is for the unit that comes while the first is looked at."""
_ROOM = ("cache_size = -8000", "wal_autocheckpoint = 4000")
"""8 MB of pages at hand, and 16 MB of news before they are worked in: lists come in no order."""
PREPARED = 400
"""So many statements a connection keeps prepared: a visit knows some hundred and fifty."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What one kind of base does otherwise than another.

    ``look`` begins a snapshot. ``shared``: other processes write as well, so that a snapshot is
    old as soon as it is not looked at. ``fragile``: a refused statement takes the whole
    transaction along, unless it was marked before.
    """

    look: str
    shared: bool = False
    fragile: bool = False


FILE = Ways("BEGIN")
"""An encrypted file, which one process holds."""


@dataclass(frozen=True, slots=True)
class Engines:
    """``writer`` begins IMMEDIATE; ``readers`` cannot write at all."""

    writer: sa.Engine
    readers: sa.Engine
    ways: Ways = FILE

    def dispose(self) -> None:
        self.writer.dispose()
        self.readers.dispose()


def require_sqlite(version: tuple[int, ...] = sqlcipher.sqlite_version_info) -> None:
    """Raises ``LocalTrouble`` where the linked SQLite is older than the floor."""
    if version < SQLITE_FLOOR:
        raise LocalTrouble(
            Code.STORE_FAILED, detail="sqlite " + ".".join(str(part) for part in version)
        )


def connect(
    path: Path, key: bytes | None, *, read_only: bool = False, renewable: bool = False
) -> sqlcipher.Connection:
    """One keyed connection with every guard on. ``key`` is the raw 32-byte cipher key.

    None is a bare file, which only :class:`SameEngines` makes, for days that never were.
    ``renewable``: whatever a power cut takes of this file comes again, and nothing in it is
    anybody's secret; what is left of it is whole all the same.

    A wrong key shows only at the first statement that reads the file. Driver errors pass through.
    """
    connection = sqlcipher.connect(
        str(path),
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_MS / 1000,
        cached_statements=PREPARED,
    )
    try:
        for pragma in _pragmas(key, read_only, renewable):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _pragmas(key: bytes | None, read_only: bool, renewable: bool) -> tuple[str, ...]:
    keyed = () if key is None else (f"key = \"x'{key.hex()}'\"",)
    # The library would otherwise write cipher errors straight to stderr.
    always = ("cipher_log_level = NONE", *keyed, f"busy_timeout = {BUSY_MS}")
    guards = ("foreign_keys = ON", "trusted_schema = OFF", "temp_store = MEMORY")
    if read_only:
        return (*always, *guards, "query_only = ON")
    # REPLACE would pass by the delete triggers without recursive_triggers.
    durable: tuple[str, ...] = ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON")
    if renewable:
        durable = ("journal_mode = WAL", "synchronous = NORMAL", *_ROOM)
    return (*always, *guards, "recursive_triggers = ON", *durable)


def for_owner_alone(path: Path) -> None:
    """The file is there, and nobody else reads it; what SQLite puts beside it takes after it.

    Raises ``LocalTrouble`` where the folder refuses.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error


def open_engines(path: Path, key: bytes, url: str = "", *, renewable: bool = False) -> Engines:
    """Engines for the encrypted file at ``path``. Raises ``Bug`` for a base that is no file.

    ``renewable`` as in :func:`connect`.
    """
    if url:
        raise Bug(what="a base behind a URL is no file")
    size = 1 if renewable else WRITERS
    writer = _engine(lambda: connect(path, key, renewable=renewable), size, "BEGIN IMMEDIATE")
    readers = _engine(lambda: connect(path, key, read_only=True), READERS, "BEGIN")
    return Engines(writer, readers)


class SameEngines:
    """Engines for one base after the other: what a statement costs to build is paid once.

    For simulated days, which open a base many times; the last one must be closed before. Unless
    ``sealed`` the file is bare: the same base without its cipher.
    """

    def __init__(self, *, sealed: bool = True) -> None:
        self._path = Path()
        self._key: bytes | None = None
        self._sealed = sealed
        self._engines = Engines(
            _engine(lambda: connect(self._path, self._key), WRITERS, "BEGIN IMMEDIATE"),
            _engine(lambda: connect(self._path, self._key, read_only=True), READERS, "BEGIN"),
        )

    def __call__(self, path: Path, key: bytes, url: str = "") -> Engines:
        """As :func:`open_engines`."""
        if url:
            return open_engines(path, key, url)
        self._path, self._key = path, key if self._sealed else None
        return self._engines


def _engine(creator: Callable[[], sqlcipher.Connection], size: int, begin: str) -> sa.Engine:
    engine = sa.create_engine(
        "sqlite://",
        creator=creator,
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_MS / 1000,
        hide_parameters=True,
    )

    def do_begin(connection: PoolProxiedConnection) -> None:
        driver: Any = connection.driver_connection
        # a line begins by itself; what the engine runs on it goes into the same transaction
        if not driver.in_transaction:
            driver.execute(begin)

    # a listener would do, and would make every statement ask for listeners
    engine.dialect.do_begin = do_begin  # type: ignore[assignment] # the way of this one engine
    return engine
