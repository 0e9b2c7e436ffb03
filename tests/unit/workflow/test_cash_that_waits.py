"""Cash that is a customer's who is not here any more: it is on a list until somebody says it went.

The waiting slip promises it: what was taken is settled once it is clear, what is to go back goes.
"""

from datetime import timedelta

from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.reconciling import closing
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    return attempt.state


def served_later(small: SmallCounter) -> None:
    """The customer left with a slip; the lane works, nobody looks."""
    small.surface.next_customer(small.surface.current().case_id)
    for _ in range(6):
        small.clock.move(timedelta(minutes=10))
        small.surface.deliver()


def refunded_behind_the_counter(small: SmallCounter) -> tuple[CaseView, Fen]:
    """A refund without an answer, found by a question when the customer had gone."""
    done = small.until(Step.DONE)
    assert done.hand_over is not None
    cash = done.hand_over.amounts.cash
    assert cash > 0
    small.surface.begin_return(done.case_id)
    codes = [str(pack.code) for line in small.case(done).facts.lines for pack in line.packs]
    back = small.surface.take_back(done.case_id, codes)
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST, booked=True)
    doubtful = small.surface.revoke(back.case_id, BOSS, PIN)
    assert doubtful.phase is Phase.UNKNOWN
    served_later(small)
    assert state_of(small, done) is AttemptState.REFUNDED
    return small.view(done), cash


def reversed_behind_the_counter(small: SmallCounter) -> CaseView:
    """Cash was taken for a settlement that turned out never to have stood; the day gave it up."""
    at_settle = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=False)
    small.surface.settle(at_settle.case_id, Fen(20_000))
    served_later(small)
    assert state_of(small, at_settle) is AttemptState.REVERSED
    closing.end_day(small.till)
    view = small.view(at_settle)
    assert view.step is Step.CLOSED
    return view


def test_cash_of_a_refund_that_was_found_later_is_on_a_list_until_it_is_handed_over(
    small: SmallCounter,
) -> None:
    view, cash = refunded_behind_the_counter(small)
    assert view.step is Step.CLOSED
    (row,) = small.surface.open_items()
    assert (row.case_id, row.amount, row.waits_for_person) == (view.case_id, cash, True)
    assert small.surface.desk().open_items == 1
    small.restart()
    (left,) = small.surface.closing().handed_over
    assert (left.kind, left.what, left.goes_back) == ("cash", "refunded", cash)
    shown = small.surface.unpark(view.case_id)
    assert shown.cash_due == cash
    after = small.surface.cash_given(view.case_id)
    assert after.cash_due == 0
    assert small.surface.open_items() == ()


def test_cash_of_a_settlement_that_never_stood_is_on_a_list_until_it_went_back(
    small: SmallCounter,
) -> None:
    view = reversed_behind_the_counter(small)
    assert view.refunded is not None, "nobody calls it a visit without cash"
    assert dict(view.refunded.params)["amount"] == "200.00"
    (row,) = small.surface.open_items()
    assert (row.case_id, row.amount, row.waits_for_person) == (view.case_id, 20_000, True)
    (left,) = small.surface.closing().handed_over
    assert (left.kind, left.what, left.goes_back) == ("cash", "unsettled", 20_000)
    small.surface.cash_given(view.case_id)
    assert small.surface.open_items() == ()
    assert small.surface.closing().handed_over == ()


def test_what_is_refunded_before_the_customers_eyes_leaves_no_row(small: SmallCounter) -> None:
    """The page says it where the money went: the customer stands there."""
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    codes = [str(pack.code) for line in small.case(done).facts.lines for pack in line.packs]
    back = small.surface.take_back(done.case_id, codes)
    closed = small.surface.revoke(back.case_id, BOSS, PIN)
    assert closed.refunded is not None
    assert small.surface.open_items() == ()
