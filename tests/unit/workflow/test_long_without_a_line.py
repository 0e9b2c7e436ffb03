"""A weekend without a line uses up none of the tellings that a record has."""

from datetime import timedelta

import pytest

from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.kept_records import put, row
from tests.support.small_counter import SmallCounter

UNSENT, LOST = NotSent(Code.DID_NOT_LEAVE), OutcomeUnknown(Code.ANSWER_MISSING)
SIGN_IN = PlatformRejected(Code.SIGN_IN_REQUIRED)
HOURS = 30


def without_a_line(small: SmallCounter) -> int:
    item = put(small, 1, "A")
    for _ in range(HOURS):
        small.fake.script(Operation.UPLOAD_SALE, UNSENT)
        small.clock.move(timedelta(hours=1))
        delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.WAITING
    return item


def some_rounds(small: SmallCounter, rounds: int = 4) -> None:
    for _ in range(rounds):
        small.clock.move(timedelta(hours=1))
        delivery.deliver_due(small.till)


@pytest.mark.parametrize("first", [SIGN_IN, LOST], ids=["sign_in", "lost"])
def test_the_first_answer_behind_a_weekend_makes_no_dead_letter(
    small: SmallCounter, first: Trouble
) -> None:
    item = without_a_line(small)
    small.fake.script(Operation.UPLOAD_SALE, first)
    some_rounds(small)
    assert row(small, item).state is OutboxState.DELIVERED


def test_what_left_is_counted_to_its_end(small: SmallCounter) -> None:
    item = without_a_line(small)
    most = small.profile.uploads.most_tries
    for _ in range(most):
        small.fake.script(Operation.UPLOAD_SALE, LOST)
    some_rounds(small, 3 * most)
    found = row(small, item)
    assert (found.state, found.tries) == (OutboxState.UNKNOWN, HOURS + most)
