"""What waits: how fast it is kept, beside raw ``sqlite3``, and what it costs a start.

Run with ``python -m tests.bench.outbox``. The start is that of a counter that died with open items
on a base of many finished visits: what was in flight is written down as unknown before anybody
sees a screen.
"""

import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from app.domain.case import Phase, Position, Step
from app.ports.store import MessageState, OutboxState
from app.profile.operations import Operation
from app.workflow import counter
from app.workflow.show import desk_of
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.schema.cases import counter_case
from localdb.schema.messages import message, outbox
from localdb.store import SqlStore, open_store, scope_of
from tests.bench.ratio import Figure
from tests.support import store_builders as a
from tests.support.small_counter import a_small_counter, make_template
from tests.support.waiting_sales import queue_sale, sale_of

BATCH, BATCHES = 100, 20
SINGLES = 300
VISITS, OPEN = 10_000, 50
STARTS = 7
START_MS = 200.0


def _store(folder: Path) -> SqlStore:
    location = StoreLocation(folder / "base", "bench", training=True)
    return open_store(location, FileKeyStore(folder / "keys"), a.PlayedClock())


def _batches(store: SqlStore) -> float:
    """Milliseconds for a thousand items, durable, in batches of a hundred."""
    taken, number = [], 0
    for _ in range(BATCHES):
        started = time.perf_counter()
        with store.unit() as unit:
            for _ in range(BATCH):
                number += 1
                sale = sale_of(number, f"L{number % 40}")
                lot = f"L{number % 40}"
                key = f"S{number}-1"
                unit.outbox.add(Operation.UPLOAD_SALE, key, lot, sale, None, "x", a.NOON)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken) * 1000 / BATCH


def _singles(store: SqlStore, folder: Path) -> tuple[float, float]:
    """Median milliseconds of one durable item: ours, and one row of the same size, raw."""
    with ExitStack() as undo:
        raw = sqlite3.connect(folder / "bare.db", isolation_level=None)
        undo.callback(raw.close)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            raw.execute(f"PRAGMA {pragma}").fetchall()
        raw.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT UNIQUE, content BLOB)")
        own: list[float] = []
        bound: list[float] = []
        for number in range(SINGLES):
            sale = sale_of(1_000_000 + number, "L")
            started = time.perf_counter()
            with store.unit() as unit:
                key = f"S{1_000_000 + number}-1"
                unit.outbox.add(Operation.UPLOAD_SALE, key, "L", sale, None, "x", a.NOON)
            own.append((time.perf_counter() - started) * 1000)
            started = time.perf_counter()
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("INSERT INTO t (k, content) VALUES (?, ?)", (f"S{number}", b"r" * 1600))
            raw.execute("COMMIT")
            bound.append((time.perf_counter() - started) * 1000)
    return statistics.median(own), statistics.median(bound)


def _crashed(folder: Path) -> None:
    """A base with many finished visits, and the open items of a counter that died."""
    make_template(folder / "template")
    with a_small_counter(folder / "crashed", folder / "template") as small:
        with small.store.unit() as unit:
            view = unit.cases.open(a.a_case(), 1)
            done = Position(Step.DONE)
            finished = replace(
                view, position=done, facts=replace(view.facts, handed_over_at=a.NOON)
            )
            unit.cases.save(finished)
            _copies(scope_of(unit).connection, view.case_id)
        for number in range(1, OPEN // 2 + 1):
            item = queue_sale(small.store, number, f"L{number}", a.NOON)
            with small.store.unit() as unit:
                unit.outbox.claim(item, "dead", a.NOON + timedelta(minutes=2))
        for _ in range(OPEN // 2):
            with small.store.unit() as unit:
                case = unit.cases.open(a.a_case(), 1)
                sent = Position(Step.UPLOAD_SALE, Phase.SENT)
                unit.cases.save(replace(case, position=sent))


def _copies(connection: sa.Connection, case_id: int) -> None:
    """The finished visit again and again, with a message and a delivered record each."""
    row = connection.execute(sa.select(counter_case).where(counter_case.c.case_id == case_id)).one()
    case = {key: value for key, value in row._mapping.items() if key != "case_id"}
    ages = [a.NOON - timedelta(minutes=6) * number for number in range(1, VISITS)]
    # over six weeks, day and night: what a counter looks back on
    rows = [case | {"opened_at": at, "ended_at": at} for at in ages]
    connection.execute(sa.insert(counter_case), rows)
    connection.execute(
        sa.insert(message),
        [
            {
                "message_id": f"M{number}",
                "operation": Operation.UPLOAD_SALE,
                "case_id": case_id,
                "composed_at": a.NOON,
                "kept": b"x" * 1200,
                "state": MessageState.ANSWERED,
            }
            for number in range(VISITS)
        ],
    )
    connection.execute(
        sa.insert(outbox),
        [
            {
                "operation": Operation.UPLOAD_SALE,
                "business_key": f"D{number}",
                "lane_key": f"L{number % 50}",
                "case_id": case_id,
                "request": b"x" * 1200,
                "request_mark": "x",
                "state": OutboxState.DELIVERED,
                "tries": 1,
                "born_at": a.NOON,
                "next_at": a.NOON,
                "platform_text": "",
                "summary": "x",
            }
            for number in range(VISITS)
        ],
    )


def _start(folder: Path) -> float:
    """Milliseconds between an open base and the first frame on screen that open items cost."""
    with a_small_counter(folder / "run", folder / "crashed") as small:
        # opening has called them unknown already: do it again on rows that are in flight
        with small.store.unit() as unit:
            scope_of(unit).connection.execute(
                sa.update(outbox)
                .where(outbox.c.state == OutboxState.UNKNOWN)
                .values(state=OutboxState.SENDING, holder="dead", lease_until=a.NOON)
            )
        started = time.perf_counter()
        recovered = small.store.recover()
        cases = counter.recover(small.till)
        badge = desk_of(small.till).badge
        took = (time.perf_counter() - started) * 1000
        if (recovered.uploads, cases) != (OPEN // 2, OPEN // 2) or badge.count != OPEN // 2:
            raise RuntimeError("the bench did not meet the items it made")
    shutil.rmtree(folder / "run")
    return took


def figures() -> Iterator[Figure]:
    """Enqueued in batches, one by one, and found again after a crash."""
    with tempfile.TemporaryDirectory() as place:
        store = _store(Path(place))
        try:
            yield Figure("1,000 items queued, 100 a commit", _batches(store), 1000.0, 1.0)
            own, bound = _singles(store, Path(place))
        finally:
            store.close()
        yield Figure("one item queued against a raw sqlite3 commit", own, bound, 2.0)
    with tempfile.TemporaryDirectory() as place:
        _crashed(Path(place))
        starts = [_start(Path(place)) for _ in range(STARTS)]
        name = f"{OPEN} open items of {VISITS:,} visits at start"
        yield Figure(name, statistics.median(starts), START_MS, 1.0)


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
