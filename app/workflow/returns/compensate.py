"""退销售: a sale that was told to the platform and did not become a settlement is taken back.

On its own, at the latest before the day is closed or when the next one begins (reliability 4).
"""

from datetime import datetime, time, timedelta

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import OperatorInput
from app.ports.store import Unit
from app.workflow import counter
from app.workflow.calendar import CHINA, today
from app.workflow.cases.counter_rules import can_abandon
from app.workflow.doubts import clearing
from app.workflow.steps import return_sale
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads import twice

_TOLD = (Step.UPLOAD_SALE, Step.RETURN_SALE)
PACE = timedelta(minutes=1)
"""How soon a return that did not get through is tried again."""


def start_of_day(till: Till) -> datetime:
    """Midnight in China of the calendar day at the counter."""
    return datetime.combine(today(till), time(), tzinfo=CHINA)


def compensate(
    till: Till, told_before: datetime, *, at_once: bool = False, of_counter: int | None = None
) -> int:
    """Take back what stands alone; returns how many sales came to an end.

    ``told_before``: sales numbered from then on may still be settled. ``at_once``: the day ends,
    and what was refused a moment ago is no later day's. ``of_counter``: of one that works no more.
    """
    if recovering.is_open(till) or till.day_over:
        return 0
    number = till.counter_no if of_counter is None else of_counter
    with till.store.reading() as unit:
        cases = unit.cases.unfinished(number)
    pace = timedelta() if at_once else PACE
    return sum(_one(till, case, told_before, pace) for case in cases)


def anything_left(till: Till, told_before: datetime, counter_no: int) -> bool:
    """Whether a sale of that counter stands alone and can be taken back by nobody's hand."""
    with till.store.reading() as unit:
        return any(
            _stands_alone(till, unit, case, told_before)
            for case in unit.cases.unfinished(counter_no)
        )


def ends_with_day(till: Till, unit: Unit, case: CounterCase) -> bool:
    """Whether the sign-out gives this visit up: its sale was told, and is not settled.

    What is on its way to the platform, and everything during a recovery, stays as it is.
    """
    if till.day_over or case.position.phase is Phase.SENT:
        return False
    if recovering.missing_days(unit):
        return False
    return _stands_alone(till, unit, case, till.clock.now())


def _stands_alone(till: Till, unit: Unit, case: CounterCase, told_before: datetime) -> bool:
    sale, (step, phase) = case.facts.sale, (case.position.step, case.position.phase)
    if sale is None or sale.numbered_at >= told_before:
        return False
    if step in _TOLD and (phase is Phase.SENT or clearing.goes_on_by_itself(till, case)):
        return True
    if step is Step.RETURN_SALE:
        return phase is Phase.READY
    alone = _left_over(till, case, told_before)
    return alone and can_abandon(till, case, unit.attempts.of_case(case.case_id))


def _one(till: Till, case: CounterCase, told_before: datetime, pace: timedelta) -> bool:
    """Whether the sale of this visit came to an end; one that is being worked on waits."""
    if not till.turn.acquire(blocking=False):
        return False
    try:
        return _taken_back(till, case, told_before, pace)
    finally:
        till.turn.release()


def _taken_back(till: Till, case: CounterCase, told_before: datetime, pace: timedelta) -> bool:
    if _refused_within(till, case, pace):
        return False
    try:
        if case.position.step is Step.RETURN_SALE:
            case = _go_on(till, case)
        elif _left_over(till, case, told_before):
            case = _give_up(till, case)
    except OperatorInput:
        # Somebody at the counter moved this case in the meantime: it is theirs.
        return False
    return case.position.step is Step.CLOSED


def _refused_within(till: Till, case: CounterCase, pace: timedelta) -> bool:
    """A moment of before the clock was set back is no moment ago."""
    refusal = case.facts.refusal
    return refusal is not None and timedelta() <= till.clock.now() - refusal.at < pace


def _go_on(till: Till, case: CounterCase) -> CounterCase:
    phase = case.position.phase
    if phase is Phase.READY:
        return return_sale.return_sale(till, case)
    if clearing.goes_on_by_itself(till, case):
        return counter.proceed(till, clearing.clear_up(till, case))
    return case


def _left_over(till: Till, case: CounterCase, told_before: datetime) -> bool:
    sale, step = case.facts.sale, case.position.step
    if step is Step.SETTLE and till.route(case.route).elsewhere:
        # it may have been settled there and not be written down yet: a person says
        return False
    if sale is None or sale.numbered_at >= told_before:
        return False
    stands = till.route(case.route).sale_stands_at(step) and step is not Step.HAND_OVER
    if twice.left_over(case):
        return True
    return stands or (step is Step.UPLOAD_SALE and case.position.phase is not Phase.SENT)


def _give_up(till: Till, case: CounterCase) -> CounterCase:
    """Abandon for the customer who left; a record in doubt is told again first."""
    if case.position.step is Step.UPLOAD_SALE and clearing.goes_on_by_itself(till, case):
        case = clearing.clear_up(till, case)
    with till.store.reading() as unit:
        allowed = can_abandon(till, case, unit.attempts.of_case(case.case_id))
    return counter.abandon(till, case) if allowed else case
