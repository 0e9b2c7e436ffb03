"""A real encrypted store whose disk is full, whose file is locked, or whose nth commit fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.errors import Code, LocalTrouble
from app.ports.store import Unit
from localdb.engine import connect
from localdb.keystore import FileKeyStore
from localdb.opening import StoreKeys, StoreLocation
from localdb.store import SqlStore, scope_of


@contextmanager
def full_disk(store: SqlStore) -> Iterator[None]:
    """No page more than there is now. SQLite reports a page limit as it reports a full disk."""
    with store.unit() as unit:
        driver = scope_of(unit).connection
        pages = int(driver.exec_driver_sql("PRAGMA page_count").scalar_one())
        driver.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        with store.unit() as unit:
            scope_of(unit).connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")


@contextmanager
def locked_base(folder: Path, location: StoreLocation) -> Iterator[None]:
    """Another program holds the file for writing."""
    master = FileKeyStore(folder / "keys").load(location.name)
    assert master is not None
    other = connect(location.base, StoreKeys.of(master).cipher)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


class FailingCommits:
    """The store behind it, but commit number ``fails_at`` (from 1) is refused and rolled back."""

    def __init__(self, store: SqlStore, fails_at: int, code: Code = Code.STORE_FAILED) -> None:
        self._store = store
        self._fails_at = fails_at
        self._code = code
        self.commits = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        with self._store.unit() as unit:
            yield unit
            self.commits += 1
            if self.commits == self._fails_at:
                raise LocalTrouble(self._code, detail="planted")
