"""kill -9 at system calls of a backup and of a restore.

A dead backup leaves the base as it was and no copy that is not one. A dead restore leaves the old
base or the copy, never a copy that is believed, and can be done again.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.ports.recovery import Recovery
from app.simulation.templates import space
from localdb.backups import kept, place_of
from localdb.engine import open_engines
from localdb.keystore import FileKeyStore
from localdb.machine import this_machine
from localdb.opening import OpenedBase, StoreKeys
from localdb.store import SqlStore, open_store
from localdb.witness import Witness
from tests.support.copy_victim import backup, first_copy, location_of, restore
from tests.support.counter import MovableClock
from tests.support.sampling import Point, every, seed, some
from tests.support.strace import NOT_RUN, counted, injected, permitted
from tests.support.zygote import Ended, Zygote

CALLS = (
    *("pwrite64", "write", "sendfile", "fsync", "fdatasync"),
    *("ftruncate", "unlink", "rename"),
)
AT_EACH_COMMIT = 40
"""Of each of both."""
KILLED = Ended(status=-1, signal=9)
INSTITUTION = "P35010000001"
OLD, NEW = "of the copy", "since the copy"
A_DAY = 86_400.0

pytestmark = pytest.mark.skipif(not permitted(), reason=NOT_RUN)


@dataclass(frozen=True)
class Ground:
    """A base that went on after it was copied. ``ids`` were drawn, ``calls`` a flow makes."""

    folder: Path
    copy: Path
    ids: frozenset[str]
    calls: dict[str, dict[str, int]]


def opened(folder: Path, ahead_s: float = 0) -> SqlStore:
    clock = MovableClock()
    clock.pass_time(ahead_s)
    return open_store(location_of(folder), FileKeyStore(folder / "keys"), clock)


def goes_on(store: SqlStore, value: str) -> str:
    """Something is written, and a message id is drawn as for every message."""
    with store.unit() as unit:
        unit.settings.put("which", value)
        return unit.messages.stamp(INSTITUTION, 1, datetime.now(UTC)).message_id


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Ground:
    folder = tmp_path_factory.mktemp("base")
    store = opened(folder)
    ids = {goes_on(store, OLD)}
    store.close()
    copy = first_copy(str(folder))
    store = opened(folder)
    ids.add(goes_on(store, NEW))
    store.close()
    log = tmp_path_factory.mktemp("trace") / "log"
    orders = {"backup": {"ahead_s": A_DAY}, "restore": {"file": str(copy), "ahead_s": 0.0}}
    calls = {}
    for flow, order in orders.items():
        place = laid_out(folder, tmp_path_factory.mktemp("counted") / flow)
        calls[flow] = counted(zygote, flow, CALLS, log, folder=str(place), **order)
    return Ground(folder, copy, frozenset(ids), calls)


@pytest.fixture
def room() -> Iterator[Path]:
    """In memory where there is some."""
    with space() as folder:
        yield folder


def laid_out(folder: Path, place: Path) -> Path:
    """The same base elsewhere, as if it had always been there: its mark names its own file."""
    shutil.copytree(folder, place)
    location, keys = location_of(place), FileKeyStore(place / "keys")
    path = keys.mark_of(location.name)
    witness = Witness(path, keys_of(place).mark, this_machine)
    assert witness.mark is not None
    witness._write(replace(witness.mark, file=path.stat().st_ino), durable=True)
    witness.close()
    return place


def found(store: SqlStore) -> tuple[str | None, Recovery | None]:
    with store.reading() as unit:
        return unit.settings.get("which"), unit.recoveries.newest()


def test_the_ground_is_believed_before_anybody_dies(ground: Ground, tmp_path: Path) -> None:
    store = opened(laid_out(ground.folder, tmp_path / "base"))
    assert found(store) == (NEW, None)
    store.close()


@pytest.mark.timeout(300)
def test_a_backup_survives_kill_9(ground: Ground, room: Path, zygote: Zygote) -> None:
    chosen = some(every(ground.calls["backup"]), AT_EACH_COMMIT, "backup")
    assert len(chosen) >= AT_EACH_COMMIT
    for point in chosen:
        backup_dies(ground, room / "-".join(map(str, point)), zygote, point)


@pytest.mark.timeout(300)
def test_a_restore_survives_kill_9(ground: Ground, room: Path, zygote: Zygote) -> None:
    chosen = some(every(ground.calls["restore"]), AT_EACH_COMMIT, "restore")
    assert len(chosen) >= AT_EACH_COMMIT
    for point in chosen:
        restore_dies(ground, room / "-".join(map(str, point)), zygote, point)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(4))
def test_every_call_of_a_backup(ground: Ground, room: Path, zygote: Zygote, shard: int) -> None:
    for point in every(ground.calls["backup"])[shard::4]:
        backup_dies(ground, room / "-".join(map(str, point)), zygote, point)


@pytest.mark.deep
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("shard", range(4))
def test_every_call_of_a_restore(ground: Ground, room: Path, zygote: Zygote, shard: int) -> None:
    for point in every(ground.calls["restore"])[shard::4]:
        restore_dies(ground, room / "-".join(map(str, point)), zygote, point)


def dies(zygote: Zygote, flow: str, point: Point, **order: object) -> Ended:
    call, number = point
    ended = injected(zygote, flow, call, "signal=KILL", str(number), **order)
    assert ended in (KILLED, Ended(0, 0)), (flow, point, seed(), ended)
    return ended


def backup_dies(ground: Ground, place: Path, zygote: Zygote, point: Point) -> None:
    laid_out(ground.folder, place)
    dies(zygote, "backup", point, folder=str(place), ahead_s=A_DAY)
    store = opened(place)
    assert found(store) == (NEW, None), point
    store.close()
    proved(place, place_of(location_of(place)))
    proved(place, place / "beside")
    assert backup(str(place), 2 * A_DAY) == 0, point
    assert len(proved(place, place / "beside")) >= 1
    shutil.rmtree(place)


def proved(place: Path, folder: Path) -> list[Path]:
    """Whatever has the name of a copy is one, every page and every tree of it."""
    location = location_of(place)
    files = [path for _, path in kept(folder, location.name)]
    for path in files:
        store = SqlStore(
            OpenedBase(open_engines(path, keys_of(place).cipher), keys_of(place), None),
            MovableClock(),
        )
        store.require_whole()
        assert found(store)[0] in (OLD, NEW)
        store.close()
    return files


def keys_of(place: Path) -> StoreKeys:
    master = FileKeyStore(place / "keys").load(location_of(place).name)
    assert master is not None
    return StoreKeys.of(master)


def restore_dies(ground: Ground, place: Path, zygote: Zygote, point: Point) -> None:
    laid_out(ground.folder, place)
    dies(zygote, "restore", point, folder=str(place), file=str(ground.copy), ahead_s=0.0)
    store = opened(place)
    value, recovery = found(store)
    store.require_whole()
    drawn = goes_on(store, value or "")
    store.close()
    assert drawn not in ground.ids, point
    if value == OLD:
        assert recovery is not None, f"an older copy is believed after {point}"
        assert recovery.open
        assert list((location_of(place).folder / "copies").rglob("*.db")), (
            "what stood there is kept"
        )
    else:
        assert value == NEW, point
    assert restore(str(place), str(ground.copy), 0.0) == 0, point
    store = opened(place)
    value, recovery = found(store)
    assert value == OLD
    assert recovery is not None
    assert recovery.open
    store.close()
    shutil.rmtree(place)
