"""A delivery note of 200,000 rows: judged in a lane while the window goes on, and given up.

Every tenth row is bad in one of the ways people's tables are. The longest time between two events
of the window is measured while the file is read and what is due is collected as the program does,
in processor time of all threads: a minute's work meets every other program of the machine. How long
giving it up takes, and the memory held.
"""

import gc
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.bench.ratio import Figure
from tests.bench.tables import Gaps

ROWS, LIMIT_MS, CANCEL_MS, MEMORY_MB = 200_000, 50.0, 1_000.0, 700.0
ROUNDS = 2
SPOILT = (
    {"生产日期": "11/22/26"},
    {"数量": "=1+1"},
    {"有效期至": "N0001"},
    {"商品编码": "SP9999"},
    {"数量": -1},
)


def write(path: Path, rows: int) -> None:
    """The table as somebody's program would write it."""
    import openpyxl

    from tests.support.back_room import GOOD, TITLES

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(TITLES)
    day = date(2028, 8, 31)
    for number in range(1, rows + 1):
        wrong = SPOILT[number // 10 % len(SPOILT)] if number % 10 == 0 else {}
        code = f"81234569{number:012d}"
        cells = {**GOOD, "批号": f"L{number // 50}", "追溯码": code, "数量": 1, "有效期至": day}
        cells |= wrong
        sheet.append([cells.get(title) for title in TITLES])
    book.save(path)


def figures(rows: int = ROWS) -> Iterator[Figure]:
    """On the real reader, offscreen."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from devices.sheets import SheetFiles
    from tests.support.small_counter import BOSS, PIN, a_small_counter, make_template

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as place:
        file, template = Path(place) / "note.xlsx", Path(place) / "template"
        template.mkdir()
        write(file, rows)
        make_template(template)
        with a_small_counter(Path(place) / "counter", template) as small:
            small.till.printers = replace(small.till.printers, sheets=SheetFiles())
            small.surface.sign_in(BOSS, PIN)
            yield from _measure(small.surface.read_delivery, file, rows)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure(f"a table of {rows:,} rows, MB held at most", held, MEMORY_MB, 1.0)


def _measure(read: object, file: Path, rows: int) -> Iterator[Figure]:
    from PySide6.QtCore import QTimer

    from app.jobs.lane import Lanes
    from ui.bridge import Bridge
    from ui.loading import LOOK_MS, collect_due, spare_loaded

    lanes = Lanes()
    bridge, gaps = Bridge(lanes), Gaps(time.process_time)
    worst, took = [], []
    gc.collect()
    gc.disable()
    spare_loaded()
    collecting = QTimer()
    collecting.setInterval(LOOK_MS)
    collecting.timeout.connect(collect_due)
    collecting.start()
    try:
        for _ in range(ROUNDS):
            begun = time.process_time()
            worst.append(_read_whole(bridge, gaps, read, file, rows))
            took.append(time.process_time() - begun)
        yield Figure(f"longest gap: a table of {rows:,} rows read", min(worst), LIMIT_MS, 1.0)
        yield Figure(f"a table of {rows:,} rows judged", min(took) * 1000, 120_000, 1.0)
        yield Figure(
            "a table given up in the middle", _given_up(bridge, read, file), CANCEL_MS, 1.0
        )
    finally:
        collecting.stop()
        gc.enable()
        bridge.close()
        lanes.close(60.0)


def _read_whole(bridge: object, gaps: Gaps, read: object, file: Path, rows: int) -> float:
    found: list[object] = []
    worst = gaps.during(lambda: _submit(bridge, read, file, found), lambda: found, 600)
    imported = found[0]
    assert imported.rows == rows  # type: ignore[attr-defined]  # what was read
    return worst


def _submit(bridge: object, read: object, file: Path, found: list[object]) -> object:
    return bridge.submit_job(  # type: ignore[attr-defined]  # a bridge
        "catalogue",
        lambda report, cancel: read(file, report, cancel),  # type: ignore[operator]  # a function
        found.append,
        found.append,
        lambda _progress: None,
    )


def _given_up(bridge: object, read: object, file: Path) -> float:
    """From the key to a lane that is free again."""
    from PySide6.QtWidgets import QApplication

    token = _submit(bridge, read, file, [])
    until = time.monotonic() + 3
    while time.monotonic() < until:
        QApplication.processEvents()
    begun, free = time.perf_counter(), []
    token.cancel()  # type: ignore[attr-defined]  # a token
    bridge.submit("catalogue", lambda: True, free.append, free.append)  # type: ignore[attr-defined]  # a bridge
    while not free:
        QApplication.processEvents()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    for figure in figures():
        print(figure.line(), flush=True)
