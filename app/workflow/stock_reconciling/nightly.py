"""The comparison runs by itself: at night, and once more in the morning for what came late.

In the round of the delivery lane, and giving way to what else is due there; a store that is not
fully connected then pushes what differs by counts, as its area wants it every day (T38, T39).
"""

import logging
from datetime import date, datetime, time, timedelta

from app.domain.books.stock import Stage, StockCause, StockFinding, StockRun, StoreMode
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.jobs.progress import Progress
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.calendar import CHINA, counters
from app.workflow.stock_reconciling import asking
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.stock_reconciling.correcting import live_figure, lot_of, queue_count
from app.workflow.till import Till
from app.workflow.upkeep import recovering

NIGHT_FROM, NIGHT_TO = 22, 24
MORNING_FROM, MORNING_TO = 5, 8
"""Hours in China: the day's business is over, the next one's has not begun."""
AGAIN_AFTER = timedelta(minutes=20)
LOOKED_BACK = 7
"""So many days a shop may have been shut and still have its last one compared by itself."""
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
    except OperatorInput as elsewhere:
        if elsewhere.code is not Code.COMPARED_ELSEWHERE:
            raise
        return None
    except Exception as fault:
        # the lane hears of it too; here it only must not break every round that follows
        _log.error("the comparison of %s broke off: %s", day, type(fault).__name__)
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

    A shop that is locked or switched off at night has its morning when somebody opens the day: the
    last day with business at any counter is looked at then, also behind days the shop was shut.
    """
    if not asking.offered(till, Operation.QUERY_STOCK):
        return None
    with till.store.reading() as unit:
        wanted = _wanted(till, unit)
        if wanted is None:
            return None
        (day, stage), tried = wanted, unit.settings.get(_TRIED)
        run = unit.stock_days.get(day)
    moments = [run.cut_off] if run is not None and not run.complete else []
    if tried is not None:
        moments.append(datetime.fromisoformat(tried))
    if any(till.clock.now() - moment < AGAIN_AFTER for moment in moments):
        return None
    return day, stage


def _wanted(till: Till, unit: Unit) -> tuple[date, Stage] | None:
    """The look that nobody had yet, whenever it was tried last."""
    local = till.clock.now().astimezone(CHINA)
    if NIGHT_FROM <= local.hour < NIGHT_TO:
        night = local.date(), Stage.NIGHT
        return None if _looked_at(unit, *night) else night
    if local.hour < MORNING_FROM:
        return None
    last, first = (local.date() - timedelta(days=back) for back in (1, LOOKED_BACK))
    business = _business_on(till, unit, first, last)
    for back in range(1, LOOKED_BACK + 1):
        day = local.date() - timedelta(days=back)
        if _looked_at(unit, day, Stage.MORNING):
            return None
        early = back == 1 and local.hour < MORNING_TO
        if early or day in business:
            return day, Stage.MORNING
    return None


def _looked_at(unit: Unit, day: date, stage: Stage) -> bool:
    """A whole comparison at this stage or a later one. What somebody asked for while the shop was
    still open is neither: the day went on behind it."""
    run = unit.stock_days.get(day)
    if run is None or run.stage < stage or not run.complete:
        return False
    over = datetime.combine(day, time(NIGHT_FROM), CHINA)
    if stage is Stage.MORNING:
        over = datetime.combine(day + timedelta(days=1), time(), CHINA)
    return run.cut_off >= over


def _business_on(till: Till, unit: Unit, first: date, last: date) -> frozenset[date]:
    days = (unit.days.opened(number, first, last) for number in counters(till))
    return frozenset().union(*days)


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
