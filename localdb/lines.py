"""Connections that stay open from one unit to the next, and what runs on one of them.

A pool asks and resets at every turn, which costs more than the statements of a small unit.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.pool import PoolProxiedConnection

from app.domain.errors import Bug
from localdb.engine import BUSY_MS, FILE, Ways
from localdb.statements import NOTHING, Found, Known, Values, Worded

_NEVER = -1
SNAPSHOT_S = 0.25
"""So long a snapshot is looked at again: nobody tells what another process writes meanwhile."""
KEPT = 500
"""So many answers a snapshot remembers."""
WRITE_IN_A_READ = "write inside a read"


class Line:
    """One open connection. Known statements run on its driver, others through ``connection``."""

    def __init__(self, engine: sa.Engine, age: int = 0, ways: Ways = FILE) -> None:
        """Raises as the driver does, and ``sqlalchemy.exc.TimeoutError`` where none is free."""
        self.age = age
        self.ways = ways
        self.broken = False
        self._moment = _NEVER
        self._begun = 0.0
        self.read: dict[tuple[object, ...], object] | None = None
        """What the snapshot was asked already; None where rows may change under the question."""
        self.looker: Any = None
        """What whoever looks at the snapshot looks through; made by whoever takes one."""
        self.connection = engine.connect()
        self._pooled: PoolProxiedConnection = self.connection.connection
        self.driver: Any = self._pooled.driver_connection
        self._dialect = engine.dialect
        self._changes = 0
        self._errors: Any = engine.dialect.loaded_dbapi.Error

    def begin(self) -> None:
        """As this engine begins; what was looked at before ends."""
        if self.read is not None:
            self.rollback()
        self._dialect.do_begin(self._pooled)

    def commit(self) -> None:
        """Raises as the driver does: the outcome is unknown then."""
        if self.connection.in_transaction():
            self.connection.commit()
        else:
            self._dialect.do_commit(self._pooled)

    @property
    def rests(self) -> bool:
        """Nothing is open on it but a snapshot that may be looked at again."""
        if self.broken:
            return False
        return self.read is not None or not self.driver.in_transaction

    def look(self, moment: int) -> bool:
        """Begin a snapshot, or go on with a young one of the same ``moment``. Returns whether it
        began.

        No unit of this process lies between the two: they would see the same.
        """
        now = time.monotonic()
        young = now - self._begun < SNAPSHOT_S
        if moment == self._moment and self.read is not None and young:
            return False
        if self.read is not None or self.driver.in_transaction:
            self.rollback()
        # a writer's line looks as well, and takes nobody's turn to write
        self.driver.execute(self.ways.look)
        self._moment, self._begun, self.read = moment, now, {}
        self._changes = self.driver.total_changes
        return True

    def require_unwritten(self) -> None:
        """A snapshot on a writer's line is not guarded by its connection.

        Raises ``Bug`` where something was written in it, and nothing of that stands.
        """
        if self.read is not None and self.driver.total_changes != self._changes:
            self.give_up()
            raise Bug(what=WRITE_IN_A_READ)

    def rollback(self) -> None:
        self._moment, self.read, self.looker = _NEVER, None, None
        if self.connection.in_transaction():
            self.connection.rollback()
        else:
            self._dialect.do_rollback(self._pooled)

    def give_up(self) -> None:
        """Roll back whatever happened; a connection that cannot serves nobody again."""
        try:
            self.rollback()
        except (self._errors, sqlalchemy.exc.SQLAlchemyError):
            self.invalidate()

    def invalidate(self) -> None:
        """Close the driver's connection, whatever state it is in."""
        self.broken = True
        self.connection.invalidate()

    def close(self) -> None:
        self.connection.close()

    def ask(self, known: Known, values: Values = NOTHING) -> Found:
        """Run ``known`` with values by name. Raises as ``connection.execute`` does."""
        worded = self._worded(known, values)
        arguments = _arguments(worded, values)
        cursor = self.driver.cursor()
        try:
            cursor.execute(worded.text, arguments)
            description = cursor.description
            rows = worded.rows(cursor.fetchall(), description) if description else []
            return Found(rows, cursor.rowcount)
        except self._errors as error:
            raise self._dressed(worded, error) from error

    def ask_each(self, known: Known, rows: Sequence[Values]) -> None:
        """Run ``known`` once for each of ``rows``, all with the names of the first."""
        worded = self._worded(known, rows[0])
        arguments = [_arguments(worded, values) for values in rows]
        try:
            self.driver.cursor().executemany(worded.text, arguments)
        except self._errors as error:
            raise self._dressed(worded, error) from error

    @contextmanager
    def refusable(self) -> Iterator[None]:
        """What is refused inside leaves the rest of the transaction as it was, on any base."""
        if not self.ways.fragile:
            yield
            return
        self.driver.execute("SAVEPOINT refusable")
        try:
            yield
        except sqlalchemy.exc.DBAPIError:
            self.driver.execute("ROLLBACK TO SAVEPOINT refusable")
            raise
        self.driver.execute("RELEASE SAVEPOINT refusable")

    def _worded(self, known: Known, values: Values) -> Worded:
        if known.writes and self.read is not None:
            raise Bug(what=WRITE_IN_A_READ)
        return known.worded(self._dialect, tuple(values))

    def _dressed(self, worded: Worded, error: Exception) -> BaseException:
        """As the engine words a driver's error; values never travel in it."""
        return sqlalchemy.exc.DBAPIError.instance(
            worded.text, None, error, self._errors, hide_parameters=True, dialect=self._dialect
        )


