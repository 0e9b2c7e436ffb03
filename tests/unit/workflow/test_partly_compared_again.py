"""What a comparison found standing is not forgotten by a later one that could not look there."""

import pytest

from app.domain.books.money import Cause
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.profile.operations import Operation
from app.workflow.calendar import today
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_strays import compared, of_counter, stray

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def seen_and_not_again(small: SmallCounter) -> None:
    day = today(small.till)
    assert compared(small, day) == [Cause.ABSENT_HERE]
    small.fake.script(Operation.RECONCILE_LINES, LOST)
    small.surface.compare_money(day, True)
    found = small.surface.money(day)
    assert (found.rows, found.complete) == ((), False), "no evidence is older than its comparison"


def test_a_visit_is_not_settled_beside_a_line_the_next_look_could_not_fetch(
    small: SmallCounter,
) -> None:
    view = small.until(Step.SETTLE)
    message_id = stray(small, view, of_counter(small, today(small.till)))
    seen_and_not_again(small)
    small.fake.script(Operation.RECONCILE_LINES, LOST)
    small.surface.compare_money(today(small.till), True)
    with pytest.raises(OperatorInput) as twice:
        small.settle(view)
    assert twice.value.code is Code.VISIT_STANDS_THERE
    assert list(small.fake.books.settlements) == [message_id]


def test_what_was_taken_back_meanwhile_is_gone_as_soon_as_somebody_can_look(
    small: SmallCounter,
) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    seen_and_not_again(small)
    del small.fake.books.settlements[message_id]
    assert compared(small, day) == []
    assert small.settle(view).step is Step.HAND_OVER
