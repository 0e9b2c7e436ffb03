"""I12: a base that is not the newest one is found out, and no id of the lost line comes again."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import Bug, Code, OperatorInput
from app.ports.messages import Draft
from app.ports.recovery import ALLOWED, Cause
from app.ports.store import OutboxState, Unit
from app.profile.operations import Operation
from localdb.keystore import FileKeyStore
from localdb.machine import Machine, this_machine
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from tests.support import store_builders as a

INSTITUTION = "P35010000001"
HERE = Machine("here", frozenset({"card one", "card two"}))


def speak(store: SqlStore, clock: a.PlayedClock, operation: Operation = Operation.OPEN_DAY) -> str:
    """One message begun, as the counter begins it; its id."""
    now = clock.now()
    with store.unit() as unit:
        stamp = unit.messages.stamp(INSTITUTION, 1, now)
        unit.messages.stage(Draft(None, operation, stamp.message_id, b"", "", now), None)
    return stamp.message_id


def copied(location: StoreLocation, target: Path) -> Path:
    """The base as a thief of time sees it: the file alone, nothing beside it."""
    shutil.copy(location.base, target)
    return target


def put_back(location: StoreLocation, copy: Path) -> None:
    for ending in ("db-wal", "db-shm"):
        location.path(ending).unlink(missing_ok=True)
    shutil.copy(copy, location.base)


def test_a_base_that_never_spoke_misses_nothing(
    open_again: Callable[[], SqlStore], location: StoreLocation, tmp_path: Path
) -> None:
    store = open_again()
    with store.unit() as unit:
        unit.settings.put("a", "b")
    store.close()
    aside = copied(location, tmp_path / "copy.db")
    put_back(location, aside)
    with open_again().reading() as unit:
        assert unit.recoveries.newest() is None


def test_a_copy_of_before_the_first_message_misses_all_of_them(
    open_again: Callable[[], SqlStore],
    location: StoreLocation,
    clock: a.PlayedClock,
    tmp_path: Path,
) -> None:
    """It never spoke, by what it knows; the mark beside the key knows better."""
    open_again().close()
    aside = copied(location, tmp_path / "copy.db")
    used = [speak(open_again(), clock) for _ in range(3)]
    open_again().close()
    put_back(location, aside)
    store = open_again()
    with store.reading() as unit:
        found = unit.recoveries.newest()
    assert found is not None
    assert (found.cause, found.open) == (Cause.OLDER, True)
    assert speak(store, clock) not in used


def test_a_restart_is_no_recovery(open_again: Callable[[], SqlStore], clock: a.PlayedClock) -> None:
    for _ in range(3):
        speak(open_again(), clock)
    with open_again().reading() as unit:
        assert unit.recoveries.newest() is None


def test_an_older_copy_is_found_out_and_repeats_no_id(
    open_again: Callable[[], SqlStore],
    location: StoreLocation,
    clock: a.PlayedClock,
    tmp_path: Path,
) -> None:
    store = open_again()
    used = [speak(store, clock)]
    store.close()
    aside = copied(location, tmp_path / "copy.db")
    store = open_again()
    used += [speak(store, clock) for _ in range(95)]
    store.close()
    put_back(location, aside)
    store = open_again()
    with store.reading() as unit:
        found = unit.recoveries.newest()
    assert found is not None
    assert (found.cause, found.number, found.open) == (Cause.OLDER, 1, True)
    assert found.since == a.NOON
    assert speak(store, clock) not in used
    with store.unit() as unit:
        unit.recoveries.end(clock.now())
    more = [speak(store, clock) for _ in range(95)]
    assert len({*used, *more}) == len(used) + len(more)
    assert min(more) > max(used)


def test_restored_twice_from_the_same_copy_the_second_line_repeats_nothing_of_the_first(
    open_again: Callable[[], SqlStore],
    location: StoreLocation,
    clock: a.PlayedClock,
    tmp_path: Path,
) -> None:
    speak(open_again(), clock)
    open_again().close()
    aside = copied(location, tmp_path / "copy.db")
    used: list[str] = []
    for number in (1, 2, 3):
        speak(open_again(), clock)  # what this line knows and the copy does not
        open_again().close()
        put_back(location, aside)
        store = open_again()
        with store.reading() as unit:
            found = unit.recoveries.newest()
        assert found is not None
        assert found.number == number
        used += [speak(store, clock) for _ in range(12)]
        store.close()
    assert len(set(used)) == len(used)


@contextmanager
def opened_at(
    location: StoreLocation, keys: FileKeyStore, clock: a.PlayedClock, machine: Machine = HERE
) -> Iterator[SqlStore]:
    store = open_store(location, keys, clock, machine=lambda: machine)
    try:
        yield store
    finally:
        store.close()


@pytest.mark.parametrize(
    ("machine", "cause"),
    [
        (HERE, None),
        (Machine("here", frozenset({"card two", "card three"})), None),
        (Machine("here", frozenset()), None),
        (Machine("here", frozenset({"card three"})), Cause.OTHER_MACHINE),
        (Machine("elsewhere", HERE.cards), Cause.OTHER_MACHINE),
    ],
)
def test_a_cloned_disk_is_found_out_by_its_machine(
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    machine: Machine,
    cause: Cause | None,
) -> None:
    with opened_at(location, key_store, clock) as store:
        before = speak(store, clock)
    with opened_at(location, key_store, clock, machine) as store:
        with store.reading() as unit:
            found = unit.recoveries.newest()
        assert (found and found.cause) == cause
        assert speak(store, clock) != before


def test_a_clone_that_is_not_believed_never_meets_its_original(
    location: StoreLocation, key_store: FileKeyStore, clock: a.PlayedClock, tmp_path: Path
) -> None:
    with opened_at(location, key_store, clock) as store:
        speak(store, clock)
    shutil.copytree(tmp_path, tmp_path.with_name("clone"), copy_function=shutil.copy)
    clone = StoreLocation(tmp_path.with_name("clone") / "base", "training", training=True)
    clone_keys = FileKeyStore(tmp_path.with_name("clone") / "keys")
    with opened_at(location, key_store, clock) as one, opened_at(clone, clone_keys, clock) as two:
        ids = [speak(store, clock) for _ in range(30) for store in (one, two)]
        with two.reading() as unit:
            found = unit.recoveries.newest()
    assert found is not None
    assert found.cause is Cause.MARK_COPIED
    assert len(set(ids)) == len(ids)


def test_a_lost_mark_and_a_torn_mark(
    open_again: Callable[[], SqlStore],
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
) -> None:
    mark = key_store.mark_of(location.name)
    for _ in range(2):
        speak(open_again(), clock)
    open_again().close()
    whole = bytearray(mark.read_bytes())
    half = len(whole) // 2
    for slot in (0, half):
        torn = whole.copy()
        torn[slot : slot + 70] = b"\0" * 70
        with mark.open("r+b") as file:
            file.write(torn)
        with open_again().reading() as unit:
            found = unit.recoveries.newest()
        assert found is None, "the other turn still holds"
        open_again().close()
    with mark.open("r+b") as file:
        file.write(bytes(len(whole)))
    with open_again().reading() as unit:
        found = unit.recoveries.newest()
    assert found is not None
    assert found.cause is Cause.MARK_LOST


def test_only_signing_in_comparing_and_a_reversal_leave_while_it_is_open(
    open_again: Callable[[], SqlStore],
    key_store: FileKeyStore,
    location: StoreLocation,
    clock: a.PlayedClock,
) -> None:
    speak(open_again(), clock)
    open_again().close()
    key_store.mark_of(location.name).unlink()
    store = open_again()
    for operation in Operation:
        if operation in ALLOWED:
            speak(store, clock, operation)
            continue
        with pytest.raises(OperatorInput) as refused:
            speak(store, clock, operation)
        assert refused.value.code is Code.RECOVERY_OPEN
    store = open_again()
    with pytest.raises(OperatorInput):
        speak(store, clock, Operation.SETTLE)
    with pytest.raises(Bug), store.unit() as unit:
        _ended_twice(unit, clock)
    with pytest.raises(OperatorInput):
        speak(store, clock, Operation.SETTLE)
    with store.unit() as unit:
        unit.recoveries.end(clock.now())
    speak(store, clock, Operation.SETTLE)
    with store.unit() as unit, pytest.raises(Bug):
        unit.recoveries.end(clock.now())


def _ended_twice(unit: Unit, clock: a.PlayedClock) -> None:
    """The second time is a bug, so that the first is rolled back with it."""
    unit.recoveries.end(clock.now())
    unit.recoveries.end(clock.now())


def test_what_waits_in_a_copy_may_have_been_told_and_numbers_are_left_out(
    open_again: Callable[[], SqlStore],
    location: StoreLocation,
    clock: a.PlayedClock,
    tmp_path: Path,
) -> None:
    store = open_again()
    speak(store, clock)
    with store.unit() as unit:
        item = unit.outbox.add(Operation.RETURN_SALE, "k", "lot", a.a_return(), None, "", a.NOON)
        drawn = [unit.settings.next_number("receipt") for _ in range(3)]
    store.close()
    aside = copied(location, tmp_path / "copy.db")
    store = open_again()
    with store.unit() as unit:
        drawn += [unit.settings.next_number("receipt") for _ in range(40)]
    store.close()
    put_back(location, aside)
    clock.move(timedelta(hours=1))
    with open_again().unit() as unit:
        found = unit.outbox.item(item)
        assert found is not None
        assert found.state is OutboxState.UNKNOWN
        assert unit.settings.next_number("receipt") not in drawn
        assert unit.settings.next_number("receipt of a day the copy never saw") > 40
    clock.move(timedelta(days=3))
    with open_again().unit() as unit:
        assert unit.settings.next_number("receipt of a later day") == 1


def test_the_machine_is_read_without_failing(tmp_path: Path) -> None:
    nothing = this_machine(tmp_path / "absent", tmp_path / "nowhere")
    assert nothing.cards == frozenset()
    identity = tmp_path / "id"
    identity.write_text("abc\n")
    for name, built_in in (("eth0", True), ("tun0", False)):
        card = tmp_path / "net" / name
        card.mkdir(parents=True)
        (card / "address").write_text(f"00:00:5e:00:53:{len(name):02x}\n")
        if built_in:
            (card / "device").mkdir()
    seen = this_machine(identity, tmp_path / "net")
    assert len(seen.cards) == 1
    assert not seen.same_as(nothing)
    assert seen.same_as(this_machine(identity, tmp_path / "net"))
    assert "abc" not in repr(seen)
