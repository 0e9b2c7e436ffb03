"""A copy that was taken while a person had to decide: the lost time may have decided, and gone on.

What was in doubt when the copy was taken waits until nothing of the lost time can arrive any more
(0055). What was a person's already by then knows just as little of what was sent since.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.upkeep.recovering import ON_ITS_WAY
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.unit.workflow.test_lost_time import attempt_of, restored

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def a_persons(small: SmallCounter) -> CaseView:
    """It stands there, its answer was lost, and this region reverses nothing."""
    small.with_profile(region(reversible=()))
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s))
    resolving.resolve_due(small.till)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    small.clock.move(timedelta(minutes=10))
    return view


def test_what_a_person_had_to_decide_waits_for_the_lost_time_too(small: SmallCounter) -> None:
    """The lost time found it standing, handed over, took the boxes back and sent the refund."""
    view = a_persons(small)
    restored(small)
    evidence = small.surface.gather_evidence(view.case_id)
    assert evidence.active
    with pytest.raises(OperatorInput) as early:
        small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)
    assert early.value.code is Code.STILL_ON_ITS_WAY, (
        "the refund of the lost time arrives a moment later: settled here, refunded there"
    )
    books = small.fake.books.settlements
    books.update({key: replace(one, refunded=True) for key, one in books.items()})
    small.clock.move(ON_ITS_WAY)
    assert not small.surface.gather_evidence(view.case_id).active
