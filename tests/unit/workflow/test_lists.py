"""Records that wait together travel together where a region takes lists; each has its own fate."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from app.domain.errors import (
    Bug,
    Code,
    LocalTrouble,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
)
from app.domain.money import Quantity
from app.domain.uploads import Fate
from app.ports import stock as g
from app.ports.messages import Draft
from app.ports.platform import Sender, Stamp
from app.ports.store import OutboxMove, OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.uploads import lists
from tests.support.failing_disk import FailingCommits
from tests.support.kept_records import history, put, row
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import NOON, a_return
from tests.support.waiting_sales import sale_of

COUNTS, SALES = Operation.COUNT_STOCK_ROWS, Operation.UPLOAD_SALE_ROWS
LOST, REFUSED = OutcomeUnknown(Code.ANSWER_MISSING), PlatformRejected(Code.REFUSED)
UNSENT = NotSent(Code.DID_NOT_LEAVE)


@pytest.fixture
def together(small: SmallCounter) -> SmallCounter:
    part = msgspec.structs.replace(small.profile.uploads, rows_at_once=50)
    small.with_profile(msgspec.structs.replace(small.profile, uploads=part))
    return small


def counted(small: SmallCounter, *lots: str) -> list[int]:
    """One count of each lot, in the outbox."""
    line = sale_of(1, "A").line
    stock = g.StockLot(
        line.national_code,
        line.store_code,
        line.name,
        line.upload_lot,
        line.lot_no,
        line.made_on,
        line.expires_on,
        line.needs_prescription,
        (),
    )
    with small.store.unit() as unit:
        return [
            unit.outbox.add(
                Operation.COUNT_STOCK,
                f"count-{lot}",
                lot,
                g.CountStock(replace(stock, upload_lot=lot), Quantity(10_000), NOON.date()),
                None,
                lot,
                small.till.clock.now(),
            )
            for lot in lots
        ]


def asked(small: SmallCounter) -> list[Operation]:
    told = [operation for operation, _ in small.fake.asked]
    return [operation for operation in told if operation is not Operation.OPEN_DAY]


def test_a_round_of_lists_stops_where_the_day_was_closed(together: SmallCounter) -> None:
    """Another lane closes it while the first list is on the wire: the other one waits."""
    counted(together, "A", "B")
    for number, lot in ((1, "C"), (2, "D")):
        put(together, number, lot)

    def closed() -> None:
        together.till.day_over = True

    together.fake.watch = closed
    delivery.deliver_due(together.till)
    assert len(asked(together)) == 1


def states(small: SmallCounter, items: list[int]) -> list[OutboxState]:
    return [row(small, item).state for item in items]


def test_counts_of_several_lots_are_one_message(together: SmallCounter) -> None:
    items = counted(together, "A", "B", "C")
    assert delivery.deliver_due(together.till) == 3
    assert asked(together) == [COUNTS]
    assert states(together, items) == [OutboxState.DELIVERED] * 3


def test_one_alone_and_a_region_without_lists_tell_by_themselves(small: SmallCounter) -> None:
    items = counted(small, "A", "B")
    assert delivery.deliver_due(small.till) == 2
    assert asked(small) == [Operation.COUNT_STOCK] * 2
    assert states(small, items) == [OutboxState.DELIVERED] * 2


def test_a_refused_row_is_parked_and_the_others_stand(together: SmallCounter) -> None:
    items = counted(together, "A", "B", "C")
    together.fake.goods.refused.add("B")
    assert delivery.deliver_due(together.till) == 2
    delivered, stopped = OutboxState.DELIVERED, OutboxState.STOPPED
    assert states(together, items) == [delivered, stopped, delivered]
    assert row(together, items[1]).platform_text == "refused"


@pytest.mark.parametrize(
    ("meant", "state"),
    [
        (Code.UPLOAD_UNKNOWN, OutboxState.UNKNOWN),
        (Code.SIGN_IN_REQUIRED, OutboxState.WAITING),
        (Code.REFUSED, OutboxState.STOPPED),
    ],
)
def test_a_no_to_a_row_is_judged_by_the_rule_of_its_record(
    together: SmallCounter, meant: Code, state: OutboxState
) -> None:
    """ "Busy, try later" parks nothing, in a list no more than alone."""
    items = counted(together, "A", "B")
    taken, no = g.RowOutcome(True, ""), g.RowOutcome(False, "系统忙", meant)
    together.fake.script(COUNTS, change=lambda _told: g.RowsTold((no, taken)))
    assert delivery.deliver_due(together.till) == 1
    assert states(together, items) == [state, OutboxState.DELIVERED]
    assert row(together, items[0]).code == meant


def test_a_list_refused_as_a_whole_is_told_row_by_row(together: SmallCounter) -> None:
    items = counted(together, "A", "B")
    together.fake.script(COUNTS, REFUSED)
    assert delivery.drain(together.till) == 0
    assert states(together, items) == [OutboxState.WAITING] * 2
    assert delivery.drain(together.till) == 2
    assert asked(together) == [COUNTS, Operation.COUNT_STOCK, Operation.COUNT_STOCK]


def test_an_answer_that_never_comes_leaves_each_to_the_rule_of_its_own(
    together: SmallCounter,
) -> None:
    items = counted(together, "A", "B")
    together.fake.script(COUNTS, LOST, booked=True)
    assert delivery.deliver_due(together.till) == 0
    assert states(together, items) == [OutboxState.UNKNOWN] * 2
    assert history(together, items[0])[-1] is OutboxMove.UNCLEAR


def test_what_did_not_leave_waits_and_goes_alone(together: SmallCounter) -> None:
    items = counted(together, "A", "B")
    together.fake.script(COUNTS, UNSENT)
    assert delivery.deliver_due(together.till) == 0
    assert states(together, items) == [OutboxState.WAITING] * 2
    assert delivery.drain(together.till) == 2
    assert asked(together)[0] is COUNTS
    assert set(asked(together)[1:]) == {Operation.COUNT_STOCK}


def test_a_list_that_ends_as_nobody_foresaw_is_in_doubt_and_holds_up_nobody(
    together: SmallCounter,
) -> None:
    items, alone = counted(together, "A", "B"), put(together, 1, "C")
    together.fake.script(COUNTS, Bug(what="no address"))
    assert delivery.deliver_due(together.till) == 1
    assert states(together, items) == [OutboxState.UNKNOWN] * 2
    assert row(together, alone).state is OutboxState.DELIVERED


@pytest.mark.parametrize("broken", [Bug(what="a row that cannot be worded"), KeyError("05")])
def test_a_list_that_cannot_be_composed_parks_the_one_that_cannot(
    together: SmallCounter, broken: Exception
) -> None:
    items = counted(together, "A", "B", "C")
    honest = together.fake.compose

    def compose(request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]:
        rows = request.rows if isinstance(request, g.StockRows) else (request,)
        if any(isinstance(one, g.CountStock) and one.lot.upload_lot == "B" for one in rows):
            raise broken
        return honest(request, sender, stamp)

    together.fake.compose = compose  # type: ignore[method-assign] # one row that cannot be worded
    assert delivery.deliver_due(together.till) == 2
    delivered, stopped = OutboxState.DELIVERED, OutboxState.STOPPED
    assert states(together, items) == [delivered, stopped, delivered]


def test_a_disk_that_fails_over_a_list_is_not_swallowed(together: SmallCounter) -> None:
    items = counted(together, "A", "B")
    together.fake.script(COUNTS, LocalTrouble(Code.DISK_FULL))
    with pytest.raises(LocalTrouble):
        delivery.deliver_due(together.till)
    assert states(together, items) == [OutboxState.SENDING] * 2


def test_nor_one_that_fails_before_it_left(together: SmallCounter) -> None:
    items = counted(together, "A", "B")
    store = together.till.store
    together.till.store = FailingCommits(store, 1)
    with pytest.raises(LocalTrouble):
        lists.tell_list(together.till, [row(together, item) for item in items])
    together.till.store = store
    assert asked(together) == []
    assert states(together, items) == [OutboxState.WAITING] * 2


def test_sales_travel_together_and_a_lot_keeps_its_order(together: SmallCounter) -> None:
    first, second, other = put(together, 1, "A"), put(together, 2, "A"), put(together, 3, "B")
    assert delivery.deliver_due(together.till) == 2
    assert asked(together) == [SALES]
    assert states(together, [first, other]) == [OutboxState.DELIVERED] * 2
    assert row(together, second).state is OutboxState.WAITING
    assert delivery.drain(together.till) == 1


def test_returns_travel_together_as_well(together: SmallCounter) -> None:
    with together.store.unit() as unit:
        items = [
            unit.outbox.add(
                Operation.RETURN_SALE,
                f"S{number}-1-return",
                f"PC{number}",
                replace(a_return(f"S{number}", 1), rx_number=None),
                None,
                "示例片",
                together.till.clock.now(),
            )
            for number in (1, 2)
        ]
    assert delivery.deliver_due(together.till) == 2
    assert asked(together) == [Operation.RETURN_SALE_ROWS]
    assert states(together, items) == [OutboxState.DELIVERED] * 2


def test_what_another_holds_is_told_by_nobody_else(together: SmallCounter) -> None:
    items = [row(together, item) for item in counted(together, "A", "B")]
    until = together.till.clock.now() + timedelta(minutes=5)
    with together.store.unit() as unit:
        assert unit.outbox.claim(items[0].item_id, "counter-2", until)
    assert lists.tell_list(together.till, items) == [Fate.DELIVERED]
    assert lists.tell_list(together.till, items) == []
    assert asked(together) == [COUNTS]
    assert states(together, [item.item_id for item in items]) == [
        OutboxState.SENDING,
        OutboxState.DELIVERED,
    ]
