"""What waits: in order per lot, claimed by one, never sent twice by itself."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Bug
from app.ports.requests import OpenDay, ReturnSale
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState
from app.profile.operations import Operation
from localdb.store import SqlStore
from tests.support import store_builders as a
from tests.support.bases import BOTH

BASES = BOTH

SOON = a.NOON + timedelta(minutes=2)


def put(store: SqlStore, key: str, lane: str = "PC1", request: object | None = None) -> int:
    with store.unit() as unit:
        return unit.outbox.add(
            Operation.RETURN_SALE, key, lane, request or a.a_return(key), None, "示例片", a.NOON
        )


def due(store: SqlStore) -> list[str]:
    with store.reading() as unit:
        return [item.business_key for item in unit.outbox.due(a.NOON)]


def settle(store: SqlStore, item_id: int, state: OutboxState) -> None:
    with store.unit() as unit:
        unit.outbox.settle(item_id, state, SOON, None, "")


def only(store: SqlStore, *, open_only: bool = True) -> OutboxItem:
    with store.reading() as unit:
        (item,) = unit.outbox.items(open_only=open_only)
    return item


def test_request_comes_back_as_it_was_put(
    store: SqlStore, open_again: Callable[[], SqlStore]
) -> None:
    put(store, "S1")
    with open_again().reading() as unit:
        (item,) = unit.outbox.items()
    assert item.request == a.a_return("S1")
    assert (item.state, item.tries, item.born_at) == (OutboxState.WAITING, 0, a.NOON)


def test_same_request_under_the_same_key_is_the_same_row(store: SqlStore) -> None:
    assert put(store, "S1") == put(store, "S1")


def test_another_request_under_the_same_key_is_a_bug(store: SqlStore) -> None:
    put(store, "S1")
    with pytest.raises(Bug):
        put(store, "S1", request=a.a_return("S1", index=2))


def test_a_voided_key_may_be_used_again(store: SqlStore) -> None:
    first = put(store, "S1")
    settle(store, first, OutboxState.VOIDED)
    assert put(store, "S1") != first


def test_only_requests_can_wait(store: SqlStore) -> None:
    with pytest.raises(Bug):
        put(store, "S1", request=object())


def test_first_of_each_lot_is_due(store: SqlStore) -> None:
    for key, lane in (("1", "A"), ("2", "A"), ("3", "B")):
        put(store, key, lane)
    assert due(store) == ["1", "3"]


@pytest.mark.parametrize(
    ("state", "next_due"),
    [
        (OutboxState.WAITING, []),
        (OutboxState.UNKNOWN, []),
        (OutboxState.STOPPED, ["2"]),
        (OutboxState.DELIVERED, ["2"]),
        (OutboxState.VOIDED, ["2"]),
    ],
)
def test_what_the_first_of_a_lot_lets_pass(
    store: SqlStore, state: OutboxState, next_due: list[str]
) -> None:
    first = put(store, "1")
    put(store, "2")
    with store.unit() as unit:
        assert unit.outbox.claim(first, "delivery", SOON)
    assert due(store) == []
    settle(store, first, state)
    assert due(store) == next_due


def test_claim_counts_and_holds_until_the_lease_runs_out(
    store: SqlStore, clock: a.PlayedClock
) -> None:
    item_id = put(store, "S1")
    with store.unit() as unit:
        assert unit.outbox.claim(item_id, "delivery", SOON)
        assert not unit.outbox.claim(item_id, "counter", SOON)
    assert (only(store).state, only(store).tries) == (OutboxState.SENDING, 1)
    clock.move(timedelta(minutes=2))
    assert only(store).state is OutboxState.UNKNOWN
    assert due(store) == []
    with store.unit() as unit:
        assert unit.outbox.claim(item_id, "counter", SOON + timedelta(minutes=2))


def test_a_record_is_claimed_as_it_was_seen(store: SqlStore, clock: a.PlayedClock) -> None:
    """Between a look and a claim another one told it: its fate is no longer what was seen."""
    item_id = put(store, "S1")
    with store.unit() as unit:
        seen = only(store)
        assert unit.outbox.claim(item_id, "counter-1-x", SOON, seen)
    settle(store, item_id, OutboxState.WAITING)
    with store.unit() as unit:
        assert not unit.outbox.claim(item_id, "counter-2-x", SOON, seen)
        waiting = only(store)
    settle(store, item_id, OutboxState.UNKNOWN)
    with store.unit() as unit:
        assert not unit.outbox.claim(item_id, "counter-2-x", SOON, waiting)
        assert unit.outbox.claim(item_id, "counter-2-x", SOON, only(store))
    clock.move(timedelta(minutes=2))
    with store.unit() as unit:
        assert only(store).state is OutboxState.UNKNOWN, "a lease that ran out"
        assert unit.outbox.claim(item_id, "counter-3-x", SOON + timedelta(minutes=2), only(store))


def test_restart_calls_what_was_sending_unknown(
    store: SqlStore, open_again: Callable[[], SqlStore]
) -> None:
    item_id = put(store, "S1")
    with store.unit() as unit:
        unit.outbox.claim(item_id, "counter-1-delivery", SOON)
    assert only(open_again()).state is OutboxState.UNKNOWN


def test_a_final_row_stays_final(store: SqlStore) -> None:
    item_id = put(store, "S1")
    settle(store, item_id, OutboxState.DELIVERED)
    settle(store, item_id, OutboxState.WAITING)
    with store.unit() as unit:
        assert not unit.outbox.claim(item_id, "delivery", SOON)
        assert unit.outbox.items() == ()
    assert only(store, open_only=False).state is OutboxState.DELIVERED


def test_sending_is_claimed_never_settled(store: SqlStore) -> None:
    item_id = put(store, "S1")
    with pytest.raises(Bug):
        settle(store, item_id, OutboxState.SENDING)


def test_a_row_that_does_not_exist_has_no_fate(store: SqlStore) -> None:
    with pytest.raises(Bug):
        settle(store, 77, OutboxState.DELIVERED)


def test_four_lanes_drain_each_row_exactly_once(store: SqlStore) -> None:
    wanted = {put(store, str(number), lane=str(number % 7)) for number in range(40)}
    sent: list[int] = []
    failures: list[BaseException] = []

    def drain(name: str) -> None:
        try:
            while True:
                with store.reading() as unit:
                    found = unit.outbox.due(a.NOON)
                    left = unit.outbox.items()
                if not left:
                    return
                for item in found:
                    deliver(item.item_id, name)
        except BaseException as failure:
            failures.append(failure)
            raise

    def deliver(item_id: int, name: str) -> None:
        with store.unit() as unit:
            mine = unit.outbox.claim(item_id, name, SOON)
        if mine:
            sent.append(item_id)
            settle(store, item_id, OutboxState.DELIVERED)

    threads = [threading.Thread(target=drain, args=(f"lane-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert (len(sent), set(sent)) == (len(wanted), wanted)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.sampled_from([s for s in OutboxState if s != OutboxState.SENDING])))
def test_states_follow_the_model(store: SqlStore, moves: list[OutboxState]) -> None:
    with store.reading() as unit:
        key = f"H{len(unit.outbox.items(open_only=False))}"
    item_id = put(store, key, lane=key)
    expected = OutboxState.WAITING
    for state in moves:
        settle(store, item_id, state)
        if expected not in (OutboxState.DELIVERED, OutboxState.VOIDED):
            expected = state
    with store.reading() as unit:
        (item,) = (i for i in unit.outbox.items(open_only=False) if i.item_id == item_id)
    assert item.state is expected


def test_personal_fields_of_a_waiting_request_are_typed(store: SqlStore) -> None:
    put(store, "S1")
    request = only(store).request
    assert isinstance(request, ReturnSale)
    assert request.buyer.person == a.a_person()
    put(store, "D1", lane="day", request=OpenDay("1001", "00-00-00-00-00-01", "192.0.2.10"))


def test_a_lot_is_read_whole_with_what_has_arrived(store: SqlStore) -> None:
    items = [put(store, f"S{number}", "PC1") for number in (1, 2)]
    put(store, "S3", "PC2")
    settle(store, items[0], OutboxState.DELIVERED)
    with store.reading() as unit:
        assert [item.item_id for item in unit.outbox.of_lot("PC1")] == items
        assert unit.outbox.of_lot("PC9") == ()


def test_arrivals_are_counted_from_one_moment_to_another(store: SqlStore) -> None:
    item, hour = put(store, "S1"), timedelta(hours=1)
    with store.unit() as unit:
        unit.outbox.note(item, OutboxNote(a.NOON, OutboxMove.SENDING))
        unit.outbox.note(item, OutboxNote(a.NOON + hour, OutboxMove.DELIVERED))
    with store.reading() as unit:
        counted = unit.outbox.delivered_since
        assert counted(a.NOON) == counted(a.NOON + hour) == 1
        assert counted(a.NOON + 2 * hour) == 0
        assert counted(a.NOON, until=a.NOON + hour) == 0
        assert counted(a.NOON, until=a.NOON + 2 * hour) == 1
