"""What is undone is shown as that: its own steps on the rail, and where the boxes belong now."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.attempt import AttemptState
from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown
from app.profile.operations import Operation
from app.workflow.cases.lines import codes_of
from app.workflow.show import lights, money
from app.workflow.views.case import CaseView, Say, StopState, Whereabouts
from tests.support.small_counter import BOSS, PIN, SmallCounter
from ui.text import texts

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
Mark = tuple[Step, int | None, StopState]


def marks(view: CaseView) -> list[Mark]:
    return [(stop.step, stop.number, stop.state) for stop in view.stops]


def goods_of(view: CaseView) -> Say:
    (row,) = (row for row in view.where if row.topic == "goods")
    return row.detail


def codes_light(view: CaseView) -> Say:
    return view.codes.detail


def returning(small: SmallCounter) -> CaseView:
    return small.surface.begin_return(small.until(Step.DONE).case_id)


def test_a_return_has_steps_of_its_own(small: SmallCounter) -> None:
    taking = returning(small)
    assert marks(taking) == [
        (Step.TAKE_BACK, 1, StopState.CURRENT),
        (Step.REVOKE, 2, StopState.LATER),
        (Step.RETURN_SALE, 3, StopState.LATER),
    ]
    boxes = codes_of(small.case(taking))
    assert taking.stops[0].result == Say("rail.take_back", (("back", 0), ("sold", len(boxes))))
    for code in boxes:
        taking = small.scan(taking, code).case
    paying = small.surface.take_back(taking.case_id, boxes)
    assert marks(paying) == [
        (Step.TAKE_BACK, 1, StopState.DONE),
        (Step.REVOKE, 2, StopState.CURRENT),
        (Step.RETURN_SALE, 3, StopState.LATER),
    ]


def test_money_that_is_back_is_done_while_the_sale_still_waits(small: SmallCounter) -> None:
    taking = returning(small)
    boxes = codes_of(small.case(taking))
    for code in boxes:
        small.scan(taking, code)
    paying = small.surface.take_back(taking.case_id, boxes)
    small.fake.script(Operation.RETURN_SALE, LOST)
    stuck = small.surface.revoke(paying.case_id, BOSS, PIN)
    assert (stuck.step, stuck.phase) == (Step.RETURN_SALE, Phase.UNKNOWN)
    assert marks(stuck)[1:] == [
        (Step.REVOKE, 2, StopState.DONE),
        (Step.RETURN_SALE, 3, StopState.UNKNOWN),
    ]
    assert stuck.stops[1].result == Say("rail.refunded")


def test_goods_nobody_got_begin_with_the_money(small: SmallCounter) -> None:
    paying = small.surface.begin_return(small.until(Step.HAND_OVER).case_id)
    assert marks(paying) == [
        (Step.REVOKE, 1, StopState.CURRENT),
        (Step.RETURN_SALE, 2, StopState.LATER),
    ]


def test_a_told_sale_that_is_undone_stands_behind_what_was_done(small: SmallCounter) -> None:
    settle = small.until(Step.SETTLE)
    small.fake.script(Operation.RETURN_SALE, LOST)
    stuck = small.surface.abandon(settle.case_id)
    assert (stuck.step, stuck.phase) == (Step.RETURN_SALE, Phase.UNKNOWN)
    assert {state for _, _, state in marks(stuck)[:-1]} == {StopState.DONE}
    assert marks(stuck)[-1] == (Step.RETURN_SALE, 5, StopState.UNKNOWN)
    assert Step.SETTLE not in [step for step, _, _ in marks(stuck)]
    assert goods_of(stuck).key == "light.goods.wait_to_put_back"


@pytest.mark.parametrize("step", [Step.SCAN, Step.SETTLE])
def test_boxes_of_an_abandoned_visit_are_to_be_put_back(small: SmallCounter, step: Step) -> None:
    case = small.until(step)
    if step is Step.SCAN:
        case = small.boxes(case)
    count = len(codes_of(small.case(case)))
    assert goods_of(case) == Say("light.goods.at_counter")
    closed = small.surface.abandon(case.case_id)
    assert closed.step is Step.CLOSED
    assert goods_of(closed) == Say("light.goods.put_back", (("count", count),))
    assert codes_light(closed) == Say("light.codes.freed", (("count", count),))


def test_without_a_box_nothing_has_to_be_put_back(small: SmallCounter) -> None:
    closed = small.surface.abandon(small.until(Step.SCAN).case_id)
    assert goods_of(closed) == Say("light.goods.shelf")


def test_after_a_whole_return_nothing_is_said_to_wait(small: SmallCounter) -> None:
    taking = returning(small)
    boxes = codes_of(small.case(taking))
    for code in boxes:
        small.scan(taking, code)
    paying = small.surface.take_back(taking.case_id, boxes)
    closed = small.surface.revoke(paying.case_id, BOSS, PIN)
    assert closed.step is Step.CLOSED
    assert small.surface.desk().badge.count == 0
    assert closed.codes.where is Whereabouts.THEIRS
    assert codes_light(closed) == Say("light.codes.returned", (("count", len(boxes)),))
    (told,) = (stop for stop in closed.stops if stop.step is Step.UPLOAD_SALE)
    assert told.result == Say("rail.sale_returned")


@pytest.mark.parametrize(
    ("state", "confirming", "here"),
    [
        (AttemptState.REFUND_UNKNOWN, False, "timeline.unknown"),
        (AttemptState.REFUND_REVERSING, False, "timeline.reversing"),
        (AttemptState.REFUND_REVERSING, True, "timeline.reversed_unconfirmed"),
        (AttemptState.MANUAL, False, "timeline.manual"),
    ],
)
def test_a_refund_in_doubt_speaks_of_a_refund(
    small: SmallCounter, state: AttemptState, confirming: bool, here: str
) -> None:
    paying = small.surface.begin_return(small.until(Step.HAND_OVER).case_id)
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST)
    case = small.case(small.surface.revoke(paying.case_id, BOSS, PIN))
    with small.store.reading() as unit:
        lost = unit.attempts.of_case(case.case_id)
    assert lost is not None
    assert lost.refund_message_id is not None
    attempt = replace(lost, state=state, confirming=confirming)
    view = money.unknown_view(small.till, case, attempt)
    assert [row.what.key for row in view.timeline if row.state == "now"] == [here]
    proved = [row.proves.key for row in view.timeline if row.proves is not None]
    assert all(key.startswith("timeline.refund.") for key in proved)
    assert set(proved) <= texts().keys()
    assert (view.refund, view.say_to_customer.key) == (True, "unknown.say_of_refund")
    assert dict(view.wire)["message"].params == (("tail", lost.refund_message_id[-8:]),)
    light = lights.money(case, attempt)
    assert light.detail.key == "light.money.refund_unknown"
    assert dict(light.detail.params).keys() == {"total", "cash"}
    assert lights.goods(case, attempt).detail.key == "light.goods.apart"


def test_every_reason_of_the_engine_has_a_sentence() -> None:
    """No word of the code stands on the screen: each reason of a doubt is worded or a code."""
    engine = Path(__file__).parents[3] / "app" / "domain" / "settlement.py"
    calls = [n for n in ast.walk(ast.parse(engine.read_text("utf-8"))) if isinstance(n, ast.Call)]
    named = {
        call.args[2].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in ("_to_manual", "_to_unknown")
        and isinstance(call.args[2], ast.Constant)
    }
    assert {"restarted", "reversal_exhausted"} <= named
    assert named <= money._WHY
    assert {f"wire.why.{reason}" for reason in money._WHY} <= texts().keys()
