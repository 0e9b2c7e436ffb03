"""Leases, order of a lot, and the history: what a second lane may do, and what it may not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.errors import Bug
from app.ports.messages import Draft
from app.ports.requests import OpenDay
from app.ports.store import (
    MessageState,
    OutboxItem,
    OutboxMove,
    OutboxNote,
    OutboxState,
    OutboxTally,
)
from app.profile.operations import Operation
from localdb.repositories.messages import message_id as a_message_id
from localdb.store import SqlStore
from tests.support import store_builders as a
from tests.support.bases import BOTH

BASES = BOTH

LEASE = timedelta(minutes=2)
SOON = a.NOON + LEASE
LATER = a.NOON + timedelta(hours=1)


def put(store: SqlStore, key: str, lane: str = "PC1") -> int:
    with store.unit() as unit:
        return unit.outbox.add(
            Operation.RETURN_SALE, key, lane, a.a_return(key), None, "示例片", a.NOON
        )


def claim(store: SqlStore, item_id: int, holder: str, clock: a.PlayedClock) -> bool:
    with store.unit() as unit:
        return unit.outbox.claim(item_id, holder, clock.now() + LEASE)


def settle(store: SqlStore, item_id: int, state: OutboxState, holder: str | None = None) -> bool:
    with store.unit() as unit:
        return unit.outbox.settle(item_id, state, LATER, 5001, "忙", holder=holder)


def item(store: SqlStore, item_id: int) -> OutboxItem:
    with store.reading() as unit:
        found = unit.outbox.item(item_id)
    assert found is not None
    return found


def moves(store: SqlStore, item_id: int) -> list[OutboxMove]:
    with store.reading() as unit:
        return [note.move for note in unit.outbox.history(item_id)]


def test_who_lost_the_lease_changes_nothing_but_a_delivery(
    store: SqlStore, clock: a.PlayedClock
) -> None:
    item_id = put(store, "S1")
    assert claim(store, item_id, "first", clock)
    clock.move(LEASE)
    assert claim(store, item_id, "second", clock)
    assert not settle(store, item_id, OutboxState.WAITING, "first")
    assert item(store, item_id).state is OutboxState.SENDING
    assert settle(store, item_id, OutboxState.DELIVERED, "first")
    assert not settle(store, item_id, OutboxState.UNKNOWN, "second")
    assert item(store, item_id).state is OutboxState.DELIVERED


def test_the_holder_writes_under_its_own_lease(store: SqlStore, clock: a.PlayedClock) -> None:
    item_id = put(store, "S1")
    claim(store, item_id, "first", clock)
    assert settle(store, item_id, OutboxState.WAITING, "first")
    found = item(store, item_id)
    assert (found.state, found.next_at, found.code, found.platform_text) == (
        OutboxState.WAITING,
        LATER,
        5001,
        "忙",
    )
    assert found.tries == 1


def test_an_expired_lease_is_unknown_and_told_as_such(
    store: SqlStore, clock: a.PlayedClock
) -> None:
    kept, lost = put(store, "S1", "A"), put(store, "S2", "B")
    claim(store, lost, "dead", clock)
    clock.move(LEASE)
    claim(store, kept, "alive", clock)
    with store.reading() as unit:
        assert [found.item_id for found in unit.outbox.in_doubt(clock.now())] == [lost]
    with store.unit() as unit:
        assert unit.outbox.expire(clock.now()) == (lost,)
        assert unit.outbox.expire(clock.now()) == ()
    assert item(store, lost).state is OutboxState.UNKNOWN
    assert item(store, kept).state is OutboxState.SENDING
    assert moves(store, lost) == [OutboxMove.QUEUED, OutboxMove.EXPIRED]
    with store.reading() as unit:
        assert unit.outbox.may_have_arrived(Operation.RETURN_SALE, "S2")
        assert not unit.outbox.may_have_arrived(Operation.RETURN_SALE, "S1")


def test_a_restart_writes_into_the_history(
    store: SqlStore, clock: a.PlayedClock, open_again: Callable[[], SqlStore]
) -> None:
    item_id = put(store, "S1")
    claim(store, item_id, "counter-1-dead", clock)
    assert moves(open_again(), item_id) == [OutboxMove.QUEUED, OutboxMove.EXPIRED]


@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.UNKNOWN])
def test_nobody_overtakes_within_a_lot(
    store: SqlStore, clock: a.PlayedClock, state: OutboxState
) -> None:
    first, second = put(store, "1"), put(store, "2")
    settle(store, first, state)
    assert not claim(store, second, "hand", clock)
    assert claim(store, put(store, "3", "PC2"), "hand", clock)
    settle(store, first, OutboxState.STOPPED)
    assert claim(store, second, "hand", clock)
    # the stopped one is mended while the second is on its way: not both at once
    assert not claim(store, first, "hand", clock)
    settle(store, second, OutboxState.DELIVERED)
    assert claim(store, first, "hand", clock)


def test_what_waits_for_a_line_is_hastened_and_nothing_else(store: SqlStore) -> None:
    line, busy, doubt = (put(store, key, key) for key in "123")
    with store.unit() as unit:
        unit.outbox.settle(line, OutboxState.WAITING, LATER, 4002, "")
        unit.outbox.settle(busy, OutboxState.WAITING, LATER, 3002, "")
        unit.outbox.settle(doubt, OutboxState.UNKNOWN, LATER, 5001, "")
        assert unit.outbox.hasten((4001, 4002), a.NOON) == 1
        assert unit.outbox.hasten((4001, 4002), a.NOON) == 0
    assert item(store, line).next_at == a.NOON
    assert (item(store, busy).next_at, item(store, doubt).next_at) == (LATER, LATER)


def test_the_tally_counts_without_opening_a_request(store: SqlStore, clock: a.PlayedClock) -> None:
    with store.reading() as unit:
        assert unit.outbox.tally() == OutboxTally(0, None, 0, 0)
    ids = [put(store, key, key) for key in "12345"]
    settle(store, ids[0], OutboxState.STOPPED)
    settle(store, ids[1], OutboxState.UNKNOWN)
    settle(store, ids[2], OutboxState.DELIVERED)
    claim(store, ids[3], "dead", clock)
    clock.move(LEASE)
    with store.reading() as unit:
        assert unit.outbox.tally() == OutboxTally(4, a.NOON, 1, 2)


def test_a_count_looks_back_at_what_of_its_lot_is_still_open(store: SqlStore) -> None:
    first, other, second = put(store, "1", "A"), put(store, "3", "B"), put(store, "2", "A")
    with store.unit() as unit:
        assert unit.outbox.open_before(second, (Operation.RETURN_SALE, Operation.RECEIVE))
        assert not unit.outbox.open_before(first, (Operation.RETURN_SALE,))
        assert not unit.outbox.open_before(second, (Operation.RECEIVE,))
        assert not unit.outbox.open_before(other, (Operation.RETURN_SALE,))
        unit.outbox.settle(first, OutboxState.STOPPED, SOON, None, "")
        assert unit.outbox.open_before(second, (Operation.RETURN_SALE,))
        unit.outbox.settle(first, OutboxState.DELIVERED, SOON, None, "")
        assert not unit.outbox.open_before(second, (Operation.RETURN_SALE,))


def test_the_history_of_a_mended_record_begins_with_the_first(store: SqlStore) -> None:
    old = put(store, "S1")
    who = OutboxNote(a.NOON, OutboxMove.MENDED, 3117, "缺日期", None, None, "补录")
    with store.unit() as unit:
        unit.outbox.note(old, who)
        unit.outbox.settle(old, OutboxState.VOIDED, SOON, None, "")
    put(store, "S2")
    new = put(store, "S1")
    assert moves(store, new) == [OutboxMove.QUEUED, OutboxMove.MENDED]
    assert moves(store, old) == [OutboxMove.QUEUED, OutboxMove.MENDED]
    with store.reading() as unit:
        assert unit.outbox.history(old)[1] == who


def test_no_item_has_no_face(store: SqlStore) -> None:
    with store.reading() as unit:
        assert unit.outbox.item(99) is None
        assert unit.outbox.history(99) == ()


def drafted(message_id: str, operation: Operation, at: datetime = a.NOON) -> Draft[OpenDay]:
    return replace(a.a_draft(message_id), operation=operation, composed_at=at)


def told(
    store: SqlStore,
    message_id: str,
    operation: Operation,
    state: MessageState,
    at: datetime = a.NOON,
) -> int:
    with store.unit() as unit:
        staged = unit.messages.stage(drafted(message_id, operation, at), None)
        unit.messages.close(staged.row_id, state, a.some_wire_facts())
    return staged.row_id


def test_an_exchange_comes_back_as_it_was_kept(store: SqlStore) -> None:
    row_id = told(store, "M1", Operation.UPLOAD_SALE, MessageState.REJECTED)
    with store.reading() as unit:
        found = unit.messages.exchange(row_id)
        with pytest.raises(Bug):
            unit.messages.exchange(row_id + 1)
    (reply,) = found.replies
    assert (found.message_id, found.operation) == ("M1", Operation.UPLOAD_SALE)
    assert found.kept == "{}"
    assert (reply.state, reply.kept) == (MessageState.REJECTED, a.some_wire_facts().kept_reply)


def test_an_unanswered_exchange_has_no_reply_text(store: SqlStore) -> None:
    with store.unit() as unit:
        staged = unit.messages.stage(drafted("M1", Operation.UPLOAD_SALE), None)
        unit.messages.close(staged.row_id, MessageState.UNKNOWN, None)
    with store.reading() as unit:
        (reply,) = unit.messages.exchange(staged.row_id).replies
    assert (reply.kept, reply.failure, reply.status) == ("", "", None)


def test_what_is_open_was_tried_in_this_order_by_the_clock_of_then(store: SqlStore) -> None:
    here, gone = put(store, "S1"), put(store, "S2", "PC2")
    first, second = (
        told(store, numbered(number), Operation.RETURN_SALE, MessageState.NOT_SENT)
        for number in (1, 2)
    )
    with store.unit() as unit:
        for item, at, row in ((here, SOON, first), (gone, SOON, first), (here, a.NOON, second)):
            unit.outbox.note(item, OutboxNote(at, OutboxMove.NOT_SENT, message_row=row))
        unit.outbox.settle(gone, OutboxState.VOIDED, SOON, None, "")
    with store.reading() as unit:
        assert unit.messages.first_unsent((Operation.RETURN_SALE,), 1) == first
        assert unit.outbox.tried_since(first) == (SOON, a.NOON)
        assert unit.outbox.tried_since(second) == (a.NOON,)


def numbered(number: int, counter: int = 1) -> str:
    return a_message_id("P35010000001", counter, a.NOON, number)


def test_the_line_is_away_since_the_first_call_that_did_not_leave(store: SqlStore) -> None:
    core = (Operation.UPLOAD_SALE, Operation.SETTLE)

    def line(counter: int = 1) -> tuple[object, int]:
        with store.reading() as unit:
            messages = unit.messages
            return messages.without_line_since(core, counter), messages.last_left(core, counter)

    assert line() == (None, 0)
    told(store, numbered(1), Operation.UPLOAD_SALE, MessageState.ANSWERED)
    assert line() == (None, 1)
    told(store, numbered(2), Operation.SETTLE, MessageState.NOT_SENT, SOON)
    told(store, numbered(3), Operation.AUDIT, MessageState.ANSWERED)
    told(store, numbered(4), Operation.SETTLE, MessageState.NOT_SENT, LATER)
    assert line() == (SOON, 1)
    assert line(2) == (None, 0), "each counter has a line of its own"
    told(store, numbered(1, 2), Operation.SETTLE, MessageState.ANSWERED)
    assert (line(), line(2)) == ((SOON, 1), (None, 5))
    with store.unit() as unit:
        cut_off = unit.messages.stage(drafted(numbered(5), Operation.SETTLE), None)
        unit.messages.close(cut_off.row_id, MessageState.UNKNOWN, None)
        assert unit.messages.last_left(core) == 5
    assert line() == (SOON, 1), "a power cut proves no line"
    told(store, numbered(6), Operation.UPLOAD_SALE, MessageState.UNKNOWN)
    assert line() == (None, 7)


def test_tellings_that_reached_nobody_are_counted_apart(store: SqlStore) -> None:
    item_id, other = put(store, "S1"), put(store, "S2")
    with store.unit() as unit:
        for move in (OutboxMove.NOT_SENT, OutboxMove.UNCLEAR, OutboxMove.NOT_SENT):
            unit.outbox.note(item_id, OutboxNote(a.NOON, move))
    with store.reading() as unit:
        assert (unit.outbox.never_left(item_id), unit.outbox.never_left(other)) == (2, 0)
