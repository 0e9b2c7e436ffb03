"""Counts that wait for a record before them hold up nobody else's record."""

from dataclasses import replace

from app.domain.errors import Code, PlatformRejected
from app.domain.money import Quantity
from app.ports import stock as g
from app.ports.store import OutboxMove, OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.kept_records import put, row
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import NOON
from tests.support.waiting_sales import sale_of

SALE = Operation.UPLOAD_SALE
REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")


def order(small: SmallCounter) -> list[Operation]:
    return [operation for operation, _ in small.fake.asked]


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
    parked = park(small, 1, "A")
    own, other = count(small, "A", "B")
    later = put(small, 2, "B")
    delivery.drain(small.till)
    assert row(small, own).state is OutboxState.WAITING
    # the list says why: nobody would look for it at the parked one else
    assert {row.item_id: row.behind for row in small.surface.queue()} == {parked: False, own: True}
    assert row(small, other).state is OutboxState.DELIVERED
    assert row(small, later).state is OutboxState.DELIVERED


def test_a_count_is_told_behind_the_sale_that_was_put_right(small: SmallCounter) -> None:
    """The count knows of that sale: told before it, its figure would fall by the sale once more."""
    parked = park(small, 1, "A")
    (own,) = count(small, "A")
    later = put(small, 2, "A")
    small.surface.mend_item(parked, {"lot_no": "B1"})
    assert [one for one in order(small) if one is not Operation.OPEN_DAY] == [SALE, SALE]
    delivery.drain(small.till)
    assert order(small)[-4:] == [SALE, SALE, Operation.COUNT_STOCK, SALE]
    assert small.surface.queue() == ()
    # one record each, whatever row it stands in
    assert [row(small, item).state for item in (own, later)] == [OutboxState.VOIDED] * 2
    steps = [step.move for step in small.surface.queue_detail(own).steps]
    assert steps == [OutboxMove.QUEUED, OutboxMove.MENDED]


def test_a_sale_that_waits_behind_a_parked_one_keeps_its_row(small: SmallCounter) -> None:
    """Without a count between them nothing is queued anew: a parked one lets the others pass."""
    parked = park(small, 1, "A")
    later = put(small, 2, "A")
    small.surface.mend_item(parked, {"lot_no": "B1"})
    assert row(small, later).state is OutboxState.WAITING
    delivery.drain(small.till)
    assert row(small, later).state is OutboxState.DELIVERED
    assert small.surface.queue() == ()


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
