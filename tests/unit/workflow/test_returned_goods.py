"""The way back: no refund without its boxes, and a box leads to its sale."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.workflow.cases.lines import codes_of
from app.workflow.cases.required import required
from app.workflow.views.case import CaseView, Say, Whereabouts
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_adopted_goods_out import adopted, goods_of
from tests.unit.workflow.test_refund_of_other_amounts import attempt_of


def recorded(small: SmallCounter) -> CaseView:
    """The adopted visit, its cash typed and its goods written down as given."""
    view = adopted(small)
    rest = required(view.hand_over, "not at the papers").still_to_pay
    small.surface.take_rest(view.case_id, rest)
    return small.surface.hand_over(view.case_id)


def test_goods_given_in_a_lost_time_are_not_refunded_without_their_boxes(
    small: SmallCounter,
) -> None:
    """The page began with the money, as where nothing was given: boxes that the customer still had
    were counted into quarantine, and the cash of that time went back to nobody."""
    view = adopted(small)
    assert not required(view.hand_over, "not at the papers").may_give_back
    with pytest.raises(OperatorInput) as refused:
        small.surface.begin_return(view.case_id)
    assert refused.value.code is Code.STEP_MOVED_ON
    assert attempt_of(small, view).state is AttemptState.SETTLED


def test_recorded_as_given_they_come_back_box_by_box(small: SmallCounter) -> None:
    done = recorded(small)
    cash = required(done.hand_over, "not at the papers").amounts.cash
    began = small.surface.begin_return(done.case_id)
    assert began.step is Step.TAKE_BACK
    paying = small.surface.take_back(began.case_id, codes_of(small.case(began)))
    assert goods_of(paying) == (Whereabouts.OURS, "light.goods.at_counter")
    closed = small.surface.revoke(paying.case_id, BOSS, PIN)
    assert closed.refunded == Say("refunded.closed", (("amount", f"{cash / 100:.2f}"),))


def test_what_is_taken_along_again_is_given_again(small: SmallCounter) -> None:
    done = recorded(small)
    began = small.surface.begin_return(done.case_id)
    paying = small.surface.take_back(began.case_id, codes_of(small.case(began)))
    here = small.surface.abandon(paying.case_id)
    assert (here.step, goods_of(here)) == (
        Step.HAND_OVER,
        (Whereabouts.OURS, "light.goods.at_counter"),
    )
    assert required(here.hand_over, "not at the papers").still_to_pay == Fen(0)
    assert small.surface.begin_return(here.case_id).step is Step.REVOKE
