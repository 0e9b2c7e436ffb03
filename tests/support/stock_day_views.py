"""Compared days of stock with every cause, as their pages and papers show them. Synthetic."""

from dataclasses import replace
from datetime import date, timedelta

from app.domain.books.stock import (
    EXPLAINED,
    INCOMPARABLE,
    Draft,
    FailedPage,
    LineState,
    Reason,
    Record,
    Remedy,
    Replay,
    Replayed,
    Stage,
    StockCause,
    StockFact,
    StockFinding,
    StockRun,
    StockSignOff,
    StockTally,
    StoreMode,
)
from app.domain.money import Fen, Quantity, packs
from app.workflow.stock_reconciling.views import (
    ProofStep,
    ProvenReason,
    StockDayView,
    StockFindingView,
    StockMorning,
    StockRow,
    TrendDay,
)
from app.workflow.upkeep.morning import CounterRow, NightJob, NightRow, Overnight
from tests.support.views import NOW, before

DAY = date(2026, 11, 20)
CODE = "83412900512873640915"
DRUGS = ("苯磺酸氨氯地平片", "头孢克肟胶囊", "阿卡波糖片", "盐酸二甲双胍缓释片", "布洛芬缓释胶囊")
SEEN = (
    StockCause.SALE_LOST,
    StockCause.RETURN_NOT_TOLD,
    StockCause.COUNT_TOO_LATE,
    StockCause.NO_MAPPING,
    StockCause.IN_FLIGHT,
    StockCause.UNIT_FACTOR,
)


def a_draft(cause: StockCause, number: int = 0) -> Draft:
    """What repairs a cause; nothing where nobody has to act."""
    if cause in EXPLAINED:
        return Draft(Remedy.NONE, None, f"A{number:04d}", packs(0), None)
    if cause in INCOMPARABLE:
        return Draft(Remedy.ASK, None, f"A{number:04d}", packs(0), None)
    return Draft(
        Remedy.RESEND, Record.SALE, f"A{number:04d}", packs(3), packs(38), 71 + number, 9, None
    )


def a_reason(cause: StockCause, number: int = 0) -> Reason:
    evidence = (
        (StockFact.HAPPENED_AT, before(hours=9).isoformat()),
        (StockFact.DOCUMENT, f"0119-000{388 + number}"),
        (StockFact.QUANTITY, "3"),
        (StockFact.CODE, CODE),
    )
    return Reason(cause, packs(-3), evidence, a_draft(cause, number))


def a_replay() -> Replay:
    """Sixty counted five days ago, nineteen sold since and heard of: forty-one there."""
    parts = (
        Replayed(Record.PURCHASE, 1, packs(2)),
        Replayed(Record.SALE, 8, packs(-21)),
    )
    return Replay(before(hours=120), packs(60), parts, packs(41))


