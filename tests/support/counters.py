"""What tests of several counters at one base do at each of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain.errors import Code, LocalTrouble
from app.ports.recovery import Recovery
from app.ports.store import MessageState, OutboxState
from app.profile.operations import Operation
from localdb.opening import StoreLocation
from localdb.repositories.messages import SqlMessages
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a

INSTITUTION = "P35010000001"
At = Callable[[int], SqlStore]
"""Opens the base as the counter of that number; again is a restart."""


def stamped(store: SqlStore, number: int, seconds: float = 0.0) -> str:
    with store.unit() as unit:
        at = a.NOON + timedelta(seconds=seconds)
        return unit.messages.stamp(INSTITUTION, number, at).message_id


def on_its_way(store: SqlStore, number: int) -> int:
    """A message of this counter, committed and about to be sent."""
    drawn = stamped(store, number)
    with store.unit() as unit:
        return unit.messages.stage(a.a_draft(drawn), None).row_id


def fate_of(store: SqlStore, row: int) -> MessageState:
    with store.reading() as unit:
        return SqlMessages(scope_of(unit)).state_of(row)


def queued(store: SqlStore, key: str) -> int:
    with store.unit() as unit:
        return unit.outbox.add(
            Operation.RETURN_SALE, key, f"PC-{key}", a.a_return(key), None, "示例片", a.NOON
        )


def state_of(store: SqlStore, item_id: int) -> OutboxState:
    with store.reading() as unit:
        found = unit.outbox.item(item_id)
    assert found is not None
    return found.state


def recovery_of(store: SqlStore) -> Recovery | None:
    with store.reading() as unit:
        return unit.recoveries.newest()


def code_of(act: Callable[[], object]) -> Code:
    with pytest.raises(LocalTrouble) as trouble:
        act()
    return trouble.value.code


def put(store: SqlStore, key: str, value: str) -> None:
    with store.unit() as unit:
        unit.settings.put(key, value)


def value_of(store: SqlStore, key: str) -> str | None:
    with store.reading() as unit:
        return unit.settings.get(key)


def name_of(location: StoreLocation) -> str:
    return location.url.split("///")[1].split("?")[0]
