"""A clock that is put forward by some minutes makes no reversal arrive sooner, for people either.

The machine waits such a time out by the steady clock too; what a person decides or adopts waited by
the wall clock alone: kept, with goods and receipt, and taken back by what was still on its way.
"""

from contextlib import suppress
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from app.workflow.doubts.travelling import quiescence
from app.workflow.upkeep import recovering, timekeeping
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.unit.workflow.test_strays import WHY, compared, of_counter, stray

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
WITHIN_TOLERANCE = timedelta(minutes=4)


def behind(small: SmallCounter) -> None:
    """Our clock is four minutes behind, as it may be, and the platform says so."""
    true = small.clock.now() + WITHIN_TOLERANCE - timedelta(seconds=small.clock.ticks)
    small.fake.own_time = lambda: true + timedelta(seconds=small.clock.ticks)


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def test_a_step_forward_lets_nobody_keep_what_was_just_reversed(small: SmallCounter) -> None:
    """A platform that answers before it acts; the clock is put right in the moment between."""
    behind(small)
    small.with_profile(region(max_reversals=1))
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    small.fake._reverse = lambda message: None  # type: ignore[method-assign] # yes, and later
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s))
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.MANUAL
    small.clock.at += WITHIN_TOLERANCE
    assert not timekeeping.is_wrong(small.till)
    evidence = small.surface.gather_evidence(view.case_id)
    assert evidence.active
    with pytest.raises(OperatorInput) as early:
        small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)
    assert early.value.code is Code.STILL_ON_ITS_WAY


def test_a_step_forward_brings_no_refund_to_its_end(small: SmallCounter) -> None:
    """It has a message of its own: what is waited for is that, not the one that settled."""
    behind(small)
    done = small.until(Step.DONE)
    begun = small.surface.begin_return(done.case_id)
    view = small.surface.take_back(begun.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST)
    small.surface.revoke(view.case_id, BOSS, PIN)
    small.clock.at += WITHIN_TOLERANCE
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
        assert attempt is not None
        quiet = recovering.arrived_by(small.till, unit, view.case_id, attempt, shown=False)
    assert quiet == small.clock.now() + quiescence(small.till)


def test_a_step_forward_adopts_nothing_that_is_being_taken_back(small: SmallCounter) -> None:
    behind(small)
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.fake.script(Operation.REVERSE, LOST)
    small.surface.reverse_stray(day, message_id, BOSS, PIN)
    small.clock.at += WITHIN_TOLERANCE
    assert not timekeeping.is_wrong(small.till)
    with pytest.raises(OperatorInput) as early:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert early.value.code is Code.STILL_ON_ITS_WAY


def test_a_step_forward_returns_no_sale_that_is_still_being_told(small: SmallCounter) -> None:
    """Told too early, the return finds nothing, and the sale arriving behind it stands there."""
    behind(small)
    view = small.until(Step.SCAN)
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    view = small.finish(small.boxes(view))
    assert (view.step, small.fake.books.sold) == (Step.UPLOAD_SALE, {})
    small.clock.at += WITHIN_TOLERANCE
    with suppress(OperatorInput):
        small.surface.abandon(small.surface.retry(view.case_id).case_id)
    assert small.fake.times(Operation.RETURN_SALE) == 0
