"""The same person stays blocked until every attempt is final, at whatever counter (2.3)."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.profile.operations import Operation
from tests.support.small_counter import CAPSULES, EARLY, RX, SmallCounter
from tests.unit.workflow.test_two_prescriptions import (
    SECOND,
    at_counter_two,
    second_prescription,
    to_settle,
)


def test_money_in_doubt_at_one_counter_blocks_the_person_at_the_other(small: SmallCounter) -> None:
    second_prescription(small.fake)
    first = to_settle(small, RX, (EARLY[0], EARLY[1], CAPSULES[0]))
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    small.settle(first)
    other = at_counter_two(small)
    second = to_settle(other, SECOND, (EARLY[2], EARLY[3], CAPSULES[1]))
    assert second.step is Step.SETTLE
    assert second.settle is not None
    with pytest.raises(OperatorInput) as blocked:
        other.settle(second)
    assert blocked.value.code is Code.PRESCRIPTION_LIVE_ELSEWHERE
    assert blocked.value.params["counter"] == 1
    (free,) = [row for row in second.settle.conditions if row.key == "free"]
    assert not free.met, "seen before the key is pressed"
