"""Stored findings as the pages show them: evidence looked up, days in a row."""

from datetime import date, datetime, timedelta

from app.domain.books.stock import (
    LineState,
    Reason,
    StockEvidence,
    StockFact,
    StockFinding,
    StockRun,
)
from app.domain.errors import Code, OperatorInput
from app.domain.goods.parts import Measure
from app.domain.money import Fen, Quantity, whole_packs
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.stock_reconciling.views import (
    ProofStep,
    ProvenReason,
    StockDayView,
    StockFindingView,
    StockMorning,
    StockRow,
    TrendDay,
)
from app.workflow.till import Till

DAYS_SHOWN = 31
PROBLEMS = (LineState.NEEDS_ACTION, LineState.CANNOT_COMPARE)


def day_view(till: Till, day: date | None, states: tuple[LineState, ...]) -> StockDayView:
    """The stored comparison of a day; the newest compared where none is named."""
    with till.store.reading() as unit:
        days = unit.stock_days.newest(DAYS_SHOWN)
        shown = day or (days[0].day if days else today(till))
        run = unit.stock_days.get(shown)
        found = unit.stock_days.findings(shown, states) if run is not None else ()
        signed = unit.stock_days.signed(shown)
        rows = tuple(StockRow.of(one, _measure(unit, one)) for one in found)
    return StockDayView(
        day=shown,
        today=today(till),
        run=run,
        rows=rows,
        signed=tuple(one for one in signed if run is not None and one.run_no == run.run_no),
        days=days,
    )


def _measure(unit: Unit, found: StockFinding) -> Measure | None:
    """Looked up only where a part of a pack has to be worded."""
    amounts = [one for one in (found.ours, found.theirs) if one is not None]
    amounts += [reason.effect for reason in found.reasons]
    if all(whole_packs(one) is not None for one in amounts):
        return None
    item = unit.goods.item_by_store_code(found.store_code)
    if item is None or item.pieces < 2:
        return None
    return Measure(item.unit, item.pieces, item.piece_unit)


def finding_view(till: Till, day: date, finding_no: int) -> StockFindingView:
    """Raises ``OperatorInput`` ``STEP_MOVED_ON`` where it is there no more."""
    with till.store.reading() as unit:
        run, found = unit.stock_days.get(day), unit.stock_days.finding(day, finding_no)
        if run is None or found is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        reasons = tuple(
            ProvenReason(number, reason, _steps(unit, reason))
            for number, reason in enumerate(found.reasons)
        )
    return StockFindingView(day, run.run_no, found, reasons)


def _steps(unit: Unit, reason: Reason) -> tuple[ProofStep, ...]:
    return tuple(_step(unit, one) for one in reason.evidence)


def _step(unit: Unit, evidence: StockEvidence) -> ProofStep:
    fact, value = evidence
    match fact:
        case StockFact.MESSAGE:
            sent = unit.messages.exchange(int(value))
            replies = "\n".join(reply.kept for reply in sent.replies)
            kept = f"{sent.kept}\n{replies}".strip()
            return ProofStep(fact, value, sent.composed_at, sent.message_id, None, kept)
        case StockFact.RECORD:
            item = unit.outbox.item(int(value))
            if item is None:
                return ProofStep(fact, value, None, "")
            text = f"{item.operation.value} {item.business_key} {item.state.value}"
            return ProofStep(fact, value, item.born_at, text, item.case_id)
        case StockFact.MOVEMENT:
            moved = unit.stock.movement(int(value))
            if moved is None:
                return ProofStep(fact, value, None, "")
            text = f"{moved.move.value} {moved.packs} {moved.receipt_no}".strip()
            return ProofStep(fact, value, moved.at, text, moved.case_id)
        case StockFact.PART:
            pieces = unit.stock.part(int(value))
            if pieces is None:
                return ProofStep(fact, value, None, "")
            text = f"{pieces.move.value} {pieces.pieces} {pieces.upload_key or pieces.receipt_no}"
            return ProofStep(fact, value, pieces.at, text.strip(), pieces.case_id)
        case StockFact.CASE:
            return ProofStep(fact, value, None, value, int(value))
        case StockFact.HAPPENED_AT | StockFact.ON_FILE_AT:
            return ProofStep(fact, value, datetime.fromisoformat(value), "")
        case _:
            return ProofStep(fact, value, None, value)


def trend(till: Till, days: int) -> tuple[TrendDay, ...]:
    """Oldest first, one entry for every day up to today."""
    with till.store.reading() as unit:
        runs = {run.day: run for run in unit.stock_days.newest(days)}
        signed = {
            day: any(one.run_no == run.run_no for one in unit.stock_days.signed(day))
            for day, run in runs.items()
        }
    last = today(till)
    shown = [last - timedelta(days=back) for back in reversed(range(days))]
    return tuple(_trend_day(day, runs.get(day), signed.get(day, False)) for day in shown)


def _trend_day(day: date, run: StockRun | None, signed: bool) -> TrendDay:
    if run is None:
        return TrendDay(day, None, None, None, None, complete=False, signed=False)
    tally = run.tally
    return TrendDay(
        day,
        tally.needs_action,
        tally.explained,
        tally.cannot_compare,
        tally.value,
        complete=run.complete,
        signed=signed,
    )


def morning(till: Till, *, due: bool) -> StockMorning:
    """The newest run and whether somebody signed it."""
    with till.store.reading() as unit:
        newest = unit.stock_days.newest(1)
        run = newest[0] if newest else None
        signed = run is not None and any(
            one.run_no == run.run_no for one in unit.stock_days.signed(run.day)
        )
    return StockMorning(run, signed, due)


def equal_rows(till: Till, after: tuple[str, str], limit: int) -> tuple[StockRow, ...]:
    """Lines of the newest comparison that are equal, from behind ``after`` on."""
    with till.store.reading() as unit:
        lines = unit.stock_days.equal_lines(after, limit)
    return tuple(
        StockRow(
            finding_no=None,
            state=LineState.EQUAL,
            cause=None,
            more_causes=0,
            store_code=line.store_code,
            name=line.name,
            lot_no=line.lot_no,
            upload_lot=line.upload_lot,
            ours=line.quantity,
            theirs=line.quantity,
            difference=Quantity(0),
            value=Fen(0),
            our_price=line.our_price,
            their_price=line.their_price,
            draft=None,
        )
        for line in lines
    )


def states_of(every_state: bool) -> tuple[LineState, ...]:
    """Problems alone, or what is explained as well."""
    return (*PROBLEMS, LineState.EXPLAINED) if every_state else PROBLEMS
