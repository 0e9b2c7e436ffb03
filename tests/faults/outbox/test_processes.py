"""Two real processes at one outbox, and one that dies between sending and acknowledging."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Code, LocalTrouble
from app.ports.store import OutboxMove, OutboxState
from app.profile.loader import load
from app.profile.operations import Operation
from app.sandbox.server import running_sandbox
from app.workflow import delivery
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from tests.support.counter import Bench, KeptPapers, MovableClock, a_counter_at
from tests.support.furnished import furnish
from tests.support.fuse import DIED
from tests.support.waiting_sales import queue_sale

ROOT = Path(__file__).parents[3]
PATIENCE_S = 100
SALES, LOTS = 12, 4
SOLD = load("fujian", "training").profile.address(Operation.UPLOAD_SALE)


def opened(folder: Path) -> SqlStore:
    location = StoreLocation(folder, "fujian", training=True)
    return open_store(location, FileKeyStore(folder / "keys"), MovableClock())


@dataclass
class Yard:
    """A furnished folder and the platform beside it."""

    folder: Path
    ready: dict[str, Any]

    def worker(self, name: str, burns_at: int = 0) -> "subprocess.Popen[bytes]":
        ready_file = self.folder / "ready.json"
        ready_file.write_text(json.dumps(self.ready), encoding="utf-8")
        command = (sys.executable, "-m", "tests.support.outbox_worker")
        return subprocess.Popen(
            [*command, str(self.folder), str(ready_file), name, str(burns_at)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )

    def ended(self, worker: "subprocess.Popen[bytes]") -> int:
        _, said = worker.communicate(timeout=PATIENCE_S)
        assert worker.returncode in (0, DIED), said.decode()[-2000:]
        return worker.returncode

    def moments(self, name: str) -> list[str]:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8").splitlines()

    def counter(self) -> Any:
        return a_counter_at(self.ready, self.folder, KeptPapers())


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    folder = tmp_path / "yard"
    furnish(folder)
    with running_sandbox(seed=1) as sandbox:
        yield Yard(folder, dict(sandbox.ready))


def queued(yard: Yard, sales: int, lots: int) -> None:
    with yard.counter() as bench:
        for number in range(1, sales + 1):
            queue_sale(bench.store, number, f"LOT{number % lots}", datetime.now(UTC))


def test_two_processes_at_one_outbox_send_each_row_once(yard: Yard) -> None:
    queued(yard, SALES, LOTS)
    workers = [yard.worker(name) for name in ("first", "second")]
    assert [yard.ended(worker) for worker in workers] == [0, 0]
    told = Counter(moment for name in ("first", "second") for moment in yard.moments(name))
    assert told[f"before {SOLD}"] == told[f"after {SOLD}"] == SALES
    with yard.counter() as bench, bench.store.reading() as unit:
        rows = unit.outbox.items(open_only=False)
        assert {row.state for row in rows} == {OutboxState.DELIVERED}
        assert {row.tries for row in rows} == {1}
        assert booked(bench) == SALES


def test_a_second_counter_does_not_start_at_a_base_that_is_held(yard: Yard) -> None:
    with yard.counter(), pytest.raises(LocalTrouble) as refused:
        opened(yard.folder)
    assert refused.value.code is Code.ALREADY_RUNNING


@pytest.mark.parametrize("moment", [f"before {SOLD}", f"after {SOLD}"])
def test_a_death_around_the_wire_leaves_doubt_and_one_record(yard: Yard, moment: str) -> None:
    """Killed with the bytes on their way, or with the answer in hand and no row of it."""
    queued(yard, 1, 1)
    burns_at = 2 if moment.startswith("before") else 3
    assert yard.ended(yard.worker("victim", burns_at)) == DIED
    assert yard.moments("victim")[-1] == moment
    with yard.counter() as bench:
        with bench.store.reading() as unit:
            (row,) = unit.outbox.items()
            assert row.state is OutboxState.UNKNOWN
        bench.pass_time(timedelta(hours=1).total_seconds())
        assert delivery.drain(bench.till) == 1
        with bench.store.reading() as unit:
            history = [note.move for note in unit.outbox.history(row.item_id)]
        there = moment.startswith("after")
        last = OutboxMove.ALREADY_THERE if there else OutboxMove.DELIVERED
        assert history[-3:] == [OutboxMove.EXPIRED, OutboxMove.SENDING, last]
        assert booked(bench) == 1


def test_a_lost_answer_is_one_record_at_the_platform(yard: Yard) -> None:
    queued(yard, 2, 2)
    with yard.counter() as bench:
        bench.fault(Operation.UPLOAD_SALE.value, "drop_after")
        delivery.drain(bench.till)
        bench.pass_time(timedelta(hours=1).total_seconds())
        delivery.drain(bench.till)
        with bench.store.reading() as unit:
            assert unit.outbox.tally().count == 0
        assert booked(bench) == 2


def booked(bench: Bench) -> int:
    """Lines of sales that stand in the platform's books."""
    return int(bench.platform_state()["uploads"].get("sale", {"rows": 0})["rows"])
