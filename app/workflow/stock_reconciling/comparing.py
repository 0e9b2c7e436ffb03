"""The daily comparison of stock: figures for everything, then records for what differs.

Figures are fetched page by page and compared in the base; only lines that differ are looked at one
by one, live on both sides, and only where our own records do not say it all the platform's are
asked for. A rerun of a day replaces its findings (trace-and-stock 2.7, T46 to T48).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.domain.books.stock import (
    Draft,
    LineState,
    Reason,
    Remedy,
    Stage,
    StockCause,
    StockEvidence,
    StockFact,
    StockFinding,
    StockRun,
    StockTally,
    StoreMode,
)
from app.domain.books.stock_across import across_lots
from app.domain.books.stock_guessing import as_told, guess
from app.domain.books.stock_naming import Named, Question, name
from app.domain.errors import Code, NotSent, OperatorInput
from app.domain.goods.movements import NoteKind
from app.domain.goods.stock import Item, Lot
from app.domain.money import Fen, Quantity, line_amount
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report, no_report
from app.ports.stock import StockFigure
from app.ports.stock_days import ComparedLine
from app.profile.operations import Operation
from app.profile.routes import settles_elsewhere
from app.workflow.calendar import CHINA, today
from app.workflow.stock_reconciling import asking
from app.workflow.stock_reconciling.asking import UNANSWERED, Fetched
from app.workflow.stock_reconciling.our_books import OurLine, read_line
from app.workflow.till import Till

_NOTHING = Quantity(0)
_GRAVITY = (LineState.NEEDS_ACTION, LineState.CANNOT_COMPARE, LineState.EXPLAINED)


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
    comparison = _Comparison(till, stage, fetched, report, cancel)
    findings = comparison.findings()
    run = StockRun(
        day=day,
        run_no=0,
        stage=stage,
        mode=mode_of(till),
        settles_elsewhere=comparison.settles_elsewhere,
        cut_off=till.clock.now(),
        compared_by=till.operator.name,
        pages=fetched.pages,
        failed_pages=fetched.failed,
        records_shown=asking.records_offered(till),
        queue_open=queue_open,
        last_count_at=comparison.last_count(),
        tally=_tally(comparison.equal, findings),
    )
    with till.store.unit() as unit:
        return unit.stock_days.replace(run, findings)


def mode_of(till: Till) -> StoreMode:
    """How far this store is connected, by its region (T38)."""
    return StoreMode(till.profile.rules.store_mode)


def _tally(equal: int, findings: Sequence[StockFinding]) -> StockTally:
    counted = {state: sum(one.state is state for one in findings) for state in LineState}
    value = sum(abs(one.value) for one in findings if one.state is LineState.NEEDS_ACTION)
    return StockTally(
        equal,
        counted[LineState.EXPLAINED],
        counted[LineState.NEEDS_ACTION],
        counted[LineState.CANNOT_COMPARE],
        Fen(value),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """One line that differs; ``item`` is None where the store does not know it."""

    store_code: str
    upload_lot: str
    item: Item | None
    lots: tuple[Lot, ...]
    holds: bool


class _Comparison:
    """The second look at every line that differs."""

    def __init__(
        self,
        till: Till,
        stage: Stage,
        fetched: Fetched,
        report: Report,
        cancel: CancelToken | None,
    ) -> None:
        self._till, self._stage, self._fetched = till, stage, fetched
        self._report, self._cancel = report, cancel
        self._live: dict[str, dict[str, StockFigure] | None] = {}
        self.settles_elsewhere = settles_elsewhere(till.profile)
        with till.store.reading() as unit:
            books = unit.stock_days.compared()
        self._differing, self.equal = books.differing, books.equal

    def last_count(self) -> datetime | None:
        with self._till.store.reading() as unit:
            notes = unit.stock.notes(1, (NoteKind.COUNT,))
        return notes[0].at if notes else None

    def findings(self) -> tuple[StockFinding, ...]:
        """Gravest and costliest first, numbered from 1."""
        found: list[tuple[StockFinding, tuple[Named, ...]]] = []
        for number, line in enumerate(self._differing, 1):
            if self._cancel is not None:
                self._cancel.check()
            self._report(Progress("stock.lines", number, len(self._differing)))
            made = self._look(line)
            if made is None:
                self.equal += 1
            else:
                found.append(made)
        told = across_lots(found)
        ordered = sorted(
            told, key=lambda one: (_GRAVITY.index(one.state), -abs(one.value), one.store_code)
        )
        return tuple(replace(one, finding_no=at) for at, one in enumerate(ordered, 1))

    def _look(self, compared: ComparedLine) -> tuple[StockFinding, tuple[Named, ...]] | None:
        """None where both books agree by now."""
        line = self._line(compared)
        shown = self._figure(line)
        if line.item is None or not line.lots:
            cause = StockCause.NO_MAPPING if line.item is None else StockCause.UNKNOWN_LOT_THERE
            ask = Draft(Remedy.ASK, None, line.upload_lot, _NOTHING, None)
            reason = replace(_bare(cause, _theirs(shown)), draft=ask)
            return self._made(line, None, shown, [reason]), ()
        if not line.item.national_code:
            return self._made(line, compared.ours, shown, [_bare(StockCause.NO_MAPPING)]), ()
        if not compared.holds:
            return self._made(line, compared.ours, shown, [_bare(StockCause.LEDGER_BROKEN)]), ()
        if shown is None and compared.theirs is None and self._fetched.failed:
            page = [(StockFact.PAGE, str(one.page)) for one in self._fetched.failed]
            reason = _bare(StockCause.PAGE_MISSING, evidence=tuple(page))
            return self._made(line, compared.ours, None, [reason]), ()
        with self._till.store.reading() as unit:
            ours = read_line(self._till, unit, line.lots)
        if ours.ours == _theirs(shown):
            return None
        rounded = Quantity(ours.ours - _theirs(shown))
        if abs(rounded) <= ours.rounding:
            reason = replace(_bare(StockCause.PARTS_ROUNDED), effect=rounded)
            return self._made(line, ours.ours, shown, [reason]), ()
        named = self._named(line, ours, shown)
        reasons = [one.reason for one in named]
        return self._made(line, ours.ours, shown, reasons), named

    def _line(self, compared: ComparedLine) -> _Line:
        with self._till.store.reading() as unit:
            item = unit.goods.item_by_store_code(compared.store_code)
            lots = unit.goods.lots(item.item_id) if item is not None else ()
        mine = tuple(lot for lot in lots if compared.upload_lot in ("", lot.upload_lot))
        return _Line(compared.store_code, compared.upload_lot, item, mine, compared.holds)

    def _figure(self, line: _Line) -> StockFigure | None:
        """The figure of this moment; the fetched one where the asking fails now."""
        if line.store_code not in self._live:
            try:
                live = asking.figures_of(self._till, line.store_code)
            except UNANSWERED:
                live = None
            self._live[line.store_code] = live
        known = self._live[line.store_code]
        if known is not None:
            return known.get(line.upload_lot)
        with self._till.store.reading() as unit:
            return unit.stock_days.answer(line.store_code, line.upload_lot)

    def _named(self, line: _Line, ours: OurLine, shown: StockFigure | None) -> tuple[Named, ...]:
        question = Question(
            upload_lot=line.upload_lot or line.lots[-1].upload_lot,
            ours=ours.ours,
            theirs=_theirs(shown),
            records=ours.records,
            filed=(),
            stage=self._stage,
            mode=mode_of(self._till),
            cut_off=self._till.clock.now(),
            settles_elsewhere=self.settles_elsewhere,
            at_counter=ours.at_counter,
        )
        said = as_told(question)
        if said is not None:
            return said
        if not asking.records_offered(self._till):
            return guess(question)
        try:
            filed = asking.records_of(
                self._till, line.store_code, line.upload_lot, self._since(ours)
            )
        except UNANSWERED as trouble:
            said_by = ((StockFact.PLATFORM_SAID, str(int(trouble.code))),)
            reason = _bare(StockCause.RECORDS_UNANSWERED, evidence=said_by)
            return (Named(replace(reason, effect=Quantity(ours.ours - _theirs(shown)))),)
        return name(replace(question, filed=tuple(filed)))

    def _since(self, ours: OurLine) -> date:
        moments = [one.happened_at for one in ours.records]
        return min(moments).astimezone(CHINA).date() if moments else today(self._till)

    def _made(
        self,
        line: _Line,
        ours: Quantity | None,
        shown: StockFigure | None,
        reasons: Iterable[Reason],
    ) -> StockFinding:
        item = line.item
        price = item.retail_price if item is not None else (shown.price if shown else None)
        difference = Quantity((ours or 0) - _theirs(shown))
        lot_no = line.lots[0].lot_no if line.lots else (shown.lot_no if shown else "")
        kept = sorted(reasons, key=lambda one: (_GRAVITY.index(one.state), -abs(one.effect)))
        return StockFinding(
            finding_no=0,
            store_code=line.store_code,
            national_code=item.national_code if item else (shown.national_code if shown else ""),
            name=item.name if item else (shown.name if shown else ""),
            upload_lot=line.upload_lot,
            lot_no=lot_no,
            lots=tuple(lot.lot_id for lot in line.lots),
            ours=ours,
            theirs=shown.quantity if shown else None,
            value=line_amount(price, difference) if price is not None else Fen(0),
            our_price=item.retail_price if item else None,
            their_price=shown.price if shown else None,
            reasons=tuple(kept),
        )


def _theirs(shown: StockFigure | None) -> Quantity:
    return shown.quantity if shown is not None else Quantity(0)


def _bare(
    cause: StockCause, theirs: Quantity = _NOTHING, evidence: tuple[StockEvidence, ...] = ()
) -> Reason:
    return Reason(cause, Quantity(-theirs), evidence)
