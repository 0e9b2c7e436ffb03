"""The delivery lane: order of a lot, parallel lots, one bad record, leases, and a lost line."""

import threading
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from app.domain.errors import (
    Bug,
    Code,
    LocalTrouble,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.prescription import RxNumber
from app.domain.uploads import AnswerClass, Remedy
from app.ports import requests as q
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.ports.store import OutboxMove, OutboxState
from app.profile.operations import Operation, Service
from app.workflow import delivery
from app.workflow.doubts.views import Subject
from app.workflow.uploads.carriers import neighbour_of
from app.workflow.uploads.sending import tell
from tests.support.kept_records import history, one_at_a_time, put, row, told
from tests.support.small_counter import SmallCounter, with_rules
from tests.support.store_builders import a_return, a_sale
from tests.support.waiting_sales import sale_of

CENTRE = Operation.UPLOAD_RX_SALE
LOST = OutcomeUnknown(Code.ANSWER_MISSING)
UNSENT = NotSent(Code.DID_NOT_LEAVE)
REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")
GAP = timedelta(seconds=20)
"""Past the first gap, and past the time in which a lost telling may still arrive."""
PATIENCE_S = 20


def test_a_lot_keeps_its_order_and_lots_do_not_wait_for_each_other(small: SmallCounter) -> None:
    for number, lot in ((1, "A"), (2, "A"), (3, "B"), (4, "A")):
        put(small, number, lot)
    one_at_a_time(small)
    assert delivery.drain(small.till) == 4
    assert told(small) == ["S1", "S3", "S2", "S4"]


def test_lots_are_told_at_the_same_time(small: SmallCounter) -> None:
    """Two lots meet on the wire; a lane of one would wait for ever."""
    meeting = threading.Barrier(2, timeout=PATIENCE_S)
    honest = small.fake._upload_sale

    def meet(message: Committed[q.UploadSale]) -> object:
        meeting.wait()
        return honest(message)

    small.fake._upload_sale = meet  # type: ignore[method-assign,assignment] # the books, met
    put(small, 1, "A")
    put(small, 2, "B")
    assert delivery.deliver_due(small.till) == 2


def test_a_poisoned_first_record_is_parked_and_all_others_drain(small: SmallCounter) -> None:
    first = put(small, 1, "A")
    others = [put(small, number, lot) for number, lot in ((2, "A"), (3, "B"), (4, "C"))]
    one_at_a_time(small)
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    assert delivery.drain(small.till) == 3
    parked = row(small, first)
    assert (parked.state, parked.code) == (OutboxState.STOPPED, int(Code.SALE_REFUSED))
    assert parked.platform_text == "缺少生产日期"
    assert all(row(small, item).state is OutboxState.DELIVERED for item in others)
    assert small.surface.desk().badge.level == "stop"


def test_a_record_that_stops_is_told_to_the_window(small: SmallCounter) -> None:
    """The badge turns red when it stops, not when somebody happens to press a key."""
    put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    assert small.surface.deliver() == 1
    assert small.surface.deliver() == 0, "once is enough"


def test_what_stopped_is_named_for_what_it_is(small: SmallCounter) -> None:
    put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    small.surface.deliver()
    (item,) = small.surface.open_items()
    assert (item.subject, item.next_at) == (Subject.RECORD, None)
    assert item.name == row(small, item.item_id or 0).summary


def test_a_record_that_breaks_its_wording_is_parked_and_all_others_drain(
    small: SmallCounter,
) -> None:
    """Neither a refusal nor a word of ours: first in every round, it would end each of them."""
    first, second = put(small, 1, "A"), put(small, 2, "B")
    one_at_a_time(small)
    honest = small.fake.compose

    def compose(request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]:
        if getattr(request, "sale_serial", "") == "S1":
            raise KeyError("a table that lacks this word")
        return honest(request, sender, stamp)

    small.fake.compose = compose  # type: ignore[method-assign] # one that cannot be worded
    assert delivery.deliver_due(small.till) == 1
    assert row(small, second).state is OutboxState.DELIVERED
    assert (row(small, first).state, row(small, first).code) == (OutboxState.STOPPED, Code.BUG)
    small.fake.compose = honest  # type: ignore[method-assign] # the next version of the program
    delivery.retry(small.till, first)
    assert row(small, first).state is OutboxState.DELIVERED


def test_what_nobody_foresaw_on_the_wire_is_in_doubt_and_bounded(
    small: SmallCounter,
) -> None:
    first = put(small, 1, "A")
    put(small, 2, "B")
    one_at_a_time(small)
    small.fake.script(Operation.UPLOAD_SALE, Bug(what="no address"))
    assert delivery.deliver_due(small.till) == 1
    assert row(small, first).state is OutboxState.UNKNOWN


def test_a_disk_that_fails_is_not_swallowed(small: SmallCounter) -> None:
    put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, LocalTrouble(Code.DISK_FULL))
    with pytest.raises(LocalTrouble):
        delivery.deliver_due(small.till)


