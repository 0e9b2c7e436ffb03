"""Models and migrations describe one base; an update copies before it changes anything."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from alembic.script import ScriptDirectory

import localdb.migrations
import localdb.opening
from app.domain.errors import Bug, Code, LocalTrouble
from localdb.engine import connect
from localdb.keystore import FileKeyStore
from localdb.migrations import HEAD, REVISIONS
from localdb.opening import StoreKeys, StoreLocation
from localdb.schema import (
    cases,
    delivery,
    elsewhere,
    goods,
    leases,
    messages,
    money,
    overrides,
    parts,
    people,
    reconciling,
    shop,
    stock,
    stock_days,
)
from localdb.schema.columns import METADATA
from localdb.schema.triggers import create_all
from localdb.store import SqlStore, open_store, scope_of
from tests.support.store_builders import PlayedClock

MODELS = (
    cases,
    delivery,
    elsewhere,
    goods,
    leases,
    messages,
    money,
    overrides,
    parts,
    people,
    reconciling,
    shop,
    stock,
    stock_days,
)


def described(connection: sa.Connection) -> dict[str, str]:
    """Name and normalised text of everything in a base but alembic's own table."""
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'alembic_version'"
    )
    return {name: _normal(sql) for name, sql in rows}


def _normal(sql: str) -> str:
    """White space out; the lines of a table sorted, as their order carries no meaning."""
    if not sql.startswith("CREATE TABLE"):
        return re.sub(r"\s+", " ", sql).strip()
    head, *parts = sql.split("\n")
    return "|".join([head.strip(), *sorted(filter(None, (part.strip(" ,\t") for part in parts)))])


def test_models_equal_migrations(store: SqlStore) -> None:
    engine = sa.create_engine(
        "sqlite://", creator=lambda: sqlcipher.connect(":memory:"), module=sqlcipher
    )
    with engine.connect() as connection:
        create_all(connection, METADATA)
        from_models = described(connection)
    engine.dispose()
    with store.reading() as unit:
        from_migrations = described(scope_of(unit).connection)
    assert from_migrations.keys() == from_models.keys()
    assert from_migrations == from_models


def test_every_model_module_is_counted() -> None:
    folder = Path(cases.__file__).parent
    names = {path.stem for path in folder.glob("*.py")} - {"__init__", "columns", "triggers"}
    assert names == {module.__name__.rsplit(".", 1)[1] for module in MODELS}


def test_named_revisions_are_those_on_disk() -> None:
    script = ScriptDirectory(str(Path(localdb.migrations.__file__).parent))
    known = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(known)) == REVISIONS
    assert script.get_current_head() == HEAD


def test_update_copies_first_and_a_failed_one_leaves_the_base(
    store: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: PlayedClock,
    monkeypatch: pytest.MonkeyPatch,
    open_again: Callable[[], SqlStore],
) -> None:
    """An older base whose steps are missing: refused by name, untouched, with its copy."""
    with store.unit() as unit:
        unit.settings.put("k", "v")
    store.close()
    set_version(location, key_store, "0000")
    monkeypatch.setattr(localdb.opening, "REVISIONS", ("0000", HEAD))
    with pytest.raises(LocalTrouble) as trouble:
        open_store(location, key_store, clock)
    assert trouble.value.code is Code.MIGRATION_FAILED
    (copy,) = (location.folder / "copies").iterdir()
    assert copy.name.startswith(f"{location.name}-0000-")
    set_version(location, key_store, HEAD)
    with open_again().reading() as unit:
        assert unit.settings.get("k") == "v"


def set_version(location: StoreLocation, keys: FileKeyStore, version: str) -> None:
    master = keys.load(location.name)
    assert master is not None
    connection = connect(location.base, StoreKeys.of(master).cipher)
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()


def test_a_base_of_an_earlier_release_is_copied_and_carried_over(
    tmp_path: Path, clock: PlayedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first schema on: nothing is lost, and what is new can be used."""
    old = StoreLocation(tmp_path / "old", "training", training=True)
    keys = FileKeyStore(tmp_path / "keys")
    with monkeypatch.context() as earlier:
        for module in (localdb.migrations, localdb.opening):
            earlier.setattr(module, "HEAD", REVISIONS[0])
        before = open_store(old, keys, clock)
        with before.unit() as unit:
            unit.settings.put("k", "v")
        before.close()
    store = open_store(old, keys, clock)
    try:
        (copy,) = (old.folder / "copies").iterdir()
        assert copy.name.startswith(f"{old.name}-{REVISIONS[0]}-")
        with store.unit() as unit:
            assert unit.settings.get("k") == "v"
            assert unit.money_days.newest(1) == ()
    finally:
        store.close()


@pytest.mark.parametrize(("operation", "taken"), [("query_counts", True), ("nothing", False)])
def test_a_carried_base_takes_new_operations_and_no_others(
    tmp_path: Path,
    clock: PlayedClock,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    taken: bool,
) -> None:
    """The check was changed in place: the very connection that did it and later ones follow it."""
    old = StoreLocation(tmp_path / "old", "training", training=True)
    keys = FileKeyStore(tmp_path / "keys")
    with monkeypatch.context() as earlier:
        for module in (localdb.migrations, localdb.opening):
            earlier.setattr(module, "HEAD", "0003")
        open_store(old, keys, clock).close()
    insert = (
        "INSERT INTO message (message_id, operation, composed_at, kept, state)"
        " VALUES (?, ?, 0, x'', 'sending')"
    )
    for turn in ("first", "second"):
        store = open_store(old, keys, clock)
        try:
            with store.reading() as unit:
                assert (
                    scope_of(unit).connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
                    == "ok"
                )
            if taken:
                with store.unit() as unit:
                    scope_of(unit).connection.exec_driver_sql(insert, (turn, operation))
            else:
                with pytest.raises(Bug), store.unit() as unit:
                    scope_of(unit).connection.exec_driver_sql(insert, (turn, operation))
        finally:
            store.close()
