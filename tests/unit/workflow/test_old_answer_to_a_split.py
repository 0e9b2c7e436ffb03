"""A split that was asked for anew is not answered by the one that was told before.

It is dated by the platform, before it was asked for; its total fits, as it is of the same bill, and
it counts as what our books know now: the money is settled by parts that are no longer true (0056).
"""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Step
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.small_counter import CAPSULES, EARLY, RX, SmallCounter
from tests.unit.workflow.test_two_prescriptions import (
    one_purse,
    second_prescription,
    the_second,
    to_settle,
)


def test_an_old_split_does_not_come_back_as_the_new_one(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer is held back and the question put once more; the other prescription is
    settled; asked for anew, the held back answer arrives."""
    small.fake.own_time = small.clock.now
    second_prescription(small.fake)
    one_purse(monkeypatch, small.fake)
    honest, told = small.fake._presettle, []

    def presettle(message: Any) -> Any:
        answer = honest(message)
        told.append((answer, small.clock.now()))
        return answer

    small.fake._presettle = presettle  # type: ignore[method-assign]
    view: CaseView = to_settle(small, RX, (EARLY[0], EARLY[1], CAPSULES[0]))
    small.surface.park(view.case_id, "还有一张")
    small.clock.move(timedelta(minutes=1))
    small.surface.next_customer(the_second(small).case_id)
    small.surface.unpark(view.case_id)
    (old, said), *_ = told

    def held_back(_message: Any) -> Any:
        small.fake.own_time = lambda: said
        return old

    small.fake._presettle = held_back  # type: ignore[method-assign]
    view = small.surface.retry(view.case_id)
    small.fake._presettle = honest  # type: ignore[method-assign]
    small.fake.own_time = small.clock.now
    before = small.fake.times(Operation.SETTLE)
    small.settle(small.view(view))
    assert small.fake.times(Operation.SETTLE) == before, "sent by the split of before"
    assert small.view(view).step is Step.SETTLE
