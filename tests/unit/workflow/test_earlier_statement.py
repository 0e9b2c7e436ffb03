"""A fetched file comes bare: one of an earlier moment is no answer where money is in doubt."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.attempt import Attempt
from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter

FETCH = Operation.DOWNLOAD_FILE


def attempt_of(small: SmallCounter, view: CaseView) -> Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def resolve(small: SmallCounter, rounds: int) -> None:
    for _ in range(rounds):
        small.clock.move(timedelta(seconds=20))
        small.surface.deliver()


def compared(small: SmallCounter) -> Any:
    """The answer of a fetch for a comparison that somebody makes now; nothing stands yet."""
    kept: list[Any] = []

    def keep(answer: Any) -> Any:
        kept.append(answer)
        return answer

    small.fake.script(FETCH, change=keep, platform_ref="zip:earlier")
    small.surface.compare_money(today(small.till), every_line=True)
    return kept[0]


def in_doubt(small: SmallCounter) -> CaseView:
    """Booked, its answer lost, and a reversal that says yes and does nothing."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    small.fake.script(Operation.REVERSE, PlatformRejected(Code.REVERSAL_NOTHING_FOUND))
    return small.settle(view)


def test_an_earlier_statement_fetched_again_ends_no_doubt(small: SmallCounter) -> None:
    """A simulated day (seed 4813): nothing of this settlement stood in it yet."""
    earlier = compared(small)
    view = in_doubt(small)
    small.fake.script(FETCH, change=lambda _: earlier, platform_ref="zip:earlier")
    resolve(small, 1)
    assert attempt_of(small, view).state is AttemptState.REVERSED_UNCONFIRMED
    assert len(small.fake.books.settlements) == 1
    resolve(small, 8)
    assert attempt_of(small, view).state is AttemptState.REVERSED
    assert small.fake.books.settlements == {}


@pytest.mark.parametrize("mark", ["zip:now", ""])
def test_two_results_of_one_moment_may_be_equal(small: SmallCounter, mark: str) -> None:
    """Somebody compares while the doubt is resolved, and archives tell time by two seconds."""
    view = in_doubt(small)
    small.clock.move(timedelta(seconds=18))
    small.fake.script(FETCH, platform_ref=mark)
    small.surface.compare_money(today(small.till), every_line=True)
    small.clock.move(timedelta(seconds=2))
    small.fake.script(FETCH, platform_ref=mark)
    small.surface.deliver()
    # believed, as it is the truth: it stands, and is reversed once more
    assert attempt_of(small, view).reversals == 2
