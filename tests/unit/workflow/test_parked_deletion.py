"""A deletion names a lot and a kind of record: released late, it takes newer ones with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.books.stock import Draft, Remedy
from app.domain.errors import Code, OperatorInput, PlatformRejected
from app.domain.money import Price, Quantity
from app.ports import stock as g
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.stock_reconciling import correcting
from tests.support.kept_records import row
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.support.store_builders import NOON, a_stock_run
from tests.support.waiting_sales import sale_of
from tests.unit.workflow.test_waiting_counts import count

REFUSED = PlatformRejected(Code.REFUSED, platform_text="没有删除权限")


def parked(small: SmallCounter) -> int:
    item = queued(small, Operation.ERASE_UPLOAD, "E1", g.EraseUpload("A", g.RecordKind.CHANGE))
    small.fake.script(Operation.ERASE_UPLOAD, REFUSED)
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.STOPPED
    return item


def queued(small: SmallCounter, operation: Operation, key: str, request: object) -> int:
    with small.store.unit() as unit:
        now = small.till.clock.now()
        return unit.outbox.add(operation, key, "A", request, None, "示例片", now)


def a_change(small: SmallCounter) -> int:
    line = sale_of(1, "A").line
    lot = g.StockLot(
        line.national_code,
        line.store_code,
        line.name,
        "A",
        line.lot_no,
        line.made_on,
        line.expires_on,
        line.needs_prescription,
        (),
    )
    changed = g.ChangeStock(lot, "102", Price(0), Quantity(10_000), NOON, "x")
    return queued(small, Operation.CHANGE_STOCK, "C2", changed)


def test_a_parked_deletion_is_not_released_over_a_record_that_passed_it(
    small: SmallCounter,
) -> None:
    deletion, later = parked(small), a_change(small)
    assert delivery.deliver_due(small.till) == 1
    assert row(small, later).state is OutboxState.DELIVERED
    with pytest.raises(OperatorInput) as others:
        small.surface.retry_item(deletion)
    assert (others.value.code, others.value.params["count"]) == (Code.ERASE_OTHERS, 2)
    assert small.fake.times(Operation.ERASE_UPLOAD) == 1
    assert small.surface.void_item(deletion, "已用变更改正", BOSS, PIN) == ()


def test_nor_does_a_draft_of_a_stock_correction_release_it(small: SmallCounter) -> None:
    deletion, _ = parked(small), a_change(small)
    delivery.deliver_due(small.till)
    run = replace(a_stock_run(), cut_off=small.clock.now() + timedelta(minutes=1))
    draft = Draft(Remedy.RESEND, None, "A", Quantity(0), None, record_id=deletion)
    with small.store.unit() as unit:
        with pytest.raises(OperatorInput) as others:
            correcting._resend(small.till, unit, run, draft)
        assert others.value.code is Code.ERASE_OTHERS
    assert row(small, deletion).state is OutboxState.STOPPED


def test_a_parked_deletion_that_stands_alone_is_released(small: SmallCounter) -> None:
    deletion, waiting = parked(small), a_change(small)
    small.surface.retry_item(deletion)
    assert row(small, deletion).state is OutboxState.DELIVERED
    assert row(small, waiting).state is OutboxState.WAITING


def test_a_count_waits_for_a_deletion_too(small: SmallCounter) -> None:
    """Whether a deletion moves the figure is not written anywhere: the count comes behind it."""
    deletion = parked(small)
    (own,) = count(small, "A")
    assert delivery.deliver_due(small.till) == 0
    small.surface.retry_item(deletion)
    assert delivery.deliver_due(small.till) == 1
    assert row(small, own).state is OutboxState.DELIVERED
