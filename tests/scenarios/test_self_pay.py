"""自费 against the training platform: the record arrives once, whatever happens to its answer."""

import pytest

from app.domain.case import Step
from app.ports.store import OutboxMove, OutboxState
from app.workflow import delivery
from tests.support.cash_sale import free_boxes, sold_for_cash
from tests.support.counter import Bench


def test_the_platform_takes_a_sale_of_nobody_named(bench: Bench) -> None:
    boxes = free_boxes(bench, 2)
    done = sold_for_cash(bench, boxes)
    assert done.step is Step.DONE
    assert bench.surface.deliver() == 1
    state = bench.platform_state()
    assert state["sold_codes"] == sorted(boxes)
    assert state["uploads"]["sale"] == {"rows": 1, "business_keys": 1}
    assert state["settlements"] == {}


@pytest.mark.parametrize("fault", ["drop_after", "half_answer", "http_502_after"])
def test_a_sale_whose_answer_is_lost_is_one_record(bench: Bench, fault: str) -> None:
    boxes = free_boxes(bench, 1)
    bench.fault("upload_sale", fault)
    done = sold_for_cash(bench, boxes)
    assert bench.surface.deliver() == 0
    with bench.store.reading() as unit:
        (item,) = unit.outbox.items()
    assert item.state is OutboxState.UNKNOWN
    bench.pass_time(3_600)
    delivery.drain(bench.till)
    assert bench.platform_state()["uploads"]["sale"] == {"rows": 1, "business_keys": 1}
    with bench.store.reading() as unit:
        assert unit.outbox.tally().count == 0
        history = [note.move for note in unit.outbox.history(item.item_id)]
    assert OutboxMove.UNCLEAR in history
    assert bench.surface.view(done.case_id).codes.detail.key == "light.codes.uploaded"


def test_what_the_platform_refuses_is_mended_and_taken(bench: Bench) -> None:
    boxes = free_boxes(bench, 1)
    bench.fault("upload_sale", "reject")
    sold_for_cash(bench, boxes)
    # what stopped has come to rest
    assert bench.surface.deliver() == 1
    (row,) = bench.surface.queue()
    assert (row.state, bool(row.platform_text)) == (OutboxState.STOPPED, True)
    detail = bench.surface.queue_detail(row.item_id)
    assert "infno" in detail.exchanges[0].sent
    assert bench.surface.mend_item(row.item_id, {"lot_no": "MENDED1"}) == ()
    assert bench.platform_state()["uploads"]["sale"]["rows"] == 1