def a_finding(cause: StockCause, number: int = 0, **changes: object) -> StockFinding:
    made = StockFinding(
        finding_no=number + 1,
        store_code=f"SP{number:04d}",
        national_code=f"XA0{number:04d}",
        name=f"{DRUGS[number % len(DRUGS)]} 5mg×28",
        upload_lot=f"A{number:04d}",
        lot_no=f"K2610{number:02d}",
        lots=(number + 1,),
        ours=packs(38),
        theirs=packs(41),
        value=Fen(5_820),
        our_price=19_400_000,
        their_price=19_400_000,
        reasons=(a_reason(cause, number),),
        replay=a_replay() if cause not in INCOMPARABLE else None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of the finding


def findings_of(causes: tuple[StockCause, ...] = SEEN) -> tuple[StockFinding, ...]:
    return tuple(a_finding(cause, number) for number, cause in enumerate(causes))


def tally_of(findings: tuple[StockFinding, ...], equal: int = 1_858) -> StockTally:
    def count(state: LineState) -> int:
        return sum(found.state is state for found in findings)

    value = sum(f.value for f in findings if f.state is LineState.NEEDS_ACTION)
    return StockTally(
        equal,
        count(LineState.EXPLAINED),
        count(LineState.NEEDS_ACTION),
        count(LineState.CANNOT_COMPARE),
        Fen(value),
    )


def a_run(
    findings: tuple[StockFinding, ...],
    day: date = DAY,
    *,
    complete: bool = True,
    equal: int = 1_858,
) -> StockRun:
    return StockRun(
        day=day,
        run_no=2,
        stage=Stage.MORNING,
        mode=StoreMode.FULL,
        settles_elsewhere=False,
        cut_off=before(hours=2),
        compared_by="夜间自动",
        pages=38,
        failed_pages=() if complete else (FailedPage(17, 4002),),
        records_shown=True,
        queue_open=0,
        last_count_at=before(hours=120),
        tally=tally_of(findings, equal),
    )


def a_day(
    causes: tuple[StockCause, ...] = SEEN, *, complete: bool = True, every_state: bool = False
) -> StockDayView:
    """The problems of a day, or everything that is not plainly equal."""
    findings = findings_of(causes)
    shown = [f for f in findings if every_state or f.state is not LineState.EXPLAINED]
    run = a_run(findings, complete=complete)
    earlier = tuple(replace(run, day=DAY - timedelta(days=n)) for n in range(4))
    rows = tuple(StockRow.of(found) for found in shown)
    return StockDayView(DAY, DAY, run, rows, (), earlier)


def not_compared() -> StockDayView:
    return StockDayView(DAY, DAY, None, (), (), ())


def signed_day() -> StockDayView:
    return replace(a_day(), signed=(StockSignOff(2, NOW, 3, "周文静", "三条已补发"),))


def an_equal_row(at: int) -> StockRow:
    return StockRow(
        finding_no=None,
        state=LineState.EQUAL,
        cause=None,
        more_causes=0,
        store_code=f"SP{at:06d}",
        name=f"示例片 {at % 977} 号",
        lot_no=f"L{at * 7_919 % 100_003:06d}",
        upload_lot=f"S{at:06d}",
        ours=packs(at % 60),
        theirs=packs(at % 60),
        difference=Quantity(0),
        value=Fen(0),
        our_price=12_000_000,
        their_price=12_000_000,
        draft=None,
    )


def a_finding_view(finding: StockFinding) -> StockFindingView:
    """Its causes with what was looked up: a masked exchange, codes, a visit."""
    steps = (
        ProofStep(StockFact.HAPPENED_AT, NOW.isoformat(), NOW, "", None, ""),
        ProofStep(
            StockFact.MESSAGE, "388", before(hours=9), "超时，没有回执", 137, '{"infno":"•"}'
        ),
        ProofStep(StockFact.CODE, CODE, None, "平台没有这个码", None, ""),
    )
    proven = tuple(ProvenReason(at, one, steps) for at, one in enumerate(finding.reasons))
    return StockFindingView(DAY, 2, finding, proven)


def a_trend(days: int = 30) -> tuple[TrendDay, ...]:
    """Mostly quiet, two bad days, two that nobody compared."""
    found = []
    for at in range(days):
        day = DAY - timedelta(days=days - 1 - at)
        wrong = 8 if at == 6 else 5 if at == 17 else at % 4
        if at in (3, 20):
            found.append(TrendDay(day, None, None, None, None, False, False))
        else:
            found.append(TrendDay(day, wrong, 2, at % 2, Fen(wrong * 4_500), at != 9, at < 25))
    return tuple(found)


def a_morning(view: StockDayView | None = None, *, signed: bool = False) -> StockMorning:
    shown = view or a_day()
    return StockMorning(shown.run, signed, due=shown.run is None)


def an_overnight() -> Overnight:
    """Two counters, a pharmacist on duty, four things done."""
    counters = (
        CounterRow(1, "chensy", before(hours=2), None, here=False),
        CounterRow(2, "linxy", before(hours=2), None, here=True),
        CounterRow(3, "linxy", before(hours=26), before(hours=12), here=False),
    )
    done = (
        NightRow(NightJob.UPLOADS, None, 11, well=True),
        NightRow(NightJob.STOCK, before(hours=11), 1_864, well=True),
        NightRow(NightJob.PROOF, before(hours=10), 0, well=True),
        NightRow(NightJob.CATALOGUE, before(hours=9), 312, well=True),
    )
    return Overnight("周文静", counters, "陈思远", done)
