"""A line that was entered into our books, and whose refund was entered as well, settles no visit.

Where the heir of a counter takes its visits over, a line may have been entered that names one.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.books.adopted import AdoptedLine
from app.domain.books.money import Group
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.workflow.calendar import today
from app.workflow.reconciling.ledger import sums_of
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_strays import WHY, of_counter


def entered(small: SmallCounter, view: CaseView) -> AdoptedLine:
    """A settlement of this visit, in our books by a manager's name."""
    facts, day = small.case(view).facts, today(small.till)
    assert facts.estimate is not None
    assert facts.person is not None
    line = AdoptedLine(
        message_id=of_counter(small, day),
        settlement_id="S-1",
        visit_id=facts.estimate.visit_id,
        person_no=facts.person.person_no,
        group=Group("310", "41", "350100"),
        sums=sums_of(facts.estimate.amounts),
        day=day,
        at=small.clock.now(),
        staff_id=small.till.operator.staff_id,
        name=small.till.operator.name,
        reason=WHY,
    )
    enter(small, line)
    return line


def enter(small: SmallCounter, line: AdoptedLine) -> None:
    with small.store.unit() as unit:
        unit.money_days.adopt(line)


def test_what_was_entered_as_given_back_blocks_no_visit(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    line = entered(small, view)
    back = of_counter(small, line.day, "06")
    enter(small, replace(line, message_id=back, settlement_id="B-1", sums=line.sums.negated()))
    # what was entered since makes the split an old one (0056): the first key asks for it anew
    again = small.settle(view)
    small.clock.move(timedelta(seconds=5))
    assert small.settle(again).step is Step.HAND_OVER


def test_of_two_that_were_entered_one_still_stands(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    line = entered(small, view)
    for tail, sums in (("06", line.sums.negated()), ("07", line.sums)):
        more = of_counter(small, line.day, tail)
        enter(small, replace(line, message_id=more, settlement_id=f"S-{tail}", sums=sums))
    with pytest.raises(OperatorInput) as twice:
        small.settle(view)
    assert twice.value.code is Code.VISIT_STANDS_THERE
