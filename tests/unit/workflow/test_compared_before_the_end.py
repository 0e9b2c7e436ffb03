"""A day goes on behind its comparison: whoever reads it later is told so, also by a signature."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.reconciling import documents
from app.workflow.reconciling.comparing import compare_day
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_refund_of_other_amounts import settled_otherwise, stands


def test_a_day_that_went_on_behind_its_comparison_is_not_a_compared_one(
    small: SmallCounter,
) -> None:
    day = today(small.till)
    compare_day(small.till, day)
    small.clock.move(timedelta(minutes=10))
    small.until(Step.HAND_OVER)
    assert small.surface.closing().moved_on
    small.clock.move(timedelta(days=1))
    assert small.surface.money(day).moved_on
    compare_day(small.till, day)
    assert not small.surface.money(day).moved_on


@pytest.mark.parametrize(
    "answer", [OutcomeUnknown(Code.ANSWER_MISSING), PlatformRejected(Code.SETTLEMENT_REFUSED)]
)
def test_what_was_sent_behind_it_may_stand_there(small: SmallCounter, answer: Exception) -> None:
    """Nothing of it is in our books; whether it stands there nobody has compared."""
    compare_day(small.till, today(small.till))
    small.clock.move(timedelta(minutes=10))
    view = small.until(Step.SETTLE)
    assert not small.surface.closing().moved_on
    small.fake.script(Operation.SETTLE, answer)
    small.settle(view)
    assert small.surface.closing().moved_on


def test_what_was_begun_before_it_and_ended_behind_it_moves_it_on(small: SmallCounter) -> None:
    """In doubt at noon, and in our books since a manager said so."""
    view, _ = settled_otherwise(small)
    small.clock.move(timedelta(minutes=10))
    compare_day(small.till, today(small.till))
    assert not small.surface.closing().moved_on
    stands(small, view)
    assert small.surface.closing().moved_on


def test_what_is_filed_of_it_says_so(small: SmallCounter) -> None:
    day = today(small.till)
    compare_day(small.till, day)
    small.clock.move(timedelta(minutes=10))
    small.until(Step.HAND_OVER)
    said = documents.word("money.moved_on")
    view = small.surface.money(day)
    assert said in str(documents.money_paper(small.till, view).blocks)
    assert said in str(documents.money_book(small.till, view).sheets[0].notes)


def test_a_signature_is_under_what_was_compared(small: SmallCounter) -> None:
    """A refund of the same day behind it."""
    sold = small.until(Step.HAND_OVER)
    found = compare_day(small.till, today(small.till))
    small.surface.sign_money(found.day, found.run_no, BOSS, PIN, "")
    small.clock.move(timedelta(minutes=10))
    assert not small.surface.money().moved_on
    returned = small.surface.begin_return(sold.case_id)
    small.surface.revoke(returned.case_id, BOSS, PIN)
    view = small.surface.money()
    assert (len(view.signed), view.moved_on) == (1, True)


def test_days_that_nobody_compared_are_named_until_somebody_does(small: SmallCounter) -> None:
    """A long weekend: the overview asks for yesterday alone, and what stood there on Friday is
    shown by no later day."""
    friday = today(small.till)
    for _ in range(3):
        small.surface.open_day()
        small.clock.move(timedelta(days=1))
    saturday = friday + timedelta(days=1)
    assert small.surface.money().left_out == (friday, saturday), "yesterday has a row of its own"
    compare_day(small.till, friday)
    assert small.surface.money().left_out == (saturday,)
