"""The program dies at a commit: what was committed is there, the rest never was (I2, section 6)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.settlement import AttemptState
from app.ports.store import MessageState, OutboxState
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.repositories.journal import SqlJournal
from localdb.repositories.messages import SqlMessages
from localdb.store import SqlStore, open_store, scope_of
from tests.support import store_builders as a

STORY = """
import os, sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from app.domain.settlement import AttemptState
from app.ports.store import MessageState
from app.profile.operations import Operation
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support import store_builders as a

folder, point, inside = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "inside"
store = open_store(StoreLocation(folder, "training", True), FileKeyStore(folder), a.PlayedClock())
done = 0

def die():
    os._exit(9)

def committed():
    global done
    done += 1
    if done == point and not inside:
        die()

store.on_commit(committed)

def at_end():
    if inside and done + 1 == point:
        die()

with store.unit() as unit:
    case = unit.cases.open(a.a_case(), 1)
    unit.journal.write(a.NOON, 1, "one", "case")
    at_end()
with store.unit() as unit:
    attempt = a.an_attempt("M1")
    unit.attempts.add(attempt, case.case_id, "RX1")
    unit.journal.write(a.NOON, 1, "two", "case")
    at_end()
with store.unit() as unit:
    staged = unit.messages.stage(a.a_draft("M1"), case.case_id)
    attempt = replace(attempt, state=AttemptState.SENDING, sent_at=a.NOON)
    unit.attempts.save(attempt, AttemptState.PREPARED, "BeginSending", a.NOON)
    unit.journal.write(a.NOON, 1, "three", "case")
    at_end()
with store.unit() as unit:
    unit.messages.close(staged.row_id, MessageState.ANSWERED, a.some_wire_facts())
    attempt = replace(attempt, state=AttemptState.SETTLED, settled=a.some_settled(), next_at=None)
    unit.attempts.save(attempt, AttemptState.SENDING, "Replied", a.NOON)
    item = unit.outbox.add(
        Operation.RETURN_SALE, "S1", "PC1", a.a_return(), case.case_id, "x", a.NOON
    )
    unit.journal.write(a.NOON, 1, "four", "case")
    at_end()
with store.unit() as unit:
    unit.outbox.claim(item, "delivery", a.NOON + timedelta(minutes=2))
    unit.journal.write(a.NOON, 1, "five", "case")
    at_end()
"""
COMMITS = 5


@dataclass(frozen=True)
class Found:
    """What a start after the crash finds."""

    acts: int
    attempt: AttemptState | None
    message: MessageState | None
    upload: OutboxState | None


def expected_after(commits: int) -> Found:
    """SENDING found at start-up is UNKNOWN; an attempt is moved by the workflow, not here."""
    attempts = (
        None,
        None,
        AttemptState.PREPARED,
        AttemptState.SENDING,
        AttemptState.SETTLED,
        AttemptState.SETTLED,
    )
    messages = (
        None,
        None,
        None,
        MessageState.UNKNOWN,
        MessageState.ANSWERED,
        MessageState.ANSWERED,
    )
    uploads = (None, None, None, None, OutboxState.WAITING, OutboxState.UNKNOWN)
    return Found(commits, attempts[commits], messages[commits], uploads[commits])


def found_by(store: SqlStore) -> Found:
    with store.reading() as unit:
        journal = SqlJournal(scope_of(unit))
        report = journal.verify()
        assert report.whole
        attempt = unit.attempts.of_case(1)
        items = unit.outbox.items()
        count = scope_of(unit).connection.exec_driver_sql("SELECT count(*) FROM message")
        staged = count.scalar_one()
        message = SqlMessages(scope_of(unit)).state_of(1) if staged else None
    return Found(
        report.rows,
        attempt.state if attempt else None,
        message,
        items[0].state if items else None,
    )


@pytest.mark.parametrize("moment", ["inside", "after"])
@pytest.mark.parametrize("point", range(1, COMMITS + 1))
def test_killed_at_each_commit(tmp_path: Path, point: int, moment: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path), str(point), moment],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 9, ended.stderr
    location = StoreLocation(tmp_path, "training", training=True)
    store = open_store(location, FileKeyStore(tmp_path), a.PlayedClock())
    try:
        assert found_by(store) == expected_after(point if moment == "after" else point - 1)
    finally:
        store.close()


FIRST_START = """
import os, sys
from pathlib import Path
import localdb.opening
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support.store_builders import PlayedClock

step = sys.argv[2]
real = getattr(localdb.opening, step)

def dying(*args):
    if step == "upgrade":
        real(*args)
    os._exit(9)

setattr(localdb.opening, step, dying)
folder = Path(sys.argv[1])
open_store(StoreLocation(folder, "training", False), FileKeyStore(folder), PlayedClock())
"""


@pytest.mark.parametrize("step", ["open_engines", "upgrade", "_note_key"])
def test_killed_during_the_first_start(tmp_path: Path, step: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FIRST_START, str(tmp_path), step],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 9, ended.stderr
    location = StoreLocation(tmp_path, "training", training=False)
    store = open_store(location, FileKeyStore(tmp_path), a.PlayedClock())
    try:
        with store.unit() as unit:
            unit.settings.put("k", json.dumps([1]))
    finally:
        store.close()
