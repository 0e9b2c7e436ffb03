"""What a counter left that works no more is finished by another one of its store.

Only behind the lease, with a higher fence, and only what waits for nobody: money whose fate the
engine finds out, and sales that were told and never settled. Whatever the dead process had sent may
still arrive, and its clock is nobody's here: every wait begins anew, whole.
"""

import logging
from datetime import datetime
from functools import partial

from app.domain import settlement as s
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, LocalTrouble
from app.ports.store import Unit
from app.workflow import counter, resolving
from app.workflow.calendar import today
from app.workflow.leases.holding import Holding, record_holder
from app.workflow.returns import compensate
from app.workflow.settling import transition
from app.workflow.till import Till
from app.workflow.upkeep import recovering

_log = logging.getLogger(__name__)


def finish_for_others(till: Till, told_before: datetime) -> int:
    """Go on where dead counters stopped; returns how many things came to rest.

    ``told_before`` as in :func:`app.workflow.returns.compensate.compensate`.
    """
    holding = till.holding
    if holding is None or recovering.is_open(till):
        return 0
    if till.day_over:
        let_go(till)
        return 0
    return sum(_finish(till, holding, number, told_before) for number in holding.silent())


def let_go(till: Till) -> None:
    """Nothing goes by itself here any more, as the day is over or nobody answers for it: another
    counter may have what this one inherited, and begins anew."""
    if till.holding is not None:
        till.holding.let_all_go()


def _finish(till: Till, holding: Holding, number: int, told_before: datetime) -> int:
    if not _left(till, number, told_before):
        return 0
    inherited = holding.inherit(number)
    if inherited is None:
        return 0
    held, new = inherited
    try:
        with holding.also(held):
            if new:
                _log.warning("counter %d is finished here: nobody works at it", number)
                begin_anew(till, number)
            rested = resolving.resolve_of(till, number)
            rested += compensate.compensate(till, told_before, of_counter=number)
    except LocalTrouble as trouble:
        if holding.lost:
            raise
        # it came back, and is its own again
        _log.warning("counter %d is let go: %s", number, trouble)
        holding.forget(held)
        return 0
    if not _left(till, number, told_before):
        holding.let_go(held)
    return rested


def _left(till: Till, number: int, told_before: datetime) -> bool:
    """Whether anything is left there that needs nobody."""
    with till.store.reading() as unit:
        waits = unit.attempts.open_attempts(number)
        if unit.outbox.held_by(record_holder(number)):
            return True
    if any(attempt.state is not s.AttemptState.MANUAL for _, attempt in waits):
        return True
    return compensate.anything_left(till, told_before, number)


def ending_with_day(till: Till, unit: Unit) -> list[CounterCase]:
    """Visits of counters nobody works at that the sign-out of this one gives up (0062)."""
    numbers = () if till.holding is None else till.holding.silent()
    found = [case for number in numbers for case in unit.cases.unfinished(number)]
    return [case for case in found if compensate.ends_with_day(till, unit, case)]


def nobody_elses(till: Till, unit: Unit) -> list[tuple[int, int, s.Attempt]]:
    """(counter, case id, attempt) of money that counters nobody works at left in doubt, where no
    other counter is open to end it: were this one signed out, it would lie until morning. What has
    come to a person waits for a word that may be given at any counter, and is not among it."""
    holding = till.holding
    if holding is None or recovering.refusal(unit) or _another_is_open(till, holding, unit):
        return []
    return [
        (number, case_id, attempt)
        for number in holding.silent()
        for case_id, attempt in unit.attempts.open_attempts(number)
        if attempt.state is not s.AttemptState.MANUAL
    ]


def _another_is_open(till: Till, holding: Holding, unit: Unit) -> bool:
    """Whether anybody else inherits what is left: somebody works there, and has not closed."""
    at_work = set(holding.others_at_work(unit)) - set(holding.silent())
    opened = (unit.days.current(number, today(till)) for number in at_work)
    return any(day is not None and day.closed_at is None for day in opened)


def begin_anew(till: Till, number: int) -> None:
    """What was on its way there is unknown, and may still arrive: it is waited out from now on."""
    with till.turn, till.resolving:
        _doubt_all(till, number)


def _doubt_all(till: Till, number: int) -> None:
    counter.recover(till, of_counter=number)
    with till.store.reading() as unit:
        found = unit.attempts.open_attempts(number)
    for case_id, attempt in found:
        if attempt.state is s.AttemptState.MANUAL:
            continue
        with till.store.unit() as unit:
            case = unit.cases.get(case_id)
            transition(till, unit, case, attempt, s.ClockSetBack(till.clock.now()))


def come_back(till: Till) -> None:
    """This counter was in other hands while it was cut off or slept; now it is its own again.

    Behind whatever its lanes had under way: none of that was written. Raises ``LocalTrouble``
    ``COUNTER_TAKEN`` where another machine bears its number by now.
    """
    holding = till.holding
    if holding is None or not holding.lost:
        return
    with till.turn, till.resolving:
        holding.take(partial(_refuse, holding))
        _doubt_all(till, till.counter_no)


def _refuse(holding: Holding, _seconds: float) -> None:
    """Nobody waits in the middle of a day: the next round looks again."""
    raise LocalTrouble(Code.COUNTER_TAKEN, counter=holding.counter_no)
