"""A visit that a line of the statement ended: what its customer owes in cash was taken by nobody
here.

Whether the lost time took it is a person's word; without one the goods go, the receipt says
nothing of what was received, and no key of the page takes it.
"""

from dataclasses import replace

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.workflow.calendar import today
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_other_cash import receipts
from tests.unit.workflow.test_strays import WHY, compared, of_counter, stray


def test_what_nobody_took_here_is_still_to_be_paid(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    adopted = small.view(view)
    assert (adopted.step, adopted.hand_over is None) == (Step.HAND_OVER, False)
    assert adopted.hand_over is not None
    due = adopted.hand_over.amounts.cash
    assert (due > 0, adopted.hand_over.cash_received) == (True, None)
    assert adopted.hand_over.still_to_pay == due, "goods go, and nobody asks for the cash"


def test_it_is_taken_once_and_the_receipt_says_so(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    adopted = small.view(view)
    assert adopted.hand_over is not None
    rest = adopted.hand_over.still_to_pay
    assert receipts(small) == []
    with pytest.raises(OperatorInput) as unpaid:
        small.surface.hand_over(view.case_id)
    assert unpaid.value.code is Code.CASH_SHORT
    paid = small.surface.take_rest(view.case_id, rest)
    assert paid.hand_over is not None
    assert (paid.hand_over.cash_received, paid.hand_over.still_to_pay) == (rest, 0)
    assert len(receipts(small)) == 1
    assert small.surface.hand_over(view.case_id).step is Step.DONE


def test_what_was_handed_over_before_anybody_asked_is_paid(small: SmallCounter) -> None:
    """A visit of an earlier version: nobody takes from its refund what it never asked for."""
    done = small.until(Step.DONE)
    facts = replace(small.case(done).facts, cash_received=None)
    assert facts.still_to_pay == 0
