"""No person and no token is readable: not in any file, and not in the opened base either."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from app.domain.access import Role
from app.domain.credential import EVoucherToken
from app.domain.errors import Bug
from app.ports.requests import Credential, QueryPerson
from app.ports.store import MessageState, StaffMember
from app.profile.operations import Operation
from localdb.engine import connect
from localdb.keystore import FileKeyStore
from localdb.opening import StoreKeys, StoreLocation
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a

MARKERS = [marker.encode() for marker in a.MARKERS]


@pytest.fixture
def written(store: SqlStore) -> SqlStore:
    """Everything that may name a person, written once."""
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(facts=a.full_facts()), 1)
        case = unit.cases.save(replace(case, parked_note="等"))
        document = b"%PDF-1 " + b" ".join(MARKERS)
        unit.cases.keep_document(case.case_id, "aa", document)
        staged = unit.messages.stage(a.a_draft("M1", kept=" ".join(a.MARKERS)), case.case_id)
        unit.messages.close(staged.row_id, MessageState.ANSWERED, a.some_wire_facts())
        unit.outbox.add(
            Operation.UPLOAD_SALE, "S1", "PC1", a.a_sale(), case.case_id, "示例片", a.NOON
        )
        roles = frozenset({Role.PHARMACIST})
        SqlPeople(scope_of(unit)).enrol(
            StaffMember(0, "2001", a.PATIENT, "$argon2id$", roles, a.a_pharmacist(), 0, None)
        )
        unit.settings.put("platform.secret", a.TOKEN)
    return store


def test_no_byte_of_any_file_names_anybody(
    written: SqlStore, location: StoreLocation, key_store: FileKeyStore
) -> None:
    def leaks() -> list[str]:
        files = [*location.folder.rglob("*"), *key_store.folder.rglob("*")]
        contents = {path.name: path.read_bytes() for path in files if path.is_file()}
        assert any(name.endswith(".db") for name in contents)
        return [name for name, content in contents.items() if any(m in content for m in MARKERS)]

    assert leaks() == []
    assert not location.base.read_bytes().startswith(b"SQLite format 3")
    written.close()
    assert leaks() == []


def test_the_opened_base_does_not_name_anybody_either(
    written: SqlStore, location: StoreLocation, key_store: FileKeyStore
) -> None:
    written.close()
    master = key_store.load(location.name)
    assert master is not None
    connection = connect(location.base, StoreKeys.of(master).cipher)
    stored = b"\n".join(values_of(connection))
    connection.close()
    assert "高血压".encode() in stored
    for marker in MARKERS:
        assert marker not in stored


def values_of(connection: sqlcipher.Connection) -> Iterator[bytes]:
    """Every value of every table, as bytes."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert len(tables) > 20
    for (table,) in tables:
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608
            yield from (v if isinstance(v, bytes) else str(v).encode() for v in row)


def test_tokens_in_memory_have_no_way_to_the_disk(store: SqlStore) -> None:
    credential = Credential(a.an_identity(), EVoucherToken("ec-token-77"))
    with pytest.raises(Bug) as bug, store.unit() as unit:
        unit.outbox.add(
            Operation.QUERY_PERSON, "Q1", "Q", QueryPerson(credential), None, "x", a.NOON
        )
    assert "ec-token-77" not in str(bug.value.params)
    with store.unit() as unit:
        held = QueryPerson(replace(credential, token=None))
        unit.outbox.add(Operation.QUERY_PERSON, "Q1", "Q", held, None, "x", a.NOON)
