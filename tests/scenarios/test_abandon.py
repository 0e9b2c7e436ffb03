"""The customer leaves: what stands outside is taken back, what is not known is waited for."""

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.ports.store import OutboxState
from app.workflow.views.case import CaseView
from tests.support.counter import Bench
from tests.support.robot import WAIT_S
from tests.support.sentence import banner_says, trouble_says
from tests.support.visit import Visit, a_visit

TWO_LINES = "盐酸二甲双胍片"


def scanned(visit: Visit) -> CaseView:
    """A prescription of two drugs, every box in the sale."""
    case = visit.until(Step.DOWNLOAD)
    card = next(c for c in visit.takeable(case) if TWO_LINES in c.drugs)
    case = visit.bench.surface.choose(case.case_id, card.rx_number)
    return visit.scan(visit.audit(visit.prove(case)))


def boxes_of(case: CaseView) -> list[str]:
    assert case.scan is not None
    return [code for line in case.scan.lines for code in line.codes]


def all_is_free(bench: Bench, boxes: list[str]) -> None:
    """Nothing stands at the platform, and every box goes into another sale."""
    state = bench.platform_state()
    assert (state["settlements"], state["sold_codes"]) == ({}, [])
    case = a_visit(bench).start()
    with bench.store.reading() as unit:
        for code in boxes:
            facts = unit.goods.pack_facts(DrugTraceCode(code), case.case_id)
            assert (facts.sold, facts.claimed_by_case) == (None, None)


def test_after_the_audit_the_boxes_go_back_to_the_shelf(bench: Bench) -> None:
    case = scanned(a_visit(bench))
    boxes = boxes_of(case)
    assert len(boxes) == 5
    assert bench.surface.abandon(case.case_id).step is Step.CLOSED
    assert bench.platform_state()["uploads"] == {}
    all_is_free(bench, boxes)


def test_after_the_upload_the_sale_is_returned(bench: Bench) -> None:
    visit = a_visit(bench)
    case = scanned(visit)
    boxes = boxes_of(case)
    at_settle = visit.finish(case)
    assert at_settle.step is Step.SETTLE
    assert bench.platform_state()["sold_codes"] == sorted(boxes)
    closed = bench.surface.abandon(case.case_id)
    assert closed.step is Step.CLOSED, closed.banner
    all_is_free(bench, boxes)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "http_500", "reject"])
def test_a_return_that_does_not_get_through_is_told_again(bench: Bench, fault: str) -> None:
    visit = a_visit(bench)
    case = scanned(visit)
    boxes = boxes_of(case)
    visit.finish(case)
    bench.fault("return_sale", fault)
    stuck = bench.surface.abandon(case.case_id)
    assert stuck.step is Step.RETURN_SALE
    banner_says(stuck)
    bench.let_arrive()
    assert bench.surface.retry(case.case_id).step is Step.CLOSED
    all_is_free(bench, boxes)


def test_a_refused_line_leaves_returns_of_the_accepted_ones(bench: Bench) -> None:
    visit = a_visit(bench)
    case = scanned(visit)
    boxes = boxes_of(case)
    bench.fault("upload_sale", "string_numbers")
    bench.fault("upload_sale", "reject")
    refused = visit.finish(case)
    assert (refused.step, refused.phase) == (Step.UPLOAD_SALE, Phase.REJECTED)
    assert banner_says(refused) == Code.SALE_REFUSED
    assert bench.platform_state()["sold_codes"] != []
    assert bench.surface.abandon(case.case_id).step is Step.CLOSED
    (waiting,) = bench.surface.queue()
    assert waiting.state is OutboxState.WAITING
    assert bench.surface.deliver() == 1
    assert [row.state for row in bench.surface.queue()] in ([], [OutboxState.DELIVERED])
    all_is_free(bench, boxes)


def test_nothing_is_abandoned_while_it_is_not_known(bench: Bench) -> None:
    visit = a_visit(bench)
    case = scanned(visit)
    boxes = boxes_of(case)
    bench.fault("upload_sale", "drop_after")
    unknown = visit.finish(case)
    assert (unknown.phase, unknown.can_abandon) == (Phase.UNKNOWN, False)
    with pytest.raises(OperatorInput) as refused:
        bench.surface.abandon(case.case_id)
    assert trouble_says(refused.value) == Code.ABANDON_REFUSED
    assert bench.surface.view(case.case_id) == unknown
    assert bench.surface.retry(case.case_id).step is Step.SETTLE
    bench.let_arrive()
    assert bench.surface.abandon(case.case_id).step is Step.CLOSED
    all_is_free(bench, boxes)


def test_nothing_is_abandoned_while_money_is_not_known(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.finish(scanned(visit))
    bench.fault("settle", "drop_after")
    unknown = visit.settle(case)
    assert banner_says(unknown) == Code.SETTLEMENT_UNKNOWN
    with pytest.raises(OperatorInput) as refused:
        bench.surface.abandon(case.case_id)
    assert trouble_says(refused.value) == Code.ABANDON_REFUSED
    for _ in range(20):
        bench.pass_time(WAIT_S)
        bench.surface.deliver()
        after = bench.surface.view(case.case_id)
        if after.can_abandon:
            break
    assert bench.surface.abandon(case.case_id).step is Step.CLOSED
    state = bench.platform_state()
    assert "active" not in state["settlements"]
    assert state["sold_codes"] == []
