"""A settlement that is dead here and stands there holds its visit back, whatever number the split
that was asked for since gave the visit: every pre-settlement gives it a new one (5.1)."""

from datetime import timedelta

import pytest

from app.domain.books.money import Cause
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, PlatformRejected
from app.profile.operations import Operation
from app.workflow.calendar import today
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_strays import compared


def test_a_visit_with_a_new_split_is_not_settled_beside_its_own_line(small: SmallCounter) -> None:
    """Refused in words, booked in fact; the customer comes again on the next day."""
    view, day = small.until(Step.SETTLE), today(small.till)
    small.fake.script(Operation.SETTLE, PlatformRejected(Code.SETTLEMENT_REFUSED), booked=True)
    assert small.settle(view).phase is Phase.REJECTED
    (stands,) = small.fake.books.settlements
    small.clock.move(timedelta(days=1))
    renewed = small.surface.retry(view.case_id)
    assert Cause.DEAD_HERE in compared(small, day)
    with pytest.raises(OperatorInput) as twice:
        small.settle(renewed)
    assert twice.value.code is Code.VISIT_STANDS_THERE
    assert list(small.fake.books.settlements) == [stands]
