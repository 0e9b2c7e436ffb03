"""What the driver reports, as one of the seven families. Values never travel in these errors."""

import sqlalchemy.exc

from app.domain.errors import Bug, Code, LocalTrouble, Trouble

_CODES = {
    "SQLITE_FULL": Code.DISK_FULL,
    "SQLITE_BUSY": Code.STORE_LOCKED,
    "SQLITE_LOCKED": Code.STORE_LOCKED,
    "SQLITE_CORRUPT": Code.STORE_CORRUPT,
    "SQLITE_NOTADB": Code.STORE_CORRUPT,
}


def driver_name(error: BaseException) -> str:
    """The name SQLite gives its result, such as ``SQLITE_FULL``; empty where there is none."""
    original = getattr(error, "orig", None) or error
    return str(getattr(original, "sqlite_errorname", None) or "")


def broken_rule(error: BaseException) -> str:
    """The constraint or trigger a statement ran into, as SQLite words it: names, no values."""
    return str(getattr(error, "orig", None) or error)


def trouble_of(error: BaseException) -> Trouble:
    """Translate a driver error. A broken rule is a ``Bug``: callers check before they write."""
    if isinstance(error, sqlalchemy.exc.TimeoutError):
        return LocalTrouble(Code.STORE_LOCKED, detail="every connection is in use")
    if isinstance(error, sqlalchemy.exc.StatementError) and not isinstance(
        error, sqlalchemy.exc.DBAPIError
    ):
        return Bug(what=f"value refused: {type(error.orig).__name__}")
    name = driver_name(error)
    if name.startswith(("SQLITE_CONSTRAINT", "SQLITE_MISMATCH")):
        return Bug(what=broken_rule(error))
    for start, code in _CODES.items():
        if name.startswith(start):
            return LocalTrouble(code, detail=name)
    if name in ("", "SQLITE_ERROR", "SQLITE_MISUSE", "SQLITE_RANGE"):
        return Bug(what=f"statement refused: {name or type(error).__name__}")
    return LocalTrouble(Code.STORE_FAILED, detail=name)
