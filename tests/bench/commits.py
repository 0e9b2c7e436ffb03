"""One durable commit through ``Store.unit`` against the same row through the bare drivers.

Run with ``python -m tests.bench.commits``. All figures come from the same run in the same folder,
in alternating blocks, so that a busy machine slows every side alike.
"""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from localdb.engine import connect
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.bench.ratio import Figure

ROW = b"r" * 1024
BLOCK = 50
Step = Callable[[], None]


class WallClock:
    """The real clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass(frozen=True)
class Figures:
    """Median milliseconds of one durable step, by side."""

    sync_ms: float
    sqlite_ms: float
    sqlcipher_ms: float
    unit_ms: float
    unmarked_ms: float


def measure(folder: Path, blocks: int = 10) -> Figures:
    """Medians over ``blocks`` of 50 steps: write + fdatasync, sqlite3, SQLCipher, a unit, and a
    unit of a base that never spoke, so that no mark beside its key is written."""
    with ExitStack() as undo:
        sides = (
            _sync(folder, undo),
            _sqlite(folder, undo),
            _sqlcipher(folder, undo),
            _unit(folder / "spoken", undo, spoken=True),
            _unit(folder / "silent", undo, spoken=False),
        )
        taken: list[list[float]] = [[] for _ in sides]
        for _ in range(blocks):
            for times, side in zip(taken, sides, strict=True):
                times += [_timed(side) for _ in range(BLOCK)]
    return Figures(*(statistics.median(times) for times in taken))


def _timed(side: Step) -> float:
    started = time.perf_counter()
    side()
    return (time.perf_counter() - started) * 1000


def _sync(folder: Path, undo: ExitStack) -> Step:
    descriptor = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY, 0o600)
    undo.callback(os.close, descriptor)
    page = b"p" * 4096

    def step() -> None:
        os.write(descriptor, page)
        os.fdatasync(descriptor)

    return step


def _sqlite(folder: Path, undo: ExitStack) -> Step:
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    undo.callback(connection.close)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, content BLOB)")

    def step() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t (content) VALUES (?)", (ROW,))
        connection.execute("COMMIT")

    return step


def _sqlcipher(folder: Path, undo: ExitStack) -> Step:
    connection = connect(folder / "cipher.db", bytes(range(32)))
    undo.callback(connection.close)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, content BLOB)")

    def step() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t (content) VALUES (?)", (ROW,))
        connection.execute("COMMIT")

    return step


def _unit(folder: Path, undo: ExitStack, *, spoken: bool) -> Step:
    location = StoreLocation(folder / "store", "bench", training=True)
    store = open_store(location, FileKeyStore(folder / "keys"), WallClock())
    undo.callback(store.close)
    with store.unit() as unit:
        unit.settings.put("row", "")
        if spoken:
            unit.messages.stamp("P00000000000", 1, WallClock().now())
    text = ROW.decode()

    def step() -> None:
        with store.unit() as unit:
            unit.settings.put("row", text)

    return step


def figures() -> list[Figure]:
    """The durable step of reliability 6.1: at least half the rate of write + fdatasync."""
    with tempfile.TemporaryDirectory() as place:
        taken = measure(Path(place))
    return [
        Figure("one durable unit against write and sync", taken.unit_ms, taken.sync_ms, 2.0),
        Figure("the same against a raw sqlite3 commit", taken.unit_ms, taken.sqlite_ms, 3.0),
        Figure("the same against one without its mark", taken.unit_ms, taken.unmarked_ms, 1.2),
    ]


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
