"""自费退药 against the training platform: both books end with nothing sold, whatever breaks."""

import pytest

from app.domain.case import Step
from app.domain.goods.stock import LotHold
from app.ports.store import OutboxState
from app.workflow import day, delivery
from app.workflow.returns.compensate import compensate, start_of_day
from app.workflow.views.case import CaseView
from tests.scenarios.test_stock_at_counter import causes
from tests.support.cash_sale import free_boxes, sold_for_cash
from tests.support.counter import Bench
from tests.support.way_back import MANAGER


def paid_back(bench: Bench, done: CaseView, boxes: list[str]) -> CaseView:
    view = bench.surface.begin_return(done.case_id)
    for box in boxes:
        view = bench.scan(view, box).case
    view = bench.surface.take_back(view.case_id, boxes)
    assert view.step is Step.REVOKE
    closed = bench.surface.pay_back(view.case_id, *MANAGER)
    assert closed.step is Step.CLOSED
    return closed


def both_books_agree(bench: Bench, view: CaseView, boxes: list[str]) -> None:
    """Sold nowhere, in quarantine here, every record at rest."""
    assert bench.platform_state()["sold_codes"] == []
    with bench.store.reading() as unit:
        case = unit.cases.get(view.case_id)
        lots = unit.goods.lots(case.facts.lines[0].item_id)
        assert sum(one.on_hand for one in lots if one.hold is LotHold.QUARANTINE) == len(boxes)
        assert unit.outbox.tally().count == 0
        assert unit.stock.prove().flaws == ()


def test_a_sale_that_was_told_is_told_back(bench: Bench) -> None:
    boxes = free_boxes(bench, 2)
    done = sold_for_cash(bench, boxes)
    bench.surface.deliver()
    assert bench.platform_state()["sold_codes"] == sorted(boxes)
    closed = paid_back(bench, done, boxes)
    assert bench.surface.deliver() == 1
    both_books_agree(bench, closed, boxes)


def test_before_anybody_heard_of_it_nobody_hears_of_it(bench: Bench) -> None:
    boxes = free_boxes(bench, 1)
    closed = paid_back(bench, sold_for_cash(bench, boxes), boxes)
    delivery.drain(bench.till)
    assert bench.platform_state()["uploads"].get("sale", {"rows": 0})["rows"] == 0
    both_books_agree(bench, closed, boxes)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "half_answer", "http_502_after"])
@pytest.mark.parametrize("call", ["upload_sale", "return_sale"])
def test_whatever_answer_is_lost_both_books_agree(bench: Bench, call: str, fault: str) -> None:
    boxes = free_boxes(bench, 1)
    bench.fault(call, fault)
    done = sold_for_cash(bench, boxes)
    bench.surface.deliver()
    closed = paid_back(bench, done, boxes)
    for _ in range(4):
        bench.pass_time(3_600)
        delivery.drain(bench.till)
    both_books_agree(bench, closed, boxes)


def test_days_later_and_over_a_restart_it_goes_back_once(bench: Bench) -> None:
    boxes = free_boxes(bench, 2)
    done = sold_for_cash(bench, boxes)
    bench.surface.deliver()
    bench.pass_time(3 * 86_400)
    day.ensure_open(bench.till)
    view = bench.surface.begin_return(bench.surface.find_sale(boxes[1]).case_id)
    bench.scan(view, boxes[0])
    bench.restart()
    here = bench.surface.current()
    assert here.returning is not None
    assert (here.case_id, here.returning.back) == (done.case_id, 1)
    bench.scan(here, boxes[1])
    bench.surface.take_back(here.case_id, boxes)
    bench.restart()
    closed = bench.surface.pay_back(here.case_id, *MANAGER)
    bench.restart()
    bench.surface.deliver()
    both_books_agree(bench, closed, boxes)
    with bench.store.reading() as unit:
        told = unit.outbox.of_case(done.case_id)
        assert [one.state for one in told] == [OutboxState.DELIVERED] * 2


def test_a_sale_on_its_way_back_is_no_business_of_the_day(bench: Bench) -> None:
    """What was paid for stands until somebody decides: nothing takes it back by itself."""
    boxes = free_boxes(bench, 1)
    done = sold_for_cash(bench, boxes)
    bench.surface.deliver()
    bench.surface.begin_return(done.case_id)
    bench.pass_time(86_400)
    assert compensate(bench.till, start_of_day(bench.till), at_once=True) == 0
    assert bench.surface.view(done.case_id).step is Step.TAKE_BACK
    assert bench.platform_state()["sold_codes"] == boxes


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_stock_beside_the_platform_finds_nothing_new(bench: Bench, *, told: bool) -> None:
    boxes, before = free_boxes(bench, 2), causes(bench)
    done = sold_for_cash(bench, boxes)
    if told:
        bench.surface.deliver()
    paid_back(bench, done, boxes)
    delivery.drain(bench.till)
    assert causes(bench) == before
