"""What becomes of the records of a sale for cash that was given back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import (
    Code,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
)
from app.domain.goods.codes import DrugTraceCode
from app.ports.store import OutboxMove, OutboxState
from app.profile.operations import Operation
from app.workflow import day
from app.workflow.calendar import today
from app.workflow.reconciling import closing
from app.workflow.reconciling.cash import cash_of
from app.workflow.returns.compensate import goes_back_from
from app.workflow.views.case import Say
from tests.support.cash_back import (
    boxes_back,
    paid_back,
    records,
    states,
    told_round,
)
from tests.support.small_counter import (
    BOSS,
    PIN,
    SmallCounter,
)
from tests.unit.workflow.test_self_pay import FREE, loses_its_line, shop, sold

__all__ = ["shop"]

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")
LOST = OutcomeUnknown(Code.ANSWER_MISSING)
BOTH = FREE[:2]


def test_a_sale_nobody_heard_of_is_told_to_nobody(shop: SmallCounter) -> None:
    loses_its_line(shop)
    done = sold(shop, FREE[0])
    loses_its_line(shop)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.VOIDED,) * 2
    assert closed.refunded == Say("refunded.untold", (("amount", "5.00"),))
    assert closed.codes.detail == Say("light.codes.untold")
    before = len(shop.fake.asked)
    told_round(shop)
    assert (len(shop.fake.asked), shop.fake.books.sold) == (before, {})
    for item in records(shop, closed).values():
        step = shop.surface.queue_detail(item.item_id).steps[-1]
        found = (step.move, step.code, step.who)
        assert found == (OutboxMove.VOIDED, int(Code.SALE_GIVEN_BACK), "店长阿荫")


def test_what_the_platform_refused_is_given_up_with_its_return(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.fake.script(Operation.UPLOAD_SALE, REFUSED)
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.VOIDED,) * 2
    told_round(shop)
    assert shop.surface.queue() == ()
    assert shop.fake.times(Operation.RETURN_SALE) == 0


def test_what_a_manager_gave_up_before_is_not_taken_back_there(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.fake.script(Operation.UPLOAD_SALE, REFUSED)
    shop.surface.deliver()
    (row,) = shop.surface.queue()
    shop.surface.void_item(row.item_id, "平台不收", BOSS, PIN)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.VOIDED,) * 2


@pytest.mark.parametrize("booked", [True, False], ids=["arrived", "lost"])
def test_a_sale_in_doubt_is_cleared_before_its_return_is_told(
    shop: SmallCounter, *, booked: bool
) -> None:
    done = sold(shop, FREE[0])
    shop.fake.script(Operation.UPLOAD_SALE, LOST, booked=booked)
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.UNKNOWN, OutboxState.WAITING)
    assert closed.refunded == Say("refunded.queued", (("amount", "5.00"),))
    told_round(shop)
    assert states(shop, closed) == (OutboxState.DELIVERED,) * 2
    assert shop.fake.books.sold == {}


def test_a_sale_on_the_wire_is_not_given_up(shop: SmallCounter) -> None:
    """The lease is another lane's: whatever comes back, the return goes behind it."""
    done = sold(shop, FREE[0])
    view = boxes_back(shop, done, FREE[0])
    item = records(shop, done)[Operation.UPLOAD_SALE]
    with shop.store.unit() as unit:
        assert unit.outbox.claim(item.item_id, "lane", shop.clock.now() + timedelta(minutes=2))
    closed = paid_back(shop, view)
    assert states(shop, closed) == (OutboxState.SENDING, OutboxState.WAITING)
    told_round(shop)
    assert states(shop, closed) == (OutboxState.DELIVERED,) * 2
    assert shop.fake.books.sold == {}


def test_of_two_lots_each_is_told_by_its_own_fate(shop: SmallCounter) -> None:
    """One line arrived and goes back; the other never left and is told to nobody."""
    with shop.store.unit() as unit:
        item = unit.goods.item_by_store_code("SP0009")
        assert item is not None
        lot = replace(unit.goods.lots(item.item_id)[0], upload_lot="PC10", lot_no="F2", on_hand=1)
        other = DrugTraceCode("85555550000000009001")
        unit.goods.receive(lot, (other,), "R10", shop.clock.now())
    done = sold(shop, FREE[0], other)
    shop.fake.script(Operation.UPLOAD_SALE, None)
    shop.fake.script(Operation.UPLOAD_SALE, NotSent(Code.DID_NOT_LEAVE))
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0], other))
    assert sorted(states(shop, closed)) == sorted(
        (OutboxState.DELIVERED, OutboxState.VOIDED, OutboxState.WAITING, OutboxState.VOIDED)
    )
    told_round(shop)
    assert (shop.surface.queue(), shop.fake.books.sold) == ((), {})
    assert shop.view(closed).refunded == Say("refunded.closed", (("amount", "10.00"),))


def test_it_works_without_a_line_and_makes_no_room_for_sales(shop: SmallCounter) -> None:
    shop.surface.deliver()
    done = sold(shop, FREE[0])
    loses_its_line(shop)
    line = shop.surface.desk().no_line
    assert line is not None
    asked = len(shop.fake.asked)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert (closed.step, len(shop.fake.asked)) == (Step.CLOSED, asked)
    after = shop.surface.desk().no_line
    assert after is not None
    assert (after.sales_left, after.amount_left) == (line.sales_left, line.amount_left)


def test_a_return_behind_the_sign_out_waits_for_nobody(shop: SmallCounter) -> None:
    """Its page says that it goes by itself, and who pays cash back has come, as who sells."""
    done = sold(shop, FREE[0])
    shop.surface.deliver()
    assert shop.fake.books.sold
    closing.end_day(shop.till)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert closed.refunded is not None
    assert closed.refunded.key == "refunded.queued"
    for _ in range(3):
        shop.clock.move(timedelta(minutes=20))
        shop.surface.deliver()
    assert shop.fake.books.sold == {}


def test_a_return_that_is_in_doubt_holds_up_no_day(shop: SmallCounter) -> None:
    """The cash went back by two people, and the record waits for the next sign-in as any other."""
    done = sold(shop, FREE[0])
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    shop.fake.script(Operation.RETURN_SALE, OutcomeUnknown(Code.ANSWER_MISSING))
    shop.surface.deliver()
    assert records(shop, closed)[Operation.RETURN_SALE].state is OutboxState.UNKNOWN
    assert goes_back_from(shop.till) is None


def test_sold_and_given_back_each_count_on_their_own_day(shop: SmallCounter) -> None:
    """The drawer had both, one evening after the other; asked about the first one later."""
    done, first = sold(shop, FREE[0]), today(shop.till)
    shop.clock.move(timedelta(days=1))
    day.put_right(shop.till, None)
    paid_back(shop, boxes_back(shop, done, FREE[0]))
    with shop.store.reading() as unit:
        then = cash_of(shop.till, unit, first)
        now = cash_of(shop.till, unit, today(shop.till))
    assert (then.sales, then.backs) == (1, 0)
    assert (now.sales, now.backs) == (0, 1)