def test_the_same_key_after_a_lost_answer_is_one_record(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, LOST, booked=True)
    assert delivery.deliver_due(small.till) == 0
    assert row(small, item).state is OutboxState.UNKNOWN
    small.clock.move(GAP)
    assert delivery.deliver_due(small.till) == 1
    assert told(small) == ["S1", "S1"]
    assert len(small.fake.books.sold) == 2
    assert set(small.fake.books.sold.values()) == {"S1"}
    assert history(small, item)[-1] is OutboxMove.ALREADY_THERE


def test_boxes_sold_by_somebody_else_are_no_success(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    small.fake.books.sold.update(dict.fromkeys(sale_of(1, "A").line.trace_codes, "another"))
    assert delivery.deliver_due(small.till) == 0
    assert row(small, item).code == Code.CODE_SOLD_ELSEWHERE
    # and a person who tells it again does not make it one either
    delivery.retry(small.till, item)
    assert row(small, item).state is OutboxState.STOPPED


def test_a_stale_lease_is_doubt_and_then_told_again(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    with small.store.unit() as unit:
        lease = small.clock.now() + timedelta(seconds=small.profile.uploads.lease_s)
        assert unit.outbox.claim(item, "a counter that died", lease)
    assert delivery.deliver_due(small.till) == 0
    small.clock.move(timedelta(seconds=small.profile.uploads.lease_s))
    assert delivery.deliver_due(small.till) == 1
    assert history(small, item) == [
        OutboxMove.QUEUED,
        OutboxMove.EXPIRED,
        OutboxMove.SENDING,
        OutboxMove.DELIVERED,
    ]


def test_a_late_answer_of_a_lost_lease_only_counts_as_a_delivery(small: SmallCounter) -> None:
    """The first sender comes back when the second holds the lease: no third telling."""
    item = put(small, 1, "A")
    held = row(small, item)

    class Slow:
        def __init__(self, trouble: Trouble) -> None:
            self.trouble = trouble

        def __call__(self, message: Committed[q.UploadSale]) -> Answer[object]:
            small.clock.move(timedelta(hours=1))
            with small.store.unit() as unit:
                unit.outbox.expire(small.clock.now())
                lease = small.clock.now() + timedelta(hours=1)
                assert unit.outbox.claim(item, "the other counter", lease)
            raise self.trouble

    small.fake.upload_sale = Slow(UNSENT)  # type: ignore[method-assign,assignment] # a slow wire
    tell(small.till, held)
    assert row(small, item).state is OutboxState.SENDING


def test_a_second_acknowledgement_changes_nothing(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    held = row(small, item)
    honest = small.fake._upload_sale

    def twice(message: Committed[q.UploadSale]) -> object:
        with small.store.unit() as unit:
            unit.outbox.settle(item, OutboxState.DELIVERED, small.clock.now(), None, "")
        return honest(message)

    small.fake._upload_sale = twice  # type: ignore[method-assign,assignment] # the books, raced
    tell(small.till, held)
    assert row(small, item).state is OutboxState.DELIVERED
    assert OutboxMove.DELIVERED not in history(small, item)


def test_a_lost_line_is_tried_by_one_and_all_follow_when_it_is_back(small: SmallCounter) -> None:
    for number in range(1, 9):
        put(small, number, str(number))
    one_at_a_time(small, 2)
    small.fake.script(Operation.UPLOAD_SALE, UNSENT)
    small.fake.script(Operation.UPLOAD_SALE, UNSENT)
    assert delivery.deliver_due(small.till) == 0
    assert len(told(small)) == 2
    assert delivery.deliver_due(small.till) == 6
    # two of them wait for their gap, and the line is back: they are due at once
    assert delivery.deliver_due(small.till) == 2


def for_the_centre(small: SmallCounter, number: int) -> int:
    """A sale that the prescription centre is told of, in a lot of its own."""
    sold = sale_of(number, f"C{number}")
    request = q.UploadRxSale(**{f.name: getattr(sold, f.name) for f in fields(sold)})
    with small.store.unit() as unit:
        key, lot, now = f"S{number}-1", f"centre C{number}", small.clock.now()
        return unit.outbox.add(CENTRE, key, lot, request, None, "示例片", now)


def test_a_neighbour_without_a_line_holds_up_no_record_of_another(small: SmallCounter) -> None:
    """Two neighbours, two lines: what the centre is told of waits, and the core platform hears."""
    centre = [for_the_centre(small, number) for number in range(1, 9)]
    own = [put(small, number, str(number)) for number in (9, 10, 11)]
    one_at_a_time(small, 2)
    for _ in centre:
        small.fake.script(CENTRE, UNSENT)
    assert delivery.deliver_due(small.till) == 3
    assert all(row(small, item).state is OutboxState.DELIVERED for item in own)
    assert small.fake.times(CENTRE) == 2, "asked once in a round"
    waiting = [row(small, item) for item in centre[:2]]
    assert all(item.next_at > small.clock.now() for item in waiting), "and its gap goes on growing"


def test_whose_line_a_record_needs_is_who_hears_of_it(small: SmallCounter) -> None:
    """Where the centre is told of sales by prescription, their line is the centre's."""
    cash, rx, sale = row(small, put(small, 1, "A")), RxNumber("RX1"), a_sale()
    sale = replace(sale, prescriber=replace(sale.prescriber, rx_number=rx))
    sold = replace(cash, request=sale)
    returned = replace(a_return(), rx_number=rx)
    back = replace(cash, operation=Operation.RETURN_SALE, request=returned)
    for channel, by_rx in (("core", Service.CORE), ("centre", Service.RX_CENTRE)):
        small.with_profile(with_rules(small.profile, sale_channel=channel))
        assert neighbour_of(small.till, cash) is Service.CORE
        assert {neighbour_of(small.till, item) for item in (sold, back)} == {by_rx}


def test_a_weekend_without_a_line_makes_no_dead_letter(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    for _ in range(60):
        small.fake.script(Operation.UPLOAD_SALE, UNSENT)
    for _ in range(60):
        small.clock.move(timedelta(hours=1))
        delivery.deliver_due(small.till)
    assert (row(small, item).state, row(small, item).tries) == (OutboxState.WAITING, 60)
    small.clock.move(timedelta(hours=1))
    assert delivery.deliver_due(small.till) == 1


def test_a_demand_to_sign_in_is_met_before_the_next_telling(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    delivery.deliver_due(small.till)
    days = small.fake.books.days
    small.clock.move(GAP)
    small.fake.script(Operation.OPEN_DAY, UNSENT)
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    assert delivery.deliver_due(small.till) == 0
    small.clock.move(GAP * 4)
    assert delivery.deliver_due(small.till) == 1
    assert small.fake.books.days == days + 1
    assert row(small, item).state is OutboxState.DELIVERED


def test_a_refusal_may_be_told_again_where_its_region_says_so(small: SmallCounter) -> None:
    part = msgspec.structs.replace(
        small.profile.operations[Operation.UPLOAD_SALE], answers={"SALE_REFUSED": Remedy.RETRY}
    )
    operations = {**small.profile.operations, Operation.UPLOAD_SALE: part}
    small.with_profile(msgspec.structs.replace(small.profile, operations=operations))
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.WAITING
    assert AnswerClass.REFUSED in small.profile.uploads.answers
    small.clock.move(GAP)
    assert delivery.deliver_due(small.till) == 1


def test_a_person_tells_a_parked_record_again_and_is_named(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    delivery.deliver_due(small.till)
    delivery.retry(small.till, item)
    assert row(small, item).state is OutboxState.DELIVERED
    delivery.retry(small.till, item)
    delivery.retry(small.till, 99)
    assert told(small) == ["S1", "S1"]
    with small.store.reading() as unit:
        released = [n for n in unit.outbox.history(item) if n.move is OutboxMove.RELEASED]
    assert [note.staff_id for note in released] == [small.till.operator.staff_id]


def test_a_hand_cannot_overtake_within_a_lot(small: SmallCounter) -> None:
    put(small, 1, "A")
    second = put(small, 2, "A")
    delivery.retry(small.till, second)
    assert told(small) == []


def test_whoever_waits_for_a_record_is_signed_in_at_once(small: SmallCounter) -> None:
    first, second = put(small, 1, "A"), put(small, 2, "B")
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    delivery.retry(small.till, first)
    assert row(small, first).state is OutboxState.DELIVERED
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    assert delivery.drain(small.till) == 1
    assert row(small, second).state is OutboxState.DELIVERED
    assert small.fake.books.days == 3


def test_a_platform_that_always_wants_a_sign_in_ends_a_drain(small: SmallCounter) -> None:
    put(small, 1, "A")
    for _ in range(5):
        small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    assert delivery.drain(small.till) == 0
    assert len(told(small)) == 2


def test_a_drain_reports_what_is_left(small: SmallCounter) -> None:
    put(small, 1, "A")
    put(small, 2, "A")
    left: list[int] = []
    assert delivery.drain(small.till, left.append) == 2
    assert left == [1, 0, 0]
