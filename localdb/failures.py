"""What the driver reports, as one of the seven families. Values never travel in these errors."""

import contextlib
import sys
from collections.abc import Iterator

import sqlalchemy.exc
import sqlcipher3.dbapi2 as sqlcipher

from app.domain.errors import Bug, Code, LocalTrouble, Trouble

_CODES = {
    "SQLITE_FULL": Code.DISK_FULL,
    "SQLITE_BUSY": Code.STORE_LOCKED,
    "SQLITE_LOCKED": Code.STORE_LOCKED,
    "SQLITE_CORRUPT": Code.STORE_CORRUPT,
    "SQLITE_NOTADB": Code.STORE_CORRUPT,
}
_SQLSTATES = {
    # nobody there, going down, coming up, full up, or no entry: the server's own words
    "08": Code.STORE_UNREACHABLE,
    "28": Code.STORE_UNREACHABLE,
    "3D": Code.STORE_UNREACHABLE,
    "57P": Code.STORE_UNREACHABLE,
    "53300": Code.STORE_UNREACHABLE,
    "25P03": Code.STORE_LOCKED,
    "55P03": Code.STORE_LOCKED,
    "57014": Code.STORE_LOCKED,
    "40": Code.STORE_LOCKED,
    "53100": Code.DISK_FULL,
    "XX001": Code.STORE_CORRUPT,
    "XX002": Code.STORE_CORRUPT,
}
"""By the beginning of PostgreSQL's SQLSTATE; the longest that fits counts (its appendix A)."""
_WRITE_IN_A_READ = ("SQLITE_READONLY", "25006")
_OF_STATEMENTS = ("21", "22", "25", "42")
_ABSENT = object()


def driver_errors() -> tuple[type[Exception], ...]:
    """What a driver raises by itself or through the engine; for ``except``, which asks late."""
    psycopg = sys.modules.get("psycopg")
    more = () if psycopg is None else (psycopg.Error,)
    return (sqlalchemy.exc.SQLAlchemyError, sqlcipher.Error, *more)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Driver errors leave as one of the seven families."""
    try:
        yield
    except driver_errors() as error:
        raise trouble_of(error) from error


def driver_name(error: BaseException) -> str:
    """The name SQLite gives its result, such as ``SQLITE_FULL``, or the SQLSTATE of PostgreSQL;
    empty where there is neither."""
    original = getattr(error, "orig", None) or error
    return str(
        getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or ""
    )


def broken_rule(error: BaseException) -> str:
    """The constraint or trigger a statement ran into, as the base words it: names, no values."""
    return str(getattr(error, "orig", None) or error)


def is_twice(error: BaseException, columns: str, index: str) -> bool:
    """Whether a row was refused because there is one: SQLite names columns, PostgreSQL indexes."""
    rule = broken_rule(error)
    return columns in rule or f'"{index}"' in rule


def is_write_in_a_read(error: BaseException) -> bool:
    """Whether a statement wanted to write where its transaction only reads."""
    return driver_name(error).startswith(_WRITE_IN_A_READ)


def trouble_of(error: BaseException) -> Trouble:
    """Translate a driver error. A broken rule is a ``Bug``: callers check before they write."""
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return LocalTrouble(Code.STORE_LOCKED, detail="every connection is in use")
    if isinstance(error, sqlalchemy.exc.StatementError) and not isinstance(
        error, sqlalchemy.exc.DBAPIError
    ):
        return Bug(what=f"value refused: {type(error.orig).__name__}")
    original = getattr(error, "orig", None) or error
    if getattr(original, "sqlstate", _ABSENT) is not _ABSENT:
        return _of_server(original)
    return _of_file(error)


def _of_file(error: BaseException) -> Trouble:
    name = driver_name(error)
    if name.startswith(("SQLITE_CONSTRAINT", "SQLITE_MISMATCH")):
        return Bug(what=broken_rule(error))
    for start, code in _CODES.items():
        if name.startswith(start):
            return LocalTrouble(code, detail=name)
    if name in ("", "SQLITE_ERROR", "SQLITE_MISUSE", "SQLITE_RANGE"):
        return Bug(what=f"statement refused: {name or type(error).__name__}")
    return LocalTrouble(Code.STORE_FAILED, detail=name)


def _of_server(error: BaseException) -> Trouble:
    state = driver_name(error)
    if state.startswith("23"):
        return Bug(what=broken_rule(error))
    # a connection that breaks has no state: the driver itself reports it
    if not state and type(error).__name__ == "OperationalError":
        return LocalTrouble(Code.STORE_UNREACHABLE, detail="no answer")
    for start in sorted(_SQLSTATES, key=len, reverse=True):
        if state.startswith(start):
            return LocalTrouble(_SQLSTATES[start], detail=state)
    if not state or state.startswith(_OF_STATEMENTS):
        return Bug(what=f"statement refused: {state or type(error).__name__}")
    return LocalTrouble(Code.STORE_FAILED, detail=state)
