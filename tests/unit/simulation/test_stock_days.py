"""Days of stock against the training platform: named, corrected, signed; and clean days silent.

One furnished pair of memories for all; each test plays a day of its own (about half a second).
"""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from app.domain.books.stock import (
    LineState,
    Remedy,
    Stage,
    StockCause,
    StoreMode,
)
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown
from app.domain.money import packs
from app.ports import stock as g
from app.ports.messages import Answer, Committed
from app.ports.store import BusinessDay
from app.profile.model import Profile
from app.profile.operations import Operation
from app.sandbox.core.goods.planting import plant
from app.simulation.goods.keeper import Keeper, whole_region
from app.simulation.goods.planter import Planted, Planter
from app.simulation.goods.rehearsal import CALLED, faults_of, play
from app.simulation.templates import Templates
from app.workflow.stock_reconciling import asking, nightly
from app.workflow.stock_reconciling.comparing import compare_stock
from tests.support.stock_keeper import day_of, findings, opened, planted

BY_HAND = (Remedy.RESEND, Remedy.RETURN_SALE, Remedy.COUNT)


@pytest.mark.parametrize("what", [Planted.LOST_RETURN, Planted.DOUBLED_SALE, Planted.TURNED_CHANGE])
def test_a_drafted_correction_leads_to_the_figure_it_names(keeper: Keeper, what: Planted) -> None:
    day, found = planted(keeper, what)
    assert found.cause is CALLED[what]
    draft = found.reasons[0].draft
    assert draft is not None
    assert draft.remedy in BY_HAND
    view = keeper.surface.apply_draft(day, 1, found.finding_no, 0)
    applied = view.reasons[0].reason.draft
    assert applied is not None
    assert applied.applied_key
    keeper.tell()
    shown = asking.figures_of(keeper.till, found.store_code)[found.upload_lot]
    assert shown.quantity == draft.leads_to
    run = compare_stock(keeper.till, day)
    assert (run.run_no, findings(keeper, day)) == (2, ())


def test_a_draft_is_applied_once_and_only_under_its_own_run(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.LOST_SALE)
    for run_no in (0, 2):
        with pytest.raises(OperatorInput) as moved:
            keeper.surface.apply_draft(day, run_no, found.finding_no, 0)
        assert moved.value.code is Code.STEP_MOVED_ON
    keeper.surface.apply_draft(day, 1, found.finding_no, 0)
    with pytest.raises(OperatorInput) as again:
        keeper.surface.apply_draft(day, 1, found.finding_no, 0)
    assert again.value.code is Code.STEP_MOVED_ON
    with keeper.store.reading() as unit:
        assert len(unit.outbox.items()) == 1


def test_a_day_compared_before_its_correction_arrived_corrects_nothing_twice(
    keeper: Keeper,
) -> None:
    day, found = planted(keeper, Planted.DOUBLED_SALE)
    keeper.surface.apply_draft(day, 1, found.finding_no, 0)
    compare_stock(keeper.till, day)
    (again,) = findings(keeper, day)
    with pytest.raises(OperatorInput) as waits:
        keeper.surface.apply_draft(day, 2, again.finding_no, 0)
    assert waits.value.code is Code.QUEUE_NOT_DRAINED
    with keeper.store.reading() as unit:
        assert len(unit.outbox.items()) == 1


def test_a_count_is_refused_while_a_record_of_its_lot_is_on_its_way(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.ALTERED_AMOUNT)
    keeper.sell(keeper.first_lot(keeper.items[0]))
    with pytest.raises(OperatorInput) as waits:
        keeper.surface.apply_draft(day, 1, found.finding_no, 0)
    assert waits.value.code is Code.QUEUE_NOT_DRAINED


def test_the_evidence_can_be_read(keeper: Keeper) -> None:
    day, found = planted(keeper, Planted.LOST_SALE)
    view = keeper.surface.stock_finding(day, found.finding_no)
    steps = {step.fact.value: step for step in view.reasons[0].steps}
    assert {"message", "record", "movement", "case", "code", "document"} <= steps.keys()
    assert "sold" in steps["movement"].text
    assert steps["message"].kept
    with pytest.raises(OperatorInput):
        keeper.surface.stock_finding(day, 99)


