"""A row whose request does not open: of another version of the program, or damaged."""

import pytest

from app.domain.errors import Code
from app.ports.outbox import Unreadable
from app.ports.store import OutboxMove, OutboxState
from app.workflow import delivery
from app.workflow.doubts.travelling import quiescence
from localdb.store import scope_of
from tests.support.kept_records import history, put, row
from tests.support.small_counter import BOSS, PIN, SmallCounter


def spoil(small: SmallCounter, item_id: int) -> None:
    with small.store.unit() as unit:
        connection = scope_of(unit).connection
        connection.exec_driver_sql("DROP TRIGGER outbox_content")
        connection.exec_driver_sql(
            "UPDATE outbox SET request = zeroblob(64) WHERE item_id = ?", (item_id,)
        )


@pytest.fixture
def spoiled(small: SmallCounter) -> int:
    item = put(small, 1, "A")
    spoil(small, item)
    return item


def test_it_parks_and_all_others_drain(small: SmallCounter, spoiled: int) -> None:
    same_lot, other_lot = put(small, 2, "A"), put(small, 3, "B")
    assert delivery.drain(small.till) == 2
    assert (row(small, spoiled).state, row(small, spoiled).code) == (OutboxState.STOPPED, Code.BUG)
    for item in (same_lot, other_lot):
        assert row(small, item).state is OutboxState.DELIVERED


def test_it_is_listed_and_can_be_given_up_and_tried(small: SmallCounter, spoiled: int) -> None:
    assert isinstance(row(small, spoiled).request, Unreadable)
    delivery.deliver_due(small.till)
    (shown,) = small.surface.queue()
    assert shown.item_id == spoiled
    assert small.surface.queue_detail(spoiled).fields == ()
    small.surface.retry_item(spoiled)
    assert row(small, spoiled).state is OutboxState.STOPPED
    small.surface.void_item(spoiled, "已电话核对", BOSS, PIN)
    assert history(small, spoiled) == [
        OutboxMove.QUEUED,
        OutboxMove.REFUSED,
        OutboxMove.RELEASED,
        OutboxMove.REFUSED,
        OutboxMove.VOIDED,
    ]


def test_in_doubt_it_stops_in_sight(small: SmallCounter, spoiled: int) -> None:
    """It was told by a version that could read it; this one cannot tell it again."""
    with small.store.unit() as unit:
        assert unit.outbox.claim(spoiled, "counter-1-x", small.clock.now())
    assert delivery.drain(small.till) == 0
    small.clock.move(quiescence(small.till))
    delivery.drain(small.till)
    assert row(small, spoiled).state is OutboxState.STOPPED
