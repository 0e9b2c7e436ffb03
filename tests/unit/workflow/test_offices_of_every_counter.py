"""A recovery asks at the offices of everybody the copy knows (0035), at whatever counter they
came."""

from dataclasses import replace
from datetime import timedelta

from app.domain.case import Step
from app.workflow import day
from app.workflow.upkeep import recovering
from tests.support.small_counter import OTHER_CODE, OTHER_ID, PATIENT_ID, SmallCounter
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_two_prescriptions import at_counter_two

ELSEWHERE = "350900"


def insured_elsewhere(small: SmallCounter, id_number: str) -> None:
    person = small.fake.people[id_number]
    rows = tuple(replace(row, area=ELSEWHERE) for row in person.insurances)
    small.fake.people[id_number] = replace(person, insurances=rows)


def test_a_customer_of_another_counter_is_looked_for_where_they_are_insured(
    small: SmallCounter,
) -> None:
    """The base is believed with the last day signed, for every counter of it."""
    insured_elsewhere(small, OTHER_ID)
    two = at_counter_two(small)
    seen = two.case(two.scan(two.surface.current(), OTHER_CODE).case)
    assert seen.facts.person is not None
    restored(small)
    with small.store.reading() as unit:
        assert ELSEWHERE in recovering.offices(unit)


def test_a_customer_who_was_served_days_before_the_copy_is_looked_for_as_well(
    small: SmallCounter,
) -> None:
    """Who came last week may have come again in the time that is lost."""
    insured_elsewhere(small, PATIENT_ID)
    small.until(Step.DONE)
    small.clock.move(timedelta(days=7))
    day.put_right(small.till, None)
    restored(small)
    with small.store.reading() as unit:
        found = unit.recoveries.newest()
        assert found is not None
        assert small.clock.now() - found.since < timedelta(days=1), "the copy is of today"
        assert ELSEWHERE in recovering.offices(unit)
