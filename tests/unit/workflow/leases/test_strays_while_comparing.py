"""Nobody reverses or adopts a stray while another counter of the store compares money: who is
refused is refused before anything was sent or written, as the page says.
"""

import pytest

from app.domain.books.money import Cause
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.reconciling.comparing import compare_day
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.support.store_counters import a_counter_of
from tests.unit.workflow.test_strays import WHY, compared, of_counter, stray


def test_a_stray_waits_while_another_counter_compares(small: SmallCounter) -> None:
    one, two = a_counter_of(small, 1), a_counter_of(small, 2)
    view, day = two.until(Step.SETTLE), today(two.till)
    message_id = stray(two, view, of_counter(two, day))
    assert compared(two, day) == [Cause.ABSENT_HERE]
    codes: list[Code] = []

    def meanwhile(_stage: object) -> None:
        if codes:
            return
        with pytest.raises(OperatorInput) as reversing:
            two.surface.reverse_stray(day, message_id, BOSS, PIN)
        with pytest.raises(OperatorInput) as adopting:
            two.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
        codes.extend((reversing.value.code, adopting.value.code))

    compare_day(one.till, day, report=meanwhile)
    assert codes == [Code.COMPARED_ELSEWHERE] * 2
    assert two.fake.times(Operation.REVERSE) == 0, "sent, and the page says that it was refused"
    two.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert two.view(view).step is Step.HAND_OVER
