"""What the lost time had sent may arrive after the copy was put back: nobody signs it away."""

from datetime import timedelta

import pytest

from app.domain import settlement as s
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.ports.recovery import Cause
from app.profile.loader import load, profile_folder
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.recovering import ON_ITS_WAY
from app.workflow.views import CaseView
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import scope_of
from tests.support.small_counter import BOSS, PIN, SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def restored(small: SmallCounter) -> None:
    """As a start finds a base that is not the newest."""
    witness = small.store._standing.witness
    assert witness is not None
    with small.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).begin(Cause.RESTORED, witness, 0)
    small.restart()


def attempt_of(small: SmallCounter, view: CaseView) -> s.Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def test_a_doubt_of_a_copy_is_not_ended_while_its_message_may_arrive(small: SmallCounter) -> None:
    """A simulated day (seed 3502): decided as absent at once, and booked a second later."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST)
    small.settle(view)
    restored(small)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    evidence = small.surface.gather_evidence(view.case_id)
    assert not evidence.active
    with pytest.raises(OperatorInput) as early:
        small.surface.decide_unknown(evidence, AttemptState.REVERSED, "平台没有", BOSS, PIN)
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(ON_ITS_WAY)
    evidence = small.surface.gather_evidence(view.case_id)
    small.surface.decide_unknown(evidence, AttemptState.REVERSED, "平台没有", BOSS, PIN)
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_a_day_signs_nothing_away_that_may_still_arrive(small: SmallCounter) -> None:
    """A simulated day (seed 3360): compared and signed before the last message arrived."""
    restored(small)
    day = today(small.till)
    compared = small.surface.compare_money(day)
    with pytest.raises(OperatorInput) as early:
        small.surface.sign_money(day, compared.run_no, BOSS, PIN, "")
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(ON_ITS_WAY)
    with pytest.raises(OperatorInput):
        small.surface.sign_money(day, compared.run_no, BOSS, PIN, "")
    compared = small.surface.compare_money(day)
    assert small.surface.sign_money(day, compared.run_no, BOSS, PIN, "").missing == ()


def test_a_comparison_of_the_lost_time_signs_in_for_a_new_day(small: SmallCounter) -> None:
    """A simulated day (seed 3010): nothing else signs in while a recovery lasts over midnight."""
    restored(small)
    yesterday = today(small.till)
    small.clock.move(timedelta(days=1))
    small.fake.asked.clear()
    small.surface.compare_money(yesterday)
    asked = [operation for operation, _ in small.fake.asked]
    assert asked[0] is Operation.OPEN_DAY
    assert Operation.RECONCILE_TOTALS in asked
    with small.store.reading() as unit:
        opened = unit.days.current(small.till.counter_no, today(small.till))
    assert opened is not None
    small.surface.compare_money(yesterday)
    assert small.fake.times(Operation.OPEN_DAY) == 1


def test_no_region_lets_a_message_arrive_later_than_that() -> None:
    regions = [path.stem for path in profile_folder().glob("*.toml") if path.stem != "training"]
    assert regions
    for region in regions:
        quiet = load(region).profile.settle.quiescence_s
        assert timedelta(seconds=quiet) <= ON_ITS_WAY, region
