"""F3: a visit is found by what the customer holds in hand, and comes to the counter."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_refund_of_other_amounts import attempt_of
from tests.unit.workflow.test_settling_and_days import unknown
from tests.unit.workflow.test_two_prescriptions import at_counter_two


def test_by_the_number_of_the_waiting_slip(small: SmallCounter) -> None:
    view = unknown(small)
    number = attempt_of(small, view).query_no
    small.surface.next_customer(view.case_id)
    found = small.surface.find_sale(f"{number[:4]} {number[4:]} ")
    assert found.case_id == view.case_id
    assert small.case(found).parked_at is None
    assert small.surface.current().case_id == view.case_id


def test_not_by_less_of_it_and_not_at_another_counter(small: SmallCounter) -> None:
    number = attempt_of(small, unknown(small)).query_no
    two = at_counter_two(small)
    wrong = f"{(int(number) + 1) % 10**8:08}"
    for surface, text in (
        (small.surface, number[1:]),
        (small.surface, f"%{number[1:]}"),
        (small.surface, wrong),
        (two.surface, number),
    ):
        with pytest.raises(OperatorInput) as nothing:
            surface.find_sale(text)
        assert nothing.value.code is Code.SALE_NOT_FOUND


def test_a_visit_that_waits_comes_to_the_counter_by_its_receipt(small: SmallCounter) -> None:
    """Shown without coming, the visit before it stood at the counter after a power cut."""
    view = small.until(Step.HAND_OVER)
    assert view.hand_over is not None
    receipt = view.hand_over.receipt_no
    small.surface.park(view.case_id, "等家属来取")
    other = small.surface.current()
    assert other.case_id != view.case_id
    found = small.surface.find_sale(receipt)
    assert (found.case_id, found.step) == (view.case_id, Step.HAND_OVER)
    small.restart()
    assert small.surface.current().case_id == view.case_id
