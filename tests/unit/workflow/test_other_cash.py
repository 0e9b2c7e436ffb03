"""Other amounts than agreed, accepted by a manager: the cash is taken anew, never minus."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen, fen_text
from app.domain.settlement import AttemptState
from app.jobs.progress import no_report
from app.ports.paper import Pair
from app.profile.operations import Operation
from app.workflow.papers.words import word
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter


def dearer(small: SmallCounter) -> None:
    """The account paid nothing any more: its part is due in cash."""

    def change(answer: Any) -> Any:
        asked = answer.facts.amounts
        cash = Fen(asked.cash + asked.account)
        facts = replace(answer.facts, amounts=replace(asked, account=Fen(0), cash=cash))
        books = small.fake.books.settlements
        books.update({key: Booked(facts, one.person_no) for key, one in books.items()})
        return replace(answer, facts=facts)

    small.fake.script(Operation.SETTLE, change=change)


def decided(small: SmallCounter) -> CaseView:
    """Settled dearer than agreed; a manager found it in the statement."""
    at_settle = small.until(Step.SETTLE)
    dearer(small)
    doubtful = small.settle(at_settle)
    small.clock.move(timedelta(minutes=5))
    evidence = small.surface.gather_evidence(doubtful.case_id)
    view = small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)
    assert view.step is Step.HAND_OVER
    return view


def receipts(small: SmallCounter) -> list[str]:
    """The right-hand words of each receipt that came out."""
    small.surface.print_waiting(no_report)
    papers = [paper for paper in small.tray.papers if "小票" in paper.filename]
    return [" ".join(b.right for b in one.blocks if isinstance(b, Pair)) for one in papers]


def test_no_goods_leave_and_no_receipt_says_minus_before_the_rest_is_paid(
    small: SmallCounter,
) -> None:
    view = decided(small)
    assert view.hand_over is not None
    rest = view.hand_over.still_to_pay
    assert (rest > 0, view.hand_over.change) == (True, None)
    assert receipts(small) == []
    for cash in (None, Fen(rest - 1)):
        with pytest.raises(OperatorInput) as short:
            small.surface.take_rest(view.case_id, cash)
        assert short.value.code is Code.CASH_SHORT
    with pytest.raises(OperatorInput) as unpaid:
        small.surface.hand_over(view.case_id)
    assert (unpaid.value.code, unpaid.value.params) == (Code.CASH_SHORT, {"missing": int(rest)})
    paid = small.surface.take_rest(view.case_id, Fen(rest + 44))
    assert paid.hand_over is not None
    assert (paid.hand_over.still_to_pay, paid.hand_over.change) == (0, 44)
    (printed,) = receipts(small)
    assert word("receipt.change", amount="0.44") in printed
    with pytest.raises(OperatorInput):
        small.surface.take_rest(view.case_id, rest)
    assert small.surface.hand_over(view.case_id).step is Step.DONE


def test_what_was_never_paid_is_not_given_back(small: SmallCounter) -> None:
    view = decided(small)
    facts = small.case(view).facts
    received, rest = facts.cash_received, facts.still_to_pay
    assert received is not None
    back = small.surface.begin_return(view.case_id)
    done = small.surface.revoke(back.case_id, BOSS, PIN)
    assert done.refunded is not None
    assert dict(done.refunded.params)["amount"] == fen_text(received)
    (printed,) = receipts(small)
    assert word("receipt.unpaid", amount=fen_text(rest)) in printed
