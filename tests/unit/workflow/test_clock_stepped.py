"""A clock that is put right by some minutes while money is in doubt shortens no wait."""

from datetime import timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.cases.lines import codes_of
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
WITHIN_TOLERANCE = timedelta(minutes=4)
QUIET = timedelta(seconds=20)


def settling(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST)
    assert small.settle(view).phase is Phase.UNKNOWN


def revoking(small: SmallCounter) -> None:
    done: CaseView = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST)
    assert small.surface.revoke(view.case_id, BOSS, PIN).phase is Phase.UNKNOWN


@pytest.mark.parametrize("doing", [settling, revoking])
def test_a_step_forward_sends_no_reversal_before_the_message_can_have_arrived(
    small: SmallCounter, doing: object
) -> None:
    assert callable(doing)
    doing(small)
    small.clock.at += WITHIN_TOLERANCE
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 0
    small.clock.move(QUIET)
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 1


def test_a_step_back_makes_the_wait_no_shorter(small: SmallCounter) -> None:
    settling(small)
    small.clock.move(QUIET - timedelta(seconds=1))
    small.clock.at -= WITHIN_TOLERANCE
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 0
    with small.store.reading() as unit:
        ((_, attempt),) = unit.attempts.open_attempts(1)
    assert attempt.state is AttemptState.UNKNOWN
