"""A statement that shows nothing at all of a settlement that was answered proves no refund."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.ports import replies as r
from app.profile.operations import Operation
from app.workflow import day, resolving
from app.workflow.cases.lines import codes_of
from app.workflow.doubts.views import Outcome
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
QUIET = timedelta(seconds=20)


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def refund_behind(small: SmallCounter) -> CaseView:
    """The refund never arrived; the statement is some hours behind and knows neither line."""
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST, booked=False)
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    small.fake._reverse = lambda message: None  # type: ignore[method-assign] # nothing to undo

    def behind(_message: Any) -> r.FileStored:
        return small.fake._keep("differences", b"[]")

    small.fake._reconcile_lines = behind  # type: ignore[method-assign]
    return view


def test_an_empty_statement_ends_no_refund(small: SmallCounter) -> None:
    view = refund_behind(small)
    for _ in range(6):
        small.clock.move(QUIET)
        resolving.resolve_due(small.till)
    (stands,) = small.fake.books.settlements.values()
    assert not stands.refunded, "the platform still holds the settlement"
    assert state_of(small, view) is not AttemptState.REFUNDED


def test_an_empty_statement_offers_a_manager_nothing(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = refund_behind(small)
    small.clock.move(QUIET)
    resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.MANUAL
    shown = small.surface.examine(view.case_id)
    assert shown.choices == ()
    assert shown.trouble is not None
    assert shown.trouble.code == Code.NOT_SHOWN
    evidence = small.surface.gather_evidence(view.case_id)
    with pytest.raises(OperatorInput) as silent:
        small.surface.decide_unknown(evidence, AttemptState.REFUNDED, "平台没有", BOSS, PIN)
    assert silent.value.code is Code.NOT_SHOWN
    assert state_of(small, view) is AttemptState.MANUAL


def said_to_stand(small: SmallCounter) -> CaseView:
    """A day of silence behind it, a manager says on a word that the settlement stands."""
    small.with_profile(region(reversible=()))
    view = refund_behind(small)
    for _ in range(30):
        small.clock.move(timedelta(hours=1, minutes=1))
        day.put_right(small.till, None)
        resolving.resolve_due(small.till)
        shown = small.surface.examine(view.case_id)
        if shown.choices:
            break
    word = "县医保局电话核实，王老师，9:40"
    return small.surface.decide_doubt(shown, Outcome.ABSENT, word, "明细一直没有", BOSS, PIN)


def test_a_forgotten_sign_in_says_nothing_against_a_word(small: SmallCounter) -> None:
    """The platform looked at no settlement; called a refusal behind a word it cost another day."""
    view = said_to_stand(small)
    assert (view.step, view.phase) == (Step.REVOKE, Phase.READY)
    small.fake.script(Operation.REVOKE_SETTLEMENT, PlatformRejected(Code.SIGN_IN_REQUIRED))
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    assert (view.step, view.phase, state_of(small, view)) == (
        *(Step.REVOKE, Phase.READY),
        AttemptState.SETTLED,
    )
    assert view.banner is not None
    assert view.banner.code == Code.SIGN_IN_REQUIRED
    assert state_of(small, small.surface.revoke(view.case_id, BOSS, PIN)) is AttemptState.REFUNDED
