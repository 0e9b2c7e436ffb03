"""A mended sale told without an answer, and voided: its return names what was told (0017)."""

import pytest

from app.domain.case import Step
from app.profile.loader import load
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.small_counter import BOSS, PIN, SmallCounter, on_unknown
from tests.unit.workflow.test_long_without_a_line import LOST
from tests.unit.workflow.test_sale_given_back import BOXES, REFUSED


@pytest.fixture
def afterwards(small: SmallCounter) -> SmallCounter:
    """A region whose sales are told behind the money, and where a person ends a doubt."""
    told = load("fujian+told_afterwards", "training").profile
    small.with_profile(on_unknown(told, Operation.UPLOAD_SALE, "person"))
    return small


def test_a_return_names_the_lot_of_a_telling_that_was_given_up(afterwards: SmallCounter) -> None:
    view = afterwards.until(Step.HAND_OVER)
    for _ in range(2):
        afterwards.fake.script(Operation.UPLOAD_SALE, REFUSED)
    delivery.drain(afterwards.till)
    for one in afterwards.surface.queue():
        afterwards.fake.script(Operation.UPLOAD_SALE, LOST, booked=True)
        afterwards.surface.mend_item(one.item_id, {"lot_no": "RIGHT"})
    assert afterwards.fake.books.sold, "they arrived"
    for one in afterwards.surface.queue():
        afterwards.surface.void_item(one.item_id, "平台已有", BOSS, PIN)
    view = afterwards.surface.begin_return(afterwards.hand_over(view).case_id)
    view = afterwards.surface.take_back(view.case_id, BOXES)
    afterwards.surface.revoke(view.case_id, BOSS, PIN)
    afterwards.surface.deliver()
    asked = [x for operation, x in afterwards.fake.asked if operation is Operation.RETURN_SALE]
    assert {one.line.lot_no for one in asked} == {"RIGHT"}, "returned under a lot never told"
