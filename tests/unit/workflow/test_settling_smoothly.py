"""Settling where nothing breaks: the bill, the cash, the goods and the papers, and the step."""

import pytest

from app.domain.case import Step
from app.domain.errors import (
    Bug,
    Code,
    OperatorInput,
)
from app.domain.money import Fen
from app.profile.operations import Operation
from app.workflow import counter
from app.workflow.cases import lines
from app.workflow.views.case import Whereabouts
from tests.support.small_counter import (
    PATIENT_CODE,
    SmallCounter,
)


@pytest.mark.parametrize("cash", [478, 500])
def test_a_settlement_is_booked_with_goods_and_papers(small: SmallCounter, cash: int) -> None:
    view = small.until(Step.SETTLE)
    assert view.settle is not None
    assert view.settle.ready
    view = small.surface.settle(view.case_id, Fen(cash))
    assert (view.step, view.money.where) == (Step.HAND_OVER, Whereabouts.THEIRS)
    assert view.hand_over is not None
    assert view.hand_over.amounts.adds_up()
    assert view.hand_over.change == Fen(cash - 478)
    assert [(paper.kind, paper.waiting) for paper in view.hand_over.papers] == [
        ("receipt", True),
        ("prescription", True),
    ]


def test_too_little_cash_sends_nothing(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    with pytest.raises(OperatorInput) as short:
        small.surface.settle(view.case_id, Fen(400))
    assert (short.value.code, short.value.params) == (Code.CASH_SHORT, {"missing": 78})
    assert small.fake.times(Operation.SETTLE) == 0


def test_cash_that_is_due_has_to_be_named(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    for cash in (None, Fen(477)):
        with pytest.raises(OperatorInput) as short:
            small.surface.settle(view.case_id, cash)
        assert short.value.code is Code.CASH_SHORT
    assert small.fake.times(Operation.SETTLE) == 0


@pytest.mark.parametrize("step", [Step.DOWNLOAD, Step.SCAN, Step.HAND_OVER])
def test_settling_belongs_to_its_step(small: SmallCounter, step: Step) -> None:
    view = small.until(step)
    asked = small.fake.times(Operation.SETTLE)
    with pytest.raises(OperatorInput) as late:
        small.surface.settle(view.case_id, None)
    assert late.value.code is Code.STEP_MOVED_ON
    assert small.fake.times(Operation.SETTLE) == asked


def test_after_a_restart_the_code_is_shown_again(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.restart()
    view = small.view(view)
    assert view.settle is not None
    assert (view.settle.ready, view.settle.needs_credential) == (False, True)
    with pytest.raises(OperatorInput) as needed:
        small.settle(view)
    assert needed.value.code is Code.IDENTITY_NEEDED_AGAIN
    with small.store.reading() as unit:
        assert unit.attempts.of_case(view.case_id) is None
    assert small.settle(small.scan(view, PATIENT_CODE).case).step is Step.HAND_OVER


def test_the_bill_is_the_same_for_both_messages(small: SmallCounter) -> None:
    small.until(Step.HAND_OVER)
    asked = dict(small.fake.asked)
    assert asked[Operation.PRESETTLE].bill == asked[Operation.SETTLE].bill


def test_a_bill_needs_numbers(small: SmallCounter) -> None:
    case = small.case(small.until(Step.SCAN))
    with small.store.reading() as unit, pytest.raises(Bug):
        lines.bill_of(small.till, unit, case)
    assert counter.served_since(small.till) < small.clock.now()
