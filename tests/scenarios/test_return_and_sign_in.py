"""A sale that nobody settled goes back by itself, also where the platform wants a sign-in first."""

from app.domain.case import Phase, Step
from app.domain.errors import Code
from tests.support.counter import Bench
from tests.support.visit import a_visit

A_DAY_S = 24 * 3600.0


def test_a_machine_left_signed_in_takes_yesterdays_sale_back(bench: Bench) -> None:
    """Told before midnight, given up behind it: nobody has signed in to the platform since."""
    case = a_visit(bench).until(Step.SETTLE)
    assert bench.platform_state()["sold_codes"] != []
    bench.pass_time(A_DAY_S)
    for _ in range(5):
        bench.surface.deliver()
        bench.pass_time(120.0)
    assert bench.surface.view(case.case_id).step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []


def test_a_return_refused_for_a_sign_in_is_told_again_by_itself(bench: Bench) -> None:
    case = a_visit(bench).until(Step.SETTLE)
    bench.fault("return_sale", "day_not_open")
    stuck = bench.surface.abandon(case.case_id)
    assert (stuck.step, stuck.phase) == (Step.RETURN_SALE, Phase.REJECTED)
    assert stuck.banner is not None
    assert stuck.banner.code == Code.SIGN_IN_REQUIRED
    (row,) = bench.surface.open_items()
    assert (row.waits_for_person, row.who.key) == (False, "open.who.itself")
    bench.surface.next_customer(case.case_id)
    for _ in range(3):
        bench.pass_time(120.0)
        bench.surface.deliver()
    assert bench.surface.view(case.case_id).step is Step.CLOSED
    assert bench.surface.open_items() == ()
