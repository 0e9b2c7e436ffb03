"""A visit that is not over while the stock is compared, here or elsewhere, and abandoned then."""

from dataclasses import replace

import pytest

from app.domain.access import Role
from app.domain.books.stock import Stage, StockCause
from app.domain.case import Step
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import NOTHING
from app.workflow import delivery
from app.workflow.calendar import today
from app.workflow.goods import counting
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.stock_reconciling.our_books import read_line
from tests.support.counter import Bench
from tests.support.visit import a_visit


def causes(bench: Bench) -> dict[str, StockCause]:
    till = bench.till
    compare_stock(till, today(till), Stage.MORNING)
    with bench.store.reading() as unit:
        found = unit.stock_days.findings(today(till))
    return {one.upload_lot: one.cause for one in found}


def test_a_visit_abandoned_behind_a_count_of_its_boxes_is_named_and_stops_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an older program told counts: with the boxes an open sale had told as gone."""
    monkeypatch.setattr(counting, "told_at_counters", lambda _unit, _lot: NOTHING)
    till, visit = bench.till, a_visit(bench)
    before = causes(bench)
    case = visit.until(Step.DOWNLOAD)
    case = visit.choose(case)
    case = visit.scan(visit.audit(visit.prove(case)))
    assert case.scan is not None
    boxes = [DrugTraceCode(code) for line in case.scan.lines for code in line.codes]
    case = visit.finish(case)
    assert case.step is Step.SETTLE
    with bench.store.reading() as unit:
        lots = {lot.lot_id: lot for code in boxes if (lot := unit.goods.pack_facts(code, 0).lot)}
    till.signed_in = replace(till.operator, roles=frozenset(Role))
    mine = {lot: cause for lot, cause in causes(bench).items() if lot not in before}
    assert set(mine.values()) == {StockCause.AT_COUNTER}
    with bench.store.reading() as unit:
        here = read_line(till, unit, tuple(lots.values())).at_counter
        till.counter_no += 1
        assert here == read_line(till, unit, tuple(lots.values())).at_counter != frozenset()
        till.counter_no -= 1
    counting.begin(till, counting.EVERYTHING)
    for lot in lots.values():
        with bench.store.reading() as unit:
            shelf = lot.on_hand - unit.goods.held_back(lot.lot_id)
        counting.count(till, lot.lot_id, shelf)
    counting.book(till, partly=True, in_flight_seen=True)
    delivery.drain(till)
    bench.surface.abandon(case.case_id)
    mine = {lot: cause for lot, cause in causes(bench).items() if lot not in before}
    assert set(mine) == {lot.upload_lot for lot in lots.values()}
    assert set(mine.values()) == {StockCause.COUNT_TOO_LATE}
