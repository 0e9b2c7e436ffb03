"""What figures do not show, and what a person says of a difference: one furnished store."""

from dataclasses import replace

import pytest

from app.domain.books.stock import LineState, Record, StockCause
from app.domain.errors import Code, OperatorInput
from app.domain.money import packs
from app.ports import stock as g
from app.ports.messages import Answer, Committed
from app.sandbox.core.goods.planting import plant
from app.simulation.goods.keeper import Keeper
from app.simulation.goods.planter import IN, Planted, Planter
from app.workflow.stock_reconciling import asking
from app.workflow.stock_reconciling.comparing import compare_stock
from tests.support.stock_keeper import day_of, findings, planted


def test_an_accepted_difference_is_explained_and_stays_so_over_a_rerun(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.LOST_SALE)
    boss = keeper.till.operator.login
    with pytest.raises(OperatorInput) as silent:
        keeper.surface.accept_stock(day, 1, found.finding_no, boss, "", " ")
    assert silent.value.code is Code.REASON_MISSING
    view = keeper.surface.accept_stock(day, 1, found.finding_no, boss, "", "盘点后再看")
    assert view.rows == ()
    assert (view.run.tally.needs_action, view.run.tally.explained) == (0, 1)
    assert view.run.tally.value == 0
    again = compare_stock(keeper.till, day)
    assert (again.run_no, again.tally.needs_action, again.tally.explained) == (2, 0, 1)
    (kept,) = findings(keeper, day)
    assert (kept.state, kept.cause) == (LineState.EXPLAINED, StockCause.SALE_LOST)
    assert (kept.accepted.reason, kept.accepted.name) == ("盘点后再看", keeper.till.operator.name)
    with pytest.raises(OperatorInput) as moved:
        keeper.surface.accept_stock(day, 1, kept.finding_no, boss, "", "又一次")
    assert moved.value.code is Code.STEP_MOVED_ON


def test_other_figures_wait_for_a_person_again(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.LOST_SALE)
    boss = keeper.till.operator.login
    keeper.surface.accept_stock(day, 1, found.finding_no, boss, "", "盘点后再看")
    Planter(keeper).plant(Planted.LOST_SALE, keeper.items[0], keeper.first_lot(keeper.items[0]))
    assert compare_stock(keeper.till, day).tally.needs_action == 1
    assert findings(keeper, day)[0].accepted is None


def test_a_word_can_be_taken_back(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.LOST_CHANGE)
    boss = keeper.till.operator.login
    keeper.surface.accept_stock(day, 1, found.finding_no, boss, "", "先放着")
    view = keeper.surface.withdraw_stock(day, 1, found.finding_no, boss, "", "看错了")
    assert view.run.open_count == 1
    assert compare_stock(keeper.till, day).open_count == 1
    with pytest.raises(OperatorInput):
        keeper.surface.withdraw_stock(day, 2, found.finding_no, boss, "", "")


def test_the_formula_is_replayed_over_what_was_accepted(keeper: Keeper) -> None:
    lot = keeper.first_lot(keeper.items[0])
    lay = keeper.fresh(lot).on_hand
    keeper.sell(lot, 2)
    keeper.tell()
    _, found = planted(keeper, Planted.LOST_SALE)
    assert found.replay.base == packs(lay)
    lost = found.reasons[0].effect
    (sold,) = found.replay.parts
    assert (sold.record, sold.count, sold.total) == (Record.SALE, 2, packs(-2) + lost)
    assert found.replay.comes_to == found.ours
    assert found.theirs == found.ours - lost


def test_two_faults_that_cancel_in_one_lot_are_both_named(keeper: Keeper) -> None:
    item = keeper.items[0]
    lot = keeper.first_lot(item)
    asked = {"kind": "change", "lot": lot.upload_lot}
    for how in ("lose", "double"):
        plant(keeper.sandbox.site, {"spoils": how, **asked})
        keeper.change(lot, IN, 2)
        keeper.tell()
        keeper.wait(3)
    day = day_of(keeper)
    assert compare_stock(keeper.till, day).open_count == 1
    (found,) = findings(keeper, day)
    assert found.difference == 0
    causes = {one.cause for one in found.reasons}
    assert causes == {StockCause.CHANGE_NOT_TOLD, StockCause.CHANGE_TWICE}
    boss = keeper.till.operator.login
    keeper.surface.sign_stock(day, 1, boss, "", "")
    # what somebody signed is not walked through again on another day
    keeper.wait(26 * 60)
    keeper.surface.open_day()
    assert compare_stock(keeper.till, day_of(keeper)).open_count == 0


def test_a_row_that_cannot_be_read_is_shown_as_such(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = keeper.first_lot(keeper.items[0])
    queries = keeper.till.platform.goods
    real = queries.query_stock

    def spoilt(message: Committed) -> Answer[g.StockPage]:
        answer = real(message)
        rows = tuple(row for row in answer.value.rows if row.upload_lot != lot.upload_lot)
        gone = [row for row in answer.value.rows if row.upload_lot == lot.upload_lot]
        unread = tuple(g.UnreadRow(row.store_code, row.upload_lot, "amount") for row in gone)
        return replace(answer, value=replace(answer.value, rows=rows, unread=unread))

    monkeypatch.setattr(type(queries), "query_stock", lambda _self, message: spoilt(message))
    day = day_of(keeper)
    run = compare_stock(keeper.till, day)
    assert run.complete
    (found,) = findings(keeper, day)
    assert (found.cause, found.upload_lot) == (StockCause.ROW_UNREADABLE, lot.upload_lot)
    assert found.state is LineState.CANNOT_COMPARE


def test_a_price_nobody_told_is_a_cause_of_its_own(keeper: Keeper) -> None:
    item = keeper.items[0]
    Planter(keeper).plant(Planted.OTHER_PRICE, item, keeper.first_lot(item))
    day = day_of(keeper)
    assert compare_stock(keeper.till, day).open_count == 1
    (found,) = findings(keeper, day)
    assert (found.cause, found.store_code) == (StockCause.PRICE_DIFFERS, item.store_code)
    assert found.our_price == item.retail_price
    assert found.their_price != item.retail_price


def test_a_price_of_a_delivery_or_of_a_sale_is_no_finding(keeper: Keeper) -> None:
    item = keeper.items[0]
    lot = keeper.receive(item)
    keeper.tell()
    day = day_of(keeper)
    assert compare_stock(keeper.till, day).open_count == 0
    keeper.sell(lot)
    keeper.tell()
    assert compare_stock(keeper.till, day).open_count == 0


def test_goods_that_came_without_a_price_are_not_judged_by_price(keeper: Keeper) -> None:
    """The platform is told nought where nobody said what a pack cost."""
    lot = keeper.receive(keeper.items[0], priced=False)
    keeper.tell()
    (shown,) = (
        row
        for row in asking.figures_of(keeper.till, keeper.items[0].store_code).values()
        if row.upload_lot == lot.upload_lot
    )
    assert shown.price is None
    assert compare_stock(keeper.till, day_of(keeper)).open_count == 0
    assert findings(keeper, day_of(keeper)) == ()
