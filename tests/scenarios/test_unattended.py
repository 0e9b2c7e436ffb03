"""Money that is not known is looked for also while nobody stands at the till."""

from app.domain.case import Phase, Step
from tests.support.counter import Bench
from tests.support.visit import a_visit

ROUNDS = 8
WAIT_S = 30.0


def test_an_unknown_settlement_is_resolved_before_anybody_signs_in_again(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.SETTLE)
    bench.fault("settle", "drop_after")
    case = visit.settle(case)
    assert case.phase is Phase.UNKNOWN
    bench.surface.lock()
    for _ in range(ROUNDS):
        bench.pass_time(WAIT_S)
        bench.surface.deliver()
    case = bench.surface.view(case.case_id)
    assert (case.step, case.phase) == (Step.SETTLE, Phase.READY)
    assert bench.platform_state()["settlements"].get("active", 0) == 0
