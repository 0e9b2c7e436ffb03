"""An old answer to a plain question sets the platform's time back: what is older is believed then.

Two answers are held back on the way, in the order in which they were said, and come to the next two
messages: a yes to a question, and a no to money of a moment later. The first one moves nothing, and
takes away what tells the second one (0054).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.ports.messages import WireFacts
from app.profile.operations import Operation
from app.workflow import day, resolving
from app.workflow.upkeep import timekeeping
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
A_SECOND = timedelta(seconds=1)
NEVER_SEEN = "7" * 20


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def reversed_once(small: SmallCounter) -> CaseView:
    """A first settlement never arrived; its reversal found nothing, the statement shows none."""
    small.fake.script(Operation.SETTLE, LOST)
    view = small.settle(small.until(Step.SETTLE))
    for _ in range(4):
        small.clock.move(timedelta(seconds=20))
        resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.REVERSED
    return small.view(view)


def an_old_yes_to_a_question(small: SmallCounter, said: Any) -> None:
    """Somebody asks something that moves nothing, and is told what was said then."""
    small.fake.own_time = lambda: said
    day.open_day(small.till)
    small.fake.own_time = small.clock.now


def refused(small: SmallCounter, view: CaseView, said: Any, *, booked: bool = False) -> CaseView:
    """The settlement is told a no of the time ``said``."""
    seen = WireFacts(small.clock.now(), True, 900, 200, 200, 31, "{}", NEVER_SEEN, "-1")
    no = replace(seen, platform_at=said)
    trouble = PlatformRejected(Code.REFUSED, platform_code="-1", evidence=no)
    small.fake.script(Operation.SETTLE, trouble, booked=booked)
    return small.settle(view)


def test_an_old_answer_to_a_question_makes_no_old_no_believable(small: SmallCounter) -> None:
    small.fake.own_time = small.clock.now
    begun = small.clock.now()
    view = reversed_once(small)
    small.clock.move(A_SECOND)
    an_old_yes_to_a_question(small, begun)
    assert not timekeeping.is_wrong(small.till), "within the tolerance: nothing stops anybody"
    view = refused(small, view, begun + A_SECOND, booked=True)
    assert len(small.fake.books.settlements) == 1, "it stands there"
    assert state_of(small, view) is not AttemptState.REJECTED, "settled there, and free here"
    assert view.phase is Phase.UNKNOWN


@pytest.mark.parametrize(
    ("later", "state"), [(9, AttemptState.UNKNOWN), (11, AttemptState.REJECTED)]
)
def test_a_platform_that_put_its_clock_back_is_believed_again(
    small: SmallCounter, later: int, state: AttemptState
) -> None:
    """What it said under the clock before counts for ten minutes; then a no is a no once more."""
    small.fake.own_time = lambda: small.clock.now() + timedelta(minutes=2)
    view = small.until(Step.SETTLE)
    small.fake.own_time = small.clock.now
    small.clock.move(timedelta(minutes=later))
    day.open_day(small.till)
    view = refused(small, small.view(view), small.clock.now())
    assert state_of(small, view) is state


def test_a_single_time_to_come_keeps_no_money_in_doubt(small: SmallCounter) -> None:
    """One answer dated to next year, by whatever fault: the next one is believed."""
    small.fake.own_time = small.clock.now
    view = small.until(Step.SETTLE)
    small.fake.own_time = lambda: small.clock.now() + timedelta(days=365)
    day.open_day(small.till)
    small.fake.own_time = small.clock.now
    day.open_day(small.till)
    view = refused(small, small.view(view), small.clock.now())
    assert state_of(small, view) is AttemptState.REJECTED


def test_true_answers_behind_an_old_one_keep_the_window_open(small: SmallCounter) -> None:
    """The latest time is that of the last ten minutes, however long ago the first was heard."""
    small.fake.own_time = small.clock.now
    view = small.until(Step.SETTLE)
    for _ in range(8):
        small.clock.move(timedelta(minutes=2))
        day.open_day(small.till)
    said = small.clock.now()
    small.clock.move(timedelta(seconds=30))
    an_old_yes_to_a_question(small, said - timedelta(minutes=4))
    view = refused(small, small.view(view), said)
    assert state_of(small, view) is AttemptState.UNKNOWN


def test_an_answer_that_was_heard_before_sets_no_time(small: SmallCounter) -> None:
    """It comes once more, to a question that moves nothing; its serial stands in our books."""
    small.fake.own_time = small.clock.now
    then = small.clock.now() - timedelta(hours=1)
    seen = WireFacts(small.clock.now(), True, 900, 200, 200, 31, "{}", NEVER_SEEN, "-1")
    old = PlatformRejected(
        Code.REFUSED, platform_code="-1", evidence=replace(seen, platform_at=then)
    )
    small.fake.script(Operation.UPLOAD_FILE, old)
    assert not resolving.hear_time(small.till)
    day.open_day(small.till)
    assert not timekeeping.is_wrong(small.till)
    small.fake.script(Operation.UPLOAD_FILE, old)
    assert not resolving.hear_time(small.till)
    assert not timekeeping.is_wrong(small.till)


def test_a_clock_that_is_wrong_puts_no_ids_right(small: SmallCounter) -> None:
    """Set back by a day, and the platform says so: the times that were used are the true ones."""
    small.fake.own_time = small.clock.now
    day.open_day(small.till)
    small.clock.at -= timedelta(days=1)
    assert timekeeping.is_wrong(small.till)
    with small.store.unit() as unit:
        timekeeping.put_right(small.till, unit)
    with small.store.reading() as unit:
        assert unit.messages.clock_behind(small.clock.now()) is not None
        rows = unit.journal.rows()  # type: ignore[attr-defined]  # the base's own
    assert "clock_put_right" not in [row.act for row in rows]
