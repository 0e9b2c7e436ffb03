"""A recovery asks at the offices of everybody the copy knows (0035), at whatever counter they
came."""

from dataclasses import replace

from app.workflow.upkeep import recovering
from tests.support.small_counter import OTHER_CODE, OTHER_ID, SmallCounter
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_two_prescriptions import at_counter_two

ELSEWHERE = "350900"


def test_a_customer_of_another_counter_is_looked_for_where_they_are_insured(
    small: SmallCounter,
) -> None:
    """The base is believed with the last day signed, for every counter of it."""
    person = small.fake.people[OTHER_ID]
    rows = tuple(replace(row, area=ELSEWHERE) for row in person.insurances)
    small.fake.people[OTHER_ID] = replace(person, insurances=rows)
    two = at_counter_two(small)
    seen = two.case(two.scan(two.surface.current(), OTHER_CODE).case)
    assert seen.facts.person is not None
    restored(small)
    with small.store.reading() as unit:
        assert ELSEWHERE in recovering.offices(unit)
