"""Records that wait together reach the platform in one message, and one box can be asked about."""

from pathlib import Path

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxState
from app.workflow import day, delivery
from app.workflow.goods.errand import box_on_file
from app.workflow.upkeep import startup
from tests.scenarios.test_stock_agrees import a_store
from tests.support.counter import Bench, a_counter
from tests.support.visit import a_visit

MANAGER, OTHER_MANAGER = ("3001", "112358"), ("3002", "314159")


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


def told(bench: Bench) -> dict[str, dict[str, int]]:
    """Deliver until nothing waits; how many messages of each operation were accepted."""
    day.ensure_open(bench.till)
    for _round in range(4):
        delivery.drain(bench.till)
    with bench.store.reading() as unit:
        assert unit.outbox.items() == ()
    counted: dict[str, dict[str, int]] = bench.platform_state()["messages"]
    return counted


def test_every_kind_of_the_back_room_travels_as_a_list(tmp_path: Path) -> None:
    with a_store(tmp_path, "shanghai+rows_together") as store:
        items, surface = store.bench.demo.items, store.bench.surface
        first, second = [n for n, one in enumerate(items) if not one.prescription_only][:2]
        for which in (first, second, first, second):
            store.receive(which, 3)
        assert told(store.bench)["receive_rows"]["accepted"] == 1
        with store.bench.store.reading() as unit:
            kept = [unit.stock.movements(lot_id)[0].event_id for lot_id in store.received[2:]]
        for event_id in kept:
            surface.erase_record(event_id, "录错", *OTHER_MANAGER)
        assert told(store.bench)["erase_upload_rows"]["accepted"] == 1
        store.change(0, 0)
        store.change(1, 0)
        assert told(store.bench)["change_stock_rows"]["accepted"] == 1
        store.send_back(0, 0)
        store.send_back(1, 0)
        assert told(store.bench)["return_to_supplier_rows"]["accepted"] == 1
        store.count(0, 2)
        assert told(store.bench)["count_stock_rows"]["accepted"] == 1


def test_returns_that_wait_are_one_message(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+told_afterwards+rows_together") as bench:
        cases = []
        for _customer in range(2):
            done = a_visit(bench).until(Step.HAND_OVER)
            cases.append(done.case_id)
            bench.surface.next_customer(done.case_id)
        told(bench)
        for case_id in cases:
            bench.surface.begin_return(case_id)
            assert bench.surface.revoke(case_id, *MANAGER).step is Step.CLOSED
        assert told(bench)["return_sale_rows"]["accepted"] == 1
        assert bench.platform_state()["sold_codes"] == []
