"""Runs, findings and figures of the stock reconciliation in the base."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.books.stock import (
    LineState,
    Reason,
    StockCause,
    StockFinding,
    StockSignOff,
)
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen, Quantity, packs
from app.ports.stock import StockFigure
from localdb.repositories.goods import SqlGoods
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a

DAY = a.NOON.date()


def figure(item: str, lot: str, count: int) -> StockFigure:
    return StockFigure("", item, "示例片", packs(count), None, lot, "", None)


def finding(number: int, cause: StockCause) -> StockFinding:
    reason = Reason(cause, packs(1))
    return StockFinding(
        number, "SKU", "", "示例片", "GR", "L", (1,), packs(2), packs(1), Fen(1), 1, 1, (reason,)
    )


def furnish(store: SqlStore, count: int = 5) -> str:
    """One lot with so many packs; its item's code."""
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = goods.stock_item(a.an_item())
        goods.receive(a.a_lot(item.item_id), a.codes(count), "GR1", a.NOON)
    return item.store_code


def test_lines_that_differ_are_found_and_the_others_are_counted(store: SqlStore) -> None:
    item = furnish(store)
    lot = a.a_lot(1).upload_lot
    with store.unit() as unit:
        unit.stock_days.keep_answer([figure(item, lot, 5)])
        assert unit.stock_days.compared().differing == ()
        assert unit.stock_days.compared().equal == 1
        assert unit.stock_days.equal_lines(("", ""), 10)[0].quantity == packs(5)
        unit.stock_days.begin_answer()
        unit.stock_days.keep_answer([figure(item, lot, 4), figure("X", "Y", 3)])
        ours, theirs = unit.stock_days.compared().differing
    assert (ours.ours, ours.theirs) == (packs(5), packs(4))
    assert (theirs.store_code, theirs.ours, theirs.theirs) == ("X", None, packs(3))


def test_a_line_they_do_not_show_differs_and_an_empty_one_does_not(store: SqlStore) -> None:
    item = furnish(store)
    with store.reading() as unit:
        (found,) = unit.stock_days.compared().differing
    assert (found.store_code, found.theirs) == (item, None)
    with store.unit() as unit:
        unit.stock_days.keep_answer([figure(item, a.a_lot(1).upload_lot, 5), figure("X", "Y", 0)])
        assert unit.stock_days.compared().differing == ()


def test_a_region_that_sums_up_lots_is_compared_by_item(store: SqlStore) -> None:
    item = furnish(store)
    with store.unit() as unit:
        unit.stock_days.keep_answer([figure(item, "", 5)])
        assert unit.stock_days.compared().differing == ()
        unit.stock_days.begin_answer()
        unit.stock_days.keep_answer([figure(item, "", 6)])
        (found,) = unit.stock_days.compared().differing
    assert (found.upload_lot, found.ours) == ("", packs(5))


def test_two_rows_of_one_lot_are_one_figure(store: SqlStore) -> None:
    with store.unit() as unit:
        unit.stock_days.keep_answer([figure("X", "Y", 2), figure("X", "Y", 3)])
        kept = unit.stock_days.answer("X", "Y")
    assert kept is not None
    assert kept.quantity == packs(5)


def test_a_rerun_replaces_findings_and_numbers_itself(store: SqlStore) -> None:
    with store.unit() as unit:
        first = unit.stock_days.replace(a.a_stock_run(), [finding(1, StockCause.SALE_LOST)])
        again = unit.stock_days.replace(a.a_stock_run(), [finding(1, StockCause.IN_FLIGHT)])
    with store.reading() as unit:
        kept = unit.stock_days.get(DAY)
        found = unit.stock_days.findings(DAY)
        problems = unit.stock_days.findings(DAY, [LineState.NEEDS_ACTION])
    assert (first.run_no, again.run_no) == (1, 2)
    assert kept == again
    assert [one.cause for one in found] == [StockCause.IN_FLIGHT]
    assert problems == ()


def test_findings_come_back_as_they_were(store: SqlStore) -> None:
    wanted = finding(7, StockCause.SALE_TWICE)
    with store.unit() as unit:
        run = unit.stock_days.replace(a.a_stock_run(), [wanted])
        assert unit.stock_days.finding(DAY, 7) == wanted
        changed = replace(wanted, value=Fen(9))
        unit.stock_days.amend(run, changed)
        assert unit.stock_days.finding(DAY, 7) == changed
        with pytest.raises(OperatorInput) as moved:
            unit.stock_days.amend(replace(run, run_no=9), wanted)
    assert moved.value.code is Code.STEP_MOVED_ON


def test_signatures_stay_under_the_run_they_were_given_to(store: SqlStore) -> None:
    with store.unit() as unit:
        boss = SqlPeople(scope_of(unit)).enrol(a.a_boss())
        unit.stock_days.replace(a.a_stock_run(), ())
        signed = StockSignOff(1, a.NOON, boss.staff_id, "店长", "已核")
        unit.stock_days.sign(DAY, signed)
        unit.stock_days.replace(a.a_stock_run(), ())
        with pytest.raises(OperatorInput):
            unit.stock_days.sign(DAY, signed)
        assert unit.stock_days.signed(DAY) == (signed,)


def test_past_days_stay_readable_newest_first(store: SqlStore) -> None:
    days = [DAY - timedelta(days=back) for back in range(3)]
    with store.unit() as unit:
        for day in reversed(days):
            unit.stock_days.replace(a.a_stock_run(day), ())
        assert [run.day for run in unit.stock_days.newest(2)] == days[:2]


def test_every_record_of_a_lot_is_read_whatever_became_of_it(store: SqlStore) -> None:
    from app.ports.store import OutboxState
    from app.profile.operations import Operation

    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        request = a.a_return()
        for key in ("S1", "S2"):
            unit.outbox.add(
                Operation.RETURN_SALE, key, "PC1", request, case.case_id, "示例片", a.NOON
            )
        number = unit.outbox.of_lot("PC1")[0].item_id
        unit.outbox.settle(number, OutboxState.DELIVERED, a.NOON, None, "")
        states = [one.state for one in unit.outbox.of_lot("PC1")]
        assert unit.outbox.of_lot("PC2") == ()
    assert states == [OutboxState.DELIVERED, OutboxState.WAITING]


def test_a_quantity_with_parts_of_a_pack_is_kept_exactly(store: SqlStore) -> None:
    item = furnish(store)
    with store.unit() as unit:
        half = StockFigure("", item, "", Quantity(45_000), None, a.a_lot(1).upload_lot, "", None)
        unit.stock_days.keep_answer([half])
        (found,) = unit.stock_days.compared().differing
    assert found.theirs == 45_000
