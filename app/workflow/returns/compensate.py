"""退销售: a sale that was told to the platform and did not become a settlement is taken back.

On its own, at the latest before the day is closed or when the next one begins (reliability 4).
"""

import logging
from datetime import datetime, time, timedelta

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.ports.store import Unit
from app.workflow import counter, delivery
from app.workflow.calendar import CHINA, today
from app.workflow.cases.counter_rules import can_abandon, waits_for_sign_in
from app.workflow.doubts import clearing
from app.workflow.doubts.travelling import arrives_until, quiescence
from app.workflow.steps import return_sale
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping
from app.workflow.uploads import twice

_TOLD = (Step.UPLOAD_SALE, Step.RETURN_SALE)
PACE = timedelta(minutes=1)
"""How soon a return that did not get through is tried again."""
_log = logging.getLogger(__name__)


def start_of_day(till: Till) -> datetime:
    """Midnight in China of the calendar day at the counter."""
    return datetime.combine(today(till), time(), tzinfo=CHINA)


def compensate(
    till: Till, told_before: datetime, *, at_once: bool = False, of_counter: int | None = None
) -> int:
    """Take back what stands alone; returns how many sales came to an end.

    ``told_before``: sales numbered from then on may still be settled. ``at_once``: the day ends;
    none of them will be, also where a clock that was ahead numbered them, and what was refused a
    moment ago is no later day's. ``of_counter``: of one that works no more.
    """
    if recovering.is_open(till) or till.day_over:
        return 0
    number = till.counter_no if of_counter is None else of_counter
    with till.store.reading() as unit:
        cases = unit.cases.unfinished(number)
    before = None if at_once else told_before
    return sum(_one(till, case, before) for case in cases)


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
    return _stands_alone(till, unit, case, None)


def _stands_alone(till: Till, unit: Unit, case: CounterCase, told_before: datetime | None) -> bool:
    sale, (step, phase) = case.facts.sale, (case.position.step, case.position.phase)
    if sale is None:
        return False
    on_its_way = phase is Phase.SENT or clearing.goes_on_by_itself(till, case)
    if step is Step.RETURN_SALE:
        # given up already: whenever it was told, nobody settles it any more
        return phase is Phase.READY or on_its_way or waits_for_sign_in(case)
    if told_before is not None and sale.numbered_at >= told_before:
        return False
    if step is Step.UPLOAD_SALE and on_its_way:
        return True
    alone = _left_over(till, case, told_before)
    return alone and can_abandon(till, case, unit.attempts.of_case(case.case_id))


def goes_back_from(till: Till) -> datetime | None:
    """From when every sale that is given up may be taken back by itself; None where none waits.

    Nothing of it goes while the day is over, so that the end of the day waits for it. A wait that
    a clock far ahead left behind is nobody's: that sale is handed over.
    """
    if recovering.is_open(till):
        return None
    with till.store.reading() as unit:
        cases = [case for case in unit.cases.unfinished(till.counter_no) if _goes_back(till, case)]
        moments = [*delivery.returns_from(till, unit), *(arrives_until(till, x) for x in cases)]
    now, furthest = till.clock.now(), quiescence(till) + timekeeping.TOLERANCE
    soon = (at for at in moments if at is not None and now < at <= now + furthest)
    return max(soon, default=None)


def _goes_back(till: Till, case: CounterCase) -> bool:
    """Given up, and ended by nobody but the machine."""
    step = case.position.step
    ready = step is Step.RETURN_SALE and case.position.phase is Phase.READY
    return (
        ready
        or waits_for_sign_in(case)
        or (step in _TOLD and clearing.goes_on_by_itself(till, case))
    )


def _one(till: Till, case: CounterCase, told_before: datetime | None) -> bool:
    """Whether the sale of this visit came to an end; one that is being worked on waits."""
    if not till.turn.acquire(blocking=False):
        return False
    try:
        return _taken_back(till, case, told_before)
    finally:
        till.turn.release()


def _taken_back(till: Till, case: CounterCase, told_before: datetime | None) -> bool:
    if told_before is not None and _refused_within(till, case, PACE):
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
    return _signed_in(till, case) if waits_for_sign_in(case) else case


def _signed_in(till: Till, case: CounterCase) -> CounterCase:
    """Nobody has signed in since midnight, or the platform forgot it: signing in and telling again
    is all it takes, and nobody has to be asked for that."""
    try:
        return counter.retry(till, case)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        # raised by the sign-in alone: what a return meets stands on its page
        _log.warning("the day is not open yet: %s", trouble)
        return counter.keep_refusal(till, case, PlatformRejected(Code.SIGN_IN_REQUIRED))


def _left_over(till: Till, case: CounterCase, told_before: datetime | None) -> bool:
    sale, step = case.facts.sale, case.position.step
    if step is Step.SETTLE and till.route(case.route).elsewhere:
        # it may have been settled there and not be written down yet: a person says
        return False
    if sale is None or (told_before is not None and sale.numbered_at >= told_before):
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
