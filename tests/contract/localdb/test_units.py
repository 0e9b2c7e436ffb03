"""One unit is one transaction: all or nothing, one writer, readers that never wait."""

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy.exc

from app.domain.errors import Bug, Code, LocalTrouble, OperatorInput
from app.ports.store import Unit
from localdb import lines
from localdb.engine import READERS
from localdb.failures import driver_errors
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a
from tests.support.bases import BOTH, FILE, SERVER, only

BASES = BOTH


class Planted(Exception):
    """A failure put there by a test."""


def value_of(store: SqlStore, key: str) -> str | None:
    with store.reading() as unit:
        return unit.settings.get(key)


def put_and_fail(store: SqlStore, failure: BaseException) -> None:
    with store.unit() as unit:
        unit.settings.put("k", "v")
        raise failure


@pytest.mark.parametrize("failure", [Planted(), KeyboardInterrupt(), SystemExit(1)])
def test_any_exception_rolls_everything_back(store: SqlStore, failure: BaseException) -> None:
    with pytest.raises(type(failure)):
        put_and_fail(store, failure)
    assert value_of(store, "k") is None
    with store.unit() as unit:
        unit.settings.put("k", "after")
    assert value_of(store, "k") == "after"


def test_driver_errors_leave_as_trouble(store: SqlStore) -> None:
    with pytest.raises(Bug) as bug, store.unit() as unit:
        scope_of(unit).connection.exec_driver_sql("SELECT * FROM nowhere")
    assert isinstance(bug.value.__cause__, sqlalchemy.exc.SQLAlchemyError)


def test_listeners_hear_each_durable_commit_and_nothing_else(store: SqlStore) -> None:
    heard: list[str | None] = []
    store.on_commit(lambda: heard.append(value_of(store, "k")))
    with store.unit() as unit:
        unit.settings.put("k", "1")
        assert heard == []
    with pytest.raises(Planted):
        put_and_fail(store, Planted())
    with store.unit() as unit:
        unit.settings.get("k")
    with store.reading() as unit:
        unit.settings.get("k")
    assert heard == ["1"]


def test_failing_listener_cannot_undo_the_commit(store: SqlStore) -> None:
    def fail() -> None:
        raise Planted

    store.on_commit(fail)
    with pytest.raises(Planted), store.unit() as unit:
        unit.settings.put("k", "v")
    assert value_of(store, "k") == "v"
    assert not store.in_unit


def test_no_unit_inside_a_unit(store: SqlStore) -> None:
    with store.unit(), pytest.raises(Bug), store.unit():
        pass
    with store.unit():
        assert store.in_unit
    assert not store.in_unit


def test_no_copy_and_no_closing_inside_a_unit(store: SqlStore, tmp_path: Path) -> None:
    with store.unit(), pytest.raises(Bug):
        store.close()
    with store.unit(), pytest.raises(Bug):
        store.copy_to(tmp_path / "copy.db")


@only(SERVER)
def test_what_is_of_files_is_said_not_to_be_there(store: SqlStore, tmp_path: Path) -> None:
    for word in (store.require_whole, lambda: store.copy_to(tmp_path / "copy.db")):
        with pytest.raises(LocalTrouble) as trouble:
            word()
        assert trouble.value.code is Code.STORE_AT_SERVER
    assert not (tmp_path / "copy.db").exists()


def test_writing_in_a_read_is_a_bug(store: SqlStore) -> None:
    with pytest.raises(Bug), store.reading() as unit:
        unit.settings.put("k", "v")
    assert value_of(store, "k") is None


def test_read_sees_one_moment_and_never_waits(store: SqlStore) -> None:
    with store.unit() as unit:
        unit.settings.put("k", "old")
    with store.reading() as early:
        with store.unit() as unit:
            unit.settings.put("k", "new")
            assert value_of(store, "k") == "old"
        assert early.settings.get("k") == "old"
    assert value_of(store, "k") == "new"


