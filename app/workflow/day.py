"""Opening and closing the business day of a counter (9001/9002 behind the platform port)."""

import logging
from datetime import date, timedelta

from app.domain.counter_case import Refusal
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected
from app.ports import requests as q
from app.ports.store import BusinessDay, Unit
from app.workflow import exchange as wire
from app.workflow.calendar import today
from app.workflow.people import duty
from app.workflow.people.sign_outs import leave
from app.workflow.till import Till
from app.workflow.upkeep import timekeeping

_log = logging.getLogger(__name__)


def is_open(till: Till) -> bool:
    """Whether the day is open for who is signed in; while nobody is, for anybody.

    Where a platform ties a sign-in to its operator (core-platform 4.1), a number that somebody
    else was given is refused in this one's messages.
    """
    with till.store.reading() as unit:
        current = unit.days.current(till.counter_no, today(till))
    if current is None or current.closed_at is not None:
        return False
    if till.signed_in is None or till.profile.core.sign_in_per == "institution":
        return True
    return till.signed_in.login == current.operator_no


def open_day(till: Till) -> BusinessDay:
    """Sign the counter in for today. Raises the trouble of the exchange.

    A platform may have forgotten a sign-in that stands here, or it is another operator's: the old
    one is closed by the new one here only, so that its messages on their way still hold there.
    Somebody else's is written down to be signed out afterwards (``sign_outs``).
    """
    who = till.operator
    request = q.OpenDay(who.login, till.shop.network_name, till.shop.address)
    core = till.platform.core
    answer = wire.consult(till, core, request, core.open_day, None)
    day = BusinessDay(today(till), answer.value.sign_no, who.login, till.clock.now(), None)
    with till.store.unit() as unit:
        # its answer told the time: what was asked for under a clock ahead is old from now on
        timekeeping.put_right(till, unit)
        old = unit.days.current(till.counter_no, day.day)
        if old is not None and old.closed_at is None:
            unit.days.close(till.counter_no, day.day, till.clock.now())
            leave(till, unit, old)
        unit.days.open(till.counter_no, day)
        unit.journal.write(till.clock.now(), who.staff_id, "open_day", str(day.day))
    till.day_over = False
    return day


def ensure_open(till: Till) -> None:
    """Open the day where it is not open yet, or not for who is signed in."""
    if not is_open(till):
        open_day(till)


def put_right(till: Till, refusal: Refusal | None) -> None:
    """Sign in again before the next message where the platform demanded it, another operator took
    over, or a new day began.

    Raises the trouble of a demanded sign-in; without one the message itself will tell.
    """
    if refusal is not None and refusal.code == Code.SIGN_IN_REQUIRED:
        open_day(till)
        return
    try:
        ensure_open(till)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        _log.warning("the day is not open yet: %s", trouble)


def close_day(till: Till, staff_id: int | None = None, handed_over: str = "") -> None:
    """Sign out; ``staff_id`` answers for what is handed over. Raises the exchange's trouble.

    "Nobody is signed in" is what was wanted: an earlier sign-out whose answer got lost. The day is
    the one that was signed in, also where midnight passes before its answer.
    """
    with till.store.reading() as unit:
        on, sign_no = _stands(till, unit)
    core = till.platform.core
    request = q.CloseDay(till.operator.login, sign_no)
    try:
        wire.consult(till, core, request, core.close_day, None)
    except PlatformRejected as refused:
        if refused.code is not Code.SIGN_IN_REQUIRED:
            raise
    with till.store.unit() as unit:
        unit.days.close(till.counter_no, on, till.clock.now())
        duty.leave(till, unit)
        who = till.operator.staff_id if staff_id is None else staff_id
        unit.journal.write(till.clock.now(), who, "close_day", str(on), handed_over)
    till.day_over = True


def newest(till: Till, unit: Unit) -> BusinessDay | None:
    """The day of today; yesterday's where it is still open and the counter has not signed in since
    midnight: whoever stands there then ends that one."""
    on = today(till)
    current = unit.days.current(till.counter_no, on)
    if current is not None:
        return current
    before = unit.days.current(till.counter_no, on - timedelta(days=1))
    return before if before is not None and before.closed_at is None else None


def _stands(till: Till, unit: Unit) -> tuple[date, str]:
    """The day that a sign-out ends, with its sign-in."""
    found = newest(till, unit)
    if found is None or found.closed_at is not None:
        return today(till), ""
    return found.day, found.sign_no
