"""A round of the delivery lane that had begun when the day was closed signs nobody in behind it."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, PlatformRejected
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.returns.compensate import compensate
from tests.support.kept_records import put, told
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_delivery import one_at_a_time


def test_a_round_that_had_begun_leaves_a_closed_day_closed(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The platform had forgotten the sign-in; the lane has read what is due, about to sign in
    again; in the counter's own lane a manager closes the day: told, and signed out."""
    put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    small.surface.deliver()
    small.clock.move(timedelta(hours=1))
    honest, closed = delivery._due, []

    def due(*asked: Any) -> Any:
        found = honest(*asked)
        if not closed:
            closed.append(True)
            assert not small.surface.end_day(BOSS, PIN).signed_in
        return found

    monkeypatch.setattr(delivery, "_due", due)
    delivery.deliver_due(small.till)
    assert closed
    assert not small.surface.closing().signed_in, "signed in again, over night"


def test_a_round_stops_where_the_day_was_closed(small: SmallCounter) -> None:
    """Another lane closes it while the first record is on the wire: the rest waits."""
    for number, lot in ((1, "A"), (2, "B")):
        put(small, number, lot)
    one_at_a_time(small)

    def closed() -> None:
        small.till.day_over = True

    small.fake.watch = closed
    assert delivery.deliver_due(small.till) == 1
    assert told(small) == ["S1"]


def test_no_sale_is_taken_back_behind_the_sign_out(small: SmallCounter) -> None:
    small.until(Step.SETTLE)
    small.till.day_over = True
    assert compensate(small.till, small.clock.now(), at_once=True) == 0
    assert small.fake.times(Operation.RETURN_SALE) == 0
    small.till.day_over = False
    assert compensate(small.till, small.clock.now(), at_once=True) == 1
