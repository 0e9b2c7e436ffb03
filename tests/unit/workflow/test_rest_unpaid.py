"""A settlement dearer than agreed whose rest is not paid yet: no receipt, whatever is begun."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.jobs.progress import no_report
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_other_cash import decided, receipts


def test_a_refund_that_is_begun_and_given_up_lets_no_receipt_out(small: SmallCounter) -> None:
    """The customer will not pay the rest; the refund is begun; then the customer pays after all."""
    view = decided(small)
    assert receipts(small) == []
    back = small.surface.begin_return(view.case_id)
    assert back.step is Step.REVOKE
    assert receipts(small) == [], "the only unmarked receipt says that it is not paid"
    again = small.surface.abandon(view.case_id)
    assert again.step is Step.HAND_OVER
    assert again.hand_over is not None
    small.surface.take_rest(view.case_id, again.hand_over.still_to_pay)
    small.surface.print_waiting(no_report)
    (receipt,) = [paper for paper in small.tray.papers if "小票" in paper.filename]
    assert receipt.copy_no == 1


def test_no_rest_is_taken_while_nobody_knows_what_the_lost_time_took(small: SmallCounter) -> None:
    """The lost time may have taken the rest and handed over; its receipt waits for the days to be
    signed, and the cash of the same sale must wait with it."""
    view = decided(small)
    assert view.hand_over is not None
    rest = view.hand_over.still_to_pay
    restored(small)
    with pytest.raises(OperatorInput) as early:
        small.surface.take_rest(view.case_id, rest)
    assert early.value.code is Code.RECOVERY_OPEN
