"""What a counter does before its first customer: recover, then sign in for the day."""

import logging
from datetime import timedelta

from app.domain.access import Operator
from app.domain.errors import NotSent, OutcomeUnknown, PlatformRejected
from app.workflow import counter, day, delivery, offline, resolving
from app.workflow.calendar import sign_no_of, today
from app.workflow.catalogue.nightly import bring_some
from app.workflow.goods.proving import prove_nightly
from app.workflow.leases import heirs
from app.workflow.people.sign_outs import sign_out_left
from app.workflow.reconciling import closing
from app.workflow.returns.compensate import compensate, start_of_day
from app.workflow.stock_reconciling.nightly import compare_nightly
from app.workflow.till import Till
from app.workflow.upkeep import timekeeping
from app.workflow.upkeep.copying import copy_nightly
from app.workflow.upkeep.rehearsal import rehearse

STILL_HERE = timedelta(hours=1)
"""How long after the scan a customer counts as waiting, also over midnight."""
_log = logging.getLogger(__name__)


def wake(till: Till, *, inherited: bool = False) -> None:
    """After opening the store: nothing is assumed about what was on its way.

    ``inherited``: another machine had this counter in hands since, and told the times by its clock.
    """
    if inherited:
        heirs.begin_anew(till, till.counter_no)
    else:
        recover(till)
    rehearse(till)


def recover(till: Till) -> None:
    """The part of :func:`wake` that counts; the rest only makes the first visit quick."""
    found = counter.recover(till)
    offline.wake(till)
    if found:
        _log.info("%d cases were on their way when the program ended", found)


def begin_day(till: Till) -> bool:
    """Sign in for the day; False where the platform could not be reached, to be tried again."""
    if timekeeping.goes_behind(till):
        # the next id bears a time that is still to come, and is refused: better this than a visit
        resolving.hear_time(till)
    try:
        day.ensure_open(till)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        _log.warning("the day is not open yet: %s", trouble)
        return False
    return True


def settle_open_ends(till: Till) -> int:
    """What earlier days and hours left open (reliability 2.3); returns what came to rest.

    A sale of an earlier day that never became a settlement is taken back, unless its customer
    may still be at the counter.
    """
    counter.take_up_left_behind(till)
    earlier = min(start_of_day(till), till.clock.now() - STILL_HERE)
    settled = compensate(till, earlier) + delivery.run(till)
    settled += heirs.finish_for_others(till, earlier)
    prove_nightly(till)
    sign_out_left(till)
    bring_some(till)
    compare_nightly(till)
    return settled


def settle_unattended(till: Till) -> int:
    """The same while nobody is signed in, also before the first sign-in of a restart.

    Whoever opened the day answers for it; without an open day nothing can be sent.
    """
    settled = 0
    heirs.come_back(till)
    try:
        if till.signed_in is not None:
            settled = settle_open_ends(till)
        elif (operator := answerable(till)) is not None:
            with till.answered_for(operator):
                settled = settle_open_ends(till)
        else:
            heirs.let_go(till)
    finally:
        # behind it: a large base takes its time, and money in doubt does not wait for a copy;
        # and whatever broke off above, the store is copied
        copy_nightly(till)
    return settled


def answerable(till: Till) -> Operator | None:
    """Who opened the day that stands; None while there is none."""
    with till.store.reading() as unit:
        current = unit.days.current(till.counter_no, today(till))
        member = unit.people.by_login(current.operator_no) if current else None
        return member.operator() if member is not None and sign_no_of(till, unit) else None


def end_day(till: Till) -> None:
    """Take back every sale that will not be settled, then sign out.

    Raises ``OperatorInput`` while money is unknown, and the trouble of the exchange.
    """
    closing.end_day(till)
