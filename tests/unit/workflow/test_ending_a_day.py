"""What the end of a day takes back, signs out and leaves signed out."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, NotSent, OperatorInput, PlatformRejected
from app.ports.store import OutboxState
from app.profile.operations import Operation
from tests.support.duty import shows_up
from tests.support.kept_records import put, row
from tests.support.small_counter import BOSS, CLERK, PIN, SmallCounter
from tests.unit.workflow.test_self_pay import FREE, shop, sold

__all__ = ["shop"]
UNSENT = NotSent(Code.DID_NOT_LEAVE)


def test_a_sale_refused_a_moment_ago_is_taken_back_before_the_day_ends(
    small: SmallCounter,
) -> None:
    """The settlement is refused, the customer leaves, the manager closes within the minute."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, PlatformRejected(Code.SETTLEMENT_REFUSED))
    view = small.settle(view)
    assert view.step is Step.SETTLE
    small.clock.move(timedelta(seconds=30))
    shut = small.surface.end_day(BOSS, PIN)
    assert not shut.signed_in
    assert small.fake.books.sold == {}, "told as sold, never settled, and the day is closed"


def closed_while_a_record_waits(small: SmallCounter) -> int:
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, UNSENT)
    assert not small.surface.end_day(BOSS, PIN).signed_in
    return item


def test_a_day_that_a_manager_closed_stays_closed_while_a_record_waits(
    small: SmallCounter,
) -> None:
    """Who closed it answered for it by name; nobody signs the counter in again at night."""
    item = closed_while_a_record_waits(small)
    days, tries = small.fake.books.days, row(small, item).tries
    for _ in range(50):
        small.clock.move(timedelta(minutes=20))
        small.surface.deliver()
    assert (small.surface.closing().signed_in, small.fake.books.days) == (False, days)
    assert row(small, item).tries == tries, "nor is a record tried until it is a dead letter"


def test_a_day_that_was_closed_is_not_begun_anew_behind_midnight(small: SmallCounter) -> None:
    """The key was pressed twice, the second time after midnight: nothing is left to be told."""
    assert not small.surface.end_day(BOSS, PIN).signed_in
    small.clock.move(timedelta(hours=13))
    begun = small.fake.times(Operation.OPEN_DAY)
    with pytest.raises(OperatorInput) as closed:
        small.surface.end_day(BOSS, PIN)
    assert closed.value.code is Code.STEP_MOVED_ON
    assert small.fake.times(Operation.OPEN_DAY) == begun


@pytest.mark.parametrize("again", ["signs_in", "opens"])
def test_what_waited_over_night_goes_on_with_the_next_person(
    small: SmallCounter, again: str
) -> None:
    item = closed_while_a_record_waits(small)
    small.clock.move(timedelta(hours=12))
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    if again == "signs_in":
        small.surface.sign_in(CLERK, PIN)
    else:
        small.surface.open_day()
    for _ in range(3):
        small.clock.move(timedelta(minutes=20))
        small.surface.deliver()
    assert row(small, item).state is OutboxState.DELIVERED


def test_a_sale_for_cash_behind_the_end_of_the_day_waits_for_nobody(shop: SmallCounter) -> None:
    item = closed_while_a_record_waits(shop)
    shows_up(shop.till)
    sold(shop, FREE[0])
    shop.clock.move(timedelta(minutes=20))
    assert shop.surface.deliver() == 2
    assert row(shop, item).state is OutboxState.DELIVERED


@pytest.mark.parametrize("slow", [Operation.UPLOAD_SALE, Operation.CLOSE_DAY])
def test_a_day_closed_over_midnight_is_closed_here_as_well(
    small: SmallCounter, slow: Operation
) -> None:
    """The platform signs out the day that was meant, however long an answer takes."""

    def over_midnight(told: object) -> object:
        small.clock.move(timedelta(seconds=5))
        return told

    small.clock.move(timedelta(hours=11, minutes=59, seconds=58))
    assert small.surface.closing().signed_in
    put(small, 1, "A")
    day = small.surface.closing().day
    small.fake.script(slow, change=over_midnight)
    small.surface.end_day(BOSS, PIN)
    assert small.surface.closing().day > day
    with small.store.reading() as unit:
        kept = unit.days.current(small.till.counter_no, day)
        sign_out = [q for operation, q in small.fake.asked if operation is Operation.CLOSE_DAY]
    assert kept is not None
    assert kept.closed_at is not None
    assert [told.sign_no for told in sign_out] == [kept.sign_no]


def test_a_day_that_nobody_ended_is_ended_behind_midnight(shop: SmallCounter) -> None:
    """The page stands open and the clock passes midnight: the sign-in of the evening still stands,
    and the drawer is that of the day."""
    sold(shop, FREE[0])
    shop.surface.open_day()
    evening = shop.surface.closing()
    shop.clock.move(timedelta(hours=12, minutes=5))
    shut = shop.surface.closing()
    assert (shut.may_close, shut.day, shut.opened_by) == (True, evening.day, evening.opened_by)
    assert shut.cash == evening.cash
    assert shut.cash.sales == 1
    after = shop.surface.end_day(BOSS, PIN)
    assert not after.signed_in
    assert after.day > evening.day


def test_a_new_day_that_has_begun_is_the_one_that_is_ended(small: SmallCounter) -> None:
    yesterday = small.surface.closing().day
    small.clock.move(timedelta(hours=12, minutes=5))
    small.surface.open_day()
    shut = small.surface.closing()
    assert (shut.signed_in, shut.day > yesterday) == (True, True)
