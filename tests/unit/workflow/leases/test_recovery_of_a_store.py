"""A base of several counters was put back, and compared before one of them was switched on again.

What that one had in doubt when the copy was taken may have ended in the lost time, goods handed
over: no engine sends a reversal for it, neither its own nor an heir's (I12, 0062).
"""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.ports.recovery import Cause
from app.profile.operations import Operation
from app.workflow import counter, resolving
from app.workflow.calendar import today
from app.workflow.upkeep.recovering import ON_ITS_WAY
from app.workflow.views.case import CaseView
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import scope_of
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import PlayedClock
from tests.support.store_counters import a_counter_of, held, pass_time
from tests.unit.workflow.leases.test_heirs import state_of

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


@pytest.fixture
def shop(small: SmallCounter) -> tuple[SmallCounter, SmallCounter]:
    return a_counter_of(small, 1), a_counter_of(small, 2)


def unanswered(at: SmallCounter) -> CaseView:
    """Settled there, and switched off before the answer."""
    view = at.until(Step.SETTLE)
    at.fake.script(Operation.SETTLE, LOST, booked=True)
    at.settle(view)
    held(at).leave()
    return view


def found_put_back(at: SmallCounter) -> None:
    witness = at.store._standing.witness
    assert witness is not None
    with at.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).begin(Cause.RESTORED, witness, 0)


def put_back(at: SmallCounter) -> None:
    """A dump of this moment comes back; counter ``at`` compares and signs."""
    found_put_back(at)
    at.clock.move(timedelta(minutes=10))
    held(at).beat()
    with at.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).end(at.clock.now())


def test_a_counter_that_starts_behind_it_leaves_its_doubt_to_a_person(
    small: SmallCounter, shop: tuple[SmallCounter, SmallCounter]
) -> None:
    one, two = shop
    view = unanswered(two)
    put_back(one)
    again = a_counter_of(small, 2)
    counter.recover(again.till)
    again.clock.move(timedelta(minutes=5))
    held(again).beat()
    resolving.resolve_due(again.till)
    assert one.fake.times(Operation.REVERSE) == 0, "it may have been handed over in the lost time"
    assert state_of(again, view) is AttemptState.MANUAL


def test_an_heir_behind_it_leaves_the_doubt_to_a_person(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    view = unanswered(two)
    put_back(one)
    pass_time(one.clock, timedelta(minutes=6), one)
    assert one.fake.times(Operation.REVERSE) == 0, "it may have been handed over in the lost time"
    assert state_of(one, view) is AttemptState.MANUAL


def test_what_was_sent_behind_it_is_ended_as_ever(
    small: SmallCounter, shop: tuple[SmallCounter, SmallCounter]
) -> None:
    one, _ = shop
    put_back(one)
    again = a_counter_of(small, 2)
    view = unanswered(again)
    pass_time(one.clock, timedelta(minutes=6), one)
    assert state_of(one, view) is AttemptState.REVERSED


def test_the_wait_behind_it_is_not_cut_short_by_a_counter_whose_clock_is_ahead(
    small: SmallCounter, shop: tuple[SmallCounter, SmallCounter]
) -> None:
    """What the lost time had sent may arrive for five minutes, by whosever clock."""
    found_put_back(shop[0])
    ahead = PlayedClock(small.clock.now() + timedelta(minutes=4, seconds=50))
    three = a_counter_of(small, 3, clock=ahead)
    day = today(three.till)
    ahead.move(timedelta(seconds=30))
    assert three.surface.compare_money(day).signable_from is not None, "half a minute has passed"
    ahead.move(ON_ITS_WAY)
    held(three).beat()
    assert three.surface.compare_money(day).signable_from is None
