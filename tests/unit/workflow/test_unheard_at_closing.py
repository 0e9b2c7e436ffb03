"""A telling without an answer a moment before the day ends: it is taken back the same day, or the
day is not ended. Nothing goes by itself any more once a day is closed."""

from contextlib import suppress
from datetime import timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.returns.compensate import goes_back_from
from tests.support.kept_records import put
from tests.support.small_counter import BOSS, CAPSULES, EARLY, PIN, RX, SmallCounter
from tests.unit.workflow.test_two_prescriptions import SECOND, at_counter_two, second_prescription


def test_a_sale_unheard_a_moment_ago_does_not_stand_over_night(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    small.fake.script(Operation.UPLOAD_SALE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    small.finish(small.boxes(view))
    assert small.fake.books.sold
    closed = False
    with suppress(OperatorInput):
        closed = not small.surface.end_day(BOSS, PIN).signed_in
    for _ in range(20):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    if not closed:
        small.surface.end_day(BOSS, PIN)
    assert small.fake.books.sold == {}, "told as sold, never settled, and the day is closed"


def test_a_return_unheard_while_the_day_is_closed_does_not_wait_for_the_next_person(
    small: SmallCounter,
) -> None:
    small.until(Step.SETTLE)
    small.fake.script(Operation.RETURN_SALE, OutcomeUnknown(Code.ANSWER_MISSING))
    closed = False
    with suppress(OperatorInput):
        closed = not small.surface.end_day(BOSS, PIN).signed_in
    for _ in range(20):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    if not closed:
        small.surface.end_day(BOSS, PIN)
    assert small.fake.books.sold == {}, "told as sold, never settled, and the day is closed"


def test_a_return_that_another_lane_tells_just_now_is_waited_for(small: SmallCounter) -> None:
    """Its answer may fail to come, behind the sign-out."""
    view = small.until(Step.SETTLE)
    with small.store.unit() as unit:
        delivery.queue_returns(small.till, unit, unit.cases.get(view.case_id))
        item, *_ = [one for one in unit.outbox.items() if one.operation is Operation.RETURN_SALE]
        assert unit.outbox.claim(item.item_id, "lane", small.clock.now() + timedelta(minutes=2))
    with pytest.raises(OperatorInput) as early:
        small.surface.end_day(BOSS, PIN)
    assert early.value.code is Code.DAY_SALE_STANDS


def test_a_wait_that_a_clock_far_ahead_left_behind_holds_up_no_day(small: SmallCounter) -> None:
    view, ahead = small.until(Step.SCAN), timedelta(days=2)
    boxes = small.boxes(view)
    small.clock.at += ahead
    small.fake.script(Operation.UPLOAD_SALE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    small.finish(boxes)
    small.clock.at -= ahead
    small.clock.move(timedelta(minutes=10))
    assert goes_back_from(small.till) is None


def test_a_queued_return_without_an_answer_is_waited_for_and_a_sale_is_not(
    small: SmallCounter,
) -> None:
    put(small, 1, "A")
    assert goes_back_from(small.till) is None, "a sale that waits is handed over"
    view = small.until(Step.SETTLE)
    with small.store.unit() as unit:
        delivery.queue_returns(small.till, unit, unit.cases.get(view.case_id))
    small.fake.script(Operation.RETURN_SALE, OutcomeUnknown(Code.ANSWER_MISSING))
    small.surface.deliver()
    with small.store.reading() as unit:
        doubted = [one for one in unit.outbox.items() if one.state is OutboxState.UNKNOWN]
    assert [one.operation for one in doubted] == [Operation.RETURN_SALE]
    until = goes_back_from(small.till)
    assert until is not None
    assert until > small.clock.now()


def test_of_two_that_were_unheard_the_later_is_waited_for(small: SmallCounter) -> None:
    """Every one of them has to be taken back before the day can end."""
    second_prescription(small.fake)
    apart, found = timedelta(seconds=5), []
    for number, codes in (
        (RX, (*EARLY[:2], CAPSULES[0])),
        (SECOND, (*EARLY[2:4], CAPSULES[1])),
    ):
        small.fake.script(Operation.UPLOAD_SALE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
        view = small.identify(small.surface.current())
        view = small.audit(small.prove(small.surface.choose(view.case_id, number)))
        for code in codes:
            view = small.scan(view, code).case
        view = small.finish(view)
        assert view.phase is Phase.UNKNOWN
        found.append(goes_back_from(small.till))
        small.clock.move(apart)
        small.surface.next_customer(view.case_id)
    first, both = found
    assert first is not None
    assert both == first + apart


def test_nor_does_a_return_of_another_counter(small: SmallCounter) -> None:
    two = at_counter_two(small)
    view = two.until(Step.SETTLE)
    with small.store.unit() as unit:
        delivery.queue_returns(two.till, unit, unit.cases.get(view.case_id))
        item, *_ = [one for one in unit.outbox.items() if one.operation is Operation.RETURN_SALE]
        assert unit.outbox.claim(item.item_id, "lane", small.clock.now() + timedelta(minutes=2))
    assert goes_back_from(two.till) is not None
    assert goes_back_from(small.till) is None
