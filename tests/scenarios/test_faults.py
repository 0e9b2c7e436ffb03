"""Every wire call of a visit, broken in every way once: the visit ends well, and only once."""

from contextlib import AbstractContextManager

import pytest

from app.domain.case import Step
from app.domain.errors import Code, LocalTrouble
from app.ports.store import Unit
from app.workflow.views.case import Whereabouts
from tests.support.counter import Bench
from tests.support.robot import Robot
from tests.support.visit import a_visit

CALLS = (
    "decode_voucher",
    "query_person",
    "authorise",
    "download",
    "verify",
    "audit",
    "upload_sale",
    "presettle",
    "settle",
)
FAULTS = (
    "reject",
    "drop_before",
    "drop_after",
    "wrong_signature",
    "duplicate_answer",
    "half_answer",
    "garbage",
    "http_500",
)
SIGNED = ("authorise", "download", "verify", "audit")
"""Answers of the core platform and of the voucher service carry no signature."""
ALWAYS = [(call, "drop_after") for call in CALLS] + [("settle", fault) for fault in FAULTS]
PAIRS = [
    pytest.param(
        call,
        fault,
        marks=() if (call, fault) in ALWAYS else pytest.mark.deep,
        id=f"{call}-{fault}",
    )
    for call in CALLS
    for fault in FAULTS
    if fault != "wrong_signature" or call in SIGNED
]


def stands_once(bench: Bench) -> None:
    """One settlement, one sale of each box, nothing else outside."""
    state = bench.platform_state()
    assert state["settlements"].get("active") == 1
    with bench.store.reading() as unit:
        cases = [unit.cases.get(case_id) for case_id in (1,)]
    ours = sorted(pack.code for line in cases[0].facts.lines for pack in line.packs)
    assert state["sold_codes"] == ours


@pytest.mark.parametrize(("call", "fault"), PAIRS)
def test_a_broken_call_neither_loses_nor_doubles(bench: Bench, call: str, fault: str) -> None:
    bench.fault(call, fault)
    robot = Robot(a_visit(bench))
    case = robot.serve()
    if call == "verify" and fault == "reject" and case.step is Step.CLOSED:
        assert bench.platform_state()["settlements"] == {}
        return
    assert case.step is Step.DONE, robot.seen
    assert case.money.where is Whereabouts.THEIRS
    assert robot.seen or fault == "duplicate_answer"
    stands_once(bench)


@pytest.mark.parametrize(
    "step", [s.value for s in (Step.DOWNLOAD, Step.AUDIT, Step.SCAN, Step.SETTLE, Step.HAND_OVER)]
)
def test_a_restart_at_any_step_brings_the_visit_back(bench: Bench, step: str) -> None:
    robot = Robot(a_visit(bench), restart_at=Step(step))
    assert robot.serve().step is Step.DONE
    stands_once(bench)


@pytest.mark.parametrize("commit", [2, 3], ids=["before_sending", "after_the_answer"])
def test_a_disk_that_fills_while_settling_needs_no_restart(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, commit: int
) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.SETTLE)
    unit, opened = bench.store.unit, []

    def full() -> AbstractContextManager[Unit]:
        opened.append(1)
        if len(opened) == commit:
            raise LocalTrouble(Code.DISK_FULL)
        return unit()

    with monkeypatch.context() as disk:
        disk.setattr(bench.store, "unit", full)
        with pytest.raises(LocalTrouble):
            visit.settle(case)
    bench.surface.deliver()
    robot = Robot(visit)
    assert robot.serve().step is Step.DONE, robot.seen
    stands_once(bench)
