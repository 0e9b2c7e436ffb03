"""A sale for cash at a counter beside the training platform."""

from app.domain.money import Fen
from app.workflow.calendar import today
from app.workflow.views.case import CaseView
from resources.scenarios import trace_codes
from tests.support.counter import Bench
from tests.support.duty import shows_up
from tests.support.reasons import give_reasons


def free_boxes(bench: Bench, count: int) -> list[str]:
    """Boxes of one lot that need no prescription, in date."""
    for item in bench.demo.items:
        for lot in item.lots:
            if (
                not item.prescription_only
                and lot.quantity >= count
                and lot.expires_on > today(bench.till)
            ):
                return [str(code) for code in trace_codes(lot)[:count]]
    raise AssertionError("the demo store sells nothing without a prescription")


def sold_for_cash(bench: Bench, boxes: list[str]) -> CaseView:
    shows_up(bench.till)
    view = bench.surface.sell_for_cash(bench.surface.current().case_id)
    for box in boxes:
        view = bench.scan(view, box).case
    view = give_reasons(bench.surface, view)
    view = bench.surface.finish(view.case_id)
    assert view.settle is not None, view.banner
    return bench.surface.pay(view.case_id, Fen(100_000))
