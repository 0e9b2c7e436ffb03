"""A sale that two neighbours hear of: each record has its own fate, and both are undone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.counter import Bench, a_counter
from tests.support.visit import a_visit

BEFORE, AFTER = "fujian+told_to_both", "fujian+told_to_both+told_afterwards"
AROUND = "fujian+told_before_and_after"
MANAGER = ("3001", "112358")
CENTRE = Operation.UPLOAD_RX_SALE
ORDERS = (BEFORE, pytest.param(AFTER, marks=pytest.mark.deep), AROUND)


@pytest.fixture(params=ORDERS)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region=request.param) as opened:
        yield opened


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region=AROUND) as opened:
        yield opened


def open_rows(bench: Bench) -> list[tuple[Operation, OutboxState]]:
    with bench.store.reading() as unit:
        return [(item.operation, item.state) for item in unit.outbox.items()]


def stands(bench: Bench) -> tuple[int, int]:
    """Rows the core platform has of a sale that stands, and rows of the centre."""
    state: dict[str, Any] = bench.platform_state()
    return len(state["sold_codes"]), len(state["rx_sold"])


def condition(case: CaseView, key: str) -> bool:
    assert case.settle is not None
    return next(row.met for row in case.settle.conditions if row.key == key)


def refund(bench: Bench, case: CaseView) -> CaseView:
    case = bench.surface.begin_return(case.case_id)
    return bench.surface.revoke(case.case_id, *MANAGER)


def test_both_have_it_and_a_refund_undoes_both(both: Bench) -> None:
    case = a_visit(both).until(Step.SETTLE)
    order = both.till.profile.rules.sale_upload_order
    assert (
        stands(both)
        == {
            "before_settlement": (len(codes(both, case)), lines(both, case)),
            "both": (0, lines(both, case)),
            "after_settlement": (0, 0),
        }[order]
    )
    assert case.settle is not None
    assert case.settle.ready
    case = a_visit(both).settle(case)
    both.surface.deliver()
    assert stands(both) == (len(codes(both, case)), lines(both, case))
    assert open_rows(both) == []

    closed = refund(both, case)
    assert closed.step is Step.CLOSED
    both.surface.deliver()
    assert stands(both) == (0, 0)
    assert both.platform_state()["rx_calls"]["undo_rx_sale"]["accepted"] >= 1
    assert open_rows(both) == []


def codes(bench: Bench, case: CaseView) -> list[str]:
    with bench.store.reading() as unit:
        facts = unit.cases.get(case.case_id).facts
    return [pack.code for line in facts.lines for pack in line.packs if pack.code]


def lines(bench: Bench, case: CaseView) -> int:
    with bench.store.reading() as unit:
        facts = unit.cases.get(case.case_id).facts
    return sum(len({pack.lot_id for pack in line.packs}) for line in facts.lines)


def test_who_leaves_before_the_money_is_undone_at_both(both: Bench) -> None:
    case = a_visit(both).until(Step.SETTLE)
    assert both.surface.abandon(case.case_id).step is Step.CLOSED
    both.surface.deliver()
    assert stands(both) == (0, 0)
    assert open_rows(both) == []


def test_no_money_moves_before_the_centre_has_it(around: Bench) -> None:
    visit = a_visit(around)
    around.fault(CENTRE.value, "reject", 9)
    case = visit.until(Step.SETTLE)
    assert not condition(case, "centre")
    assert case.settle is not None
    assert not case.settle.ready
    assert (CENTRE, OutboxState.STOPPED) in open_rows(around)
    with pytest.raises(OperatorInput) as refused:
        visit.settle(case)
    assert refused.value.code is Code.CENTRE_NOT_TOLD
    assert around.platform_state()["settlements"] == {}

    around.post("faults", {"clear": True})
    for row in around.surface.queue():
        around.surface.retry_item(row.item_id)
    case = around.surface.view(case.case_id)
    assert condition(case, "centre")
    assert visit.settle(case).step is Step.HAND_OVER


def test_an_answer_of_the_centre_that_never_comes_is_cleared_up(around: Bench) -> None:
    visit = a_visit(around)
    around.fault(CENTRE.value, "drop_after")
    case = visit.until(Step.SETTLE)
    assert not condition(case, "centre")
    assert (CENTRE, OutboxState.UNKNOWN) in open_rows(around)
    around.let_arrive()
    around.surface.deliver()
    case = around.surface.view(case.case_id)
    assert condition(case, "centre")
    case = visit.settle(case)
    around.surface.deliver()
    assert stands(around) == (len(codes(around, case)), lines(around, case))


def test_a_line_that_was_gone_is_tried_again_with_the_next_try(around: Bench) -> None:
    visit = a_visit(around)
    around.fault(CENTRE.value, "drop_before")
    case = visit.until(Step.SETTLE)
    assert not condition(case, "centre")
    around.let_arrive()
    around.surface.deliver()
    case = around.surface.retry(case.case_id)
    assert (case.step, case.phase) == (Step.SETTLE, Phase.READY)
    assert condition(case, "centre")


def test_what_was_left_over_is_undone_at_the_end_of_the_day(around: Bench) -> None:
    case = a_visit(around).until(Step.SETTLE)
    around.surface.end_day(*MANAGER)
    assert around.surface.view(case.case_id).step is Step.CLOSED
    around.surface.deliver()
    assert stands(around) == (0, 0)


def test_after_a_power_cut_nothing_is_told_twice(around: Bench) -> None:
    visit = a_visit(around)
    case = visit.until(Step.SETTLE)
    around.restart()
    case = around.surface.current()
    case = around.surface.retry(visit.identify(case).case_id)
    case = visit.settle(case)
    around.surface.deliver()
    told = around.platform_state()["rx_calls"][CENTRE.value]
    assert told == {"accepted": lines(around, case), "all": lines(around, case)}


@pytest.mark.deep
def test_the_number_of_the_visit_may_come_before_the_sale(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+told_after_presettle") as bench:
        case = a_visit(bench).until(Step.DONE)
        assert stands(bench)[0] == len(codes(bench, case))
