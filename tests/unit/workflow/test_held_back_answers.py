"""An answer that never came comes later, to another message: nothing in it is of that message.

A "no" has no bill and no echo, and its serial is new to our books. What it has is the platform's
own time, and that is before the message left. Found by the machine of ``tests/faults/model``: a
refusal held back on the way, a day later believed of a settlement that stood.
"""

from datetime import datetime, timedelta
from functools import partial

import pytest

from app.domain.attempt import StatusQuery
from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.ports.messages import WireFacts
from app.profile.operations import Operation
from app.workflow import day
from app.workflow.upkeep import timekeeping
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter, region

A_DAY = timedelta(days=1)


def held_back(small: SmallCounter, by: timedelta) -> PlatformRejected:
    """A listed no, of a message of long ago, under a serial that nobody here has seen."""
    now = small.clock.now()
    seen = WireFacts(now, True, 900, 200, 200, 31, "{}", "7" * 20, "-1", platform_at=now - by)
    return PlatformRejected(Code.REFUSED, platform_code="-1", evidence=seen)


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def tells_time(small: SmallCounter) -> None:
    small.fake.own_time = small.clock.now


@pytest.mark.parametrize("heard", [True, False], ids=["clock_heard", "clock_unheard"])
def test_a_refusal_of_before_the_settlement_is_no_answer_to_it(
    small: SmallCounter, heard: bool
) -> None:
    if heard:
        tells_time(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, held_back(small, A_DAY), booked=True)
    view = small.settle(view)
    assert (view.step, view.phase) == (Step.SETTLE, Phase.UNKNOWN)
    assert view.banner is not None
    assert view.banner.code == Code.ANSWER_FORGED
    assert state_of(small, view) is AttemptState.UNKNOWN
    tells_time(small)
    for _ in range(10):
        small.clock.move(timedelta(seconds=20))
        small.surface.deliver()
    assert state_of(small, view) is AttemptState.REVERSED
    assert small.fake.books.settlements == {}


def test_no_doubt_waits_for_ever_for_the_time_of_one_old_answer(small: SmallCounter) -> None:
    """A sign-in answered with yesterday's yes: nobody asks anything more, and the money waits."""
    tells_time(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    view = small.settle(view)
    then = small.clock.now() - A_DAY
    small.fake.own_time = lambda: then
    day.open_day(small.till)
    assert timekeeping.is_wrong(small.till)
    tells_time(small)
    for _ in range(40):
        small.clock.move(timedelta(seconds=20))
        small.surface.deliver()
    assert state_of(small, view) is AttemptState.REVERSED
    assert small.fake.books.settlements == {}


def test_a_clock_that_is_wrong_is_asked_about_now_and_then_only(small: SmallCounter) -> None:
    tells_time(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    small.settle(view)
    behind = timedelta(hours=1)
    small.fake.own_time = lambda: small.clock.now() - behind
    day.open_day(small.till)
    asked = len(small.fake.asked)
    for _ in range(60):
        small.clock.move(timedelta(seconds=5))
        small.surface.deliver()
    assert len(small.fake.asked) - asked == 1


def test_an_old_answer_to_a_question_about_money_ends_no_doubt(small: SmallCounter) -> None:
    """What an earlier question would have been told was true then: asked about a second refund, the
    first one, reversed since, was believed."""
    small.with_profile(region(status_query=StatusQuery.BY_MESSAGE_ID))
    tells_time(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    view = small.settle(view)
    small.clock.move(timedelta(minutes=2))
    small.fake.watch = lambda: _dated_long_ago(small)
    small.surface.deliver()
    assert small.fake.times(Operation.QUERY_SETTLEMENT) == 1
    assert state_of(small, view) is not AttemptState.SETTLED


def _dated_long_ago(small: SmallCounter) -> None:
    """The next answer bears yesterday's time where it is asked about a settlement."""
    asked = small.fake.asked[-1][0] is Operation.QUERY_SETTLEMENT
    small.fake.own_time = lambda: small.clock.now() - (A_DAY if asked else timedelta())


def test_an_old_answer_to_a_comparison_proves_nothing_absent(small: SmallCounter) -> None:
    """Of some minutes ago, within what a clock may differ: only its own time tells."""
    tells_time(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    view = small.settle(view)
    small.clock.move(timedelta(minutes=2))
    small.fake.watch = lambda: _compared_before(small)
    small.surface.deliver()
    assert small.fake.times(Operation.RECONCILE_LINES) == 1
    assert state_of(small, view) is AttemptState.REVERSED_UNCONFIRMED


def _compared_before(small: SmallCounter) -> None:
    asked = small.fake.asked[-1][0] is Operation.RECONCILE_LINES
    before = timedelta(minutes=3) if asked else timedelta()
    small.fake.own_time = lambda: small.clock.now() - before


UNZONED = timedelta(hours=8)
"""A file tells the wall time of its maker, who may live by China's or by universal time."""


@pytest.mark.parametrize("zone", [timedelta(), UNZONED], ids=["universal", "china"])
def test_a_file_made_before_it_was_asked_for_ends_no_doubt(
    small: SmallCounter, zone: timedelta
) -> None:
    """A download that was never answered stands in no book of ours; its file, come later to another
    download, showed nothing of a settlement that stood."""
    tells_time(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    view = small.settle(view)
    for age, ended in ((timedelta(hours=6), False), (timedelta(seconds=-2), True)):
        small.fake.file_time = partial(_moved, small, zone - age)
        for _ in range(10):
            small.clock.move(timedelta(seconds=20))
            small.surface.deliver()
        assert small.fake.times(Operation.DOWNLOAD_FILE) > 0
        assert (state_of(small, view) is AttemptState.REVERSED) is ended


def _moved(small: SmallCounter, by: timedelta) -> datetime:
    return small.clock.now() + by
