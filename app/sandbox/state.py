"""The stand-in's memory: one SQLite file or memory, writes serialised, nothing cached beside it.

A reply leaves only after its effect is committed, so a stand-in killed at any moment and started
again with the same file answers as if it had only been slow.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

Connection = sqlite3.Connection
Row = sqlite3.Row

_COUNTERS = "CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"


_TURN_S = 60.0


@contextmanager
def turn_at(file: Path | None) -> Iterator[None]:
    """One stand-in at a time furnishes ``file``; the next waits until it is done or dead.

    A counter that is killed leaves its stand-in at work for a moment, and is started again.
    """
    if file is None:
        yield
        return
    _for_nobody_else(Path(f"{file}.turn"))
    turn = sqlite3.connect(f"{file}.turn", timeout=_TURN_S, isolation_level=None)
    try:
        turn.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        turn.close()


def _for_nobody_else(file: Path) -> None:
    """The file is there for its owner alone; what SQLite puts beside it takes after it."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    file.chmod(0o600)


class State:
    """One connection under one lock: fifty counters queue for microseconds, never for locks.

    ``schemas`` are the rooms' own ``CREATE TABLE IF NOT EXISTS`` scripts, run at every start.
    ``image`` is what ``image()`` gave earlier; only memory can begin with one.
    """

    def __init__(self, file: Path | None, *schemas: str, image: bytes | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        if file:
            _for_nobody_else(file)
        self._db = sqlite3.connect(
            str(file) if file else ":memory:", check_same_thread=False, isolation_level=None
        )
        if image is not None:
            self._db.deserialize(image)
        self._db.row_factory = sqlite3.Row
        if file:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute("PRAGMA foreign_keys=ON")
        self.create(_COUNTERS, *schemas)

    def create(self, *schemas: str) -> None:
        """Add a room's tables where they are missing."""
        with self._lock:
            for schema in schemas:
                self._db.executescript(schema)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all or nothing. Entered again on the same thread, it joins the outer."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._db
            except BaseException:
                if outermost:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The committed state (or, inside ``writing``, the transaction's own view)."""
        with self._lock:
            yield self._db

    def next_number(self, name: str) -> int:
        """The next value of a named counter, starting at 1; survives a restart."""
        with self.writing() as db:
            db.execute(
                "INSERT INTO counter VALUES (?, 1) ON CONFLICT(name) DO UPDATE SET value=value+1",
                (name,),
            )
            row = db.execute("SELECT value FROM counter WHERE name=?", (name,)).fetchone()
            return int(row[0])

    def remembered(self, name: str, value: int) -> int:
        """A number kept from the first start on: ``value`` when new, else what it was then."""
        with self.writing() as db:
            db.execute("INSERT OR IGNORE INTO counter VALUES (?, ?)", (name, value))
            row = db.execute("SELECT value FROM counter WHERE name=?", (name,)).fetchone()
            return int(row[0])

    def image(self) -> bytes:
        """The whole committed memory as bytes."""
        with self._lock:
            return self._db.serialize()

    @property
    def written(self) -> int:
        """How many rows were ever written here: the same number means the same content."""
        return self._db.total_changes

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
