"""The same visit over every channel to the prescription centre, whichever region wears it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code
from app.workflow.views.case import CaseView, Whereabouts
from tests.support.counter import Bench, a_counter
from tests.support.robot import Robot
from tests.support.visit import a_visit

DRESSED = ("fujian+centre_by_core", "fujian+hybrid", "yunnan+centre_by_core", "shanghai+hybrid")
CALLS = ("authorise", "download", "audit")


@pytest.fixture(params=DRESSED)
def dressed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region=request.param) as opened:
        yield opened


@pytest.fixture
def hybrid(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region="fujian+hybrid") as opened:
        yield opened


def stands_once(bench: Bench, case: CaseView) -> None:
    state = bench.platform_state()
    assert state["settlements"]["active"] == 1
    with bench.store.reading() as unit:
        facts = unit.cases.get(case.case_id).facts
    assert state["sold_codes"] == sorted(p.code for line in facts.lines for p in line.packs)


@pytest.mark.parametrize(
    "way", ["yunnan+oauth", "fujian+signed_fields", "fujian+hybrid+sealed_input"]
)
def test_a_visit_proves_who_sends(tmp_path: Path, way: str) -> None:
    with a_counter(tmp_path, region=way) as bench:
        case = a_visit(bench).until(Step.DONE)
        assert (case.step, case.phase) == (Step.DONE, Phase.READY)
        stands_once(bench, case)


def test_a_visit_from_code_to_receipt(dressed: Bench) -> None:
    case = a_visit(dressed).until(Step.DONE)
    assert (case.step, case.phase) == (Step.DONE, Phase.READY)
    assert case.money.where is Whereabouts.THEIRS
    stands_once(dressed, case)
    calls = dressed.platform_state()["rx_calls"]
    assert {call: calls[call]["accepted"] for call in CALLS} == dict.fromkeys(CALLS, 1)
    # it was the frame of the core platform that carried them
    assert {*CALLS} <= dressed.platform_state()["messages"].keys()


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_never_comes_is_cleared_up(hybrid: Bench, call: str) -> None:
    hybrid.fault(call, "drop_after")
    robot = Robot(a_visit(hybrid))
    case = robot.serve()
    assert case.step is Step.DONE, robot.seen
    assert robot.seen
    stands_once(hybrid, case)


@pytest.mark.parametrize("call", CALLS)
def test_a_wrong_signature_inside_is_never_believed(hybrid: Bench, call: str) -> None:
    hybrid.fault(call, "wrong_signature")
    robot = Robot(a_visit(hybrid))
    case = robot.serve()
    assert case.step is Step.DONE, robot.seen
    assert Code.ANSWER_FORGED in robot.seen or Code.AUDIT_UNKNOWN in robot.seen
    stands_once(hybrid, case)


def test_a_refusal_of_the_centre_comes_through_the_frame(hybrid: Bench) -> None:
    visit = a_visit(hybrid)
    hybrid.fault("authorise", "reject")
    case = visit.identify(visit.start())
    assert (case.step, case.phase) == (Step.AUTHORISE, Phase.REJECTED)
    assert case.banner is not None
    assert case.banner.platform_text
