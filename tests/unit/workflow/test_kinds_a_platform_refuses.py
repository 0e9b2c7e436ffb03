"""A platform that compares a pharmacy's kind alone, and says no to every other: no doubt stays
for ever.

A settlement without an answer is looked for under every kind of the region's table (0055). A no
to a kind this institution is never cleared under says nothing of the others, and a person has to
be able to end what the machine cannot.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.unit.workflow.test_lost_time import attempt_of

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
OTHER_OFFICE = "350200"


def pharmacies_alone(small: SmallCounter) -> None:
    fake, usual = small.fake, small.profile.settle.clearing_kind
    honest = fake._reconcile_lines

    def lines(message: Any) -> Any:
        if message.draft.request.clearing_kind != usual:
            raise PlatformRejected(Code.REFUSED, platform_text="该机构无此清算类别")
        return honest(message)

    fake._reconcile_lines = lines  # type: ignore[method-assign]


def lost(small: SmallCounter) -> CaseView:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST)
    return small.settle(view)


def test_a_doubt_comes_to_rest_where_other_kinds_are_refused(small: SmallCounter) -> None:
    view = lost(small)
    pharmacies_alone(small)
    for _ in range(8 * 60):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REVERSED, "eight hours, and no end"


def test_a_manager_may_end_it_where_other_kinds_are_refused(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = lost(small)
    pharmacies_alone(small)
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.MANUAL
    assert small.surface.examine(view.case_id).choices, "nothing is offered, to anybody, ever"


def test_a_no_of_a_moment_ends_no_doubt(small: SmallCounter) -> None:
    """It may stand under the kind that is refused just now."""
    view = lost(small)
    pharmacies_alone(small)
    for _ in range(2 * 60):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REVERSED_UNCONFIRMED


def test_who_decides_sees_what_was_not_compared(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = lost(small)
    pharmacies_alone(small)
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    shown = small.surface.examine(view.case_id)
    missing = [row.ours for row in shown.rows if row.key == "refused"]
    assert [str(text).split()[0] for text in missing] == ["门诊", "住院", "其他"]
    (choice,) = shown.choices
    assert choice.what.key == "doubt.found.partly.absent"
    small.surface.decide_doubt(shown, choice.outcome, "", "经办机构查过", BOSS, PIN)
    assert attempt_of(small, view).state is AttemptState.REVERSED


@pytest.mark.parametrize("trouble", [PlatformRejected(Code.REFUSED), LOST])
def test_an_office_that_never_tells_keeps_nobody_for_ever(
    small: SmallCounter, trouble: PlatformRejected | OutcomeUnknown
) -> None:
    """Of the usual kind it proves more than a kind nobody clears by: the machine stays out of it,
    and a person is asked behind several hours of the same."""
    small.with_profile(region(reversible=()))
    small.till.shop = replace(small.till.shop, area=OTHER_OFFICE)
    view = lost(small)
    honest = small.fake._reconcile_lines

    def lines(message: Any) -> Any:
        if message.draft.request.clearing_office == OTHER_OFFICE:
            raise trouble
        return honest(message)

    small.fake._reconcile_lines = lines  # type: ignore[method-assign]
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    for _ in range(2):
        assert not small.surface.examine(view.case_id).choices
        small.clock.move(timedelta(hours=1))
    assert small.surface.examine(view.case_id).choices


def test_a_platform_that_gives_no_statement_at_all_proves_nothing(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = lost(small)

    def lines(message: Any) -> Any:
        raise PlatformRejected(Code.REFUSED)

    small.fake._reconcile_lines = lines  # type: ignore[method-assign]
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    for _ in range(5):
        assert not small.surface.examine(view.case_id).choices
        small.clock.move(timedelta(hours=1))


def test_a_region_names_the_kinds_of_a_proof(small: SmallCounter) -> None:
    small.with_profile(region(compared_kinds=()))
    view = lost(small)
    pharmacies_alone(small)
    for _ in range(10):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_an_office_that_refuses_for_hours_hands_the_doubt_to_a_person(small: SmallCounter) -> None:
    """It may stand there: the machine decides nothing, and a person can."""
    small.till.shop = replace(small.till.shop, area=OTHER_OFFICE)
    view = lost(small)
    honest = small.fake._reconcile_lines

    def lines(message: Any) -> Any:
        if message.draft.request.clearing_office == OTHER_OFFICE:
            raise PlatformRejected(Code.REFUSED)
        return honest(message)

    small.fake._reconcile_lines = lines  # type: ignore[method-assign]
    for _ in range(4 * 60):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
        if attempt_of(small, view).state is AttemptState.MANUAL:
            break
    found = attempt_of(small, view)
    assert (found.state, found.reason) == (AttemptState.MANUAL, "statement_withheld")
    assert small.surface.examine(view.case_id).choices
