"""The delivery lane where an answer never came: asked about, told again, or left to a person."""

from datetime import timedelta

import msgspec
import pytest

from app.domain.errors import (
    Code,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
)
from app.ports.store import OutboxMove, OutboxNote, OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.doubts.travelling import quiescence
from tests.support.kept_records import history, put, row, told
from tests.support.small_counter import SmallCounter, on_unknown
from tests.support.waiting_sales import sale_of

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
UNSENT = NotSent(Code.DID_NOT_LEAVE)
REFUSED = PlatformRejected(Code.SALE_REFUSED)
GAP = timedelta(seconds=20)
"""Past the first gap, and past the time in which a lost telling may still arrive."""


def test_a_region_that_fears_repeats_leaves_doubt_to_a_person(small: SmallCounter) -> None:
    small.with_profile(on_unknown(small.profile, Operation.UPLOAD_SALE, "person"))
    item = put(small, 1, "A")
    put(small, 2, "A")
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    delivery.deliver_due(small.till)
    for _ in range(5):
        small.clock.move(timedelta(hours=2))
        assert delivery.deliver_due(small.till) == 0
    assert told(small) == ["S1"]
    found = row(small, item)
    assert found.state is OutboxState.UNKNOWN
    assert found.next_at > small.clock.now()


def in_doubt_of_a_visit(small: SmallCounter, on_absent: str, *, booked: bool) -> int:
    """A sale whose answer was lost, in a region that can be asked about it."""
    rule = on_unknown(small.profile, Operation.UPLOAD_SALE, "query:query_stock_trail")
    part = msgspec.structs.replace(rule.operations[Operation.UPLOAD_SALE], on_absent=on_absent)
    operations = {**rule.operations, Operation.UPLOAD_SALE: part}
    small.with_profile(msgspec.structs.replace(rule, operations=operations))
    view = small.surface.current()
    with small.store.unit() as unit:
        item = unit.outbox.add(
            Operation.UPLOAD_SALE,
            "S1-1",
            "A",
            sale_of(1, "A"),
            view.case_id,
            "示例片",
            small.clock.now(),
        )
    small.fake.script(Operation.UPLOAD_SALE, LOST, booked=booked)
    delivery.deliver_due(small.till)
    small.clock.move(GAP)
    return item


def test_a_record_in_doubt_is_found_in_the_platforms_books(small: SmallCounter) -> None:
    item = in_doubt_of_a_visit(small, "person", booked=True)
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.DELIVERED
    assert told(small) == ["S1"]
    assert history(small, item)[-2:] == [OutboxMove.ASKED, OutboxMove.ALREADY_THERE]


def test_what_is_found_after_somebody_else_delivered_it_is_no_second_delivery(
    small: SmallCounter,
) -> None:
    item = in_doubt_of_a_visit(small, "person", booked=True)

    def meanwhile(found: object) -> object:
        with small.store.unit() as unit:
            unit.outbox.settle(item, OutboxState.DELIVERED, small.clock.now(), None, "")
        return found

    small.fake.script(Operation.QUERY_STOCK_TRAIL, change=meanwhile)
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.DELIVERED
    assert OutboxMove.ALREADY_THERE not in history(small, item)


@pytest.mark.parametrize(
    ("on_absent", "state"),
    [("person", OutboxState.UNKNOWN), ("resend", OutboxState.DELIVERED)],
)
def test_an_empty_answer_proves_nothing_by_itself(
    small: SmallCounter, on_absent: str, state: OutboxState
) -> None:
    item = in_doubt_of_a_visit(small, on_absent, booked=False)
    delivery.deliver_due(small.till)
    assert row(small, item).state is state
    assert len(told(small)) == (2 if on_absent == "resend" else 1)


def test_what_is_not_there_yet_is_not_told_again_while_it_may_still_arrive(
    small: SmallCounter,
) -> None:
    """A process died over it: asked at once, the platform's books may be a moment too old."""
    item = in_doubt_of_a_visit(small, "resend", booked=False)
    now = small.clock.now()
    with small.store.unit() as unit:
        unit.outbox.settle(item, OutboxState.WAITING, now, None, "")
        assert unit.outbox.claim(item, "a process that died", now + timedelta(minutes=2))
        unit.outbox.note(item, OutboxNote(now, OutboxMove.SENDING))
    small.restart()
    delivery.deliver_due(small.till)
    assert told(small) == ["S1"]
    small.clock.move(quiescence(small.till))
    delivery.deliver_due(small.till)
    assert told(small) == ["S1", "S1"]


def test_what_a_person_told_while_it_was_asked_about_is_not_told_again(
    small: SmallCounter,
) -> None:
    """The answer "not there" is of before: it ends no doubt and no no of a later telling."""
    item = in_doubt_of_a_visit(small, "resend", booked=False)

    def by_hand(found: object) -> object:
        small.fake.script(Operation.UPLOAD_SALE, REFUSED)
        delivery.retry(small.till, item)
        return found

    small.fake.script(Operation.QUERY_STOCK_TRAIL, change=by_hand)
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.STOPPED
    assert told(small) == ["S1", "S1"]


def test_what_is_never_found_is_not_told_for_ever_either(small: SmallCounter) -> None:
    item = in_doubt_of_a_visit(small, "resend", booked=False)
    for _ in range(50):
        small.fake.script(Operation.UPLOAD_SALE, LOST)
    for _ in range(50):
        small.clock.move(timedelta(hours=1))
        delivery.deliver_due(small.till)
    assert len(told(small)) == small.profile.uploads.most_tries
    assert row(small, item).state is OutboxState.UNKNOWN


def test_a_question_without_an_answer_is_asked_again_later(small: SmallCounter) -> None:
    item = in_doubt_of_a_visit(small, "person", booked=True)
    small.fake.script(Operation.QUERY_STOCK_TRAIL, UNSENT)
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.UNKNOWN
    assert delivery.deliver_due(small.till) == 0
    assert small.fake.times(Operation.QUERY_STOCK_TRAIL) == 1
    small.clock.move(timedelta(hours=1))
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.DELIVERED


def test_a_record_of_no_visit_cannot_be_asked_about(small: SmallCounter) -> None:
    small.with_profile(on_unknown(small.profile, Operation.UPLOAD_SALE, "query:query_stock_trail"))
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    delivery.deliver_due(small.till)
    small.clock.move(GAP)
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.UNKNOWN
    assert small.fake.times(Operation.QUERY_STOCK_TRAIL) == 0


def test_doubt_is_not_told_for_ever(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    for _ in range(50):
        small.fake.script(Operation.UPLOAD_SALE, LOST)
    for _ in range(50):
        small.clock.move(timedelta(hours=1))
        delivery.deliver_due(small.till)
    assert len(told(small)) == small.profile.uploads.most_tries
    assert row(small, item).state is OutboxState.UNKNOWN
