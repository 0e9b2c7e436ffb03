"""The comparison runs by itself: at night, and once more in the morning for what came late.

In the round of the delivery lane, and giving way to what else is due there; a store that is not
fully connected then pushes what differs by counts, as its area wants it every day (T38, T39).
"""

import logging
from datetime import date, datetime, timedelta

from app.domain.books.stock import Stage, StockCause, StockFinding, StockRun, StoreMode
from app.domain.errors import NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.jobs.progress import Progress
from app.profile.operations import Operation
from app.workflow import delivery, recovering
from app.workflow.calendar import CHINA
from app.workflow.stock_reconciling import asking
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.stock_reconciling.correcting import live_figure, lot_of, queue_count
from app.workflow.till import Till

NIGHT_FROM, NIGHT_TO = 22, 24
MORNING_FROM, MORNING_TO = 5, 8
"""Hours in China: the day's business is over, the next one's has not begun."""
AGAIN_AFTER = timedelta(minutes=20)
_TRIED = "stock.compared.tried"
BROKEN = "stock.compared.broken"
"""When a comparison last broke off by a fault of this program, ISO text."""
_log = logging.getLogger(__name__)


def compare_nightly(till: Till) -> StockRun | None:
    """The comparison that is due now; None where none is, or where nothing could be asked."""
    wanted = due(till)
    if wanted is None or recovering.is_open(till):
        return None
    day, stage = wanted

    def first(_step: Progress) -> None:
        # one lane has both: a record or money in doubt never waits for a long comparison
        delivery.run(till)

    try:
        run = compare_stock(till, day, stage, first)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        _log.warning("the stock waits to be compared: %s", trouble)
        _note_trial(till, failed=False)
        return None
    except Exception:
        # the lane logs it; here it only must not break every round that follows
        _note_trial(till, failed=True)
        raise
    push(till, run)
    return run


def _note_trial(till: Till, *, failed: bool) -> None:
    now = till.clock.now().isoformat()
    with till.store.unit() as unit:
        unit.settings.put(_TRIED, now)
        if failed:
            unit.settings.put(BROKEN, now)


def due(till: Till) -> tuple[date, Stage] | None:
    """Which day and which look. The morning looks at the day before, once.

    A shop that is locked or switched off at night has its morning when somebody opens the day.
    """
    local = till.clock.now().astimezone(CHINA)
    day, stage = local.date() - timedelta(days=1), Stage.MORNING
    if NIGHT_FROM <= local.hour < NIGHT_TO:
        day, stage = local.date(), Stage.NIGHT
    if not asking.offered(till, Operation.QUERY_STOCK):
        return None
    with till.store.reading() as unit:
        run, tried = unit.stock_days.get(day), unit.settings.get(_TRIED)
        sold_then = unit.days.current(till.counter_no, day) is not None
    early = MORNING_FROM <= local.hour < MORNING_TO
    if stage is Stage.MORNING and not early and (local.hour < MORNING_FROM or not sold_then):
        return None
    if run is not None and run.stage >= stage and run.complete:
        return None
    moments = [run.cut_off] if run is not None and run.stage >= stage else []
    if tried is not None:
        moments.append(datetime.fromisoformat(tried))
    if any(till.clock.now() - moment < AGAIN_AFTER for moment in moments):
        return None
    return day, stage


def push(till: Till, run: StockRun) -> int:
    """The daily push of a store that is not fully connected; returns how many counts were queued.

    Only lines on which nothing waits for a person, and never over records on their way. A partial
    comparison pushes nothing: what was not seen is not corrected.
    """
    if run.mode is not StoreMode.PARTIAL or not run.complete:
        return 0
    queued = 0
    with till.store.reading() as unit:
        found = unit.stock_days.findings(run.day)
    for one in found:
        if _only_push(one):
            queued += _pushed(till, run, one)
    return queued


def _only_push(found: StockFinding) -> bool:
    """A price is no count's business: it neither makes a push nor keeps one back."""
    causes = {one.cause for one in found.reasons} - {StockCause.PRICE_DIFFERS}
    return causes == {StockCause.DAILY_PUSH}


def _pushed(till: Till, run: StockRun, found: StockFinding) -> int:
    if found.ours is None:
        return 0
    now = till.clock.now()
    try:
        with till.store.unit() as unit:
            figure = live_figure(till, unit, found)
            if figure < 0:
                return 0
            key = queue_count(till, unit, lot_of(unit, found), figure)
            who = till.operator.staff_id
            day = run.day.isoformat()
            unit.journal.write(now, who, "push_stock", found.store_code, f"{day} {key}")
    except OperatorInput as waits:
        _log.info("not pushed: %s", waits)
        return 0
    return 1