def _arguments(worded: Worded, values: Values) -> Any:
    try:
        return worded.arguments(values)
    except (AttributeError, TypeError, ValueError) as error:
        raise sqlalchemy.exc.StatementError(
            type(error).__name__, worded.text, None, error, hide_parameters=True
        ) from error


class Lines:
    """Up to ``size`` lines of one engine, each for one thread at a time."""

    def __init__(self, engine: sa.Engine, size: int, ways: Ways = FILE) -> None:
        self._engine = engine
        self._ways = ways
        self._gate = threading.Condition()
        self._free: list[Line] = []
        self._size = self._more = size
        self._age = 0

    def take(self) -> Line:
        """Raises as :class:`Line`."""
        with self._gate:
            if not self._free and not self._more:
                self._gate.wait_for(lambda: self._free or self._more, BUSY_MS / 1000)
            if self._free:
                return self._free.pop()
            if not self._more:
                raise sqlalchemy.exc.TimeoutError
            self._more -= 1
            age = self._age
        try:
            return Line(self._engine, age, self._ways)
        except BaseException:
            self._make_room()
            raise

    def take_alone(self, wanted: Line | None) -> Line | None:
        """``wanted``, where it is free and nobody uses another one; else None."""
        with self._gate:
            in_use = self._size - self._more - len(self._free)
            if in_use or wanted not in self._free:
                return None
            self._free.remove(wanted)
            return wanted

    def give_back(self, line: Line) -> None:
        """Whoever took it is done. One that could not be rolled back is of no use to anybody."""
        with self._gate:
            keep = line.age == self._age and line.rests
            if keep:
                self._free.append(line)
                self._gate.notify()
        if not keep:
            try:
                line.close()
            finally:
                self._make_room()

    def _make_room(self) -> None:
        with self._gate:
            self._more += 1
            self._gate.notify()

    def end_snapshots(self) -> None:
        """Those nobody looks at: the log cannot begin anew while one of them is open."""
        with self._gate:
            for line in self._free:
                if line.read is not None:
                    line.give_up()
            broken = [line for line in self._free if line.broken]
            self._free = [line for line in self._free if not line.broken]
            self._more += len(broken)
        for line in broken:
            line.close()

    def drop(self) -> None:
        """Close what is free; what is in use is closed when it comes back."""
        with self._gate:
            self._age += 1
            free, self._free = self._free, []
            self._more += len(free)
        for line in free:
            line.close()
