"""What waits for a person at a counter that is off is on the list of every other one."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.money import Fen
from app.profile.operations import Operation
from app.workflow.doubts.views import OpenItem, Subject
from app.workflow.views.case import CaseView, Say
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.support.store_counters import DEAD_AFTER, a_counter_of, held, pass_time

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


@pytest.fixture
def shop(small: SmallCounter) -> tuple[SmallCounter, SmallCounter]:
    return a_counter_of(small, 1), a_counter_of(small, 2)


def boxes_back(at: SmallCounter) -> CaseView:
    """A return whose boxes lie on the counter, and whose refund wants its second person."""
    done = at.until(Step.DONE)
    at.surface.begin_return(done.case_id)
    codes = [str(pack.code) for line in at.case(done).facts.lines for pack in line.packs]
    return at.surface.take_back(done.case_id, codes)


def goes_off(at: SmallCounter, other: SmallCounter) -> None:
    held(at).leave()
    pass_time(other.clock, timedelta(seconds=20), other)


def only(counter: SmallCounter) -> OpenItem:
    (row,) = counter.surface.open_items()
    return row


def test_a_refund_half_done_is_listed_elsewhere_once_its_counter_is_off(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    view = boxes_back(two)
    pass_time(one.clock, timedelta(seconds=20), one, two)
    assert one.surface.open_items() == (), "who works there sees it"
    goes_off(two, one)
    row = only(one)
    assert (row.case_id, row.counter, row.subject) == (view.case_id, 2, Subject.REFUND)
    assert (row.waits_for_person, row.decidable, row.off) == (True, False, True)
    assert row.next == Say("open.next.off", (("counter", 2),))
    assert one.surface.desk().open_items == 1


def test_it_leaves_the_list_with_its_counter_back(
    small: SmallCounter, shop: tuple[SmallCounter, SmallCounter]
) -> None:
    one, two = shop
    view = boxes_back(two)
    goes_off(two, one)
    again = a_counter_of(small, 2)
    pass_time(one.clock, timedelta(seconds=20), one, again)
    assert one.surface.open_items() == ()
    assert [row.case_id for row in again.surface.open_items()] == [view.case_id]


def test_cash_of_a_customer_who_left_is_listed_elsewhere_too(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    at_settle = two.until(Step.SETTLE)
    two.fake.script(Operation.SETTLE, LOST, booked=False)
    two.surface.settle(at_settle.case_id, Fen(20_000))
    two.surface.next_customer(at_settle.case_id)
    pass_time(two.clock, timedelta(minutes=40), one, two)
    two.surface.end_day(BOSS, PIN)
    assert [row.subject for row in two.surface.open_items()] == [Subject.CASH]
    assert one.surface.open_items() == ()
    goes_off(two, one)
    row = only(one)
    assert (row.case_id, row.counter, row.amount) == (at_settle.case_id, 2, 20_000)
    assert row.off


def test_what_its_heir_ends_is_no_row(shop: tuple[SmallCounter, SmallCounter]) -> None:
    """A sale given up there goes back from here by itself."""
    one, two = shop
    view = two.until(Step.SETTLE)
    two.fake.script(Operation.RETURN_SALE, LOST)
    two.surface.abandon(view.case_id)
    assert two.view(view).step is Step.RETURN_SALE
    goes_off(two, one)
    assert one.surface.open_items() == ()
    pass_time(one.clock, DEAD_AFTER + timedelta(minutes=10), one)
    assert two.view(view).step is Step.CLOSED
