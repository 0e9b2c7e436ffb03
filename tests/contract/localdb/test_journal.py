"""Acts are chained: a changed row, a gap and a cut tail are found."""

from collections.abc import Callable

import pytest

from localdb.chain import ChainReport
from localdb.engine import connect
from localdb.keystore import FileKeyStore
from localdb.opening import StoreKeys, StoreLocation
from localdb.repositories.journal import SqlJournal
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a

DROP = (
    "DROP TRIGGER append_only_journal_update",
    "DROP TRIGGER append_only_journal_delete",
)


@pytest.fixture
def acts(store: SqlStore) -> SqlStore:
    with store.unit() as unit:
        numbers = [unit.journal.write(a.NOON, 1, f"act_{n}", "case 1", "因为") for n in range(4)]
    assert numbers == [1, 2, 3, 4]
    return store


def report(store: SqlStore, head: tuple[int, bytes] | None = None) -> ChainReport:
    return store.journal_report(head)


def tamper(store: SqlStore, location: StoreLocation, keys: FileKeyStore, statement: str) -> None:
    """Somebody with the cipher key and without the rules."""
    store.close()
    master = keys.load(location.name)
    assert master is not None
    connection = connect(location.base, StoreKeys.of(master).cipher)
    for part in (*DROP, statement):
        connection.execute(part)
    connection.close()


def test_whole_chain_holds_over_a_restart(
    acts: SqlStore, open_again: Callable[[], SqlStore]
) -> None:
    with acts.reading() as unit:
        head = SqlJournal(scope_of(unit)).head()
    again = open_again()
    with again.unit() as unit:
        assert unit.journal.write(a.NOON, 1, "after", "case 1") == 5
    found = report(again, head)
    assert (found.whole, found.rows) == (True, 5)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE journal SET act = 'other' WHERE number = 2", 2),
        ("UPDATE journal SET staff_id = 9 WHERE number = 3", 3),
        ("UPDATE journal SET at = at + 1 WHERE number = 1", 1),
        ("UPDATE journal SET reason = '' WHERE number = 4", 4),
        ("UPDATE journal SET subject = 'case 2' WHERE number = 4", 4),
        ("UPDATE journal SET link = zeroblob(32) WHERE number = 2", 2),
        ("DELETE FROM journal WHERE number = 2", 2),
        ("DELETE FROM journal WHERE number = 1", 1),
    ],
)
def test_changed_or_missing_row_is_found(
    acts: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    open_again: Callable[[], SqlStore],
    statement: str,
    broken_at: int,
) -> None:
    tamper(acts, location, key_store, statement)
    assert report(open_again()).broken_at == broken_at


def test_cut_tail_is_found_by_a_head_noted_elsewhere(
    acts: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    open_again: Callable[[], SqlStore],
) -> None:
    with acts.reading() as unit:
        head = SqlJournal(scope_of(unit)).head()
    tamper(acts, location, key_store, "DELETE FROM journal WHERE number = 4")
    again = open_again()
    assert report(again).whole
    assert report(again, head).broken_at == 4
