"""A round of the delivery lane that had begun when the day was closed signs nobody in behind it."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Code, PlatformRejected
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.kept_records import put
from tests.support.small_counter import BOSS, PIN, SmallCounter


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
