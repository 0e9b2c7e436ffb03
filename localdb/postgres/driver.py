"""psycopg, made to say what lines ask of a driver, and to keep values to itself."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import pq
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import AdaptersMap, Dumper, Loader
from psycopg.types.string import StrDumper

_WRITES = re.compile(r"(?:INSERT|UPDATE|DELETE|MERGE|COPY) .*?(\d+)$")
_READS = re.compile(
    r"(?:SELECT|BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SHOW|SET|EXPLAIN|FETCH|DISCARD)\b"
)
NUL = "\x00"
SHOWN_NUL = "\u2400"
"""PostgreSQL keeps no NUL in a text; what an answer may hold is kept as the sign for it."""
_OUR_WORDS = ("23", "42", "25", "40", "55", "57")
"""Errors whose first line is made of names. Others quote what was given."""


class Whole(Loader):
    """Sums come as ``numeric``: whole numbers, as everything here is counted."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class Refused(Dumper):
    """A float never slips into money: the server would round it."""

    def dump(self, obj: Any) -> Buffer:
        raise psycopg.DataError(f"{type(obj).__name__} is no value of this base")


class Text(StrDumper):
    """Any text there is, also one with a NUL in it."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace(NUL, SHOWN_NUL) if NUL in obj else obj)


def adapters() -> AdaptersMap:
    """What goes in and out, besides whole numbers, texts and bytes: nothing."""
    known = AdaptersMap(psycopg.adapters)
    known.register_loader("numeric", Whole)
    known.register_dumper(str, Text)
    for kind in (float, Decimal):
        known.register_dumper(kind, Refused)
    return known


class Cursor(psycopg.Cursor[Any]):
    """Counts what it writes, and words its errors without the values they are about."""

    def execute(self, *args: Any, **more: Any) -> "Cursor":
        try:
            super().execute(*args, **more)
        except psycopg.Error as error:
            raise bare(error) from None
        self._count()
        return self

    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        try:
            super().executemany(query, params_seq, returning=returning)
        except psycopg.Error as error:
            raise bare(error) from None
        self._count()

    def _count(self) -> None:
        said = self.statusmessage or ""
        if _READS.match(said) is None:
            counted = self.rowcount if _WRITES.match(said) else 1
            self.connection.total_changes += max(counted, 0)  # type: ignore[attr-defined] # ours


class Connection(psycopg.Connection[Any]):
    """As the other driver: tells whether a transaction is open, and how much was ever written."""

    total_changes = 0

    @property
    def in_transaction(self) -> bool:
        """Of a broken connection nobody can tell, which is as bad."""
        return self.info.transaction_status is not pq.TransactionStatus.IDLE


def connected(arguments: dict[str, Any], context: AdaptContext | None) -> Connection:
    """One connection; transactions begin where a line begins them. Driver errors pass through,
    without the address and its password."""
    try:
        return Connection.connect(
            **arguments, autocommit=True, cursor_factory=Cursor, context=context
        )
    except psycopg.Error as error:
        raise bare(error) from None


def bare(error: psycopg.Error) -> psycopg.Error:
    """The same error with names only: who, what and how much stays in the base."""
    state = error.sqlstate or ""
    words = error.diag.message_primary if state.startswith(_OUR_WORDS) else None
    told = type(error)(words or state or type(error).__name__)
    told.sqlstate = error.sqlstate
    return told


def last_row(cursor: "psycopg.Cursor[Any]") -> Sequence[Any]:
    """The row of the last of several statements that were sent at once."""
    while cursor.nextset():
        pass
    row: Sequence[Any] = cursor.fetchone() or ()
    return row
