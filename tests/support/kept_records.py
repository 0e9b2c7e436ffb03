"""What a test of the delivery lane asks of the records that wait."""

import msgspec

from app.ports.store import OutboxItem, OutboxMove
from app.profile.operations import Operation
from tests.support.small_counter import SmallCounter
from tests.support.waiting_sales import queue_sale


def put(small: SmallCounter, number: int, lot: str) -> int:
    return queue_sale(small.store, number, lot, small.clock.now())


def one_at_a_time(small: SmallCounter, at_once: int = 1) -> None:
    """So many lots are told beside each other."""
    part = msgspec.structs.replace(small.profile.uploads, at_once=at_once)
    small.with_profile(msgspec.structs.replace(small.profile, uploads=part))


def row(small: SmallCounter, item_id: int) -> OutboxItem:
    with small.store.reading() as unit:
        found = unit.outbox.item(item_id)
    assert found is not None
    return found


def told(small: SmallCounter) -> list[str]:
    return [
        request.sale_serial
        for operation, request in small.fake.asked
        if operation is Operation.UPLOAD_SALE
    ]


def history(small: SmallCounter, item_id: int) -> list[OutboxMove]:
    with small.store.reading() as unit:
        return [note.move for note in unit.outbox.history(item_id)]
