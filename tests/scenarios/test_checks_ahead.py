"""What the platform says ahead of the money is asked at every insured sale of some regions."""

from pathlib import Path

from app.domain.case import Phase, Step
from tests.support.counter import Bench, a_counter
from tests.support.visit import a_visit

ASKED = ("check_entitlement", "preaudit")


def counted(bench: Bench) -> dict[str, int]:
    told = bench.platform_state()["messages"]
    return {name: told.get(name, {"accepted": 0})["accepted"] for name in ASKED}


def test_both_questions_are_asked_and_the_sale_goes_on(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+checks_ahead") as bench:
        before = counted(bench)
        case = a_visit(bench).until(Step.DONE)
        assert (case.step, case.phase) == (Step.DONE, Phase.READY)
        assert {name: count - before[name] for name, count in counted(bench).items()} == {
            "check_entitlement": 1,
            "preaudit": 1,
        }


def test_elsewhere_they_are_asked_only_when_somebody_wants_it(tmp_path: Path) -> None:
    with a_counter(tmp_path) as bench:
        before = counted(bench)
        visit = a_visit(bench)
        case = visit.until(Step.SETTLE)
        assert counted(bench) == before
        bench.surface.advise(case.case_id)
        assert {name: count - before[name] for name, count in counted(bench).items()} == {
            "check_entitlement": 1,
            "preaudit": 1,
        }
        assert visit.settle(case).step is Step.HAND_OVER
