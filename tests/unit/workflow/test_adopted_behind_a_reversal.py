"""What was just asked to be reversed is not adopted while the reversal may still arrive."""

from datetime import date, timedelta

import pytest

from app.domain.attempt import SettledFacts
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.calendar import CHINA, today
from app.workflow.people.credentials import person_of
from app.workflow.upkeep.recovering import ON_ITS_WAY
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_left_late import late
from tests.unit.workflow.test_lost_time import restored

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def stray_of_a_lost_time(small: SmallCounter) -> tuple[CaseView, date, str]:
    """Compared and open; nothing of the lost time can arrive any more."""
    view = small.until(Step.SETTLE)
    case = small.case(view)
    assert case.facts.estimate is not None
    stamp = f"{small.clock.now().astimezone(CHINA):%Y%m%d%H%M%S}"
    stray = f"{small.till.shop.institution_code}{stamp}0177"
    now, estimate = small.clock.now().isoformat(), case.facts.estimate
    facts = SettledFacts("S-LOST", estimate.visit_id, estimate.amounts, now, 0, "350100", "41")
    # the lost time settled this visit
    small.fake.books.settlements[stray] = Booked(facts, person_of(case).person_no.reveal())
    restored(small)
    day = today(small.till)
    small.surface.compare_money(day)
    with pytest.raises(OperatorInput) as at_once:
        small.surface.adopt_stray(day, stray, BOSS, PIN, "药已交")
    assert at_once.value.code is Code.STILL_ON_ITS_WAY, "the lost time may have reversed it"
    small.clock.move(ON_ITS_WAY + timedelta(seconds=1))
    found = small.surface.compare_money(day)
    assert [row.message_id for row in found.rows if row.open] == [stray]
    return view, day, stray


def test_a_line_under_reversal_is_not_adopted(small: SmallCounter) -> None:
    view, day, stray = stray_of_a_lost_time(small)
    small.fake.script(Operation.REVERSE, LOST, booked=False)
    small.surface.reverse_stray(day, stray, BOSS, PIN)
    with pytest.raises(OperatorInput) as early:
        small.surface.adopt_stray(day, stray, BOSS, PIN, "药已交")
    assert early.value.code is Code.STILL_ON_ITS_WAY
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is None or attempt.state is not AttemptState.SETTLED
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s))
    small.surface.compare_money(day)
    small.surface.adopt_stray(day, stray, BOSS, PIN, "药已交")
    with small.store.reading() as unit:
        adopted = unit.attempts.of_case(view.case_id)
    assert adopted is not None
    assert adopted.state is AttemptState.SETTLED


def test_nor_is_one_whose_reversal_left_late(small: SmallCounter) -> None:
    """It waits from when that left, not from when two people pressed the key."""
    _, day, stray = stray_of_a_lost_time(small)
    late(small, "_reverse")
    small.surface.reverse_stray(day, stray, BOSS, PIN)
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s - 1))
    small.surface.compare_money(day)
    with pytest.raises(OperatorInput) as early:
        small.surface.adopt_stray(day, stray, BOSS, PIN, "药已交")
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(timedelta(seconds=1))
    small.surface.compare_money(day)
    small.surface.adopt_stray(day, stray, BOSS, PIN, "药已交")
