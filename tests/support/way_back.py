"""Giving a sale back, and letting what is in doubt come to rest."""

from app.domain.case import Phase, Step
from app.domain.settlement import AttemptState
from app.workflow.views.case import CaseView
from tests.support.counter import Bench
from tests.support.ledgers import our_side
from tests.support.visit import Visit

MANAGER = ("3001", "112358")
PATIENCE = 80
STEP_S = 120.0


def given_back(bench: Bench, visit: Visit) -> CaseView:
    """A finished visit whose boxes lie on the counter again."""
    done = visit.until(Step.DONE)
    bench.surface.begin_return(done.case_id)
    return bench.surface.take_back(done.case_id, our_side(bench.store, done.case_id).codes())


def at_rest(bench: Bench, case: CaseView) -> CaseView:
    """Time passes and the delivery lane works until nothing is in doubt any more."""
    for _ in range(PATIENCE):
        case = bench.surface.view(case.case_id)
        if case.phase is not Phase.UNKNOWN or attempt_of(bench, case) is AttemptState.MANUAL:
            return case
        bench.pass_time(STEP_S)
        bench.surface.deliver()
    raise AssertionError(f"still in doubt: {attempt_of(bench, case)}")


def attempt_of(bench: Bench, case: CaseView) -> AttemptState:
    attempt = our_side(bench.store, case.case_id).attempts[case.case_id]
    assert attempt is not None
    return attempt.state


def stand_together(bench: Bench, case: CaseView) -> None:
    """Our ledger and the platform's tell the same about the settlement."""
    ours = our_side(bench.store, case.case_id)
    ours.agrees()
    assert ours.sending == 0
    active = bench.platform_state()["settlements"].get("active", 0)
    assert active == (attempt_of(bench, case) is AttemptState.SETTLED)
