"""Copies that count, and the way back from one: real files, a real key, a start after each."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.ports.recovery import Cause, Recovery
from app.profile.operations import Operation
from app.workflow.upkeep.doctor import Finding, Health
from localdb import backups
from localdb.backups import Backup
from localdb.engine import open_engines
from localdb.keystore import FileKeyStore
from localdb.opening import OpenedBase, StoreLocation
from localdb.probes import probes
from localdb.store import SqlStore, open_store
from tests.support import store_builders as a

Start = Callable[[], SqlStore]
INSTITUTION = "P35010000001"


def put(store: SqlStore, value: str) -> None:
    with store.unit() as unit:
        unit.settings.put("left", value)
        unit.settings.put("right", value)


def got(store: SqlStore, key: str = "left") -> str | None:
    with store.reading() as unit:
        return unit.settings.get(key)


def speak(store: SqlStore) -> str:
    """Draw a message id, as every message does before it leaves."""
    with store.unit() as unit:
        return unit.messages.stamp(INSTITUTION, 1, a.NOON).message_id


def recovery(store: SqlStore) -> Recovery | None:
    with store.reading() as unit:
        return unit.recoveries.newest()


@pytest.fixture
def take(
    location: StoreLocation, key_store: FileKeyStore, clock: a.PlayedClock, tmp_path: Path
) -> Callable[[], Backup]:
    """A copy of this moment, in another folder."""

    def taken() -> Backup:
        clock.move(timedelta(days=1))
        return backups.take(location, key_store, clock, tmp_path / "elsewhere")

    return taken


@pytest.fixture
def put_back(
    location: StoreLocation, key_store: FileKeyStore, clock: a.PlayedClock
) -> Callable[[Path], Recovery | None]:
    return lambda file: backups.put_back(location, key_store, clock, file)


def test_a_copy_under_load_is_of_one_moment(store: SqlStore, take: Callable[[], Backup]) -> None:
    """Two values always change together; no copy may hold one of each."""
    put(store, "0")
    stop, written = threading.Event(), threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            put(store, str(number))
            written.set()

    busy = threading.Thread(target=work)
    busy.start()
    try:
        assert written.wait(10)
        copies = [take() for _ in range(3)]
    finally:
        stop.set()
        busy.join()
    assert [copy.units for copy in copies] == sorted(copy.units for copy in copies)
    assert copies[0].units > 1
    for copy in copies:
        beside = a_store_of(copy.file, store)
        try:
            assert got(beside, "left") == got(beside, "right")
        finally:
            beside.close()


def a_store_of(file: Path, store: SqlStore) -> SqlStore:
    """The copy as it is, read under the key of the base it was taken of."""
    engines = open_engines(file, store._opened.keys.cipher)
    return SqlStore(OpenedBase(engines, store._opened.keys, None), a.PlayedClock())


def test_nothing_in_a_copy_can_be_read_without_the_key(
    store: SqlStore, take: Callable[[], Backup]
) -> None:
    put(store, a.PATIENT)
    content = take().file.read_bytes()
    assert not content.startswith(b"SQLite format 3")
    assert a.PATIENT.encode() not in content


def test_a_copy_is_for_nobody_else_and_leaves_nothing_beside_it(take: Callable[[], Backup]) -> None:
    copy = take()
    assert [path.name for path in copy.file.parent.iterdir()] == [copy.file.name]
    assert os.name != "posix" or copy.file.stat().st_mode & 0o077 == 0


def test_what_is_put_back_is_found_out_and_doubted(
    open_again: Start, take: Callable[[], Backup], put_back: Callable[[Path], Recovery | None]
) -> None:
    store = open_again()
    put(store, "old")
    used = {speak(store)}
    copy = take()
    put(store, "new")
    used.add(speak(store))
    store.close()
    begun = put_back(copy.file)
    assert begun is not None
    assert (begun.cause, begun.open) == (Cause.RESTORED, True)
    store = open_again()
    assert got(store) == "old"
    assert recovery(store) == begun
    assert speak(store) not in used
    money = replace(a.a_draft(INSTITUTION + "20261122120001" + "0190"), operation=Operation.SETTLE)
    with pytest.raises(OperatorInput) as refused, store.unit() as unit:
        unit.messages.stage(money, None)
    assert refused.value.code is Code.RECOVERY_OPEN


def test_what_stood_there_is_kept(
    store: SqlStore,
    location: StoreLocation,
    take: Callable[[], Backup],
    put_back: Callable[[Path], Recovery | None],
) -> None:
    copy = take()
    put(store, "lost by going back")
    beside = location.base.with_name(location.base.name + "-wal").read_bytes()
    before = location.base.read_bytes()
    store.close()
    after_close = location.base.read_bytes()
    put_back(copy.file)
    (aside,) = (location.folder / "copies").iterdir()
    assert (aside / location.base.name).read_bytes() == after_close
    assert (before, beside) != (after_close, b""), "the log was moved into the base"


def test_a_base_that_cannot_be_opened_is_replaced(
    open_again: Start,
    location: StoreLocation,
    take: Callable[[], Backup],
    put_back: Callable[[Path], Recovery | None],
) -> None:
    store = open_again()
    put(store, "whole")
    speak(store)
    copy = take()
    store.close()
    location.base.write_bytes(b"torn" * 4096)
    with pytest.raises(LocalTrouble) as broken:
        open_again()
    assert broken.value.code is Code.STORE_CORRUPT
    assert put_back(copy.file) is not None
    assert got(open_again()) == "whole"


def test_on_another_machine_with_the_key_alone(
    store: SqlStore,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    take: Callable[[], Backup],
    tmp_path: Path,
) -> None:
    put(store, "moved")
    speak(store)
    copy = take()
    elsewhere = FileKeyStore(tmp_path / "other" / "keys")
    there = StoreLocation(tmp_path / "other" / "base", "training", training=True)
    name = there.name
    with pytest.raises(LocalTrouble) as keyless:
        backups.put_back(there, elsewhere, clock, copy.file)
    assert keyless.value.code is Code.KEY_MISSING
    master = key_store.load(name)
    assert master is not None
    elsewhere.keep(name, master)
    begun = backups.put_back(there, elsewhere, clock, copy.file)
    assert begun is not None
    assert begun.cause is Cause.MARK_LOST
    found = open_store(there, elsewhere, clock)
    try:
        assert got(found) == "moved"
    finally:
        found.close()


def test_the_power_goes_while_a_copy_is_put_back(
    open_again: Start,
    take: Callable[[], Backup],
    put_back: Callable[[Path], Recovery | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before the copy stands there: the base that stood is whole, and doubted all the same."""
    store = open_again()
    put(store, "newest")
    speak(store)
    copy = take()
    store.close()

    def gone(*_paths: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr("localdb.backups.os.replace", gone)
        with pytest.raises(KeyboardInterrupt):
            put_back(copy.file)
    store = open_again()
    assert got(store) == "newest"
    found = recovery(store)
    assert found is not None
    assert found.cause is Cause.RESTORED


def spoiled(copy: Backup, how: str) -> Path:
    content = bytearray(copy.file.read_bytes())
    if how == "a byte turned":
        content[len(content) // 2] ^= 1
    elif how == "cut short":
        del content[len(content) // 2 :]
    elif how == "something else":
        content[:] = b"PK" + bytes(9_000)
    else:
        content.clear()
    copy.file.write_bytes(content)
    return copy.file


@pytest.mark.parametrize("how", ["a byte turned", "cut short", "something else", "empty"])
def test_a_broken_copy_changes_nothing(
    open_again: Start,
    location: StoreLocation,
    take: Callable[[], Backup],
    put_back: Callable[[Path], Recovery | None],
    how: str,
) -> None:
    store = open_again()
    put(store, "stays")
    speak(store)
    file = spoiled(take(), how)
    store.close()
    before = location.base.read_bytes()
    with pytest.raises(LocalTrouble) as refused:
        put_back(file)
    assert refused.value.code is Code.BACKUP_BROKEN
    assert location.base.read_bytes() == before
    assert list(location.folder.glob("*restoring*")) == []
    assert recovery(open_again()) is None


def test_a_copy_of_another_region_is_refused(
    store: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    take: Callable[[], Backup],
) -> None:
    copy = take()
    store.close()
    other = StoreLocation(location.folder, "elsewhere", training=True)
    master = key_store.load(location.name)
    assert master is not None
    key_store.keep(other.name, master)
    with pytest.raises(LocalTrouble) as refused:
        backups.put_back(other, key_store, clock, copy.file)
    assert refused.value.code is Code.BACKUP_OF_OTHERS
    assert not other.base.exists()


def test_nothing_is_put_under_a_running_counter(
    store: SqlStore, take: Callable[[], Backup], put_back: Callable[[Path], Recovery | None]
) -> None:
    copy = take()
    with pytest.raises(LocalTrouble) as refused:
        put_back(copy.file)
    assert refused.value.code is Code.ALREADY_RUNNING
    assert got(store) is None


def test_a_place_that_takes_nothing_is_told_and_left_as_it_was(
    store: SqlStore,
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    tmp_path: Path,
) -> None:
    assert not store.in_unit
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    with pytest.raises(LocalTrouble):
        backups.take(location, key_store, clock, tmp_path / "file")
    assert (tmp_path / "file").read_text(encoding="ascii") == "in the way"


def test_two_weeks_and_a_year_of_copies_stay(
    store: SqlStore, take: Callable[[], Backup], location: StoreLocation, tmp_path: Path
) -> None:
    assert not store.in_unit
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    moments = [a.NOON - timedelta(days=days, hours=hour) for days in range(500) for hour in (1, 9)]
    for moment in moments:
        (folder / f"{location.name}-{moment:%Y%m%dT%H%M%S}.backup").touch()
    foreign = folder / "fujian-20250101T000000.backup"
    foreign.touch()
    copy = take()
    stay = [path for _, path in backups.kept(folder, location.name)]
    days = {path.name[len(location.name) + 1 :][:8] for path in stay}
    assert stay[0] == copy.file
    assert len(days) == len(stay)
    assert len({day[:6] for day in days}) == backups.MONTHLY
    assert len(stay) == backups.DAILY + backups.MONTHLY - 1
    assert len(copy.dropped) == len(moments) + 1 - len(stay)
    assert foreign.exists()


def test_the_doctor_counts_finished_copies_only(
    store: SqlStore, location: StoreLocation, key_store: FileKeyStore, clock: a.PlayedClock
) -> None:
    assert not store.in_unit

    def found() -> Finding:
        asked = probes(location, lambda _folder: 0, clock.now(), str)
        return dict(asked)["backup"]()

    (place := backups.place_of(location)).mkdir()
    (place / f"{location.name}-20261122T040000.backup.part").touch()
    assert (found().health, found().detail) == (Health.WARN, "none")
    backups.take(location, key_store, clock, place)
    assert found() == Finding(Health.OK, "2026-11-22 04:00 UTC")
    clock.move(timedelta(hours=37))
    assert found() == Finding(Health.WARN, "2026-11-22 04:00 UTC", "local 6017")
