"""One scanned trace code, judged against all that the store knows, with millions on file.

Run with ``python -m tests.bench.traces [codes]``. The base is made once, in a folder of its own:
received codes, and one sold earlier for every ten of them. Judged is a code of each kind of answer
in turn (on the shelf, sold before, never seen, of another drug), every time another one.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count as count_up
from pathlib import Path

import sqlalchemy as sa

from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code
from app.domain.goods.codes import classify
from app.domain.goods.judging import Judgement, judge
from app.workflow.calendar import today
from app.workflow.cases.rules import scan_rules_of
from app.workflow.goods.lists import thresholds_in
from app.workflow.scans.trace_codes import box_of
from localdb.store import scope_of
from tests.bench.ratio import Figure, compare
from tests.support.small_counter import SmallCounter, a_small_counter, make_template

ON_FILE = 5_000_000
FEW = 5_000
ROUNDS = 200
ALLOWED_MS = 5.0
_FIRST = 81234560100000000000
_SOLD_EVERY = 10
_AT_ONCE = 250_000
_RECEIVE = """
WITH RECURSIVE n (i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :past)
INSERT INTO trace_code (code, lot_id, seen_at)
SELECT printf('8123456%013d', 100000000000 + i), 1, 0 FROM n
"""
_SELL = """
WITH RECURSIVE n (i) AS (SELECT :first UNION ALL SELECT i + 10 FROM n WHERE i + 10 < :past)
INSERT INTO code_claim
 (code, lot_id, case_id, state, reserved_at, sold_at, receipt_no, counter_no)
SELECT printf('8123456%013d', 100000000000 + i), 1, :case_id, 'sold', 0, 0, 'R-1', 1 FROM n
"""


def fill(small: SmallCounter, count: int, case_id: int) -> None:
    """``count`` received codes in one lot, every tenth sold, as deliveries come: one by one."""
    for first in range(0, count, _AT_ONCE):
        past = min(first + _AT_ONCE, count)
        with small.store.unit() as unit:
            connection = scope_of(unit).connection
            connection.execute(sa.text(_RECEIVE), {"first": first, "past": past})
            sold = {"first": first, "past": past, "case_id": case_id}
            connection.execute(sa.text(_SELL), sold)


def texts(count: int) -> Iterator[str]:
    """On the shelf, sold before, never seen, of another drug; each time another code."""
    for turn in count_up():
        serial = turn * 104_729 % count
        sold = serial - serial % _SOLD_EVERY
        yield (
            str(_FIRST + sold + 1),
            str(_FIRST + sold),
            str(_FIRST + count + serial),
            f"8999999{serial:013d}",
        )[turn % 4]


def judging(small: SmallCounter, case: CounterCase, count: int) -> Callable[[], Judgement]:
    """One more scan through grammar, base and rules with every call."""
    scanned, till = texts(count), small.till

    def one() -> Judgement:
        found = classify(next(scanned), till.grammar)
        with till.store.reading() as unit:
            box = box_of(unit, till.profile, found)
            facts = unit.goods.pack_facts(box.code, case.case_id)
            near = thresholds_in(till, unit)
        rules = replace(scan_rules_of(till.profile), near_expiry_days=near.near)
        lines = case.facts.lines
        return judge(box.code, lines, facts, rules, today(till), case.case_id, box.printed)

    return one


def answers(one: Callable[[], Judgement]) -> None:
    """The four kinds of answer, so that no figure is of a scan that found nothing.

    Raises ``RuntimeError`` where one of them is missing.
    """
    found = [one().code for _ in range(4)]
    if found != [None, Code.SCAN_SOLD_BEFORE, Code.SCAN_UNSEEN_AT_RECEIPT, Code.ITEM_UNMAPPED]:
        raise RuntimeError(f"judged as {found}")


def figures(count: int = ON_FILE) -> Iterator[Figure]:
    """The issue's bound, and whether millions cost more than thousands in the same run."""
    with ExitStack() as undo:
        sides = []
        for size in (count, FEW):
            folder = Path(undo.enter_context(tempfile.TemporaryDirectory()))
            (folder / "template").mkdir()
            make_template(folder / "template")
            opened = a_small_counter(folder / "base", folder / "template")
            small = undo.enter_context(opened)
            case = small.case(small.until(Step.SCAN))
            fill(small, size, case.case_id)
            sides.append(judging(small, case, size))
        many, few = sides
        for side in sides:
            answers(side)
        compared = compare("trace code: with millions against thousands", many, few, 2.0)
        wall, worked = zip(*(timed(many) for _ in range(ROUNDS)), strict=True)
        most = sorted(worked)[ROUNDS * 99 // 100]
        yield Figure("trace code: judged", statistics.median(wall), ALLOWED_MS, 1.0)
        yield Figure("trace code: 99 of 100, processor time", most, ALLOWED_MS, 1.0)
        yield compared


def timed(side: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds on the wall, and of the processor: a loaded machine is not ours."""
    started, worked = time.perf_counter(), time.thread_time()
    side()
    return (time.perf_counter() - started) * 1000, (time.thread_time() - worked) * 1000


if __name__ == "__main__":
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else ON_FILE):
        print(figure.line())