def test_writers_of_many_lanes_are_served_one_after_another(store: SqlStore) -> None:
    inside = 0
    most = 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(10):
            with store.unit() as unit:
                inside += 1
                most = max(most, inside)
                unit.settings.next_number("n")
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == 1
    with store.unit() as unit:
        assert unit.settings.next_number("n") == 41


def test_two_screens_save_one_case_and_one_wins(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def save(note: str) -> None:
        barrier.wait(30)
        try:
            with store.unit() as unit:
                unit.cases.save(replace(case, parked_note=note))
            outcomes.append("saved")
        except OperatorInput as refused:
            outcomes.append(refused.code.name)

    threads = [threading.Thread(target=save, args=(note,)) for note in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["STEP_MOVED_ON", "saved"]


def test_closed_store_refuses_everything(open_again: Callable[[], SqlStore]) -> None:
    store = open_again()
    store.close()
    store.close()
    with pytest.raises(Bug), store.unit():
        pass
    with pytest.raises(Bug), store.reading():
        pass


def test_commit_that_reports_failure_is_read_back(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver says no after the rows were written: the base decides, not the error."""
    _break_commit(store, monkeypatch, before_commit=False)
    with store.unit() as unit:
        unit.settings.put("k", "there")
    assert value_of(store, "k") == "there"


def test_commit_that_did_not_happen_is_trouble(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    store.on_commit(lambda: heard.append(1))
    _break_commit(store, monkeypatch, before_commit=True)
    with pytest.raises(LocalTrouble) as trouble, store.unit() as unit:
        unit.settings.put("k", "lost")
    assert trouble.value.code is Code.STORE_FAILED
    assert (value_of(store, "k"), heard) == (None, [])
    with store.unit() as unit:
        unit.settings.put("k", "later")
    assert value_of(store, "k") == "later"


def _break_commit(store: SqlStore, monkeypatch: pytest.MonkeyPatch, *, before_commit: bool) -> None:
    """The next COMMIT reports an I/O error, with or without having done its work."""
    dialect = store._opened.engines.writer.dialect
    real = dialect.do_commit

    def broken(connection: object) -> None:
        monkeypatch.undo()
        if not before_commit:
            real(connection)  # type: ignore[arg-type]  # the dialect hands over its own type
        error = dialect.loaded_dbapi.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise error

    monkeypatch.setattr(dialect, "do_commit", broken)


def test_an_old_snapshot_is_not_looked_at_again(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may have written: nobody here is told."""
    monkeypatch.setattr(lines, "SNAPSHOT_S", 0.0)
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
    with store.reading() as unit:
        first = unit.cases.get(case.case_id)
    with store.reading() as unit:
        assert unit.cases.get(case.case_id) is not first


@only(FILE)
def test_a_snapshot_nobody_wrote_behind_is_looked_at_again(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "SNAPSHOT_S", 600.0)
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
    with store.reading() as unit:
        first = unit.cases.get(case.case_id)
    with store.reading() as unit:
        assert unit.cases.get(case.case_id) is first
    with store.unit() as unit:
        unit.cases.save(replace(first, parked_note="n"))
        with store.reading() as beside:
            assert beside.cases.get(case.case_id).parked_note == first.parked_note
    with store.reading() as unit:
        assert unit.cases.get(case.case_id).parked_note == "n"


@only(SERVER)
def test_where_others_write_no_snapshot_is_looked_at_twice(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
    with store.reading() as unit:
        first, line = unit.cases.get(case.case_id), scope_of(unit).line
    assert not line.driver.in_transaction
    with store.reading() as unit:
        assert scope_of(unit).line is line
        assert unit.cases.get(case.case_id) is not first


@only(FILE)
def test_no_snapshot_outlives_the_beginning_of_a_unit(store: SqlStore) -> None:
    """The log begins anew only where nobody looks at an old moment of it."""
    with store.reading() as unit, store.reading() as beside:
        warm, line = scope_of(unit).line, scope_of(beside).line
        assert unit.settings.get("k") == beside.settings.get("k")
    assert warm.driver.in_transaction
    assert line.driver.in_transaction
    with store.unit() as unit:
        assert not line.driver.in_transaction
        assert scope_of(unit).line is warm
        assert warm.read is None


def test_what_was_just_written_is_read_where_it_was_written(store: SqlStore) -> None:
    """Another connection would have to open every page anew."""
    with store.unit() as unit:
        unit.settings.put("k", "v")
        line = scope_of(unit).line
    with store.reading() as unit:
        assert scope_of(unit).line is line
        with store.reading() as beside:
            assert scope_of(beside).line is not line


def test_a_unit_waits_for_no_reading(store: SqlStore) -> None:
    """Whoever looks at a long list on the writer's line holds up nobody, and sees one moment."""
    with store.unit() as unit:
        unit.settings.put("k", "old")
    with store.reading() as early:
        assert early.settings.get("k") == "old"
        for value in ("new", "newer"):
            with store.unit() as unit:
                assert scope_of(unit).line is not scope_of(early).line
                unit.settings.put("k", value)
            with store.reading() as late:
                assert scope_of(late).line is not scope_of(early).line
                assert late.settings.get("k") == value
        assert early.settings.get("k") == "old"
    assert value_of(store, "k") == "newer"


def _write_and_fail(unit: Unit, write: Callable[[Unit], object]) -> None:
    with suppress(Bug, *driver_errors()):
        write(unit)
    raise Planted


COUNTED = "UPDATE unit_mark SET number = number + 1"
WRITES: dict[str, Callable[[Unit], object]] = {
    "known": lambda unit: unit.settings.put("k", "v"),
    "worded anew": lambda unit: scope_of(unit).connection.exec_driver_sql(COUNTED),
    "on the driver": lambda unit: scope_of(unit).line.driver.execute(COUNTED),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("warm", [True, False])
def test_nothing_written_in_a_read_stands(
    store: SqlStore, write: Callable[[Unit], object], *, warm: bool
) -> None:
    """Neither for the next unit nor for whoever looks at the same moment."""
    before = store.units()
    with ExitStack() as busy:
        if not warm:
            busy.enter_context(store.reading())
        with pytest.raises(Bug) as bug, store.reading() as unit:
            write(unit)
        assert bug.value.params["what"] == lines.WRITE_IN_A_READ
        assert (value_of(store, "k"), store.units()) == (None, before)
    with pytest.raises(Planted), store.reading() as unit:
        _write_and_fail(unit, write)
    assert (value_of(store, "k"), store.units()) == (None, before)
    with store.unit() as unit:
        unit.settings.put("other", "v")
    assert (value_of(store, "k"), store.units()) == (None, before + 1)


def _break_and_ask(unit: Unit) -> None:
    scope_of(unit).line.driver.close()
    unit.settings.get("k")


def test_a_connection_that_breaks_serves_nobody_again(store: SqlStore) -> None:
    for _ in range(READERS + 1):
        with pytest.raises((Bug, LocalTrouble)), store.reading() as unit:
            _break_and_ask(unit)
    with store.reading() as unit:
        unit.settings.get("k")
        line = scope_of(unit).line
    line.driver.close()
    with store.unit() as unit:
        unit.settings.put("k", "v")
    assert value_of(store, "k") == "v"


def test_more_readers_than_lines_wait_for_one_another(store: SqlStore) -> None:
    together = threading.Barrier(READERS + 1)
    seen: list[str | None] = []

    def look() -> None:
        with store.reading() as unit:
            together.wait(30)
            seen.append(unit.settings.get("k"))

    threads = [threading.Thread(target=look) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    late = threading.Thread(target=lambda: seen.append(value_of(store, "k")))
    late.start()
    together.wait(30)
    for thread in (*threads, late):
        thread.join(60)
    assert seen == [None] * (READERS + 1)
