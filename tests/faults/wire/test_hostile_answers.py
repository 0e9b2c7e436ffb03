"""Hostile answers to money calls: a yes is never believed lightly, a no even less (2.2).

Every message here had its effect at the platform. The counter must call it unknown, must name a
forgery a forgery, and must come to rest with the platform by the usual means.
"""

from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from app.domain.errors import Code
from app.domain.settlement import AttemptState
from localdb.schema.messages import message, message_reply
from localdb.store import SqlStore, scope_of
from tests.faults.wire.test_money_calls import (
    CALLS,
    MoneyCall,
    comes_to_rest,
    known,
    last_row,
    nothing_is_wrong,
)
from tests.support.hostile_answers import (
    ANOTHERS,
    BILL,
    BOOKED,
    ENVELOPE,
    UNLISTED,
    Spoil,
    amount_moved,
    answered_with,
    bill_with,
    frame,
    seen_before,
)
from tests.support.scenes import Scenery, Stage
from tests.support.torn_wire import TornWire
from tests.support.wire_faults import Known

EACH: Mapping[str, Mapping[str, Spoil]] = {
    "settle": {**ENVELOPE, **UNLISTED, **BILL, **BOOKED},
    "refund": {**ENVELOPE, **UNLISTED, **BILL, **BOOKED},
    "presettle": {**ENVELOPE, **BILL},
    "reverse": ENVELOPE,
    "upload_sale": ENVELOPE,
    "return_refunded": ENVELOPE,
}
CODES = {name for name in ENVELOPE if name.startswith("code_")}
EVERY_COMMIT = {
    "settle": EACH["settle"].keys(),
    "refund": BILL.keys() | BOOKED.keys() | UNLISTED.keys(),
    "upload_sale": CODES,
}
"""Envelopes are read by one reader for all; the long proof plays every kind on every call."""
FORGED = ("settle", "refund")
REPLAYED = ("yesterdays_yes", "yesterdays_no")


def cases() -> list[object]:
    return [
        pytest.param(
            CALLS[name],
            spoil,
            marks=() if kind in EVERY_COMMIT.get(name, ()) else (pytest.mark.deep,),
            id=f"{name}-{kind}",
        )
        for name, kinds in EACH.items()
        for kind, spoil in kinds.items()
    ]


@pytest.mark.parametrize(("call", "spoil"), cases())
def test_a_hostile_answer_leaves_the_message_unknown(
    scenery: Scenery, wire: TornWire, call: MoneyCall, spoil: Spoil
) -> None:
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        since = answered(stage, wire, call, spoil)
        assert known(stage.bench.store, call.operation, since) is Known.UNKNOWN
        assert failure(stage.bench.store, call.operation, since)
        nothing_is_wrong(stage)
        comes_to_rest(stage, call.ends)


@pytest.mark.parametrize("name", FORGED)
def test_a_person_left_out_is_a_person_doubted_only_where_nothing_else_binds(
    scenery: Scenery, wire: TornWire, name: str
) -> None:
    """A settlement names its person; a refund is bound by the visit it names (5.3, 5.6)."""
    call = CALLS[name]
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        since = answered(stage, wire, call, bill_with(psn_no=None))
        found = known(stage.bench.store, call.operation, since)
        assert found is (Known.UNKNOWN if name == "settle" else Known.ANSWERED)
        comes_to_rest(stage, call.ends)


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("kind", ANOTHERS)
def test_an_answer_about_somebody_else_is_a_security_event(
    scenery: Scenery, wire: TornWire, name: str, kind: str
) -> None:
    call = CALLS[name]
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        since = answered(stage, wire, call, ANOTHERS[kind])
        named_a_forgery(stage, call, since)


@pytest.mark.parametrize("name", EACH)
@pytest.mark.parametrize("kind", REPLAYED)
def test_yesterdays_answer_is_no_answer_also_after_a_restart(
    scenery: Scenery, wire: TornWire, name: str, kind: str
) -> None:
    call = CALLS[name]
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        since = answered(stage, wire, call, seen_before(reference(stage.bench.store))[kind])
        named_a_forgery(stage, call, since)


@pytest.mark.parametrize("name", FORGED)
def test_differing_amounts_hold_the_goods_for_a_person(
    scenery: Scenery, wire: TornWire, name: str
) -> None:
    call = CALLS[name]
    with scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage:
        answered(stage, wire, call, frame(amount_moved))
        both = nothing_is_wrong(stage)
        assert list(both.attempts.values()) == [AttemptState.MANUAL]
        case = stage.bench.surface.view(stage.case_id)
        assert case.banner is not None
        assert case.banner.code == Code.AMOUNTS_DIFFER


def answered(stage: Stage, wire: TornWire, call: MoneyCall, spoil: Spoil) -> int:
    """The act with a spoiled answer; the newest message before it."""
    since = last_row(stage.bench.store)
    wire.plan(call.operation, answered_with(spoil))
    call.act(stage)
    wire.quiet()
    assert wire.played == [call.operation]
    return since


def named_a_forgery(stage: Stage, call: MoneyCall, since: int) -> None:
    assert known(stage.bench.store, call.operation, since) is Known.UNKNOWN
    nothing_is_wrong(stage)
    case = stage.bench.surface.view(stage.case_id)
    if call.operation != "reverse":
        # a reversal goes on behind the counter; its page speaks of the settlement
        assert case.banner is not None
        assert case.banner.code == Code.ANSWER_FORGED
    comes_to_rest(stage, call.ends)


def failure(store: SqlStore, operation: str, since: int) -> str:
    """What was noted about the first message of ``operation`` after row ``since``."""
    with store.reading() as unit:
        noted = scope_of(unit).connection.execute(
            sa.select(message_reply.c.failure)
            .join(message, message.c.row_id == message_reply.c.row_id)
            .where(message.c.operation == operation, message.c.row_id > since)
            .order_by(message_reply.c.reply_id)
            .limit(1)
        )
        return str(noted.scalar_one())


def reference(store: SqlStore) -> str:
    """The platform's serial of an answer of an earlier run."""
    with store.reading() as unit:
        found = scope_of(unit).connection.execute(
            sa.select(sa.func.min(message_reply.c.platform_ref)).where(
                message_reply.c.platform_ref != ""
            )
        )
        return str(found.scalar_one())
