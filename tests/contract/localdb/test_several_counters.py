"""Several processes at one base: nobody takes what is another's, and nobody waits for ever."""

import json
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.case import Step
from app.domain.errors import Bug, Code, LocalTrouble, OperatorInput
from app.ports.store import MessageState, OutboxState
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.postgres import engine as server_engine
from localdb.store import open_store, open_store_beside, scope_of
from tests.support import store_builders as a
from tests.support.bases import SERVER
from tests.support.counters import (
    At,
    code_of,
    fate_of,
    name_of,
    on_its_way,
    put,
    queued,
    stamped,
    state_of,
    value_of,
)
from tests.support.postgres import Cluster

BASES = (SERVER,)
ROOT = Path(__file__).parents[3]
MINUTES = timedelta(minutes=2)


def test_what_one_wrote_the_other_reads_at_once(counter: At) -> None:
    first, second = counter(1), counter(2)
    for value in ("a", "b"):
        put(first, "k", value)
        assert value_of(second, "k") == value
        put(second, "k", value * 2)
        assert value_of(first, "k") == value * 2


def test_a_restart_gives_up_its_own_flight_alone(counter: At) -> None:
    first, second = counter(1), counter(2)
    rows = [on_its_way(first, 1), on_its_way(second, 2)]
    items = [queued(first, "A"), queued(second, "B")]
    for store, number, item in ((first, 1, items[0]), (second, 2, items[1])):
        with store.unit() as unit:
            assert unit.outbox.claim(item, f"counter-{number}-x", a.NOON + MINUTES)
    first = counter(1)
    assert [fate_of(first, row) for row in rows] == [MessageState.UNKNOWN, MessageState.SENDING]
    assert [state_of(first, one) for one in items] == [OutboxState.UNKNOWN, OutboxState.SENDING]
    with second.unit() as unit:
        unit.messages.close(rows[1], MessageState.ANSWERED, a.some_wire_facts())
        assert unit.outbox.settle(
            items[1], OutboxState.DELIVERED, a.NOON, None, "", holder="counter-2-x"
        )


def test_what_nobody_may_hold_any_longer_is_given_up_by_whoever_starts(
    counter: At, clock: a.PlayedClock
) -> None:
    first, second = counter(1), counter(2)
    item = queued(first, "A")
    with second.unit() as unit:
        assert unit.outbox.claim(item, "counter-2-x", clock.now() + MINUTES)
    clock.move(MINUTES)
    assert state_of(counter(1), item) is OutboxState.UNKNOWN


def test_ids_of_two_counters_never_meet(counter: At) -> None:
    stores = {number: counter(number) for number in (1, 2, 11)}
    drawn = [
        stamped(store, number, seconds)
        for seconds in (0.0, -50.0, 0.0)
        for number, store in stores.items()
        for _ in range(4)
    ]
    assert len(set(drawn)) == len(drawn)


def test_a_prescription_has_one_live_attempt_at_all_counters(counter: At) -> None:
    stores = [counter(1), counter(2)]
    outcomes: list[str] = []
    barrier = threading.Barrier(2)
    cases = []
    for store in stores:
        with store.unit() as unit:
            cases.append(unit.cases.open(a.a_case(step=Step.SETTLE), 1).case_id)

    def add(number: int) -> None:
        barrier.wait(30)
        try:
            with stores[number].unit() as unit:
                unit.attempts.add(a.an_attempt(f"M{number}"), cases[number], "RX1")
            outcomes.append("live")
        except OperatorInput as refused:
            outcomes.append(refused.code.name)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["PRESCRIPTION_LIVE_ELSEWHERE", "live"]


def test_four_processes_lease_each_row_once_and_number_without_a_gap(
    counter: At, location: StoreLocation, tmp_path: Path
) -> None:
    store = counter(1)
    items = [queued(store, f"K{number}") for number in range(20)]
    workers = []
    for number in (2, 3, 4, 5):
        counter(number).close()
        folder = str(tmp_path / f"counter-{number}")
        keys = str(tmp_path / f"keys-{number}")
        told = json.dumps([location.url, folder, keys, number, items])
        command = (sys.executable, "-m", "tests.support.server_worker", told)
        workers.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE))
    held = [json.loads(worker.communicate(timeout=100)[0]) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    assert sorted(item for one in held for item in one["leased"]) == items
    assert sorted(n for one in held for n in one["numbers"]) == list(range(1, 21))


def test_a_number_is_one_counter(
    counter: At,
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    tmp_path: Path,
) -> None:
    first = counter(1)
    elsewhere = replace(location, folder=tmp_path / "elsewhere")
    assert code_of(lambda: open_store(elsewhere, key_store, clock)) is Code.COUNTER_TAKEN
    put(first, "k", "v")


def test_what_a_dead_process_holds_at_the_server_ends_with_the_next_start(
    counter: At, location: StoreLocation, cluster: Cluster
) -> None:
    """Its machine lost its power in the middle of a unit: the server was not told."""
    store = counter(1)
    with store.unit() as unit:
        name = scope_of(unit).line.driver.info.parameter_status("application_name")
    store.close()
    with closing(cluster.connected(name_of(location))) as dead:
        dead.execute(f"SET application_name = '{name}'")
        dead.execute("BEGIN")
        dead.execute("SELECT number FROM unit_mark FOR UPDATE")
        put(counter(1), "k", "goes on")


@pytest.mark.parametrize("key", [None, bytes(32)])
def test_who_has_another_key_or_none_does_not_open_it(
    location: StoreLocation, clock: a.PlayedClock, tmp_path: Path, key: bytes | None
) -> None:
    keys = FileKeyStore(tmp_path / "other")
    if key is not None:
        keys.keep(location.name, key)
    here = replace(location, folder=tmp_path / "two", counter=2)
    assert code_of(lambda: open_store(here, keys, clock)) is Code.KEY_MISSING
    assert code_of(lambda: open_store_beside(here, keys, clock)) is Code.KEY_MISSING


def test_whoever_waits_too_long_is_told_so(counter: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(server_engine._ALWAYS, "lock_timeout", "50")
    first, second = counter(1), counter(2)
    with first.unit() as unit:
        unit.settings.put("k", "first")
        assert code_of(lambda: put(second, "k", "second")) is Code.STORE_LOCKED
        assert value_of(second, "k") is None, "a reading waits for nobody"
    put(second, "k", "second")
    assert value_of(first, "k") == "second"


def test_a_live_base_that_is_empty_is_not_made_anew(
    counter: At,
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    cluster: Cluster,
    tmp_path: Path,
) -> None:
    live = replace(
        location, folder=tmp_path / "live", training=False, url=cluster.url(cluster.make())
    )
    open_store(live, key_store, clock).close()
    open_store(live, key_store, clock).close()
    empty = replace(live, url=cluster.url(cluster.make()))
    assert code_of(lambda: open_store(empty, key_store, clock)) is Code.STORE_CORRUPT
    beside = replace(empty, folder=tmp_path / "beside")
    assert code_of(lambda: open_store_beside(beside, key_store, clock)) is Code.STORE_ABSENT


def test_beside_a_running_counter_nothing_is_written(
    counter: At, location: StoreLocation, key_store: FileKeyStore, clock: a.PlayedClock
) -> None:
    put(counter(1), "k", "v")
    beside = open_store_beside(location, key_store, clock)
    assert value_of(beside, "k") == "v"
    with pytest.raises(LocalTrouble), beside.unit():
        pass
    with pytest.raises(Bug), beside.reading() as unit:
        unit.settings.put("k", "w")
    beside.close()
