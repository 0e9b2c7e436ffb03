"""Drafted corrections when the shop went on: told live, once, and from the newest comparison."""

from datetime import date, timedelta
from typing import NoReturn

import msgspec
import pytest

from app.domain.books.stock import Remedy, Stage, StockCause, StockFinding
from app.domain.errors import Bug, Code, OperatorInput
from app.domain.money import Quantity, packs
from app.ports.copies import CopyMade
from app.ports.store import BusinessDay, OutboxState
from app.profile.operations import Operation
from app.sandbox.core.goods.planting import plant
from app.simulation.goods.keeper import Keeper, whole_region
from app.simulation.goods.planter import Planted, Planter
from app.simulation.templates import Templates
from app.workflow.cases.required import required
from app.workflow.stock_reconciling import asking, looking, nightly, unseen
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.upkeep import morning, startup
from tests.support.stock_keeper import day_of, findings, opened, planted


class Shelf:
    """Where copies would lie; counts what was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self) -> CopyMade:
        self.taken += 1
        return CopyMade("copy.backup")

    def newest(self) -> None:
        return None


def broken(*_args: object) -> NoReturn:
    raise StopIteration


def broken_by_name(*_args: object) -> NoReturn:
    raise Bug


def test_a_line_that_breaks_the_look_is_unnamed_and_takes_no_other_with_it(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = keeper.first_lot(keeper.items[0])
    keeper.change(lot, "102", 2)
    day = day_of(keeper)
    for fault in (broken, broken_by_name):
        monkeypatch.setattr(looking, "read_line", fault)
        compare_stock(keeper.till, day)
        (found,) = findings(keeper, day)
        assert (found.cause, found.upload_lot) == (StockCause.UNNAMED, lot.upload_lot)
        assert [one.draft.remedy for one in found.reasons if one.draft] == [Remedy.ASK]


def test_an_equal_line_that_nobody_could_look_through_is_not_called_equal(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two faults in it may come to nought: who could not look says so."""
    lot = keeper.first_lot(keeper.items[0])
    keeper.sell(lot, 1)
    keeper.tell()
    day = day_of(keeper)
    equal = compare_stock(keeper.till, day).tally.equal
    monkeypatch.setattr(unseen, "cancelling", broken)
    run = compare_stock(keeper.till, day)
    found = findings(keeper, day)
    assert found
    assert {one.cause for one in found} == {StockCause.UNNAMED}
    assert lot.upload_lot in {one.upload_lot for one in found}
    assert run.tally.equal == equal - len(found)


