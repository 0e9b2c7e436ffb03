"""``after_settlement``: the sale waits in the outbox from the commit that makes it settled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.case import Step
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.counter import Bench, a_counter
from tests.support.robot import Robot
from tests.support.rules import follow
from tests.support.visit import a_visit

AFTERWARDS = """
id = "rules"
name = "r"
[routes]
prescription = ["identify", "authorise", "download", "verify", "audit", "scan", "presettle",
  "settle", "hand_over"]
insured_counter = ["identify", "scan", "presettle", "settle", "hand_over"]
[rules]
sale_upload_order = "after_settlement"
"""
MANAGER = ("3001", "112358")


@pytest.fixture
def afterwards(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path / "base") as bench:
        follow(bench, tmp_path / "rules", AFTERWARDS)
        yield bench


def waiting(bench: Bench) -> list[tuple[Operation, OutboxState]]:
    with bench.store.reading() as unit:
        return [(item.operation, item.state) for item in unit.outbox.items()]


def test_the_sale_is_told_when_the_money_stands(afterwards: Bench) -> None:
    case = a_visit(afterwards).until(Step.SETTLE)
    assert afterwards.platform_state()["uploads"] == {}
    assert waiting(afterwards) == []
    case = a_visit(afterwards).settle(case)
    assert case.step is Step.HAND_OVER
    assert waiting(afterwards) == [(Operation.UPLOAD_SALE, OutboxState.WAITING)]
    assert afterwards.surface.deliver() == 1
    state = afterwards.platform_state()
    assert state["uploads"] == {"sale": {"rows": 1, "business_keys": 1}}
    assert state["settlements"] == {"active": 1}


def test_who_leaves_before_the_money_left_nothing_outside(afterwards: Bench) -> None:
    case = a_visit(afterwards).until(Step.SETTLE)
    assert afterwards.surface.abandon(case.case_id).step is Step.CLOSED
    afterwards.surface.deliver()
    assert waiting(afterwards) == []
    assert afterwards.platform_state()["uploads"] == {}


def test_an_unknown_settlement_tells_its_sale_once(afterwards: Bench) -> None:
    afterwards.fault("settle", "drop_after")
    robot = Robot(a_visit(afterwards))
    case = robot.serve()
    assert case.step is Step.DONE, robot.seen
    afterwards.surface.deliver()
    state = afterwards.platform_state()
    assert state["settlements"]["active"] == 1
    assert state["uploads"]["sale"] == {"rows": 1, "business_keys": 1}


def test_a_refund_takes_the_sale_back_behind_its_telling(afterwards: Bench) -> None:
    case = a_visit(afterwards).until(Step.HAND_OVER)
    assert afterwards.surface.deliver() == 1
    closed = refunded(afterwards, case)
    assert closed.step is Step.CLOSED
    assert closed.refunded is not None
    assert closed.refunded.key.endswith(".queued")
    assert afterwards.surface.deliver() == 1
    told = afterwards.surface.view(closed.case_id)
    assert told.refunded is not None
    assert told.refunded.key.endswith(".closed")
    assert told.codes.detail.key == "light.codes.returned"
    state = afterwards.platform_state()
    assert state["settlements"]["revoked"] == 1
    assert state["sold_codes"] == []
    assert state["uploads"]["sale_return"]["rows"] == 1


def test_a_sale_refunded_before_it_was_told_is_parked_for_a_person(afterwards: Bench) -> None:
    case = a_visit(afterwards).until(Step.HAND_OVER)
    assert refunded(afterwards, case).step is Step.CLOSED
    # the sale: what stopped has come to rest
    assert afterwards.surface.deliver() == 1
    assert waiting(afterwards) == [
        (Operation.UPLOAD_SALE, OutboxState.STOPPED),
        (Operation.RETURN_SALE, OutboxState.WAITING),
    ]
    assert afterwards.platform_state()["sold_codes"] == []


def refunded(bench: Bench, case: CaseView) -> CaseView:
    case = bench.surface.begin_return(case.case_id)
    return bench.surface.revoke(case.case_id, *MANAGER)
