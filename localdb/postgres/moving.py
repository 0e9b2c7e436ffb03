"""From the file of one counter to the base of a store, once (reliability 5).

Everything is copied and compared in one transaction of the new base, which stays refused until the
old file says of itself that it has moved: never are both believed. Whoever is cut off begins again
with the same command: before the last comparison nothing is there, behind it only what was missing
is done.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import sqlalchemy as sa

from app.domain.errors import Code, LocalTrouble
from app.ports.clock import Clock
from app.ports.store import Unit
from localdb.failures import translated
from localdb.keystore import KeyStore, write_durably
from localdb.mapping.codec import Codec
from localdb.migrations import HEAD
from localdb.opening import MOVED, MOVED_KEY, OpenedBase, StoreLocation, open_base
from localdb.postgres import schema
from localdb.postgres.driver import NUL, SHOWN_NUL
from localdb.postgres.engine import open_engines
from localdb.schema.columns import METADATA
from localdb.schema.shop import unit_mark
from localdb.standing import EPOCH_KEY
from localdb.store import SqlStore, scope_of

MOVING = "moving"
"""Instead of the schema's version: nobody opens this base yet."""
_AT_ONCE = 500
_FLYING = " WHERE state = 'sending'"


@dataclass(frozen=True, slots=True)
class Move:
    """What was moved: tables, rows, settled fen of all attempts, the newest act of the journal."""

    tables: int
    rows: int
    total_fen: int
    head: str


def move_base(
    old: StoreLocation, new: StoreLocation, keys: KeyStore, clock: Clock, place: str
) -> Move:
    """Copy the base at ``old`` to the server behind ``new``; ``place`` names that for people.

    Raises ``LocalTrouble``: ``MOVE_…`` where it may not be or does not agree, or as opening either
    of the two does.
    """
    with ExitStack() as doors:
        opened = open_base(old, keys, clock.now())
        store = doors.enter_context(closing(SqlStore(opened, clock)))
        engines = open_engines(new.url, "yaotai move")
        doors.callback(engines.dispose)
        with translated(), engines.writer.connect() as there:
            found = _version(there)
            if found is None:
                _require_quiet(store, old)
                moved = _copied(store, opened, there, new)
                _mark_moved(store, place)
            elif found == MOVING:
                moved = _finished(store, there, place)
            else:
                raise LocalTrouble(Code.MOVE_NOT_EMPTY)
            with there.begin():
                schema.name_version(there, HEAD)
    _shut(old, place)
    return moved


def _version(there: sa.Connection) -> str | None:
    """None for an empty base. Raises ``LocalTrouble`` ``MOVE_NOT_EMPTY`` for somebody else's."""
    try:
        return schema.version(there)
    except LocalTrouble as other:
        raise LocalTrouble(Code.MOVE_NOT_EMPTY) from other
    finally:
        there.rollback()


def _require_quiet(store: SqlStore, old: StoreLocation) -> None:
    """Nothing is on its way, and the base is the newest one. Raises ``LocalTrouble``."""
    if store.mark() != old.mark:
        raise LocalTrouble(Code.STORE_FAILED, detail="this base is of something else")
    with store.reading() as unit:
        open_money = unit.attempts.open_everywhere()
        recovery = unit.recoveries.newest()
        connection = scope_of(unit).connection
        flying = sum(_count(connection, table, _FLYING) for table in ("message", "outbox"))
    if open_money:
        raise LocalTrouble(Code.MOVE_MONEY_OPEN, count=len(open_money))
    if flying:
        raise LocalTrouble(Code.MOVE_SENDING, count=flying)
    if recovery is not None and recovery.open:
        raise LocalTrouble(Code.MOVE_UNBELIEVED)


def _count(connection: sa.Connection, table: str, where: str = "") -> int:
    text = f"SELECT COUNT(*) FROM {table}{where}"  # noqa: S608 - names of ours
    return int(connection.exec_driver_sql(text).scalar_one())


def _copied(store: SqlStore, opened: OpenedBase, there: sa.Connection, new: StoreLocation) -> Move:
    """Every row, compared, in one transaction; refused by its version until the old one says so."""
    with store.reading() as unit, there.begin():
        here = scope_of(unit).connection
        schema.make_bare(there, opened.keys.check)
        for table in METADATA.sorted_tables:
            if table is not unit_mark:
                _copy(here, there, table)
        units = _number(here)
        there.exec_driver_sql("UPDATE unit_mark SET number = %s", (units,))
        moved = _compared(here, there)
        # the line of the mark beside the key goes on: this counter's newest unit stands there
        there.exec_driver_sql("INSERT INTO server_counter VALUES (%s, %s)", (new.counter, units))
        _go_on_with_the_line(unit, opened, there, new.counter)
        schema.follow_numbers(there)
        schema.guard(there)
        schema.name_version(there, MOVING)
    return moved


