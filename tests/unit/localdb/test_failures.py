"""Driver results and the families they become."""

import pytest
import sqlalchemy.exc
import sqlcipher3.dbapi2 as sqlcipher

from app.domain.errors import Bug, Code, LocalTrouble
from localdb.failures import trouble_of


def driver_error(name: str | None) -> sqlalchemy.exc.DBAPIError:
    original = sqlcipher.OperationalError("words of the driver")
    if name is not None:
        original.sqlite_errorname = name
    return sqlalchemy.exc.OperationalError("SELECT 1", {}, original)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SQLITE_FULL", Code.DISK_FULL),
        ("SQLITE_BUSY", Code.STORE_LOCKED),
        ("SQLITE_BUSY_SNAPSHOT", Code.STORE_LOCKED),
        ("SQLITE_LOCKED", Code.STORE_LOCKED),
        ("SQLITE_CORRUPT", Code.STORE_CORRUPT),
        ("SQLITE_CORRUPT_VTAB", Code.STORE_CORRUPT),
        ("SQLITE_NOTADB", Code.STORE_CORRUPT),
        ("SQLITE_IOERR_WRITE", Code.STORE_FAILED),
        ("SQLITE_CANTOPEN", Code.STORE_FAILED),
        ("SQLITE_PERM", Code.STORE_FAILED),
        ("SQLITE_READONLY", Code.STORE_FAILED),
    ],
)
def test_the_disk_speaks_in_local_troubles(name: str, code: Code) -> None:
    trouble = trouble_of(driver_error(name))
    assert isinstance(trouble, LocalTrouble)
    assert (trouble.code, trouble.params["detail"]) == (code, name)


@pytest.mark.parametrize("name", ["SQLITE_CONSTRAINT", "SQLITE_ERROR", "SQLITE_MISUSE", None])
def test_our_own_mistakes_are_bugs(name: str | None) -> None:
    assert isinstance(trouble_of(driver_error(name)), Bug)


def test_refused_value_is_a_bug_without_the_value() -> None:
    error = sqlalchemy.exc.StatementError("m", "INSERT", {"v": "hidden"}, ValueError("hidden"))
    trouble = trouble_of(error)
    assert isinstance(trouble, Bug)
    assert "hidden" not in str(trouble.params)


def test_no_free_connection_is_a_lock() -> None:
    assert trouble_of(sqlalchemy.exc.TimeoutError("pool")).code is Code.STORE_LOCKED


def test_bare_driver_errors_are_known_too() -> None:
    error = sqlcipher.DatabaseError("file is not a database")
    error.sqlite_errorname = "SQLITE_NOTADB"
    assert trouble_of(error).code is Code.STORE_CORRUPT
