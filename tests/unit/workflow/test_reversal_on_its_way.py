"""A reversal without an answer may still arrive: nothing is ended by what it may yet undo."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import Attempt, AttemptState, StatusQuery
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.cases.lines import codes_of
from app.workflow.doubts.travelling import reversal_of
from app.workflow.doubts.views import Outcome
from app.workflow.upkeep.recovering import ON_ITS_WAY
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.unit.workflow.test_lost_time import restored

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def attempt_of(small: SmallCounter, view: CaseView) -> Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    return attempt_of(small, view).state


def held_back(small: SmallCounter) -> Callable[[], None]:
    """The first 2601 of a refund is held back on its way, the second one is answered with yes and
    does nothing; returns how the first one arrives: the settlement is valid again."""
    fake = small.fake
    fake._reverse = lambda message: None  # type: ignore[method-assign]
    fake.script(Operation.REVERSE, LOST, booked=False)

    def arrives() -> None:
        books = fake.books.settlements
        books.update({key: replace(one, refunded=False) for key, one in books.items()})

    return arrives


def a_refund_in_doubt(small: SmallCounter) -> CaseView:
    """Booked there, and no answer came."""
    small.with_profile(region(status_query=StatusQuery.NONE))
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST, booked=True)
    return small.surface.revoke(view.case_id, BOSS, PIN)


def test_a_refund_is_not_ended_while_its_reversal_may_arrive(small: SmallCounter) -> None:
    view = a_refund_in_doubt(small)
    arrives = held_back(small)
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 1
    waited = timedelta()
    step = timedelta(seconds=1)
    while state_of(small, view) is AttemptState.REFUND_REVERSING and waited + step < quiet:
        small.clock.move(step)
        waited += step
        resolving.resolve_due(small.till)
    ended = state_of(small, view)
    arrives()
    (stands,) = small.fake.books.settlements.values()
    assert not stands.refunded
    assert ended is not AttemptState.REFUNDED, f"{waited} after a 2601 nobody answered"
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.SETTLED, "what came late is seen"


def test_a_refund_whose_reversals_came_to_nothing_ends_behind_them(small: SmallCounter) -> None:
    view = a_refund_in_doubt(small)
    held_back(small)
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    for wait in (quiet, timedelta(seconds=5)):
        small.clock.move(wait)
        resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 2
    asked = small.fake.times(Operation.RECONCILE_LINES)
    assert state_of(small, view) is AttemptState.REFUND_REVERSING
    small.clock.move(quiet - timedelta(seconds=1))
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.RECONCILE_LINES) == asked, "it waits for the moment"
    small.clock.move(timedelta(seconds=1))
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.REFUNDED


def test_nothing_is_remembered_of_a_reversal_whose_refund_came_to_rest(
    small: SmallCounter,
) -> None:
    view = a_refund_in_doubt(small)
    arrives = held_back(small)
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    assert small.fake.times(Operation.REVERSE) == 1
    arrives()
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.SETTLED
    assert [name for name in small.till.sent if name.startswith(reversal_of(""))] == []


def test_a_clock_put_forward_brings_no_reversal_to_its_end(small: SmallCounter) -> None:
    view = a_refund_in_doubt(small)
    held_back(small)
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    for wait in (quiet, timedelta(seconds=5)):
        small.clock.move(wait)
        resolving.resolve_due(small.till)
    small.clock.at += 2 * quiet
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.REFUND_REVERSING
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.REFUNDED


def test_a_person_keeps_nothing_that_a_reversal_on_its_way_takes_back(small: SmallCounter) -> None:
    """The lost time had begun to reverse; the copy shows the settlement standing, for now."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    small.fake.script(Operation.REVERSE, LOST, booked=False)
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s))
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.REVERSING
    restored(small)
    evidence = small.surface.gather_evidence(view.case_id)
    assert evidence.active
    with pytest.raises(OperatorInput) as early:
        small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(ON_ITS_WAY)
    evidence = small.surface.gather_evidence(view.case_id)
    small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)
    assert state_of(small, view) is AttemptState.SETTLED


def test_a_person_keeps_nothing_that_this_counter_has_just_reversed(small: SmallCounter) -> None:
    """A platform that answers before it acts: still active, and reversed a moment later."""
    small.with_profile(region(max_reversals=1))
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    small.fake._reverse = lambda message: None  # type: ignore[method-assign] # yes, and later
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s))
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.MANUAL
    shown = small.surface.examine(view.case_id)
    assert shown.choices == ()
    assert shown.trouble is not None
    assert shown.trouble.code == Code.STILL_ON_ITS_WAY
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s))
    assert [x.outcome for x in small.surface.examine(view.case_id).choices] == [Outcome.STANDS]


def test_the_last_reversal_is_told_by_the_events_of_its_leg(small: SmallCounter) -> None:
    """Also one begun under a clock that was ahead: it counts from the first true time since."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    attempt = attempt_of(small, view)
    assert told(small, attempt) is None
    for wait in (small.profile.settle.quiescence_s, 5):
        small.fake.script(Operation.REVERSE, LOST, booked=False)
        small.clock.move(timedelta(seconds=wait))
        resolving.resolve_due(small.till)
        attempt = attempt_of(small, view)
        assert told(small, attempt) == small.clock.now()
    assert attempt.reversals == 2
    true = small.clock.now() - timedelta(days=3)
    with small.store.unit() as unit:
        unit.attempts.save(replace(attempt, next_at=true), attempt.state, "ClockSetBack", true)
    assert told(small, attempt) == true


def told(small: SmallCounter, attempt: Attempt) -> datetime | None:
    with small.store.reading() as unit:
        return unit.attempts.reversed_at(attempt)
