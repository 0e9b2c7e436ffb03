"""The long proof of the wire: every call of a visit, faults in pairs, and a restart behind each."""

from collections.abc import Callable

import msgspec
import pytest

from app.domain.case import Step
from app.domain.settlement import AttemptState, StatusQuery
from app.workflow.views.case import CaseView
from tests.faults.wire.test_money_calls import (
    CALLS,
    MoneyCall,
    comes_to_rest,
    nothing_is_wrong,
    torn,
    waiting,
)
from tests.support.robot import Robot
from tests.support.scenes import (
    Scenery,
    Stage,
    at_refund_reversal,
    at_reversal,
    at_settle,
    at_start,
)
from tests.support.torn_wire import TornWire
from tests.support.visit import Visit
from tests.support.wire_faults import KINDS, Kind

pytestmark = pytest.mark.deep
Play = Callable[[Visit], CaseView]


def served(stage: Stage) -> object:
    return Robot(stage.visit).serve()


ASKED = ("decode_voucher", "query_person", "authorise", "download", "verify", "audit")
"""What a visit asks before money; the robot shows an e-voucher."""
BOOKS = ("upload_file", "reconcile_lines", "download_file")
"""What the way out of doubt asks."""
STATUS = "query_settlement"
SECOND = (
    *("refused", "lost", "closed_after", "502_with_effect", "half_body", "delivered_twice_unseen"),
    *("delivered_late", "504_and_delivered_later"),
)
"""One of each sort, for the second of two faults."""


def asked_for(stage: Stage) -> object:
    """A region that can be asked about a refund by its settlement (5203)."""
    till = stage.bench.till
    replace, by_id = msgspec.structs.replace, StatusQuery.BY_SETTLEMENT_ID
    settle = replace(till.profile.settle, status_query=by_id)
    till.profile = replace(till.profile, settle=settle)
    return stage.bench.surface.deliver()


def through(call: Callable[[str], MoneyCall], *operations: str) -> list[object]:
    """Every fault on every operation; who serves on by hand needs somebody who listens."""
    return [
        pytest.param(call(operation), kind, id=f"{operation}-{call(operation).ends}-{name}")
        for operation in operations
        for name, kind in KINDS.items()
        if kind.act is not None or call(operation).act is not served
    ]


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        *through(lambda name: MoneyCall(name, at_start, served, Step.DONE), *ASKED),
        *through(lambda name: MoneyCall(name, at_reversal, waiting, Step.DONE), *BOOKS),
        *through(lambda name: MoneyCall(name, at_refund_reversal, waiting, Step.CLOSED), *BOOKS),
        *through(lambda n: MoneyCall(n, at_refund_reversal, asked_for, Step.CLOSED), STATUS),
    ],
)
def test_a_visit_through_one_torn_call(
    scenery: Scenery, wire: TornWire, call: MoneyCall, kind: Kind
) -> None:
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        torn(stage, wire, call, kind)
        wire.quiet()
        nothing_is_wrong(stage)
        comes_to_rest(stage, call.ends)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_torn_money_call_and_then_a_restart(
    scenery: Scenery, wire: TornWire, name: str, kind: Kind
) -> None:
    call = CALLS[name]
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        torn(stage, wire, call, kind)
        stage.bench.restart()
        nothing_is_wrong(stage)
        wire.quiet()
        comes_to_rest(stage, call.ends)


@pytest.mark.parametrize("second", [KINDS[name] for name in SECOND], ids=SECOND)
@pytest.mark.parametrize("first", KINDS.values(), ids=KINDS)
def test_a_torn_settlement_and_then_a_torn_reversal(
    scenery: Scenery, wire: TornWire, first: Kind, second: Kind
) -> None:
    """Where the first leaves nothing in doubt, there is nothing to reverse."""
    with scenery.opened(at_settle, lambda ready: wire.road(ready, "settle", "reverse")) as stage:
        torn(stage, wire, CALLS["settle"], first)
        wire.quiet()
        both = nothing_is_wrong(stage)
        if AttemptState.UNKNOWN in both.attempts.values():
            stage.bench.pass_time(stage.bench.till.profile.settle.quiescence_s + 1)
            torn(stage, wire, CALLS["reverse"], second)
            wire.quiet()
            nothing_is_wrong(stage)
        comes_to_rest(stage, Step.DONE)
