"""Where a region can be asked for the fate of a message: what was found has to be this message."""

from dataclasses import replace
from datetime import timedelta

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.money import Fen
from app.domain.settlement import Attempt, AttemptState, StatusQuery
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from app.workflow.reconciling.ledger import added, ledger_of
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter, region

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
QUIET = timedelta(seconds=20)


def attempt_of(small: SmallCounter, view: CaseView) -> Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def resolve(small: SmallCounter) -> None:
    for _ in range(8):
        small.clock.move(QUIET)
        resolving.resolve_due(small.till)


def unknown(small: SmallCounter, *, booked: bool) -> CaseView:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=booked)
    return small.settle(view)


def test_another_settlement_of_the_same_person_is_not_this_one(small: SmallCounter) -> None:
    small.with_profile(region(status_query=StatusQuery.BY_MESSAGE_ID))
    view = unknown(small, booked=True)
    ours = small.fake.books.settlements.pop(attempt_of(small, view).message_id)
    small.fake.books.settlements["P" + "0" * 29] = ours
    resolve(small)
    assert small.fake.times(Operation.QUERY_SETTLEMENT) == 1
    assert attempt_of(small, view).state is AttemptState.REVERSED
    assert small.view(view).step is Step.SETTLE


def test_a_settlement_of_another_amount_is_found_and_holds_the_goods(small: SmallCounter) -> None:
    small.with_profile(region(status_query=StatusQuery.BY_MESSAGE_ID))
    view = unknown(small, booked=True)
    key = attempt_of(small, view).message_id
    booked = small.fake.books.settlements[key]
    amounts = booked.facts.amounts
    other = replace(amounts, fund=Fen(amounts.fund - 1), cash=Fen(amounts.cash + 1))
    facts = replace(booked.facts, amounts=other)
    small.fake.books.settlements[key] = Booked(facts, booked.person_no)
    resolve(small)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    assert small.tray.papers == []


def test_a_refund_found_by_its_settlement_takes_the_whole_bill_back(small: SmallCounter) -> None:
    """The platform shows the settlement it took back: its own amounts, not those of the refund."""
    small.with_profile(region(status_query=StatusQuery.BY_SETTLEMENT_ID))
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST, booked=True)
    # some name the refund's message beside the settlement: the number says which settlement it is
    small.fake.script(
        Operation.QUERY_SETTLEMENT, change=lambda found: replace(found, message_id_echo="P" * 30)
    )
    small.surface.revoke(view.case_id, BOSS, PIN)
    resolve(small)
    assert small.fake.times(Operation.REVERSE) == 0
    assert attempt_of(small, view).state is AttemptState.REFUNDED
    with small.store.reading() as unit:
        booked = ledger_of(small.till, unit, today(small.till)).booked
    assert [line.refund for line in booked] == [False, True]
    assert added(booked).total == 0
    assert booked[1].settlement_id != booked[0].settlement_id
