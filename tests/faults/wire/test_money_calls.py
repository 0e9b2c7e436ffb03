"""Every call around money through every fault of the wire: nothing lost, nothing doubled.

Real HTTP over a torn wire to a platform that lives on. After each fault the counter knows what it
may know and no more; both ledgers tell the same; and the visit is finished by the usual means.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from app.domain.case import Step
from app.domain.settlement import AttemptState
from app.workflow.views.case import CaseView
from localdb.schema.messages import message
from localdb.store import SqlStore, scope_of
from tests.support.ledgers import Books, books, our_side
from tests.support.robot import MANAGER, Robot
from tests.support.scenes import (
    Scenery,
    Stage,
    at_refund,
    at_refund_reversal,
    at_reversal,
    at_scan,
    at_settle,
)
from tests.support.torn_wire import TornWire
from tests.support.visit import Visit
from tests.support.wire_faults import KINDS, Kind, Known


@dataclass(frozen=True)
class MoneyCall:
    """A scene, the act that makes the call, and where the visit comes to rest."""

    operation: str
    scene: Callable[[Visit], CaseView]
    act: Callable[[Stage], object]
    ends: Step


def finishing(stage: Stage) -> object:
    return stage.visit.finish(stage.bench.surface.view(stage.case_id))


def settling(stage: Stage) -> object:
    return stage.visit.settle(stage.bench.surface.view(stage.case_id))


def waiting(stage: Stage) -> object:
    return stage.bench.surface.deliver()


def refunding(stage: Stage) -> object:
    return stage.bench.surface.revoke(stage.case_id, *MANAGER)


def abandoning(stage: Stage) -> object:
    return stage.bench.surface.abandon(stage.case_id)


CALLS = {
    "upload_sale": MoneyCall("upload_sale", at_scan, finishing, Step.DONE),
    "presettle": MoneyCall("presettle", at_scan, finishing, Step.DONE),
    "settle": MoneyCall("settle", at_settle, settling, Step.DONE),
    "reverse": MoneyCall("reverse", at_reversal, waiting, Step.DONE),
    "refund": MoneyCall("revoke_settlement", at_refund, refunding, Step.CLOSED),
    "reverse_refund": MoneyCall("reverse", at_refund_reversal, waiting, Step.CLOSED),
    "return_refunded": MoneyCall("return_sale", at_refund, refunding, Step.CLOSED),
    "return_abandoned": MoneyCall("return_sale", at_settle, abandoning, Step.CLOSED),
}
WITH_DEEP = ("reverse_refund", "return_abandoned")
"""The same call on another leg."""
CASES = [
    pytest.param(
        call,
        kind,
        marks=(pytest.mark.deep,) if name in WITH_DEEP else (),
        id=f"{name}-{fault}",
    )
    for name, call in CALLS.items()
    for fault, kind in KINDS.items()
]


@pytest.mark.parametrize(("call", "kind"), CASES)
def test_a_money_call_through_a_torn_wire(
    scenery: Scenery, wire: TornWire, call: MoneyCall, kind: Kind
) -> None:
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        seen = last_row(stage.bench.store)
        torn(stage, wire, call, kind)
        assert known(stage.bench.store, call.operation, seen) in kind.known
        nothing_is_wrong(stage)
        wire.quiet()
        nothing_is_wrong(stage)
        comes_to_rest(stage, call.ends)


def torn(stage: Stage, wire: TornWire, call: MoneyCall, kind: Kind) -> None:
    """The act, with the fault in its way."""
    if kind.act is None:
        with wire.nobody_at(call.operation):
            call.act(stage)
        return
    wire.plan(call.operation, kind.act)
    if kind.waits:
        with stage.hurry():
            call.act(stage)
    else:
        call.act(stage)
    assert wire.played[-1] == call.operation


def last_row(store: SqlStore) -> int:
    with store.reading() as unit:
        newest = scope_of(unit).connection.execute(sa.select(sa.func.max(message.c.row_id)))
        return int(newest.scalar_one() or 0)


def known(store: SqlStore, operation: str, since: int) -> Known:
    """What the first message of ``operation`` after row ``since`` is said to have become."""
    with store.reading() as unit:
        state = scope_of(unit).connection.execute(
            sa.select(message.c.state)
            .where(message.c.operation == operation, message.c.row_id > since)
            .order_by(message.c.row_id)
            .limit(1)
        )
        return Known(state.scalar_one())


def nothing_is_wrong(stage: Stage) -> Books:
    both = books(stage.bench.store, stage.bench.platform_state())
    both.never_wrong()
    our_side(stage.bench.store, stage.case_id).agrees()
    return both


def comes_to_rest(stage: Stage, ends: Step, unwritten: int = 0) -> None:
    """A patient person goes on, and both sides tell the same in the end.

    ``unwritten`` messages could not be closed; the next start does it.
    """
    robot = Robot(stage.visit)
    stage.bench.surface.deliver()
    case = stage.bench.surface.view(stage.case_id)
    if case.step not in (Step.DONE, Step.CLOSED):
        case = robot.serve()
    assert case.case_id == stage.case_id
    assert case.step is ends, (robot.seen, case.banner)
    both = nothing_is_wrong(stage)
    both.agree()
    ours = our_side(stage.bench.store, stage.case_id)
    assert ours.sending == unwritten
    state = stage.bench.platform_state()
    assert state["sold_codes"] == ours.codes()
    assert len(both.ours) == (ends is Step.DONE)
    assert list(both.attempts.values()).count(AttemptState.SETTLED) == len(both.ours)
