"""Where every reported row has a serial of its own, it is asked about and returned under it, and
stock is compared and counted by lot all the same."""

from pathlib import Path

import pytest

from app.domain.books.stock import StockCause
from app.domain.case import Phase, Step
from app.profile.serials import told_serial
from app.workflow import calendar, day, delivery
from app.workflow.goods.counting import EVERYTHING
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.stock_reconciling.row_serials import lot_of
from app.workflow.views.case import CaseView, DrugLineView
from tests.scenarios.test_stock_agrees import a_store
from tests.support.counter import Bench, a_counter
from tests.support.visit import a_visit

REGION = "fujian+serial_per_row"
MANAGER = ("3001", "112358")


def test_a_sale_in_doubt_is_found_under_its_own_serial(tmp_path: Path) -> None:
    with a_counter(tmp_path, region=REGION) as bench:
        visit = a_visit(bench)
        scanned = visit.scan(visit.until(Step.SCAN))
        bench.fault("upload_sale", "drop_after")
        case = visit.finish(scanned)
        assert (case.step, case.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
        bench.let_arrive()
        case = bench.surface.retry(case.case_id)
        assert case.step is Step.SETTLE, case.banner
        state = bench.platform_state()
        asked, told = state["messages"]["query_sale_trail"], state["messages"]["upload_sale"]
        assert asked["accepted"] >= 1
        assert told["all"] == state["uploads"]["sale"]["rows"], "found, and not told again"
        assert visit.settle(case).step is Step.HAND_OVER


@pytest.mark.deep
def test_what_is_not_found_waits_for_a_person(tmp_path: Path) -> None:
    with a_counter(tmp_path, region=REGION) as bench:
        visit = a_visit(bench)
        scanned = visit.scan(visit.until(Step.SCAN))
        bench.fault("upload_sale", "drop_before")
        case = visit.finish(scanned)
        bench.let_arrive()
        case = bench.surface.retry(case.case_id)
        assert (case.step, case.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
        assert bench.surface.examine(case.case_id).choices


def test_a_return_takes_back_the_very_row(tmp_path: Path) -> None:
    with a_counter(tmp_path, region=REGION) as bench:
        case = a_visit(bench).until(Step.HAND_OVER)
        case = bench.surface.begin_return(case.case_id)
        assert bench.surface.revoke(case.case_id, *MANAGER).step is Step.CLOSED
        state = bench.platform_state()
        assert state["sold_codes"] == []
        told = state["uploads"]
        assert told["sale_return"] == told["sale"]


@pytest.mark.parametrize("region", ["fujian", REGION])
def test_stock_is_compared_and_counted_by_lot(tmp_path: Path, region: str) -> None:
    with a_counter(tmp_path, region=region) as bench:
        visit = a_visit(bench)
        scanned = visit.scan(visit.until(Step.SCAN))
        (line,) = {one.first_lot_no for one in visit_lines(scanned)}
        # the platform says yes and books nothing
        bench.fault("upload_sale", "no_effect")
        assert visit.settle(visit.finish(scanned)).step is Step.HAND_OVER
        bench.surface.sign_in(*MANAGER)
        day.ensure_open(bench.till)
        today = calendar.today(bench.till)
        assert compare_stock(bench.till, today).tally.needs_action == 1
        with bench.store.reading() as unit:
            (found,) = unit.stock_days.findings(today)
        assert found.lot_no == line
        assert [reason.cause for reason in found.reasons] == [StockCause.SALE_LOST]
        asked = bench.platform_state()["messages"]
        for kind in ("query_counts", "query_changes", "query_purchases", "query_sales"):
            assert asked[kind]["accepted"] >= 1, "the trail is off: kind by kind"
        count_again(bench, found.lots[0])
        assert compare_stock(bench.till, today).tally.needs_action == 0


def visit_lines(case: CaseView) -> tuple[DrugLineView, ...]:
    assert case.scan is not None
    return case.scan.lines


def count_again(bench: Bench, lot_id: int) -> None:
    """Somebody counts this one lot, finds what the books say, and the platform hears of it."""
    rows = bench.surface.begin_count(EVERYTHING).rows
    (mine,) = [row for row in rows if row.lot.lot_id == lot_id]
    bench.surface.write_count(lot_id, mine.lot.on_hand)
    bench.surface.book_count(partly=True)
    delivery.drain(bench.till)


def test_of_two_deliveries_of_one_makers_lot_the_sold_one_is_meant(tmp_path: Path) -> None:
    with a_store(tmp_path, REGION) as store:
        items = store.bench.demo.items
        which = next(n for n, one in enumerate(items) if not one.prescription_only)
        for packs in (2, 3):
            store.receive(which, packs, "SAME")
        delivery.drain(store.bench.till)
        with store.bench.store.reading() as unit:
            first, second = (unit.goods.lot(lot_id) for lot_id in store.received)
            (code, *_) = unit.stock.boxes_in(second.lot_id)
        assert first.lot_no == second.lot_no
        case_id = store.sell_boxes([code])
        profile, goods = store.bench.till.profile, items[which].code
        with store.bench.store.reading() as unit:
            sale = unit.cases.get(case_id).facts.sale
            assert sale is not None
            told = [told_serial(profile, "", sale.sale_serial, index) for index in range(1, 4)]
            found = {lot_of(unit, profile, goods, one, "SAME") for one in told}
        assert second.upload_lot in found
        assert first.upload_lot not in found
