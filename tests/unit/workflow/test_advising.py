"""事前提醒: asked by a person or by the region, shown at the money, in nobody's way."""

from collections.abc import Callable

import msgspec
import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, NotSent, OperatorInput
from app.domain.money import Fen
from app.ports import insurance as i
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter, region, with_rules

NOT_HERE = i.Entitlement("310100", False, None, None, "参保状态异常")
LOW = i.Concern("low_stock", "low_stock", "库存偏低", "1", Fen(0), "")
AHEAD = (Operation.CHECK_ENTITLEMENT, Operation.PREAUDIT)


@pytest.fixture
def always(small: SmallCounter) -> SmallCounter:
    rules = {"entitlement_check": "before_presettle", "ahead_check": "before_settle"}
    small.with_profile(with_rules(region(), **rules))
    return small


def asked(small: SmallCounter) -> list[Operation]:
    return [operation for operation, _ in small.fake.asked if operation in AHEAD]


def rows(view: CaseView) -> list[tuple[bool, str, str]]:
    assert view.settle is not None
    return [(row.good, row.topic.key, row.text) for row in view.settle.advice.rows]


def test_nobody_asks_until_a_person_does(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    assert asked(small) == []
    assert view.settle is not None
    assert (view.settle.advice.offered, view.settle.advice.rows) == (True, ())
    small.fake.insurance.entitlements = [NOT_HERE]
    small.fake.insurance.concerns = [LOW]
    view = small.surface.advise(view.case_id)
    assert asked(small) == list(AHEAD)
    assert rows(view) == [
        (False, "advice.not_entitled", "参保状态异常"),
        (False, "advice.concern", "库存偏低"),
    ]
    assert small.settle(view).step is Step.HAND_OVER


def test_a_region_asks_at_every_sale_in_its_order(always: SmallCounter) -> None:
    view = always.until(Step.SETTLE)
    told = [operation for operation, _ in always.fake.asked]
    at = told.index(Operation.PRESETTLE)
    assert told[at - 1] is Operation.CHECK_ENTITLEMENT
    assert told[at + 1] is Operation.PREAUDIT
    assert rows(view) == [(True, "advice.entitled", ""), (True, "advice.no_concern", "")]


def test_what_was_said_outlives_a_restart(always: SmallCounter) -> None:
    always.fake.insurance.concerns = [LOW]
    view = always.until(Step.SETTLE)
    always.restart()
    assert (False, "advice.concern", "库存偏低") in rows(always.surface.view(view.case_id))


@pytest.mark.parametrize("question", AHEAD)
def test_an_answer_that_does_not_come_stops_nobody(
    always: SmallCounter, question: Operation
) -> None:
    always.fake.script(question, NotSent(Code.DID_NOT_LEAVE))
    view = always.until(Step.SETTLE)
    assert (view.step, view.phase, view.banner) == (Step.SETTLE, Phase.READY, None)
    assert view.settle is not None
    assert view.settle.advice.unanswered == Code.DID_NOT_LEAVE
    assert len(view.settle.advice.rows) == 1
    assert always.settle(view).step is Step.HAND_OVER


def test_an_answer_of_the_second_asking_replaces_the_first(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.insurance.concerns = [LOW]
    small.surface.advise(view.case_id)
    small.fake.insurance.concerns = []
    view = small.surface.advise(view.case_id)
    assert rows(view) == [(True, "advice.entitled", ""), (True, "advice.no_concern", "")]


def test_where_neither_question_is_open_nothing_is_offered(small: SmallCounter) -> None:
    profile = region()
    closed = {
        question: msgspec.structs.replace(profile.operations[question], enabled=False)
        for question in AHEAD
    }
    small.with_profile(
        msgspec.structs.replace(profile, operations={**profile.operations, **closed})
    )
    view = small.until(Step.SETTLE)
    assert view.settle is not None
    assert not view.settle.advice.offered
    with pytest.raises(OperatorInput):
        small.surface.advise(view.case_id)


BEFORE: dict[str, Callable[[SmallCounter], CaseView]] = {
    "at the boxes": lambda small: small.until(Step.SCAN),
    "after the money": lambda small: small.until(Step.HAND_OVER),
}


@pytest.mark.parametrize("where", BEFORE)
def test_it_is_asked_at_the_money_only(small: SmallCounter, where: str) -> None:
    view = BEFORE[where](small)
    with pytest.raises(OperatorInput) as refused:
        small.surface.advise(view.case_id)
    assert refused.value.code is Code.STEP_MOVED_ON
    assert asked(small) == []
