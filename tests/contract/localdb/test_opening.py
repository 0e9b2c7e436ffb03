"""Start-up: one instance, the right key, a whole file, a known schema; each no has its code."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from localdb.engine import connect, require_sqlite
from localdb.keystore import KEY_SIZE, FileKeyStore
from localdb.opening import InstanceLock, StoreKeys, StoreLocation
from localdb.store import SqlStore, open_store, open_store_beside, scope_of
from tests.support.store_builders import PlayedClock

PAGE = 4096


def refused(location: StoreLocation, keys: FileKeyStore, clock: PlayedClock) -> LocalTrouble:
    with pytest.raises(LocalTrouble) as trouble:
        open_store(location, keys, clock).close()
    return trouble.value


def raw(location: StoreLocation, keys: FileKeyStore, *statements: str) -> list[object]:
    """Run statements on the closed base with its own key; the rows of the last one."""
    master = keys.load(location.name)
    assert master is not None
    connection = connect(location.base, StoreKeys.of(master).cipher)
    rows: list[object] = []
    for statement in statements:
        rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


def test_first_start_keeps_a_key_and_makes_owner_only_files(
    tmp_path: Path, clock: PlayedClock
) -> None:
    location = StoreLocation(tmp_path / "base", "training", training=False)
    key_store = FileKeyStore(tmp_path / "keys")
    open_store(location, key_store, clock).close()
    key = key_store.load(location.name)
    assert key is not None
    assert len(key) == KEY_SIZE
    if os.name == "posix":
        assert (key_store.folder / f"{location.name}.key").stat().st_mode & 0o077 == 0
        assert location.folder.stat().st_mode & 0o077 == 0


def test_second_instance_is_refused_until_the_first_is_gone(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    assert refused(location, key_store, clock).code is Code.ALREADY_RUNNING
    store.close()
    open_store(location, key_store, clock).close()


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    code = (
        "import os, sys; from pathlib import Path; from localdb.opening import InstanceLock;"
        "held = InstanceLock(Path(sys.argv[1])); os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(lock)], timeout=60)
    assert ended.returncode == 9
    InstanceLock(lock).release()


def test_another_key_is_named_as_such(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    store.close()
    key_store.keep(location.name, bytes(KEY_SIZE))
    assert refused(location, key_store, clock).code is Code.KEY_MISSING


def test_lost_key_is_never_replaced(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    store.close()
    (key_store.folder / f"{location.name}.key").unlink()
    assert refused(location, key_store, clock).code is Code.KEY_MISSING


def test_wrong_key_without_its_check_file_does_not_open(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    store.close()
    location.path("check").unlink()
    key_store.keep(location.name, bytes(KEY_SIZE))
    before = location.base.read_bytes()
    assert refused(location, key_store, clock).code is Code.STORE_CORRUPT
    assert location.base.read_bytes() == before


@pytest.mark.parametrize("page", [0, 5])
def test_one_changed_byte_is_found(
    store: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: PlayedClock,
    page: int,
) -> None:
    store.close()
    content = bytearray(location.base.read_bytes())
    assert len(content) > PAGE * (page + 1)
    content[PAGE * page + 100] ^= 1
    location.base.write_bytes(content)
    assert refused(location, key_store, clock).code is Code.STORE_CORRUPT


def test_cut_file_is_found(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    store.close()
    content = location.base.read_bytes()
    location.base.write_bytes(content[: len(content) // 2 // PAGE * PAGE])
    assert refused(location, key_store, clock).code is Code.STORE_CORRUPT


def test_newer_schema_is_left_alone(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    store.close()
    raw(location, key_store, "UPDATE alembic_version SET version_num = '0999'")
    trouble = refused(location, key_store, clock)
    assert (trouble.code, trouble.params["found"]) == (Code.STORE_NEWER, "0999")
    assert raw(location, key_store, "SELECT version_num FROM alembic_version") == [("0999",)]


def test_base_without_a_version_is_not_touched(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    store.close()
    raw(location, key_store, "DROP TABLE alembic_version")
    assert refused(location, key_store, clock).code is Code.STORE_CORRUPT


def test_training_base_is_never_taken_for_live(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    store.close()
    live = StoreLocation(location.folder, location.profile_id, training=False)
    for ending in ("db", "check"):
        shutil.copy(location.path(ending), live.path(ending))
    key = key_store.load(location.name)
    assert key is not None
    key_store.keep(live.name, key)
    assert refused(live, key_store, clock).code is Code.STORE_FAILED


def test_vanished_live_base_is_not_replaced_by_an_empty_one(
    tmp_path: Path, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    live = StoreLocation(tmp_path / "live", "training", training=False)
    open_store(live, key_store, clock).close()
    live.base.unlink()
    assert refused(live, key_store, clock).code is Code.STORE_CORRUPT


def test_locked_base_is_named_after_the_wait(
    store: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
) -> None:
    master = key_store.load(location.name)
    assert master is not None
    other = connect(location.base, StoreKeys.of(master).cipher)
    other.execute("BEGIN IMMEDIATE")
    with store.reading() as unit:
        assert unit.settings.get("k") is None
    with pytest.raises(LocalTrouble) as trouble, store.unit():
        pass
    other.execute("ROLLBACK")
    other.close()
    assert trouble.value.code is Code.STORE_LOCKED
    with store.unit() as unit:
        unit.settings.put("k", "v")


def test_writer_is_durable_and_guarded(store: SqlStore) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "query_only": 0,
    }
    with store.unit() as unit:
        ask = scope_of(unit).connection.exec_driver_sql
        assert {name: ask(f"PRAGMA {name}").scalar_one() for name in wanted} == wanted
    with store.reading(), store.reading() as unit:
        # the first one looks at the writer's pages; nothing written there stands (test_units.py)
        query_only = scope_of(unit).connection.exec_driver_sql("PRAGMA query_only")
        assert query_only.scalar_one() == 1


@pytest.mark.parametrize("url", ["mysql://clerk:secret@h/base", "clerk:secret"])
def test_other_engines_are_not_built(
    tmp_path: Path, key_store: FileKeyStore, clock: PlayedClock, url: str
) -> None:
    location = StoreLocation(tmp_path / "x", "training", True, url)
    trouble = refused(location, key_store, clock)
    assert (trouble.code, trouble.params["detail"]) == (Code.STORE_FAILED, "database.url")
    assert "secret" not in repr(trouble) + repr(location)


def test_old_sqlite_is_refused() -> None:
    with pytest.raises(LocalTrouble):
        require_sqlite((3, 51, 2))
    require_sqlite((3, 51, 3))
    require_sqlite()


def test_folder_that_cannot_be_made_is_trouble(
    tmp_path: Path, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    (tmp_path / "file").write_text("x")
    location = StoreLocation(tmp_path / "file" / "base", "training", training=True)
    assert refused(location, key_store, clock).code is Code.STORE_FAILED


def test_reader_beside_the_counter_sees_commits_and_never_writes(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    beside = open_store_beside(location, key_store, clock)
    with store.unit() as unit:
        unit.settings.put("k", "v")
    with beside.reading() as unit:
        assert unit.settings.get("k") == "v"
    with pytest.raises(LocalTrouble), beside.unit():
        pass
    beside.close()
    with store.reading() as unit:
        assert unit.settings.get("k") == "v"


def test_reader_beside_nothing_makes_nothing(
    tmp_path: Path, key_store: FileKeyStore, clock: PlayedClock
) -> None:
    location = StoreLocation(tmp_path / "absent", "training", training=True)
    with pytest.raises(LocalTrouble) as trouble:
        open_store_beside(location, key_store, clock)
    assert trouble.value.code is Code.STORE_ABSENT
    assert not location.folder.exists()


def test_copy_is_whole_and_opens_under_the_same_key(
    store: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    tmp_path: Path,
    open_again: Callable[[], SqlStore],
) -> None:
    with store.unit() as unit:
        unit.settings.put("k", "v")
    target = tmp_path / "copies" / "one.db"
    store.copy_to(target)
    with pytest.raises(LocalTrouble):
        store.copy_to(target)
    with store.unit() as unit:
        unit.settings.put("k", "later")
    store.close()
    shutil.copy(target, location.base)
    with open_again().reading() as unit:
        assert unit.settings.get("k") == "v"


def test_full_disk_on_a_write_is_named_and_harms_nothing(
    store: SqlStore,
) -> None:
    """A page limit stands in for the full disk: SQLite reports the same result."""
    with store.unit() as unit:
        ask = scope_of(unit).connection.exec_driver_sql
        pages = ask("PRAGMA page_count").scalar_one()
        ask(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(LocalTrouble) as trouble, store.unit() as unit:
        unit.settings.put("large", "x" * 100_000)
    assert trouble.value.code is Code.DISK_FULL
    with store.unit() as unit:
        assert unit.settings.get("large") is None
        unit.settings.put("small", "v")


FULL = """
import json, resource, signal, sys
from pathlib import Path
from app.domain.errors import LocalTrouble
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support.store_builders import PlayedClock

folder = Path(sys.argv[1])
store = open_store(StoreLocation(folder, "training", True), FileKeyStore(folder), PlayedClock())
with store.unit() as unit:
    unit.settings.put("before", "v")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
wal = folder / "training-training.db-wal"
limit = wal.stat().st_size + 3 * 4096
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
heard = []
store.on_commit(lambda: heard.append(1))
said = ""
try:
    with store.unit() as unit:
        unit.settings.put("large", "x" * 400_000)
except LocalTrouble as trouble:
    said = trouble.code.name
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.unit() as unit:
    unit.settings.put("after", "v")
with store.reading() as unit:
    kept = [unit.settings.get(key) for key in ("before", "large", "after")]
store.close()
print(json.dumps({"said": said, "kept": kept, "heard": len(heard)}))
"""


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
def test_write_that_the_system_refuses_is_trouble_and_the_base_stays_whole(
    tmp_path: Path, clock: PlayedClock
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["said"] in ("DISK_FULL", "STORE_FAILED")
    assert (told["kept"], told["heard"]) == (["v", None, "v"], 1)
    location = StoreLocation(tmp_path, "training", training=True)
    open_store(location, FileKeyStore(tmp_path), clock).close()