def test_a_late_booking_raises_no_alarm_at_night_and_none_in_the_morning(keeper: Keeper) -> None:
    item = keeper.items[0]
    lot = keeper.first_lot(item)
    asked = {"spoils": "delay", "kind": "sale", "lot": lot.upload_lot, "hours": 3}
    plant(keeper.sandbox.site, asked)
    keeper.sell(lot)
    keeper.tell()
    day = day_of(keeper)
    run = compare_stock(keeper.till, day, Stage.NIGHT)
    (found,) = findings(keeper, day)
    assert (found.cause, run.open_count) == (StockCause.SETTLING, 0)
    keeper.wait(200)
    assert compare_stock(keeper.till, day, Stage.MORNING).tally.equal > 0
    assert findings(keeper, day) == ()


def test_a_lost_booking_is_waited_for_at_night_and_named_in_the_morning(keeper: Keeper) -> None:
    item = keeper.items[0]
    Planter(keeper).plant(Planted.LOST_SALE, item, keeper.first_lot(item))
    day = day_of(keeper)
    assert compare_stock(keeper.till, day, Stage.NIGHT).open_count == 0
    assert compare_stock(keeper.till, day, Stage.MORNING).open_count == 1


def test_a_page_that_does_not_come_makes_the_result_partial(keeper: Keeper) -> None:
    rules = msgspec.structs.replace(keeper.till.profile.rules, page_size_max=30)
    keeper.till.profile = msgspec.structs.replace(keeper.till.profile, rules=rules)
    with keeper.store.reading() as unit:
        pages = -(-len({line.lot.upload_lot for line in unit.stock.shelf()}) // 30)
    single = ["broken"] * 60
    met = ["", "broken", *[""] * (pages - 2), *single]
    keeper.road.meets[Operation.QUERY_STOCK.value] = met
    day = day_of(keeper)
    run = compare_stock(keeper.till, day)
    keeper.road.meets.clear()
    assert not run.complete
    assert [page.page for page in run.failed_pages] == [2]
    assert run.tally.equal
    found = findings(keeper, day)
    assert found
    assert {one.cause for one in found} == {StockCause.PAGE_MISSING}
    assert {one.state for one in found} == {LineState.CANNOT_COMPARE}
    assert compare_stock(keeper.till, day).complete
    assert findings(keeper, day) == ()


def test_lines_of_a_missing_page_are_asked_for_one_by_one(keeper: Keeper) -> None:
    rules = msgspec.structs.replace(keeper.till.profile.rules, page_size_max=30)
    keeper.till.profile = msgspec.structs.replace(keeper.till.profile, rules=rules)
    keeper.road.meets[Operation.QUERY_STOCK.value] = ["", "broken"]
    day = day_of(keeper)
    run = compare_stock(keeper.till, day)
    assert not run.complete
    assert findings(keeper, day) == ()


def test_without_one_page_there_is_no_result(keeper: Keeper) -> None:
    day = day_of(keeper)
    keeper.road.meets[Operation.QUERY_STOCK.value] = ["away"]
    with pytest.raises(NotSent):
        compare_stock(keeper.till, day)
    keeper.road.meets[Operation.QUERY_STOCK.value] = ["broken"]
    with pytest.raises(OutcomeUnknown):
        compare_stock(keeper.till, day)
    with keeper.store.reading() as unit:
        assert unit.stock_days.get(day) is None


def test_records_that_are_not_shown_leave_a_line_uncompared(keeper: Keeper) -> None:
    item = keeper.items[0]
    Planter(keeper).plant(Planted.LOST_SALE, item, keeper.first_lot(item))
    keeper.road.meets[Operation.QUERY_STOCK_TRAIL.value] = ["broken"]
    day = day_of(keeper)
    compare_stock(keeper.till, day)
    (found,) = findings(keeper, day)
    assert found.cause is StockCause.RECORDS_UNANSWERED


def without(profile: Profile, *operations: Operation) -> Profile:
    kept = {
        name: msgspec.structs.replace(part, enabled=name not in operations and part.enabled)
        for name, part in profile.operations.items()
    }
    return msgspec.structs.replace(profile, operations=kept)


KINDS = (
    Operation.QUERY_STOCK_TRAIL,
    Operation.QUERY_COUNTS,
    Operation.QUERY_CHANGES,
    Operation.QUERY_PURCHASES,
    Operation.QUERY_SALES,
)


@pytest.mark.parametrize(
    "what", [Planted.DOUBLED_CHANGE, Planted.LOST_RETURN, Planted.DOUBLED_DELIVERY]
)
def test_an_area_without_the_trail_is_asked_kind_by_kind(made: Templates, what: Planted) -> None:
    profile = without(whole_region(made.profile), Operation.QUERY_STOCK_TRAIL)
    with opened(made, profile) as keeper:
        _, found = planted(keeper, what)
    assert [one.cause for one in found.reasons] == [CALLED[what]]


def test_an_area_that_shows_no_records_gets_a_likely_cause(made: Templates) -> None:
    with opened(made, without(whole_region(made.profile), *KINDS)) as keeper:
        _, found = planted(keeper, Planted.DOUBLED_SALE)
    assert found.cause is StockCause.SALE_TWICE
    assert not found.reasons[0].proven


def test_a_store_that_is_not_fully_connected_pushes_what_it_does_not_tell(made: Templates) -> None:
    with opened(made, made.profile) as keeper:
        lot = keeper.receive(keeper.items[0])
        keeper.clock.pass_time(14 * 3600)
        assert nightly.due(keeper.till) is not None
        run = nightly.compare_nightly(keeper.till)
        assert run is not None
        assert (run.mode, run.stage, run.open_count) == (StoreMode.PARTIAL, Stage.NIGHT, 0)
        (found,) = findings(keeper, run.day)
        assert (found.upload_lot, found.cause) == (lot.upload_lot, StockCause.DAILY_PUSH)
        assert keeper.tell() == 1
        shown = asking.figures_of(keeper.till, found.store_code)
        assert shown[lot.upload_lot].quantity == packs(lot.on_hand)
        assert nightly.compare_nightly(keeper.till) is None
        keeper.clock.pass_time(9 * 3600)
        keeper.surface.open_day()
        again = nightly.compare_nightly(keeper.till)
        assert again is not None
        assert (again.day, again.stage, again.run_no) == (run.day, Stage.MORNING, 2)
        assert findings(keeper, run.day) == ()


def test_at_noon_nothing_is_due_and_a_failed_night_is_tried_again_later(keeper: Keeper) -> None:
    assert nightly.compare_nightly(keeper.till) is None
    keeper.clock.pass_time(14 * 3600)
    keeper.road.meets[Operation.QUERY_STOCK.value] = ["away"]
    assert nightly.compare_nightly(keeper.till) is None
    keeper.wait(5)
    assert nightly.due(keeper.till) is None
    keeper.wait(20)
    assert nightly.compare_nightly(keeper.till) is not None


def test_a_shop_that_was_locked_at_night_is_compared_when_its_day_is_opened(keeper: Keeper) -> None:
    """Ten in the morning: the night had nobody to answer for it, and so had the early hours."""
    today = day_of(keeper)
    yesterday = date.fromordinal(today.toordinal() - 1)
    with keeper.store.unit() as unit:
        now = keeper.clock.now()
        unit.days.open(keeper.till.counter_no, BusinessDay(yesterday, "S0", "3001", now, None))
    assert nightly.due(keeper.till) == (yesterday, Stage.MORNING)
    run = nightly.compare_nightly(keeper.till)
    assert run is not None
    assert (run.day, run.stage, run.complete) == (yesterday, Stage.MORNING, True)
    assert nightly.due(keeper.till) is None


def test_what_waits_for_the_platform_goes_first_at_night(keeper: Keeper) -> None:
    """One lane has both: a long comparison must not hold back a record, or money in doubt."""
    keeper.clock.pass_time(14 * 3600)
    keeper.receive(keeper.items[0])
    with keeper.store.reading() as unit:
        assert unit.outbox.tally().count == 1
    run = nightly.compare_nightly(keeper.till)
    with keeper.store.reading() as unit:
        assert unit.outbox.tally().count == 0
    assert run is not None
    assert run.open_count == 0


def endless(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A platform that always says there is one page more; returns the pages it was asked for."""
    goods, asked = keeper.till.platform.goods, list[int]()
    honest = goods.query_stock

    def answer(message: Committed[g.QueryStock]) -> Answer[g.StockPage]:
        asked.append(message.draft.request.page)
        found = honest(message)
        place = replace(found.value.place, pages=len(asked) + 1, last=False)
        return replace(found, value=replace(found.value, place=place))

    monkeypatch.setattr(goods, "query_stock", answer)
    return asked


def test_a_platform_without_a_last_page_is_left_in_the_end(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = endless(keeper, monkeypatch)
    monkeypatch.setattr(asking, "PAGES_AT_MOST", 3)
    run = compare_stock(keeper.till, day_of(keeper))
    assert not run.complete
    assert [page.page for page in run.failed_pages] == [4]
    assert max(asked) == 3
    with pytest.raises(OutcomeUnknown) as endless_answer:
        asking.figures_of(keeper.till, "nothing of ours")
    assert endless_answer.value.code is Code.ANSWER_UNREADABLE


def test_sales_of_another_product_are_called_by_their_name(keeper: Keeper) -> None:
    settle = msgspec.structs.replace(keeper.till.profile.settle, mode="external")
    keeper.till.profile = msgspec.structs.replace(keeper.till.profile, settle=settle)
    _, found = planted(keeper, Planted.FOREIGN_SALE)
    assert found.cause is StockCause.SOLD_ELSEWHERE


def test_a_region_that_shows_no_stock_is_not_compared(keeper: Keeper) -> None:
    keeper.till.profile = without(keeper.till.profile, Operation.QUERY_STOCK)
    with pytest.raises(OperatorInput) as refused:
        compare_stock(keeper.till, day_of(keeper))
    assert refused.value.code is Code.NOT_ALLOWED


def test_a_day_is_signed_under_its_run_and_stays_in_the_trend(keeper: Keeper) -> None:
    day, _ = planted(keeper, Planted.LOST_CHANGE)
    boss = keeper.till.operator.login
    view = keeper.surface.sign_stock(day, 1, boss, "", "已核对")
    assert [one.note for one in view.signed] == ["已核对"]
    last = keeper.surface.stock_trend(3)[-1]
    assert (last.day, last.needs_action, last.signed) == (day, 1, True)
    assert keeper.surface.stock_morning().signed
    compare_stock(keeper.till, day)
    assert keeper.surface.stock_day(day).signed == ()
    assert not keeper.surface.stock_morning().signed


def test_equal_lines_are_shown_on_demand(keeper: Keeper) -> None:
    day = day_of(keeper)
    run = compare_stock(keeper.till, day)
    assert keeper.surface.stock_day(day).rows == ()
    rows = keeper.surface.equal_stock(("", ""), 5)
    assert len(rows) == 5
    assert all(row.state is LineState.EQUAL and row.ours == row.theirs for row in rows)
    last = (rows[-1].store_code, rows[-1].upload_lot)
    assert keeper.surface.equal_stock(last, 1)[0] == keeper.surface.equal_stock(("", ""), 6)[-1]
    assert run.tally.equal == len(keeper.surface.equal_stock(("", ""), 10_000))


def test_two_faults_in_one_day_are_both_named(made: Templates) -> None:
    day = play(made, 6, (Planted.DOUBLED_DELIVERY, Planted.LOST_COUNT))
    assert (day.missed, day.alarms) == ((), ())


@pytest.mark.parametrize("number", [4, 5])
def test_a_clean_day_is_silent(made: Templates, number: int) -> None:
    """The fourth under the region's own rules, the fifth where it takes everything."""
    day = play(made, number, ())
    assert day.alarms == ()


def test_every_fault_has_one_name_and_every_pair_its_day() -> None:
    assert set(CALLED) == set(Planted)
    assert len(Planted) >= 15
    pairs = {faults_of(number, 2) for number in range(325)}
    assert len(pairs) == len(Planted) * (len(Planted) - 1) // 2


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_every_fault_and_many_pairs_are_named(made: Templates) -> None:
    for causes, days, share in ((1, 100, 0.95), (2, 150, 0.85), (0, 100, 1)):
        played = [play(made, number, faults_of(number, causes)) for number in range(days)]
        missed = sum(len(day.missed) for day in played)
        assert missed <= (1 - share) * days * max(causes, 1)
        assert all(not day.alarms for day in played) or causes
