"""Money that was committed and had to wait for its way out: the quiescence begins when it left."""

from datetime import timedelta
from typing import Any

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.ports.messages import WireFacts
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.cases.lines import codes_of
from tests.support.small_counter import BOSS, PIN, SmallCounter, region

WAITED = timedelta(seconds=15)


def late(small: SmallCounter, name: str) -> None:
    """The library is busy with another lane's message, takes this one then, and never answers."""

    def leave(message: Any) -> Any:
        del message
        small.clock.move(WAITED)
        seen = WireFacts(small.clock.now(), True, 900, 0, None, 0, failure="deadline")
        raise OutcomeUnknown(Code.SETTLEMENT_UNKNOWN, evidence=seen)

    setattr(small.fake, name, leave)


def reversed_when_quiet(small: SmallCounter) -> None:
    """Not a second before what just left can have arrived no more."""
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s - 1))
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 0
    small.clock.move(timedelta(seconds=1))
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 1


def test_a_settlement_that_left_late_is_not_reversed_before_it_can_have_arrived(
    small: SmallCounter,
) -> None:
    """Reversed too soon, the slow original settles behind its reversal, and nothing is reversed
    any more."""
    late(small, "_settle")
    small.settle(small.until(Step.SETTLE))
    reversed_when_quiet(small)


def test_nor_is_a_refund(small: SmallCounter) -> None:
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    late(small, "_revoke")
    small.surface.revoke(view.case_id, BOSS, PIN)
    reversed_when_quiet(small)


def test_a_person_keeps_nothing_before_a_reversal_that_left_late_can_have_arrived(
    small: SmallCounter,
) -> None:
    small.with_profile(region(max_reversals=1))
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    small.settle(view)
    late(small, "_reverse")
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    left = small.clock.now()
    resolving.resolve_due(small.till)
    while not small.surface.examine(view.case_id).choices:
        small.clock.move(timedelta(seconds=1))
        resolving.resolve_due(small.till)
    assert small.clock.now() - left == quiet
