"""One counter's file becomes the base of a store: all of it, once, and never both are believed."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from app.domain.errors import Code, LocalTrouble
from app.domain.settlement import AttemptState
from app.ports.store import MessageState
from app.profile.operations import Operation
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.repositories.goods import SqlGoods
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, open_store, scope_of
from tests.support import store_builders as a
from tests.support.postgres import NOT_RUN, Cluster

pytest.importorskip("psycopg", reason=NOT_RUN)
from localdb.postgres import moving, schema
from localdb.postgres.engine import open_engines
from localdb.postgres.moving import Move, move_base

PLACE = "store-server/yaotai"


@pytest.fixture
def there(location: StoreLocation, cluster: Cluster) -> Iterator[StoreLocation]:
    """The same installation with an empty base at the server."""
    name = cluster.make()
    yield StoreLocation(
        location.folder, location.profile_id, location.training, url=cluster.url(name), counter=1
    )
    cluster.drop(name)


def fill(store: SqlStore) -> None:
    """Goods, a told record, a message, acts: what a day leaves."""
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        unit.cases.keep_document(case.case_id, "aa", b"%PDF-\x00\xff")
        unit.messages.stamp("P35010000001", 1, a.NOON)
        staged = unit.messages.stage(a.a_draft("M1"), case.case_id)
        unit.messages.close(staged.row_id, MessageState.ANSWERED, a.some_wire_facts())
        goods = SqlGoods(scope_of(unit))
        item = goods.stock_item(a.an_item())
        lot = goods.receive(a.a_lot(item.item_id), a.codes(5), "GR1", a.NOON)
        unit.goods.reserve(a.codes(1)[0], lot.lot_id, case.case_id, a.NOON)
        unit.goods.sell(case.case_id, None, "0001-000001", 1, a.NOON)
        boss = SqlPeople(scope_of(unit)).enrol(a.a_boss())
        for act in ("sign_in", "open_day"):
            unit.journal.write(a.NOON, boss.staff_id, act, "counter 1")
        unit.settings.next_number("receipt")
        unit.outbox.add(
            Operation.RETURN_SALE, "S1", "PC1", a.a_return(), case.case_id, "示例片", a.NOON
        )


@pytest.fixture
def moves(
    store: SqlStore,
    location: StoreLocation,
    there: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
) -> Callable[[], Move]:
    """Close the counter and move its base."""
    fill(store)

    def move() -> Move:
        store.close()
        return move_base(location, there, key_store, clock, PLACE)

    return move


def refused(act: Callable[[], Any]) -> Code:
    with pytest.raises(LocalTrouble) as told:
        act()
    return told.value.code


def opened(
    location: StoreLocation, key_store: FileKeyStore, clock: a.PlayedClock
) -> Callable[[], SqlStore]:
    return lambda: open_store(location, key_store, clock)


def test_everything_is_there_and_the_counter_goes_on_as_it_was(
    moves: Callable[[], Move],
    store: SqlStore,
    there: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
) -> None:
    with store.reading() as unit:
        head = unit.journal.head()  # type: ignore[attr-defined]  # the one of this room
        last = unit.messages.exchange(1).message_id
    moved = moves()
    assert moved.head == head[1].hex()
    assert moved.rows > 20
    new = open_store(there, key_store, clock)
    try:
        with new.reading() as unit:
            assert unit.recoveries.newest() is None, "the line of the mark goes on"
            assert unit.journal.verify(head).whole  # type: ignore[attr-defined]
            assert unit.messages.exchange(1).message_id == last
            assert unit.cases.document(1) == b"%PDF-\x00\xff"
            assert [item.business_key for item in unit.outbox.items()] == ["S1"]
            assert unit.stock.prove().holds
        with new.unit() as unit:
            assert unit.settings.next_number("receipt") == 2
            assert unit.cases.open(a.a_case(), 1).case_id == 2
            assert unit.messages.stamp("P35010000001", 1, a.NOON).message_id != last
            unit.journal.write(a.NOON, 1, "sign_out", "counter 1")
        with pytest.raises(Exception, match="9001"), new.unit() as unit:
            scope_of(unit).connection.exec_driver_sql("DELETE FROM journal")
    finally:
        new.close()


def test_the_old_file_is_kept_and_sells_no_more(
    moves: Callable[[], Move],
    location: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
) -> None:
    moves()
    assert refused(opened(location, key_store, clock)) is Code.STORE_MOVED
    assert location.base.stat().st_mode & 0o777 == 0o400
    location.path("moved").unlink()
    location.base.chmod(0o600)
    assert refused(opened(location, key_store, clock)) is Code.STORE_MOVED, "a copy says so too"


def test_nothing_is_moved_while_money_or_a_record_is_under_way(
    store: SqlStore, moves: Callable[[], Move], open_again: Callable[[], SqlStore]
) -> None:
    with store.unit() as unit:
        unit.attempts.add(a.an_attempt(), 1, "RX1")
    assert refused(moves) is Code.MOVE_MONEY_OPEN
    again = open_again()
    with again.unit() as unit:
        rejected = replace(a.an_attempt(), state=AttemptState.REJECTED, next_at=None)
        unit.attempts.save(rejected, AttemptState.PREPARED, "Restarted", a.NOON)
        unit.messages.stage(a.a_draft("M2"), None)
    again.close()
    assert refused(moves) is Code.MOVE_SENDING


def test_a_base_that_is_not_empty_is_left_alone(
    moves: Callable[[], Move], there: StoreLocation, cluster: Cluster
) -> None:
    name = str(sa.make_url(there.url).database)
    with cluster.connected(name) as other:
        other.execute("CREATE TABLE of_somebody (x INTEGER)")
    assert refused(moves) is Code.MOVE_NOT_EMPTY


def found_at(there: StoreLocation) -> str | None:
    engines = open_engines(there.url, "test")
    try:
        with engines.readers.connect() as connection:
            return schema.version(connection)
    finally:
        engines.dispose()


class PowerCut(BaseException):
    """The machine is gone."""


@pytest.mark.parametrize("at", ["_compared", "_mark_moved", "named", "_shut"])
def test_a_move_that_was_cut_off_leaves_one_base_and_is_finished_by_the_same_command(
    moves: Callable[[], Move],
    location: StoreLocation,
    there: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
) -> None:
    def cut(*_all: Any) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        if at == "named":
            whole = moving.schema.name_version

            def second(connection: sa.Connection, name: str) -> None:
                if name != moving.MOVING:
                    raise PowerCut
                whole(connection, name)

            patch.setattr(moving.schema, "name_version", second)
        else:
            patch.setattr(moving, at, cut)
        with pytest.raises(PowerCut):
            moves()
    done = at == "_shut"
    if at == "_compared":
        assert found_at(there) is None, "nothing stays of what was not compared"
    elif not done:
        assert refused(opened(there, key_store, clock)) is Code.STORE_NEWER
    if at in ("_compared", "_mark_moved"):
        open_store(location, key_store, clock).close()
    else:
        assert refused(opened(location, key_store, clock)) is Code.STORE_MOVED
    if not done:
        assert moves().rows > 20
    open_store(there, key_store, clock).close()


def test_what_the_old_one_did_since_makes_the_copy_stale(
    moves: Callable[[], Move],
    location: StoreLocation,
    there: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cut(*_all: Any) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_mark_moved", cut)
        with pytest.raises(PowerCut):
            moves()
    with closing(open_store(location, key_store, clock)) as again, again.unit() as unit:
        unit.settings.put("k", "v")
    assert refused(moves) is Code.MOVE_NOT_EMPTY
    assert refused(opened(there, key_store, clock)) is Code.STORE_NEWER
    open_store(location, key_store, clock).close()


def test_a_row_that_arrived_otherwise_is_named_and_nothing_stays(
    moves: Callable[[], Move],
    location: StoreLocation,
    there: StoreLocation,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = moving._copy

    def one_fen_more(here: sa.Connection, new: sa.Connection, table: sa.Table) -> None:
        whole(here, new, table)
        if table.name == "item":
            new.exec_driver_sql("UPDATE item SET retail_price = retail_price + 1")

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_copy", one_fen_more)
        with pytest.raises(LocalTrouble) as told:
            moves()
    assert (told.value.code, told.value.params["table"]) == (Code.MOVE_DIFFERS, "item")
    open_store(location, key_store, clock).close()
    assert moves().rows > 20
