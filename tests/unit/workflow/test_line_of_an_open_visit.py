"""A line names a visit of ours that is still open, with other amounts than its split: it is that
visit's.

Entered as a line of nobody's, it leaves the visit open, and the same visit is settled a second
time.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.workflow.calendar import today
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_strays import WHY, compared, of_counter, one_kind_differs, stray


def settled_dearer(small: SmallCounter, view: CaseView) -> str:
    """The lost time settled this very visit; its account paid nothing any more."""
    message_id = stray(small, view, of_counter(small, today(small.till)))
    books = small.fake.books.settlements
    asked = books[message_id].facts.amounts
    amounts = replace(asked, account=Fen(0), cash=Fen(asked.cash + asked.account))
    facts = replace(books[message_id].facts, amounts=amounts)
    books[message_id] = replace(books[message_id], facts=facts)
    return message_id


def test_a_visit_whose_line_was_entered_is_not_settled_again(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = settled_dearer(small, view)
    one_kind_differs(small)
    compared(small, day)
    with suppress(OperatorInput):
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    entered = [one.message_id for one in small.surface.money(day).adopted]
    for _ in range(2):
        # the first key asks for the split anew
        small.clock.move(timedelta(seconds=5))
        again = small.view(view)
        if again.step is Step.SETTLE and again.settle is not None:
            with suppress(OperatorInput):
                small.settle(again)
    count = len(small.fake.books.settlements)
    assert not (entered and count == 2), "one visit, settled twice, and both stand in our books"


def test_the_visit_gets_it_with_the_amounts_of_the_statement(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = settled_dearer(small, view)
    compared(small, day)
    (row,) = small.surface.money(day).rows
    assert row.goes_to is not None
    after = small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    handed = small.view(view)
    assert (handed.step, after.adopted) == (Step.HAND_OVER, ())
    assert handed.hand_over is not None
    there = small.fake.books.settlements[message_id].facts.amounts
    assert (handed.hand_over.amounts, handed.hand_over.still_to_pay) == (there, there.cash)


def test_a_visit_that_a_line_names_is_not_settled_beside_it(small: SmallCounter) -> None:
    """Nobody has done anything about the line yet."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = settled_dearer(small, view)
    compared(small, day)
    with pytest.raises(OperatorInput) as twice:
        small.settle(view)
    assert twice.value.code is Code.VISIT_STANDS_THERE
    assert list(small.fake.books.settlements) == [message_id]
    small.surface.reverse_stray(day, message_id, BOSS, PIN)
    assert small.settle(view).step is Step.HAND_OVER


def test_a_line_of_somebody_else_that_names_an_open_visit_goes_nowhere(
    small: SmallCounter,
) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    books = small.fake.books.settlements
    books[message_id] = replace(books[message_id], person_no="35010000000000000099")
    one_kind_differs(small)
    compared(small, day)
    assert small.surface.money(day).rows[0].goes_to is None
    with pytest.raises(OperatorInput) as refused:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert refused.value.code is Code.ADOPT_VISIT_OPEN
    # given up, it is settled no more: the line is nobody's
    small.surface.abandon(view.case_id)
    after = small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert [one.message_id for one in after.adopted] == [message_id]
