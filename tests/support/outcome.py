"""What every visit spoiled by bad input must come back to."""

from app.domain.case import Step
from app.workflow.views.case import CaseView, Whereabouts
from tests.support.counter import Bench
from tests.support.robot import Robot
from tests.support.visit import Visit


def ends_well(visit: Visit) -> CaseView:
    """The visit can be served to its end, and the platform holds exactly that."""
    case = Robot(visit).serve()
    assert case.step is Step.DONE, case.banner
    assert case.money.where is Whereabouts.THEIRS
    state = visit.bench.platform_state()
    assert state["settlements"].get("active") == 1, state["settlements"]
    with visit.bench.store.reading() as unit:
        lines = unit.cases.get(case.case_id).facts.lines
    assert state["sold_codes"] == sorted(str(p.code) for line in lines for p in line.packs)
    return case


def nothing_outside(bench: Bench) -> None:
    """No money, no sale, no audit."""
    state = bench.platform_state()
    assert (state["settlements"], state["sold_codes"], state["rx_audits"]) == ({}, [], {})


def pass_time_there(bench: Bench, seconds: float) -> None:
    """On the platform's side only: its envelopes keep the real time."""
    bench.post("clock", {"ahead_s": seconds})
