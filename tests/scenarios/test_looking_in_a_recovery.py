"""A base that is not believed still lets a person look at what is in doubt."""

from app.domain.case import Step
from app.domain.settlement import AttemptState
from app.workflow.doubts.views import Outcome
from app.workflow.upkeep.recovering import ON_ITS_WAY
from tests.scenarios.test_recovery import copy_aside, start_from
from tests.support.counter import Bench
from tests.support.visit import a_visit
from tests.support.way_back import attempt_of


def test_a_recovery_keeps_nobody_from_looking_at_a_doubt(bench: Bench) -> None:
    """What keeps evidence away is shown on the page, never raised (``judging.examine``)."""
    visit = a_visit(bench)
    at_settle = visit.until(Step.SETTLE)
    bench.fault("settle", "drop_after")
    doubtful = visit.settle(at_settle)
    copy = copy_aside(bench)
    with bench.store.unit() as unit:
        unit.settings.put("later", "than the copy")
    start_from(bench, copy)
    assert attempt_of(bench, doubtful) is AttemptState.MANUAL
    bench.pass_time(ON_ITS_WAY.total_seconds())
    view = bench.surface.examine(doubtful.case_id)
    assert [choice.outcome for choice in view.choices] == [Outcome.STANDS]
