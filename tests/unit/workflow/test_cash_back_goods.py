"""What a sale for cash that came back leaves: parts, counts, register, the cash of the day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.access import Role
from app.domain.books.stock_records import RecordFate
from app.domain.case import Step
from app.domain.errors import Code
from app.domain.money import Fen, packs
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import day
from app.workflow.calendar import today
from app.workflow.goods import controlled, counting
from app.workflow.reconciling.views import CashDay
from app.workflow.stock_reconciling.our_books import OurLine, read_line
from app.workflow.views.case import CaseView
from tests.support.cash_back import (
    boxes_back,
    held,
    paid_back,
    records,
    refused,
    states,
    told_round,
)
from tests.support.duty import shows_up
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.support.split_shop import BOXES, furnish_bottles
from tests.unit.workflow.goods import test_controlled as registered
from tests.unit.workflow.test_self_pay import FREE, PRICE, loses_its_line, shop, sold

__all__ = ["shop"]


def line_of(shop: SmallCounter, view: CaseView) -> OurLine:
    """The lots of the sale's drug as they are compared with the platform's."""
    item = shop.case(view).facts.lines[0].item_id
    with shop.store.reading() as unit:
        return read_line(shop.till, unit, unit.goods.lots(item))


def test_what_is_told_to_nobody_leaves_no_difference(shop: SmallCounter) -> None:
    loses_its_line(shop)
    closed = paid_back(shop, boxes_back(shop, sold(shop, FREE[0]), FREE[0]))
    line = line_of(shop, closed)
    assert [one for one in line.records if one.case_id == closed.case_id] == []
    assert line.ours == packs(4)


def test_what_was_told_is_told_back(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    shop.surface.deliver()
    line = line_of(shop, closed)
    fates = [(one.quantity, one.fate) for one in line.records if one.case_id == closed.case_id]
    assert fates == [(-packs(1), RecordFate.ACCEPTED), (packs(1), RecordFate.ACCEPTED)]
    assert line.ours == packs(4)


def counted_behind(shop: SmallCounter, done: CaseView) -> None:
    """The lot of a sale that nobody was told of is counted without its box."""
    lot = shop.case(done).facts.lines[0].packs[0].lot_id
    clerk = shop.till.operator
    shop.till.signed_in = replace(clerk, roles=frozenset(Role))
    counting.begin(shop.till, counting.EVERYTHING)
    counting.count(shop.till, lot, 3)
    counting.book(shop.till, partly=True, in_flight_seen=True)
    shop.till.signed_in = clerk


def test_a_count_between_both_has_all_of_it_told(shop: SmallCounter) -> None:
    """The figure counted is short of the box: told alone, it would stay short of it there."""
    done = sold(shop, FREE[0])
    counted_behind(shop, done)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.WAITING,) * 2
    told_round(shop)
    asked = [operation for operation, _ in shop.fake.asked]
    told = [one for one in asked if one in (Operation.UPLOAD_SALE, Operation.RETURN_SALE)]
    assert told == [Operation.UPLOAD_SALE, Operation.RETURN_SALE]
    counted = asked.index(Operation.COUNT_STOCK)
    assert asked.index(told[0]) < counted < asked.index(told[1])


@pytest.mark.parametrize("voided", [Operation.RETURN_SALE, Operation.UPLOAD_SALE])
def test_nor_does_a_manager_void_both_around_that_count(
    shop: SmallCounter, voided: Operation
) -> None:
    done = sold(shop, FREE[0])
    counted_behind(shop, done)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    item = records(shop, closed)[voided]
    void = lambda: shop.surface.void_item(item.item_id, "不用报了", BOSS, PIN)  # noqa: E731
    assert refused(void) is Code.COUNT_BETWEEN
    assert states(shop, closed) == (OutboxState.WAITING,) * 2
    (count,) = (one for one in shop.surface.queue() if one.operation == Operation.COUNT_STOCK.value)
    shop.surface.void_item(count.item_id, "重新盘", BOSS, PIN)
    void()
    assert states(shop, closed) == (OutboxState.VOIDED,) * 2


def test_a_part_of_a_box_comes_back_by_the_code_of_its_box(small: SmallCounter) -> None:
    furnish_bottles(small)
    view = small.surface.sell_for_cash(small.surface.current().case_id)
    view = small.surface.split_box(small.scan(view, BOXES[0]).case.case_id, 1, 3)
    done = small.surface.pay(small.finish(view).case_id, Fen(10_000))
    small.surface.deliver()
    closed = paid_back(small, boxes_back(small, done, BOXES[0]))
    assert closed.step is Step.CLOSED
    assert closed.refunded is not None
    assert dict(closed.refunded.params) == {"amount": "3.00"}
    with small.store.reading() as unit:
        (box,) = unit.goods.every_open_box()
        assert unit.stock.prove().flaws == ()
    assert box.free == 7, "three pieces lie in quarantine with their box"
    told_round(small)
    assert small.fake.books.sold == {}
    assert records(small, closed)[Operation.RETURN_SALE].state is OutboxState.DELIVERED


def test_a_sale_for_cash_has_no_box_that_could_not_be_scanned_back(shop: SmallCounter) -> None:
    """A line is made by its boxes: there is never room in it for one without a code."""
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    view = shop.scan(view, FREE[0]).case
    shop.surface.sign_in(BOSS, PIN)
    taken = lambda: shop.surface.take_without_code(view.case_id, 1, "damaged")  # noqa: E731
    assert refused(taken) is Code.SCAN_ENOUGH


def test_the_register_keeps_who_bought(small: SmallCounter) -> None:
    """As behind an insured refund: what was bought counts, and no row is ever taken out."""
    registered.stocked(small)
    box = registered.COLD[0]
    done = registered.sell(small, box)
    before = controlled.entries(small.till, today(small.till), today(small.till))
    assert len(before) == 1
    paid_back(small, boxes_back(small, done, box))
    assert controlled.entries(small.till, today(small.till), today(small.till)) == before


def test_the_day_says_what_was_taken_and_what_was_given_back(shop: SmallCounter) -> None:
    assert shop.surface.closing().cash == CashDay()
    first = sold(shop, *FREE[:2])
    sold(shop, FREE[2])
    assert shop.surface.closing().cash == CashDay(2, Fen(3 * PRICE))
    view = boxes_back(shop, first, *FREE[:2])
    assert shop.surface.closing().cash == CashDay(2, Fen(3 * PRICE))
    paid_back(shop, view)
    assert shop.surface.closing().cash == CashDay(2, Fen(3 * PRICE), 1, Fen(2 * PRICE))


@pytest.mark.parametrize("hours", [13, 24, 24 * 9])
def test_a_sale_of_before_midnight_is_given_back_on_the_day_it_is(
    shop: SmallCounter, hours: int
) -> None:
    done = sold(shop, FREE[0])
    shop.clock.move(timedelta(hours=hours))
    shows_up(shop.till)
    day.ensure_open(shop.till)
    paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert shop.surface.closing().cash == CashDay(0, Fen(0), 1, PRICE)
    assert held(shop, done) == 1


def test_behind_midnight_the_evening_is_shown_first_and_nothing_of_the_night_is_lost(
    shop: SmallCounter,
) -> None:
    """Cash stands on its own day, once: until the evening is ended its drawer is shown."""
    done = sold(shop, FREE[0])
    shop.clock.move(timedelta(hours=13))
    shows_up(shop.till)
    paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert shop.surface.closing().cash == CashDay(1, PRICE, 0, Fen(0))
    shop.surface.end_day(BOSS, PIN)
    assert shop.surface.closing().cash == CashDay(0, Fen(0), 1, PRICE)
