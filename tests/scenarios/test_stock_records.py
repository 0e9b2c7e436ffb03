"""Counts, changes, purchases and their returns wait in the same outbox and reach the platform."""

from datetime import UTC, date, datetime

from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Price, Quantity
from app.ports import stock as g
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.counter import Bench
from tests.support.waiting_sales import queue_sale

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
BOX = DrugTraceCode("81234560000000000077")
LOT = g.StockLot(
    "XA01", "SP0001", "示例片", "PC1", "A1138", date(2025, 11, 1), date(2027, 10, 31), True, (BOX,)
)
TEN, TWO = Quantity(100_000), Quantity(20_000)
PRICE = Price(21_400_000)
RECORDS: dict[Operation, g.StockRecord] = {
    Operation.RECEIVE: g.Receive(
        LOT, "示例医药公司", "示例药厂", "国药准字H00000001", PRICE, TEN, NOW, "店长", "RK1", "F1"
    ),
    Operation.CHANGE_STOCK: g.ChangeStock(LOT, "108", PRICE, TWO, NOW, "店长"),
    Operation.RETURN_TO_SUPPLIER: g.ReturnToSupplier(
        LOT, "示例医药公司", "F1", PRICE, TWO, NOW, "店长"
    ),
    Operation.COUNT_STOCK: g.CountStock(LOT, TEN, NOW.date()),
}


def queue(bench: Bench, operation: Operation) -> int:
    with bench.store.unit() as unit:
        return unit.outbox.add(
            operation,
            f"{operation.value}-1",
            LOT.upload_lot,
            RECORDS[operation],
            None,
            LOT.name,
            datetime.now(UTC),
        )


def state(bench: Bench, item_id: int) -> OutboxState:
    with bench.store.reading() as unit:
        item = unit.outbox.item(item_id)
    assert item is not None
    return item.state


def test_every_movement_reaches_the_platform_in_order(bench: Bench) -> None:
    items = [queue(bench, operation) for operation in RECORDS]
    assert delivery.drain(bench.till) == len(items)
    booked = bench.platform_state()["uploads"]
    assert {kind: rows["rows"] for kind, rows in booked.items()} == {
        "receipt": 1,
        "change": 1,
        "supplier_return": 1,
        "count": 1,
    }


def test_what_waited_comes_back_as_it_was_put(bench: Bench) -> None:
    for operation in RECORDS:
        queue(bench, operation)
    with bench.store.reading() as unit:
        kept = {item.operation: item.request for item in unit.outbox.items()}
    assert kept == RECORDS


def test_a_count_waits_for_all_of_its_lot_also_for_what_is_parked(bench: Bench) -> None:
    bench.fault("upload_sale", "reject")
    sale = queue_sale(bench.store, 1, LOT.upload_lot, datetime.now(UTC))
    count = queue(bench, Operation.COUNT_STOCK)
    assert delivery.drain(bench.till) == 0
    assert state(bench, sale) is OutboxState.STOPPED
    assert state(bench, count) is OutboxState.WAITING
    delivery.retry(bench.till, sale)
    assert delivery.drain(bench.till) == 1
    assert state(bench, count) is OutboxState.DELIVERED


def test_a_lost_answer_to_a_purchase_is_left_to_a_person(bench: Bench) -> None:
    """The region does not call repeats harmless, and no question about it is built."""
    item = queue(bench, Operation.RECEIVE)
    bench.fault("receive", "drop_after")
    assert delivery.drain(bench.till) == 0
    bench.pass_time(7_200)
    assert delivery.drain(bench.till) == 0
    assert state(bench, item) is OutboxState.UNKNOWN
    assert bench.platform_state()["uploads"]["receipt"]["rows"] == 1
