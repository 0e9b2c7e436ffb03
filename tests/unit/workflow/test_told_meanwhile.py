"""A round looks once and tells for minutes: what others told meanwhile is not told again by it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import Bug, Code, OutcomeUnknown, PlatformRejected
from app.ports.messages import Draft
from app.ports.platform import Sender, Stamp
from app.ports.store import OutboxState, Store, Unit
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.kept_records import one_at_a_time, put, row, told
from tests.support.small_counter import SmallCounter, on_unknown

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")


def while_the_first_travels(small: SmallCounter, act: Callable[[], None]) -> None:
    """``act`` of another lane, or of another counter of this base, in the middle of a round."""

    def once() -> None:
        small.fake.watch = lambda: None
        act()

    small.fake.watch = once


@pytest.mark.parametrize(
    ("trouble", "state"),
    [(LOST, OutboxState.UNKNOWN), (REFUSED, OutboxState.STOPPED)],
    ids=["in doubt", "refused"],
)
def test_what_another_lane_told_since_the_look_is_not_told_again(
    small: SmallCounter, trouble: OutcomeUnknown | PlatformRejected, state: OutboxState
) -> None:
    """Its fate is the rule's or a person's; this round looked when it was still waiting."""
    small.with_profile(on_unknown(small.profile, Operation.UPLOAD_SALE, "person"))
    one_at_a_time(small)
    put(small, 1, "A")
    second = put(small, 2, "B")

    def by_hand() -> None:
        small.fake.script(Operation.UPLOAD_SALE, trouble)
        delivery.retry(small.till, second)

    while_the_first_travels(small, by_hand)
    delivery.deliver_due(small.till)
    assert told(small).count("S2") == 1
    assert row(small, second).state is state


def test_what_cannot_be_worded_here_is_not_parked_while_another_tells_it(
    small: SmallCounter,
) -> None:
    """Between a wording that broke and the parking of it a counter that can word it begins."""
    item = put(small, 1, "A")

    def elsewhere(request: Any, _sender: Sender, _stamp: Stamp) -> Draft[Any]:
        small.till.store = Claimed(small.store, item, small.clock.now() + timedelta(minutes=2))
        raise Bug(what="no key here")

    small.fake.compose = elsewhere  # type: ignore[method-assign] # a counter without its key
    assert delivery.deliver_due(small.till) == 0
    assert row(small, item).state is OutboxState.SENDING


class Claimed:
    """A store in which another counter takes a record before the next unit begins here."""

    def __init__(self, store: Store, item: int, until: datetime) -> None:
        self._store, self._item, self._until = store, item, until

    def unit(self) -> AbstractContextManager[Unit]:
        with self._store.unit() as other:
            other.outbox.claim(self._item, "counter-2-x", self._until)
        return self._store.unit()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_lease_that_ran_out_is_released_by_hand_as_it_was_seen(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    with small.store.unit() as unit:
        lease = small.clock.now() + timedelta(seconds=small.profile.uploads.lease_s)
        assert unit.outbox.claim(item, "a process that died", lease)
    small.clock.move(timedelta(hours=1))
    delivery.retry(small.till, item)
    assert row(small, item).state is OutboxState.DELIVERED
