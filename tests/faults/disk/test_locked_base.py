"""A second process holds the base beyond the busy timeout: before a money call, and during it."""

import asyncio
from contextlib import ExitStack

import pytest

from app.domain.errors import Code, LocalTrouble
from localdb.store import scope_of
from tests.faults.wire.test_money_calls import CALLS, comes_to_rest, nothing_is_wrong
from tests.support.ledgers import our_side
from tests.support.lock_holder import LOOKING, held
from tests.support.money_victim import whole_money
from tests.support.morgue import all_is_back
from tests.support.scenes import Scenery, Stage, at_scan, region
from tests.support.torn_wire import Talk, a_torn_wire, last_answer

BUSY_MS = 150
EVERY_COMMIT = ("upload_sale", "settle", "refund")
NAMES = [
    pytest.param(name, marks=() if name in EVERY_COMMIT else (pytest.mark.deep,)) for name in CALLS
]


def impatient(stage: Stage) -> None:
    """The usual five seconds would only be waited for."""
    with stage.bench.store.unit() as unit:
        scope_of(unit).connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_MS}")


@pytest.mark.parametrize("name", NAMES)
def test_a_base_locked_before_the_call_lets_nothing_out(scenery: Scenery, name: str) -> None:
    call = CALLS[name]
    with scenery.opened(call.scene) as stage:
        impatient(stage)
        before = stage.bench.platform_state()["messages"]
        with held(stage.bench.folder, region().id), pytest.raises(LocalTrouble) as locked:
            call.act(stage)
        assert locked.value.code is Code.STORE_LOCKED
        assert stage.bench.platform_state()["messages"] == before
        nothing_is_wrong(stage)
        call.act(stage)
        comes_to_rest(stage, call.ends)


@pytest.mark.parametrize("name", NAMES)
def test_a_base_locked_during_the_call_loses_no_money(scenery: Scenery, name: str) -> None:
    """The platform has moved, and what it answered cannot be written down."""
    call = CALLS[name]
    with (
        a_torn_wire() as wire,
        scenery.opened(call.scene, lambda ready: wire.road(ready, call.operation)) as stage,
        ExitStack() as locks,
    ):
        impatient(stage)

        async def locked_meanwhile(talk: Talk) -> None:
            answer = await talk.answer()
            lock = held(stage.bench.folder, region().id)
            await asyncio.to_thread(locks.enter_context, lock)
            await talk.say(last_answer(answer))

        wire.plan(call.operation, locked_meanwhile)
        with pytest.raises(LocalTrouble) as locked:
            call.act(stage)
        assert locked.value.code is Code.STORE_LOCKED
        wire.quiet()
        nothing_is_wrong(stage)
        locks.close()
        comes_to_rest(stage, call.ends, unwritten=1)
        stage.bench.restart()
        assert our_side(stage.bench.store, stage.case_id).sending == 0


def test_somebody_who_only_looks_disturbs_nobody(scenery: Scenery) -> None:
    """A scanner of files, a copy under way: commits go on, the log grows meanwhile."""
    with scenery.opened(at_scan) as stage:
        impatient(stage)
        with held(stage.bench.folder, region().id, LOOKING):
            whole_money(stage.bench, stage.case_id)
        all_is_back(stage.bench, stage.case_id)
