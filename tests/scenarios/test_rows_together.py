"""Records that wait together reach the platform in one message, and one box can be asked about."""

from pathlib import Path

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxState
from app.workflow import startup
from app.workflow.goods.errand import box_on_file
from tests.support.counter import a_counter
from tests.support.visit import a_visit


def test_sales_that_wait_are_one_message(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+told_afterwards+rows_together") as bench:
        first = a_visit(bench).until(Step.DONE)
        bench.surface.next_customer(first.case_id)
        second = a_visit(bench).until(Step.HAND_OVER)
        with bench.store.reading() as unit:
            waiting = unit.outbox.items()
            lines = [
                line
                for case in (first, second)
                for line in unit.cases.get(case.case_id).facts.lines
            ]
        assert len(waiting) > 1
        assert {item.state for item in waiting} == {OutboxState.WAITING}
        assert bench.surface.deliver() == len(waiting)
        state = bench.platform_state()
        assert state["messages"]["upload_sale_rows"] == {"accepted": 1, "all": 1}
        assert "upload_sale" not in state["messages"]
        boxes = sorted(pack.code for line in lines for pack in line.packs if pack.code)
        assert state["sold_codes"] == boxes

        assert startup.answerable(bench.till) is not None
        found = box_on_file(bench.till, boxes[0])
        assert found["on_file"] is True
        with pytest.raises(OperatorInput) as never:
            box_on_file(bench.till, "9" * 20)
        assert never.value.code is Code.BOX_NEVER_HERE
        assert [step["move"] for step in found["ours"]][-1] == "sold"  # type: ignore[attr-defined]
