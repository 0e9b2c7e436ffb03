"""A statement that shows nothing at all of a settlement that was answered proves no refund."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.ports import replies as r
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.cases.lines import codes_of
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
