"""A settlement is cleared at one office: a statement of another shows nothing of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.books.money import Cause
from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PATIENT_ID, PIN, SmallCounter
from tests.unit.workflow.test_strays import compared, stray

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
QUIET = timedelta(seconds=20)
AFAR = "350900"


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def resolve(small: SmallCounter) -> None:
    for _ in range(4):
        small.clock.move(QUIET)
        resolving.resolve_due(small.till)


def cleared_afar(small: SmallCounter) -> None:
    """The next settlement is booked, and answered, under another office."""

    def change(answer: Any) -> Any:
        facts = replace(answer.facts, clearing_office=AFAR)
        books = small.fake.books.settlements
        books.update({key: Booked(facts, one.person_no) for key, one in books.items()})
        return replace(answer, facts=facts)

    small.fake.script(Operation.SETTLE, change=change)


@pytest.fixture
def reversing_nothing(small: SmallCounter) -> SmallCounter:
    """A platform that says yes to a reversal and carries nothing out."""
    small.fake._reverse = lambda message: None  # type: ignore[method-assign] # yes, and nothing
    return small


def test_a_refund_in_doubt_is_looked_for_where_its_settlement_was_cleared(
    reversing_nothing: SmallCounter,
) -> None:
    small = reversing_nothing
    cleared_afar(small)
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST, booked=False)
    small.surface.revoke(view.case_id, BOSS, PIN)
    resolve(small)
    assert state_of(small, view) is AttemptState.SETTLED
    offices = {
        request.clearing_office
        for operation, request in small.fake.asked
        if operation is Operation.RECONCILE_LINES
    }
    assert offices == {AFAR}


def test_whoever_is_insured_afar_may_be_cleared_at_home(reversing_nothing: SmallCounter) -> None:
    """What stands is found at any office that may have it; a yes to the reversal ends nothing."""
    small = reversing_nothing
    person = small.fake.people[PATIENT_ID]
    there = replace(person.insurances[0], area=AFAR)
    small.fake.people[PATIENT_ID] = replace(person, insurances=(there,))
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    resolve(small)
    assert len(small.fake.books.settlements) == 1
    assert state_of(small, view) is not AttemptState.REVERSED


def test_it_is_looked_for_where_the_insurance_is_that_paid(
    reversing_nothing: SmallCounter,
) -> None:
    """Who moved has two, and the one at home is at rest."""
    small = reversing_nothing
    person = small.fake.people[PATIENT_ID]
    here = person.insurances[0]
    rows = (replace(here, status="2"), replace(here, area=AFAR))
    small.fake.people[PATIENT_ID] = replace(person, insurances=rows)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=False)
    small.settle(view)
    resolve(small)
    offices = {
        request.clearing_office
        for operation, request in small.fake.asked
        if operation is Operation.RECONCILE_LINES
    }
    assert AFAR in offices


def test_what_came_late_is_taken_back_where_its_person_is_insured(small: SmallCounter) -> None:
    """The office that cleared it is another one; a reversal is asked for as the settlement was."""
    person = small.fake.people[PATIENT_ID]
    there = replace(person.insurances[0], area=AFAR)
    small.fake.people[PATIENT_ID] = replace(person, insurances=(there,))
    view, day = small.until(Step.SETTLE), today(small.till)
    small.fake.script(Operation.SETTLE, LOST, booked=False)
    small.settle(view)
    resolve(small)
    assert state_of(small, view) is AttemptState.REVERSED
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    message_id = stray(small, view, attempt.message_id)
    assert Cause.DEAD_HERE in compared(small, day)
    small.surface.reverse_stray(day, message_id, BOSS, PIN)
    asked = [ask for operation, ask in small.fake.asked if operation is Operation.REVERSE]
    assert [ask.insured_area for ask in asked] == [AFAR, AFAR]
