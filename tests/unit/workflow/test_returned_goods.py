"""The way back: no refund without its boxes, and a box leads to its sale."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.ports.devices import ScannedText, ScanSource
from app.workflow.cases.lines import codes_of
from app.workflow.cases.required import required
from app.workflow.views.case import CaseView, Say, Whereabouts
from tests.support.duty import shows_up
from tests.support.small_counter import BOSS, CAPSULES, EARLY, PHARMACIST, PIN, SmallCounter
from tests.support.split_shop import BOXES, furnish_bottles
from tests.unit.workflow.test_adopted_goods_out import adopted, goods_of
from tests.unit.workflow.test_gs1_boxes import GTIN, IDENTITY, printed, receive
from tests.unit.workflow.test_lost_time import believed_again, restored
from tests.unit.workflow.test_refund_of_other_amounts import attempt_of
from tests.unit.workflow.test_splitting import sell_part
from tests.unit.workflow.test_two_prescriptions import at_counter_two


def paid(small: SmallCounter) -> CaseView:
    """The adopted visit with the cash of that time typed."""
    view = adopted(small)
    rest = required(view.hand_over, "not at the papers").still_to_pay
    return small.surface.take_rest(view.case_id, rest)


def test_goods_given_in_a_lost_time_are_not_refunded_before_their_cash_is_typed(
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


@pytest.mark.parametrize("recorded", [True, False])
def test_they_come_back_box_by_box(small: SmallCounter, recorded: bool) -> None:
    view = paid(small)
    assert required(view.hand_over, "not at the papers").may_give_back
    if recorded:
        view = small.surface.hand_over(view.case_id)
    cash = required(view.hand_over, "not at the papers").amounts.cash
    began = small.surface.begin_return(view.case_id)
    assert began.step is Step.TAKE_BACK
    paying = small.surface.take_back(began.case_id, codes_of(small.case(began)))
    assert goods_of(paying) == (Whereabouts.OURS, "light.goods.at_counter")
    closed = small.surface.revoke(paying.case_id, BOSS, PIN)
    assert closed.refunded == Say("refunded.closed", (("amount", f"{cash / 100:.2f}"),))


def test_nor_what_a_copy_knows_nothing_of(small: SmallCounter) -> None:
    """The copy has the visit at its papers; the lost time may have handed the goods over."""
    view = small.until(Step.HAND_OVER)
    restored(small)
    believed_again(small)
    assert small.surface.begin_return(view.case_id).step is Step.TAKE_BACK
    assert small.surface.abandon(view.case_id).step is Step.DONE


def test_what_is_taken_along_again_is_given_again(small: SmallCounter) -> None:
    done = paid(small)
    began = small.surface.begin_return(done.case_id)
    paying = small.surface.take_back(began.case_id, codes_of(small.case(began)))
    here = small.surface.abandon(paying.case_id)
    assert (here.step, goods_of(here)) == (
        Step.HAND_OVER,
        (Whereabouts.OURS, "light.goods.at_counter"),
    )
    assert required(here.hand_over, "not at the papers").still_to_pay == Fen(0)
    assert small.surface.begin_return(here.case_id).step is Step.REVOKE


def test_a_box_leads_to_its_sale_whatever_the_scanner_makes_of_it(small: SmallCounter) -> None:
    receive(small, IDENTITY)
    view = small.until(Step.SCAN)
    for code in (printed(), EARLY[1], CAPSULES[0]):
        view = small.scan(view, code).case
    done = small.hand_over(small.settle(small.finish(view)))
    for text in (printed(), f"(01){GTIN}(21)SER9", f" {EARLY[1]}\r\n", EARLY[1].spoken()):
        assert small.surface.find_sale(text).case_id == done.case_id, text


def test_a_part_sold_at_another_counter_hides_no_sale_of_this_one(small: SmallCounter) -> None:
    furnish_bottles(small)
    here, two = sell_part(small, BOXES[0], 3), at_counter_two(small)
    shows_up(two.till, PHARMACIST)
    there = two.surface.sell_for_cash(two.surface.current().case_id)
    view = two.surface.accept(there.case_id, ScannedText(BOXES[0], ScanSource.WEDGE, 0.0)).case
    two.surface.split_box(view.case_id, 1, 2)
    two.surface.finish(view.case_id)
    sold = two.surface.pay(view.case_id, Fen(100_000))
    assert small.surface.find_sale(BOXES[0]).case_id == here.case_id
    assert two.surface.find_sale(BOXES[0]).case_id == sold.case_id
