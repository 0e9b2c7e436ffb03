"""The daily comparison of stock: figures for everything, then records for what differs.

Figures are fetched page by page and compared in the base; only lines that differ are looked at one
by one, live on both sides, and only where our own records do not say it all the platform's are
asked for. A rerun of a day replaces its findings (trace-and-stock 2.7, T46 to T48).
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from app.domain.books.stock import Stage, StockFinding, StockRun
from app.domain.books.stock_across import Told, across_lots
from app.domain.errors import Bug, Code, NotSent, OperatorInput, Trouble
from app.domain.goods.movements import NoteKind
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report, no_report
from app.ports.stock_days import ComparedLine
from app.profile.operations import Operation
from app.workflow.leases.errands import STOCK, once_per_store
from app.workflow.stock_reconciling import accepting, asking, correcting, unseen
from app.workflow.stock_reconciling.asking import Fetched
from app.workflow.stock_reconciling.looking import SecondLook, mode_of
from app.workflow.till import Till

_log = logging.getLogger(__name__)


@once_per_store(STOCK)
def compare_stock(
    till: Till,
    day: date,
    stage: Stage = Stage.MORNING,
    report: Report = no_report,
    cancel: CancelToken | None = None,
) -> StockRun:
    """Compare now and put the findings in place of the day's earlier ones.

    Raises ``OperatorInput`` ``NOT_ALLOWED`` where the area shows no stock, and the trouble of the
    first page where not one came.
    """
    if not asking.offered(till, Operation.QUERY_STOCK):
        raise OperatorInput(Code.NOT_ALLOWED, act="compare_stock")
    now = till.clock.now()
    with till.store.unit() as unit:
        who = till.operator.staff_id
        unit.journal.write(now, who, "compare_stock", day.isoformat(), stage.name.lower())
        queue_open = unit.outbox.tally().count
    fetched = asking.fetch_figures(till, report, cancel)
    if fetched.nothing:
        raise fetched.first or NotSent(Code.DID_NOT_LEAVE)
    comparison = _Comparison(till, day, stage, fetched, report, cancel)
    findings = comparison.findings()
    run = StockRun(
        day=day,
        run_no=0,
        stage=stage,
        mode=mode_of(till),
        settles_elsewhere=comparison.look.settles_elsewhere,
        # not the end: what is told while lines are looked at is newer than what was seen
        cut_off=now,
        compared_by=till.operator.name,
        pages=fetched.pages,
        failed_pages=fetched.failed,
        records_shown=asking.records_offered(till),
        queue_open=queue_open,
        last_count_at=comparison.last_count(),
        tally=accepting.tally_of(comparison.equal, findings),
    )
    with till.store.unit() as unit:
        kept = accepting.held(findings, unit.stock_days.accepted(day))
        ended = replace(run, tally=accepting.tally_of(comparison.equal, kept))
        return unit.stock_days.replace(ended, accepting.ordered(kept))


class _Comparison:
    """Every line that differs, and what figures alone do not show."""

    def __init__(
        self,
        till: Till,
        day: date,
        stage: Stage,
        fetched: Fetched,
        report: Report,
        cancel: CancelToken | None,
    ) -> None:
        self._till, self._report, self._cancel = till, report, cancel
        self.look = SecondLook(till, day, stage, fetched)
        with till.store.reading() as unit:
            books = unit.stock_days.compared()
        known = {(one.store_code, one.upload_lot) for one in books.differing}
        unread = [ComparedLine(*one, None, None) for one in fetched.unread if one not in known]
        self._differing, self.equal = (*books.differing, *unread), books.equal

    def last_count(self) -> datetime | None:
        with self._till.store.reading() as unit:
            notes = unit.stock.notes(1, (NoteKind.COUNT,))
        return notes[0].at if notes else None

    def findings(self) -> list[StockFinding]:
        """Every line that is not plainly equal, in no order and without numbers."""
        found: list[Told] = []
        for number, line in enumerate(self._differing, 1):
            self._step("stock.lines", number, len(self._differing))
            made = self._contained(self.look.look, line)
            if made is None:
                self.equal += 1
            else:
                found.append(made)
        hidden = self._cancelling()
        named = across_lots([*found, *hidden])
        lines = unseen.with_prices(self._till, self.look, named)
        self.equal -= len(hidden) + len(lines) - len(named)
        return [correcting.offered(self._till, one) for one in lines]

    def _contained(
        self, look: Callable[[ComparedLine], Told | None], line: ComparedLine
    ) -> Told | None:
        """A line nobody can read takes no other its comparison, and is not called equal."""
        try:
            return look(line)
        except Exception as fault:
            if isinstance(fault, Trouble) and not isinstance(fault, Bug):
                raise
            _log_fault(line, fault)
        return self.look.unread(line)

    def _cancelling(self) -> list[Told]:
        """Equal lines that moved lately: two faults in one may come to nought."""
        known = {(one.store_code, one.upload_lot) for one in self._differing}
        lines = [
            one
            for one in unseen.moved_lately(self._till)
            if (one.store_code, one.upload_lot) not in known
        ]
        found: list[Told] = []
        for number, line in enumerate(lines, 1):
            self._step("stock.records", number, len(lines))
            made = self._contained(partial(unseen.cancelling, self.look), line)
            found += [made] if made is not None else []
        return found

    def _step(self, stage: str, number: int, count: int) -> None:
        if self._cancel is not None:
            self._cancel.check()
        self._report(Progress(stage, number, count))


def _log_fault(line: ComparedLine, fault: Exception) -> None:
    """The kind only: an exception's words may hold what a person must not read."""
    kind = type(fault).__name__
    _log.error("the line %s %s was not looked at: %s", line.store_code, line.upload_lot, kind)
