from collections.abc import Sequence

import msgspec
import pytest

from app.domain.case import Kind, Step
from app.profile.loader import load
from app.profile.model import OperationPart, Profile
from app.profile.operations import Operation
from app.profile.routes import check_routes, route_of

S = Step
NATIONAL = load("national").profile
FULL = NATIONAL.routes["prescription"]


def _with_route(*steps: Step) -> Profile:
    return msgspec.structs.replace(NATIONAL, routes={"x": tuple(steps)})


def _without(*unwanted: Step) -> Sequence[Step]:
    return [step for step in FULL if step not in unwanted]


def _with_operation(operation: Operation, **changes: object) -> Profile:
    part: OperationPart = msgspec.structs.replace(NATIONAL.operations[operation], **changes)
    return msgspec.structs.replace(NATIONAL, operations={**NATIONAL.operations, operation: part})


@pytest.mark.parametrize(
    "steps",
    [
        FULL,
        _without(S.UPLOAD_SALE),
        _without(S.AUTHORISE, S.DOWNLOAD, S.VERIFY, S.AUDIT),
        (S.SCAN, S.HAND_OVER),
        (S.HAND_OVER,),
    ],
)
def test_routes_that_a_counter_may_follow(steps: Sequence[Step]) -> None:
    assert check_routes(_with_route(*steps)) == ""


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        ((), "ends with hand_over"),
        ((S.SCAN,), "ends with hand_over"),
        ((S.SCAN, S.SCAN, S.HAND_OVER), "once"),
        ((S.SCAN, S.DONE, S.HAND_OVER), "implied"),
        ((S.REVOKE, S.HAND_OVER), "implied"),
        ((S.SCAN, S.UPLOAD_SALE, S.HAND_OVER), "identify first"),
        ((S.SCAN, S.IDENTIFY, S.UPLOAD_SALE, S.HAND_OVER), "identify first"),
        ((S.IDENTIFY, S.DOWNLOAD, S.AUTHORISE, S.HAND_OVER), "stands before"),
        ((S.IDENTIFY, S.UPLOAD_SALE, S.SCAN, S.HAND_OVER), "stands before"),
        ((S.IDENTIFY, S.SETTLE, S.PRESETTLE, S.HAND_OVER), "stands before"),
        ((S.IDENTIFY, S.PRESETTLE, S.SETTLE, S.UPLOAD_SALE, S.HAND_OVER), "stands before"),
        ((S.IDENTIFY, S.AUDIT, S.HAND_OVER), "audit without verify"),
        ((S.IDENTIFY, S.SETTLE, S.HAND_OVER), "settle without presettle"),
    ],
)
def test_routes_that_no_counter_may_follow(steps: Sequence[Step], word: str) -> None:
    problem = check_routes(_with_route(*steps))
    assert problem.startswith("routes.x: ")
    assert word in problem


def test_a_step_without_an_operation_is_refused() -> None:
    operations = {k: v for k, v in NATIONAL.operations.items() if k is not Operation.VERIFY}
    problem = check_routes(msgspec.structs.replace(NATIONAL, operations=operations))
    assert "verify has no operation" in problem


@pytest.mark.parametrize(
    ("undo", "word"),
    [
        (Operation.RETURN_SALE, "upload_sale has no undo"),
        (Operation.REVOKE_SETTLEMENT, "settle has no undo"),
    ],
)
def test_an_effect_without_its_undo_is_refused(undo: Operation, word: str) -> None:
    assert word in check_routes(_with_operation(undo, enabled=False))
    operations = {k: v for k, v in NATIONAL.operations.items() if k is not undo}
    assert word in check_routes(msgspec.structs.replace(NATIONAL, operations=operations))


def test_an_operation_of_the_wrong_kind_is_refused() -> None:
    problem = check_routes(_with_operation(Operation.SETTLE, kind=Kind.ASK))
    assert problem == "operations.settle.kind must be money"


def test_a_route_knows_what_may_wait() -> None:
    waiting = _with_operation(Operation.AUDIT, deferrable=True)
    route = route_of(waiting, "prescription")
    assert (route.name, route.steps) == ("prescription", FULL)
    assert Step.AUDIT in route.deferrable
    assert Step.RETURN_SALE not in route_of(NATIONAL, "prescription").deferrable
    assert Step.RETURN_SALE in route_of(NATIONAL, "self_pay").deferrable
