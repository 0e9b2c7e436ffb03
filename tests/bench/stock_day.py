"""The daily comparison of stock against the bare join of the same file.

Run with ``python -m tests.bench.stock_day [lines]``. The base is made once: ``lines`` lots with ten
movements each, and what the platform said of them, fifty lots of it wrong. Measured is what the
comparison asks of the base before anybody asks why: the lines that differ, and how many there are.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa

from localdb.store import scope_of
from tests.bench.ratio import Figure
from tests.support.small_counter import SmallCounter, a_small_counter, make_template

LINES, MOVEMENTS, WRONG = 100_000, 10, 50
ROUNDS, BUDGET, MEMORY_MB = 5, 2.0, 300.0
_LOTS_PER_ITEM = 100
_AT_ONCE = 5_000
_ITEMS = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :items)
INSERT INTO item SELECT 1000 + i, printf('B%06d', i), printf('N%06d', i), '示例', '示例', '片', '1',
 '厂', '', '', 0, '01', 1000000, '盒', '', '' FROM n
"""
_LOTS = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :lots)
INSERT INTO lot SELECT 1000 + i, 1001 + (i - 1) / 100, printf('BL%07d', i), printf('L%d', i),
 '2026-01-01', '2028-01-01', 0, 'none' FROM n
"""
_MOVES = """
WITH RECURSIVE n (i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
INSERT INTO stock_event (lot_id, kind, packs, at, receipt_no, note_id, change_kind)
SELECT 1000 + i, 'changed', 1 + i % 5, :at, '', :note, '101' FROM n
"""
_ANSWER = """
INSERT INTO stock_answer SELECT i.store_code, l.upload_lot, i.national_code, '', l.lot_no,
 10000 * (l.on_hand + (l.lot_id % :stride = 0)), 1000000 FROM lot l JOIN item i
 ON i.item_id = l.item_id
"""
BARE = """
SELECT i.store_code, l.upload_lot, SUM(e.packs) AS packs, a.quantity FROM stock_event e
 JOIN lot l ON l.lot_id = e.lot_id JOIN item i ON i.item_id = l.item_id
 JOIN stock_answer a ON a.store_code = i.store_code AND a.upload_lot = l.upload_lot
 GROUP BY l.lot_id HAVING SUM(e.packs) * 10000 <> a.quantity
"""


def fill(small: SmallCounter, lines: int) -> None:
    """So many lots with ten movements each, one statement a round."""
    with small.store.unit() as unit:
        connection = scope_of(unit).connection
        connection.execute(sa.text(_ITEMS), {"items": -(-lines // _LOTS_PER_ITEM)})
        connection.execute(sa.text(_LOTS), {"lots": lines})
        note = connection.execute(
            sa.text(
                "INSERT INTO stock_note (kind, note_no, at, booked_at, staff_id, supplier,"
                " delivery_no, invoice_no, reason) VALUES ('change', 'B', 0, 0, 1, '', '', '', '')"
                " RETURNING note_id"
            )
        ).scalar_one()
    for turn in range(MOVEMENTS):
        for first in range(1, lines + 1, _AT_ONCE):
            last = min(first + _AT_ONCE - 1, lines)
            with small.store.unit() as unit:
                told = {"first": first, "last": last, "at": turn, "note": note}
                scope_of(unit).connection.execute(sa.text(_MOVES), told)
    with small.store.unit() as unit:
        stride = max(2, lines // WRONG)
        scope_of(unit).connection.execute(sa.text(_ANSWER), {"stride": stride})


def own(small: SmallCounter) -> int:
    with small.store.reading() as unit:
        return len(unit.stock_days.compared().differing)


def bare(small: SmallCounter) -> int:
    with small.store.reading() as unit:
        return len(scope_of(unit).connection.exec_driver_sql(BARE).all())


def took(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def figures(lines: int = LINES) -> Iterator[Figure]:
    """Processor time of both in turn, and the memory held at most."""
    with tempfile.TemporaryDirectory() as place:
        template = Path(place) / "template"
        template.mkdir()
        make_template(template)
        with a_small_counter(Path(place) / "counter", template) as small:
            fill(small, lines)
            own(small), bare(small)
            mine, theirs = [], []
            for _ in range(ROUNDS):
                mine.append(took(lambda: own(small)))
                theirs.append(took(lambda: bare(small)))
    name = f"{lines} lines of stock, {lines * MOVEMENTS} movements"
    yield Figure(name, statistics.median(mine), statistics.median(theirs), BUDGET)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure(f"{lines} lines of stock, MB held at most", held, MEMORY_MB, 1.0)


if __name__ == "__main__":
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else LINES):
        print(figure.line(), flush=True)