def test_a_comparison_that_breaks_keeps_no_copy_back_and_is_said_in_the_morning(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()
    monkeypatch.setattr(keeper.till, "copies", shelf)
    keeper.clock.pass_time(14 * 3600)
    monkeypatch.setattr(nightly, "compare_stock", broken)
    with pytest.raises(StopIteration):
        startup.settle_unattended(keeper.till)
    assert shelf.taken == 1
    assert nightly.due(keeper.till) is None, "not in every round"
    rows = [one for one in morning.overnight(keeper.till).done if not one.well]
    assert [(one.job, one.at) for one in rows] == [(morning.NightJob.STOCK, keeper.clock.now())]
    monkeypatch.undo()
    keeper.clock.pass_time(nightly.AGAIN_AFTER / timedelta(seconds=1))
    assert nightly.compare_nightly(keeper.till) is not None
    assert all(one.well for one in morning.overnight(keeper.till).done)


def there(keeper: Keeper, found: StockFinding) -> Quantity:
    return asking.figures_of(keeper.till, found.store_code)[found.upload_lot].quantity


def here(keeper: Keeper, found: StockFinding) -> Quantity:
    with keeper.store.reading() as unit:
        return packs(sum(unit.goods.lot(lot_id).on_hand for lot_id in found.lots))


def refused(keeper: Keeper, day: date, found: StockFinding, number: int = 0) -> Code:
    with keeper.store.reading() as unit:
        run = required(unit.stock_days.get(day), "compared")
        waiting = len(unit.outbox.items())
    with pytest.raises(OperatorInput) as said:
        keeper.surface.apply_draft(day, run.run_no, found.finding_no, number)
    with keeper.store.reading() as unit:
        assert len(unit.outbox.items()) == waiting, "nothing is queued"
    return said.value.code


def test_a_drafted_count_whose_figure_moved_on_is_compared_again(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.ALTERED_AMOUNT)
    keeper.sell(keeper.first_lot(keeper.items[0]), 2)
    keeper.tell()
    assert refused(keeper, day, found) is Code.STOCK_WENT_ON
    compare_stock(keeper.till, day)
    (again,) = findings(keeper, day)
    keeper.surface.apply_draft(day, 2, again.finding_no, 0)
    keeper.tell()
    assert there(keeper, again) == here(keeper, again)


def test_the_daily_push_tells_the_figure_of_this_moment(made: Templates) -> None:
    profile = whole_region(made.profile)
    rules = msgspec.structs.replace(profile.rules, store_mode="partial")
    change = profile.operations[Operation.CHANGE_STOCK]
    untold = {Operation.CHANGE_STOCK: msgspec.structs.replace(change, enabled=False)}
    operations = {**profile.operations, **untold}
    profile = msgspec.structs.replace(profile, rules=rules, operations=operations)
    with opened(made, profile) as keeper:
        lot = keeper.first_lot(keeper.items[0])
        keeper.change(lot, "102", 2)
        run = compare_stock(keeper.till, day_of(keeper))
        (found,) = findings(keeper, run.day)
        keeper.sell(keeper.first_lot(keeper.items[0]))
        keeper.tell()
        assert nightly.push(keeper.till, run) == 1
        keeper.tell()
        assert there(keeper, found) == here(keeper, found)


@pytest.mark.parametrize("what", [Planted.DOUBLED_SALE, Planted.LOST_CHANGE])
def test_one_cause_found_on_two_days_is_corrected_once(keeper: Keeper, what: Planted) -> None:
    day, found = planted(keeper, what)
    keeper.wait(30)
    later = day + timedelta(days=1)
    compare_stock(keeper.till, later)
    (newer,) = findings(keeper, later)
    assert refused(keeper, day, found) is Code.STOCK_WENT_ON
    keeper.surface.apply_draft(later, 1, newer.finding_no, 0)
    keeper.tell()
    assert refused(keeper, day, found) is Code.STOCK_WENT_ON
    assert there(keeper, newer) == here(keeper, newer)


def test_behind_a_count_of_the_line_no_other_cause_of_it_is_corrected(keeper: Keeper) -> None:
    item, planter = keeper.items[0], Planter(keeper)
    lot = keeper.first_lot(item)
    planter.plant(Planted.DOUBLED_CHANGE, item, lot)
    keeper.wait(10)
    planter.plant(Planted.LOST_SALE, item, lot)
    day = day_of(keeper)
    compare_stock(keeper.till, day)
    (found,) = findings(keeper, day)
    drafts = [required(one.draft, "drafted").remedy for one in found.reasons]
    assert set(drafts) == {Remedy.COUNT, Remedy.RESEND}
    keeper.surface.apply_draft(day, 1, found.finding_no, drafts.index(Remedy.COUNT))
    assert refused(keeper, day, found, drafts.index(Remedy.RESEND)) is Code.STOCK_WENT_ON
    keeper.tell()
    assert refused(keeper, day, found, drafts.index(Remedy.RESEND)) is Code.STOCK_WENT_ON
    assert there(keeper, found) == here(keeper, found)


def test_a_count_by_hand_since_the_comparison_mends_it_alone(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.DOUBLED_SALE)
    keeper.wait(5)
    keeper.count([keeper.fresh(keeper.first_lot(keeper.items[0]))], 0)
    keeper.tell()
    assert refused(keeper, day, found) is Code.STOCK_WENT_ON
    assert there(keeper, found) == here(keeper, found)


def test_a_record_that_a_person_released_meanwhile_is_not_told_again(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.REFUSED_CHANGE)
    keeper.wait(5)
    record_id = required(required(found.reasons[0].draft, "drafted").record_id, "kept")
    with keeper.store.unit() as unit:
        unit.outbox.settle(record_id, OutboxState.WAITING, keeper.clock.now(), None, "")
    keeper.tell()
    assert there(keeper, found) == here(keeper, found)
    assert refused(keeper, day, found) is Code.STOCK_WENT_ON


def test_a_catch_up_waits_for_what_was_accepted_behind_its_day(keeper: Keeper) -> None:
    """Yesterday is compared while the shop is open: a sale of today may still be booked there."""
    lot = keeper.first_lot(keeper.items[0])
    late = {"spoils": "delay", "kind": "sale", "lot": lot.upload_lot, "hours": 3}
    plant(keeper.sandbox.site, late)
    keeper.sell(lot)
    keeper.tell()
    today = day_of(keeper)
    run = compare_stock(keeper.till, today - timedelta(days=1), Stage.MORNING)
    (found,) = findings(keeper, run.day)
    assert (found.cause, run.open_count) == (StockCause.SETTLING, 0)
    assert compare_stock(keeper.till, today, Stage.MORNING).open_count == 1, "the day itself"
    keeper.wait(200)
    assert compare_stock(keeper.till, run.day, Stage.MORNING).tally.equal > 0
    assert findings(keeper, run.day) == ()


def business(keeper: Keeper, day: date, counter_no: int = 1) -> None:
    with keeper.store.unit() as unit:
        number = BusinessDay(day, "S0", "3001", keeper.clock.now(), None)
        unit.days.open(counter_no, number)


@pytest.mark.parametrize(("back", "found"), [(1, True), (2, True), (7, True), (8, False)])
def test_the_last_day_with_business_is_compared_also_behind_days_the_shop_was_shut(
    keeper: Keeper, back: int, found: bool
) -> None:
    day = day_of(keeper) - timedelta(days=back)
    business(keeper, day, counter_no=2)
    assert nightly.due(keeper.till) == ((day, Stage.MORNING) if found else None)
    run = nightly.compare_nightly(keeper.till)
    assert (run is not None and run.day == day) is found
    assert nightly.due(keeper.till) is None


def test_a_later_day_looked_at_covers_the_days_before_it(keeper: Keeper) -> None:
    today = day_of(keeper)
    business(keeper, today - timedelta(days=3))
    compare_stock(keeper.till, today - timedelta(days=2), Stage.MORNING)
    assert nightly.due(keeper.till) is None


def test_a_comparison_somebody_asked_for_at_noon_is_not_that_of_the_night(keeper: Keeper) -> None:
    today = day_of(keeper)
    compare_stock(keeper.till, today, Stage.NIGHT)
    compare_stock(keeper.till, today, Stage.MORNING)
    keeper.clock.pass_time(14 * 3600)
    assert nightly.due(keeper.till) == (today, Stage.NIGHT)