def _go_on_with_the_line(
    unit: Unit, opened: OpenedBase, there: sa.Connection, counter: int
) -> None:
    epoch = unit.settings.get(EPOCH_KEY)
    if epoch is None:
        return
    key = f"{EPOCH_KEY}.{counter:02d}"
    codec = Codec(opened.keys.field_key, opened.keys.index)
    there.exec_driver_sql(
        "INSERT INTO setting (key, value) VALUES (%s, %s)",
        (key, codec.seal_text(epoch, f"setting:{key}")),
    )


def _names(table: sa.Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[list[tuple[object, ...]]]:
    """In the order of the key, some at a time."""
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    asked = f"SELECT {_names(table)} FROM {table.name} ORDER BY {key}"  # noqa: S608
    found = connection.exec_driver_sql(asked)
    for part in found.partitions(_AT_ONCE):
        yield [tuple(row) for row in part]


def _copy(here: sa.Connection, there: sa.Connection, table: sa.Table) -> None:
    places = ", ".join(["%s"] * len(table.columns))
    written = f"INSERT INTO {table.name} ({_names(table)}) VALUES ({places})"  # noqa: S608
    for part in _rows(here, table):
        there.exec_driver_sql(written, part)


def _digest(connection: sa.Connection, table: sa.Table) -> tuple[int, str]:
    """How many rows there are, and one sum over every value of all of them."""
    count, whole = 0, hashlib.sha256()
    for part in _rows(connection, table):
        for row in part:
            count += 1
            for value in row:
                whole.update(_canonical(value))
    return count, whole.hexdigest()


def _canonical(value: object) -> bytes:
    if value is None:
        return b"n"
    if isinstance(value, int):
        text = str(value).encode()
    elif isinstance(value, str):
        text = value.replace(NUL, SHOWN_NUL).encode()
    elif isinstance(value, bytes | memoryview):
        text = bytes(value)
    else:
        raise LocalTrouble(Code.MOVE_DIFFERS, table=type(value).__name__)
    return f"{type(value).__name__[0]}{len(text)}:".encode() + text


def _compared(here: sa.Connection, there: sa.Connection) -> Move:
    """Raises ``LocalTrouble`` ``MOVE_DIFFERS`` naming the first table that is not the same."""
    rows = 0
    tables = [table for table in METADATA.sorted_tables if table is not unit_mark]
    for table in tables:
        ours, theirs = _digest(here, table), _digest(there, table)
        if ours != theirs:
            raise LocalTrouble(Code.MOVE_DIFFERS, table=table.name)
        rows += ours[0]
    sums, heads = (_sum(here), _sum(there)), (_head(here), _head(there))
    if sums[0] != sums[1] or heads[0] != heads[1]:
        raise LocalTrouble(Code.MOVE_DIFFERS, table="journal")
    return Move(len(tables), rows, sums[0], heads[0])


def _sum(connection: sa.Connection) -> int:
    asked = "SELECT COALESCE(SUM(total), 0) FROM settlement_attempt WHERE state = 'settled'"
    return int(connection.exec_driver_sql(asked).scalar_one())


def _head(connection: sa.Connection) -> str:
    asked = "SELECT link FROM journal ORDER BY number DESC LIMIT 1"
    link = connection.exec_driver_sql(asked).scalar_one_or_none()
    return "" if link is None else bytes(link).hex()


def _finished(store: SqlStore, there: sa.Connection, place: str) -> Move:
    """A former run was cut off behind its last comparison: nothing came into the old one since.

    Raises ``LocalTrouble`` ``MOVE_NOT_EMPTY`` for a base of anything else.
    """
    with store.reading() as unit, there.begin():
        here = scope_of(unit).connection
        told, number = unit.settings.get(MOVED_KEY), _number(here)
        if told not in (None, place) or _number(there) != number - (told is not None):
            raise LocalTrouble(Code.MOVE_NOT_EMPTY)
        rows = sum(_count(here, table.name) for table in METADATA.sorted_tables)
        moved = Move(len(METADATA.sorted_tables) - 1, rows, _sum(there), _head(there))
    if told is None:
        _mark_moved(store, place)
    return moved


def _mark_moved(store: SqlStore, place: str) -> None:
    with store.unit() as unit:
        unit.settings.put(MOVED_KEY, place)


def _number(connection: sa.Connection) -> int:
    """The newest unit; none in a base that was never made by this program."""
    if not sa.inspect(connection).has_table(unit_mark.name):
        return -1
    return int(connection.exec_driver_sql("SELECT number FROM unit_mark").scalar_one())


def _shut(old: StoreLocation, place: str) -> None:
    """Nobody sells from the old file by mistake: it says so, and cannot be written."""
    try:
        write_durably(old.path(MOVED), place.encode("ascii", "replace").decode())
        old.base.chmod(0o400)
    except OSError as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
