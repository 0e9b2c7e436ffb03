"""A settlement whose outcome could not be written while the program ran on ends by itself."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import LocalTrouble
from app.domain.settlement import Attempt, AttemptState
from app.profile.operations import Operation
from app.workflow import counter
from app.workflow.cases.lines import codes_of
from app.workflow.views.case import CaseView
from tests.support.failing_disk import FailingCommits
from tests.support.small_counter import BOSS, PIN, SmallCounter

A_WHILE = timedelta(minutes=15)


def attempt_of(small: SmallCounter, view: CaseView) -> Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def deliver_for(small: SmallCounter, rounds: int) -> None:
    for _ in range(rounds):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()


def test_nobody_has_to_look_at_a_settlement(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    store = small.till.store
    small.till.store = FailingCommits(small.store, 3)
    with pytest.raises(LocalTrouble):
        small.settle(view)
    small.till.store = store
    assert attempt_of(small, view).state is AttemptState.SENDING
    small.clock.move(A_WHILE)
    deliver_for(small, 8)
    assert attempt_of(small, view).state is AttemptState.REVERSED
    assert small.fake.books.settlements == {}


def test_nor_at_a_refund(small: SmallCounter) -> None:
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, booked=True)
    store = small.till.store
    small.till.store = FailingCommits(small.store, 4)
    with pytest.raises(LocalTrouble):
        small.surface.revoke(view.case_id, BOSS, PIN)
    small.till.store = store
    assert attempt_of(small, view).state is AttemptState.REFUND_SENDING
    small.clock.move(A_WHILE)
    deliver_for(small, 8)
    assert not attempt_of(small, view).open


def test_nor_at_a_record(small: SmallCounter) -> None:
    view = small.boxes(small.until(Step.SCAN))
    store = small.till.store
    small.till.store = FailingCommits(small.store, 3)
    with pytest.raises(LocalTrouble):
        small.finish(view)
    small.till.store = store
    assert small.case(view).position.phase is Phase.SENT
    small.surface.deliver()
    with small.store.reading() as unit:
        assert unit.cases.get(view.case_id).position.phase is Phase.UNKNOWN


def test_what_somebody_is_at_work_on_is_not_left_behind(small: SmallCounter) -> None:
    """The answer may still come: the lane looks while the settlement is on the wire."""
    view = small.until(Step.SETTLE)
    honest = small.fake._settle

    def meanwhile(message: Any) -> Any:
        lane = threading.Thread(target=lambda: counter.take_up_left_behind(small.till))
        lane.start()
        lane.join()
        assert attempt_of(small, view).state is AttemptState.SENDING
        return honest(message)

    small.fake._settle = meanwhile  # type: ignore[method-assign] # the books, and a look
    assert small.settle(view).step is Step.HAND_OVER
