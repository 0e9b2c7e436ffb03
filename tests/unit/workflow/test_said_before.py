"""A no names nothing that it is about: one that was said before its question was put is no answer.

Its serial tells only where it was heard: a no that was lost on its way, or with the power, stands
in no book of ours and can come again to the next question (found by a simulated day, seed 12193).
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, PlatformRejected
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.upkeep.timekeeping import TOLERANCE
from app.workflow.views.case import CaseView
from tests.support import store_builders as a
from tests.support.small_counter import SmallCounter


def tells_time(small: SmallCounter) -> None:
    """From now on every yes says the true time."""
    start = small.clock.now() - timedelta(seconds=small.clock.ticks)
    small.fake.own_time = lambda: start + timedelta(seconds=small.clock.ticks)


def refused(small: SmallCounter, view: CaseView, said: timedelta | None) -> CaseView:
    """The settlement is done; a no of ``said`` ago comes instead of its yes."""
    at = None if said is None else small.clock.now() - said
    facts = replace(a.some_wire_facts("8" * 20), platform_at=at)
    trouble = PlatformRejected(Code.SETTLEMENT_REFUSED, evidence=facts)
    small.fake.script(Operation.SETTLE, trouble, booked=True)
    return small.settle(view)


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def test_a_no_of_before_the_question_leaves_the_money_in_doubt(small: SmallCounter) -> None:
    tells_time(small)
    view = refused(small, small.until(Step.SETTLE), timedelta(seconds=3))
    assert (view.step, view.phase) == (Step.SETTLE, Phase.UNKNOWN)
    assert view.banner is not None
    assert view.banner.code == Code.ANSWER_FORGED
    assert state_of(small, view) is AttemptState.UNKNOWN


@pytest.mark.parametrize("said", [timedelta(0), timedelta(seconds=1), None])
def test_a_no_of_now_is_a_no(small: SmallCounter, said: timedelta | None) -> None:
    """Times come in whole seconds, and some platforms tell none."""
    tells_time(small)
    view = refused(small, small.until(Step.SETTLE), said)
    assert view.phase is Phase.REJECTED
    assert state_of(small, view) is AttemptState.REJECTED


def test_before_its_first_time_our_clock_tells_as_far_as_it_is_trusted(
    small: SmallCounter,
) -> None:
    view = refused(small, small.until(Step.SETTLE), timedelta(minutes=4))
    assert view.phase is Phase.REJECTED


def test_what_was_a_minute_on_its_way_was_said_a_minute_ago(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    said = small.clock.now() - TOLERANCE - timedelta(seconds=50)
    facts = replace(a.some_wire_facts("8" * 20), platform_at=said, took_ms=60_000)
    trouble = PlatformRejected(Code.SETTLEMENT_REFUSED, evidence=facts)
    small.fake.script(Operation.SETTLE, trouble)
    assert small.settle(view).phase is Phase.REJECTED


def test_a_no_of_before_does_not_set_the_time_back(small: SmallCounter) -> None:
    tells_time(small)
    view = small.until(Step.SETTLE)
    known = small.till.platform_clock
    refused(small, view, timedelta(minutes=2))
    assert small.till.platform_clock == known
