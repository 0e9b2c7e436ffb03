"""A settlement dearer than agreed whose rest is not paid yet: no receipt, whatever is begun."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.jobs.progress import no_report
from app.profile.operations import Operation
from app.workflow.doubts.views import Outcome
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_other_cash import decided, receipts


def test_a_refund_that_is_begun_and_given_up_lets_no_receipt_out(small: SmallCounter) -> None:
    """The customer will not pay the rest; the refund is begun; then the customer pays after all."""
    view = decided(small)
    assert receipts(small) == []
    back = small.surface.begin_return(view.case_id)
    assert back.step is Step.REVOKE
    assert receipts(small) == [], "the only unmarked receipt says that it is not paid"
    again = small.surface.abandon(view.case_id)
    assert again.step is Step.HAND_OVER
    assert again.hand_over is not None
    small.surface.take_rest(view.case_id, again.hand_over.still_to_pay)
    small.surface.print_waiting(no_report)
    (receipt,) = [paper for paper in small.tray.papers if "小票" in paper.filename]
    assert receipt.copy_no == 1


def test_nobody_is_told_to_give_back_less_than_nothing(small: SmallCounter) -> None:
    """The refund puts more on the account than was taken from it, and its cash is less than the
    rest that nobody paid."""
    view = decided(small)
    rest = small.case(view).facts.still_to_pay

    def change(answer: Any) -> Any:
        back = answer.facts.amounts
        cash = Fen(1 - rest)
        other = replace(back, account=Fen(back.account + back.cash - cash), cash=cash)
        told = replace(answer.facts, amounts=other, settlement_id="B-CASH")
        books = small.fake.books.settlements
        books.update({key: replace(one, refunded=False) for key, one in books.items()})
        books[answer.message_id_echo] = Booked(told, answer.person_no)
        return replace(answer, facts=told)

    back = small.surface.begin_return(view.case_id)
    small.fake.script(Operation.REVOKE_SETTLEMENT, change=change)
    small.surface.revoke(back.case_id, BOSS, PIN)
    shown = small.surface.examine(view.case_id)
    ended = small.surface.decide_doubt(shown, Outcome.STANDS, "", "医保局退款单", BOSS, PIN)
    assert ended.refunded is not None
    assert "no_cash" in ended.refunded.key, ended.refunded.params


def test_no_rest_is_taken_while_nobody_knows_what_the_lost_time_took(small: SmallCounter) -> None:
    """The lost time may have taken the rest and handed over; its receipt waits for the days to be
    signed, and the cash of the same sale must wait with it."""
    view = decided(small)
    assert view.hand_over is not None
    rest = view.hand_over.still_to_pay
    restored(small)
    with pytest.raises(OperatorInput) as early:
        small.surface.take_rest(view.case_id, rest)
    assert early.value.code is Code.RECOVERY_OPEN
