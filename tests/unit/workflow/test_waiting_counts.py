"""Counts that wait for a record before them hold up nobody else's record."""

from dataclasses import replace

from app.domain.errors import Code, PlatformRejected
from app.domain.money import Quantity
from app.ports import stock as g
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.kept_records import put, row
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import NOON
from tests.support.waiting_sales import sale_of

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")


def count(small: SmallCounter, *lots: str) -> list[int]:
    """One count of each lot, queued in one commit."""
    line = sale_of(1, "A").line
    stock = g.StockLot(
        line.national_code,
        line.store_code,
        line.name,
        "",
        line.lot_no,
        line.made_on,
        line.expires_on,
        line.needs_prescription,
        (),
    )
    now = small.till.clock.now()

    def request(lot: str) -> g.CountStock:
        return g.CountStock(replace(stock, upload_lot=lot), Quantity(10_000), NOON.date())

    with small.store.unit() as unit:
        return [
            unit.outbox.add(
                Operation.COUNT_STOCK, f"count-{lot}", lot, request(lot), None, lot, now
            )
            for lot in lots
        ]


def park(small: SmallCounter, number: int, lot: str) -> int:
    item = put(small, number, lot)
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    delivery.drain(small.till)
    assert row(small, item).state is OutboxState.STOPPED
    return item


def test_a_parked_sale_holds_up_the_count_of_its_lot_and_no_other(small: SmallCounter) -> None:
    park(small, 1, "A")
    own, other = count(small, "A", "B")
    later = put(small, 2, "B")
    delivery.drain(small.till)
    assert row(small, own).state is OutboxState.WAITING
    assert row(small, other).state is OutboxState.DELIVERED
    assert row(small, later).state is OutboxState.DELIVERED


def test_many_counts_that_wait_hide_no_record_behind_them(small: SmallCounter) -> None:
    """More than one look at the queue takes in: everything behind them would never be told."""
    lots = [f"L{number}" for number in range(delivery.PAGE + 1)]
    for number, lot in enumerate(lots, 1):
        park(small, number, lot)
    waiting = count(small, *lots)
    later = put(small, 999, "B")
    delivery.drain(small.till)
    assert {row(small, item).state for item in waiting} == {OutboxState.WAITING}
    assert row(small, later).state is OutboxState.DELIVERED
