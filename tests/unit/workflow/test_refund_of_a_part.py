"""A refund that gives back something else than was taken is never adopted as one of the whole; one
that does is, under whatever message a statement writes it."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.books.money import Cause
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.money import Amounts, Fen
from app.domain.settlement import Attempt, AttemptState
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_strays import WHY, of_counter


def attempt_of(small: SmallCounter, view: CaseView) -> Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def boxes_back(small: SmallCounter) -> CaseView:
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    return small.surface.take_back(done.case_id, codes_of(small.case(done)))


def refund_there(small: SmallCounter, amounts: Amounts) -> str:
    (taken,) = small.fake.books.settlements.values()
    facts = replace(taken.facts, settlement_id="B-PART", amounts=amounts)
    message_id = of_counter(small, today(small.till), "77")
    small.fake.books.settlements[message_id] = Booked(facts, taken.person_no, kind=taken.kind)
    return message_id


def test_a_refund_of_a_part_is_not_adopted_as_one_of_the_whole(small: SmallCounter) -> None:
    """Made by this counter in a time that is lost, or on the office's pages: a tenth of it."""
    view, day = boxes_back(small), today(small.till)
    message_id = refund_there(small, Amounts(Fen(-478), Fen(-335), Fen(-96), Fen(-47)))
    small.surface.compare_money(day, True)
    with pytest.raises(OperatorInput) as part:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert part.value.code is Code.ADOPT_REFUND_DIFFERS
    assert attempt_of(small, view).state is AttemptState.SETTLED, (
        "given back here as a whole, and nine tenths of it stand there"
    )


def test_a_refund_under_the_message_of_its_settlement_is_adopted(small: SmallCounter) -> None:
    """And both lines are handed in with their own figures from then on."""
    view, day = boxes_back(small), today(small.till)
    taken = attempt_of(small, view)
    assert taken.settled is not None
    message_id = refund_there(small, taken.settled.amounts.negated())
    honest = small.fake.read_statement

    def under_its_settlement(content: bytes) -> Any:
        known = {message_id: taken.message_id}
        rows = honest(content)
        return tuple(replace(x, message_id=known.get(x.message_id, x.message_id)) for x in rows)

    small.fake.read_statement = under_its_settlement  # type: ignore[method-assign]
    (row,) = small.surface.compare_money(day, True).rows
    assert (row.cause, row.adoptable) == (Cause.REFUND_ELSEWHERE, True)
    after = small.surface.adopt_stray(day, taken.message_id, BOSS, PIN, WHY)
    assert attempt_of(small, view).state is AttemptState.REFUNDED
    assert (after.rows, [group.sums.total for group in after.groups if group.count]) == ((), [0])
