"""A reversal that two people sent from the comparison is waited for by the engine, too (0055).

A refund of ours is in doubt, and the statement shows another refund of the same visit, under a
message no attempt knows. Two people take that one back; no answer. The engine knows of its own
reversals alone.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState, StatusQuery
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.unit.workflow.test_reversal_on_its_way import state_of
from tests.unit.workflow.test_strays import of_counter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
A_SECOND = timedelta(seconds=1)


def another_refund(small: SmallCounter) -> str:
    """Of the same visit, under a message of this counter that stands in no book of it."""
    books = small.fake.books.settlements
    (taken,) = books.values()
    back = replace(taken.facts, settlement_id="B-OLD", amounts=taken.facts.amounts.negated())
    message_id = of_counter(small, today(small.till), "77")
    books[message_id] = Booked(back, taken.person_no, kind=taken.kind)
    return message_id


def test_a_refund_is_not_ended_while_the_pages_reversal_may_arrive(small: SmallCounter) -> None:
    small.with_profile(region(status_query=StatusQuery.NONE))
    done, day = small.until(Step.DONE), today(small.till)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST)
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    other = another_refund(small)
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    small.clock.move(quiet - A_SECOND)
    assert state_of(small, view) is AttemptState.REFUND_REVERSING
    small.surface.compare_money(day, True)
    small.fake.script(Operation.REVERSE, LOST)
    small.surface.reverse_stray(day, other, BOSS, PIN)
    small.clock.move(A_SECOND)
    resolving.resolve_due(small.till)
    ended = state_of(small, view)
    # what the two people sent was only slow
    del small.fake.books.settlements[other]
    (stands,) = small.fake.books.settlements.values()
    assert not stands.refunded
    assert ended is not AttemptState.REFUNDED, "given back here, its prescription free, valid there"


def test_nor_is_it_ended_by_a_person(small: SmallCounter) -> None:
    """The statement shows it given back, by a line that is being taken back itself."""
    small.with_profile(region(status_query=StatusQuery.NONE, reversible=()))
    done, day = small.until(Step.DONE), today(small.till)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST)
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    other = another_refund(small)
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    small.clock.move(quiet)
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.MANUAL
    small.surface.compare_money(day, True)
    small.fake.script(Operation.REVERSE, LOST)
    small.surface.reverse_stray(day, other, BOSS, PIN)
    evidence = small.surface.gather_evidence(view.case_id)
    assert not evidence.active
    with pytest.raises(OperatorInput) as early:
        small.surface.decide_unknown(evidence, AttemptState.REFUNDED, "对账有", BOSS, PIN)
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(quiet)
    evidence = small.surface.gather_evidence(view.case_id)
    small.surface.decide_unknown(evidence, AttemptState.REFUNDED, "对账有", BOSS, PIN)
    assert state_of(small, view) is AttemptState.REFUNDED
