"""A base that is not the newest one: what is refused until every missing day is signed (I12).

Its visits may have ended at the platform long ago. They are never settled here again, and none is
taken back while the platform holds a settlement of that person that nobody here stands for.
"""

from datetime import date, datetime, timedelta

from app.domain import settlement as s
from app.domain.access import Operator
from app.domain.books.money import MoneyDay
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.ports.recovery import Recovery
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.doubts import travelling
from app.workflow.till import Till
from app.workflow.upkeep.timekeeping import TOLERANCE

REMEMBERED = timedelta(days=92)
"""How far before the copy its customers are looked at."""
ON_ITS_WAY = timedelta(minutes=5)
"""How long after it was found something the lost time had sent may still arrive: beyond the
quiescence of every region."""
_NAMED = 4
"""More days than that are named by the first and the last."""


def is_open(till: Till) -> bool:
    """Whether the base of this counter is not believed yet."""
    with till.store.reading() as unit:
        return _open(unit) is not None


def _open(unit: Unit) -> Recovery | None:
    found = unit.recoveries.newest()
    return found if found is not None and found.open else None


def missing_days(unit: Unit) -> tuple[date, ...]:
    """Days that still have to be compared line by line and signed; empty outside a recovery."""
    recovery = _open(unit)
    if recovery is None:
        return ()
    return tuple(day for day in recovery.days() if not _signed(unit, recovery, day))


def _signed(unit: Unit, recovery: Recovery, day: date) -> bool:
    found = unit.money_days.get(day)
    if found is None or not _whole(found) or not _counts(unit, recovery, found):
        return False
    return any(one.run_no == found.run_no for one in unit.money_days.signed(day))


def _counts(unit: Unit, recovery: Recovery, found: MoneyDay) -> bool:
    """Compared late enough, by a clock that was right."""
    at = found.compared_at
    return at >= _quiet_from(unit, recovery) and not recovery.misdated(at)


def _quiet_from(unit: Unit, recovery: Recovery) -> datetime:
    """At a base of several counters one clock may have found it and another one be asked now."""
    clocks = TOLERANCE if unit.leases.all() else timedelta()
    return recovery.found_at + ON_ITS_WAY + clocks


def require_quiet(unit: Unit, day: date, *, every_day: bool = False) -> None:
    """Who signs a missing day has seen all that can still arrive. Raises ``OperatorInput``
    ``STILL_ON_ITS_WAY`` with the time from which a comparison counts.

    ``every_day``: who adopts, too: what the lost time reversed may stand on any day.
    """
    quiet = quiet_from(unit, day)
    if every_day:
        quiet = _quiet_behind(unit, _open(unit), unit.money_days.get(day))
    if quiet is not None:
        raise OperatorInput(Code.STILL_ON_ITS_WAY, until=_shown(quiet))


def _quiet_behind(unit: Unit, recovery: Recovery | None, found: MoneyDay | None) -> datetime | None:
    """From when this day has to be compared again; None where what was compared counts."""
    if recovery is None or found is None or _counts(unit, recovery, found):
        return None
    return _quiet_from(unit, recovery)


def quiet_from(unit: Unit, day: date) -> datetime | None:
    """From when a missing day has to be compared again to be signed; None where it may be now."""
    recovery = _open(unit)
    if recovery is None or day not in recovery.days():
        return None
    return _quiet_behind(unit, recovery, unit.money_days.get(day))


def require_arrived(
    till: Till,
    unit: Unit,
    case_id: int,
    attempt: s.Attempt,
    *,
    shown: bool,
    given_back: str = "",
) -> None:
    """Before a person ends a doubt: nothing about it can arrive any more (reliability 2.3).

    ``shown``: its message is in the statement, so that only a reversal may still change that. Two
    people may have sent one of ``given_back``, the refund in the statement. A copy knows neither
    when what it had prepared was sent nor what was decided, refunded and reversed since, also of
    what was a person's by then: it waits from when it was put back.

    Raises ``OperatorInput`` ``STILL_ON_ITS_WAY``.
    """
    last = arrived_by(till, unit, case_id, attempt, shown=shown, given_back=given_back)
    if last is not None and till.clock.now() < last:
        raise OperatorInput(Code.STILL_ON_ITS_WAY, until=_shown(last))


def arrived_by(
    till: Till,
    unit: Unit,
    case_id: int,
    attempt: s.Attempt,
    *,
    shown: bool,
    given_back: str = "",
) -> datetime | None:
    """As :func:`require_arrived`: from when nothing can; None where nothing that could was sent."""
    recovery, reversed_at = unit.recoveries.newest(), unit.attempts.reversed_at(attempt)
    latest = attempt.refund_message_id or attempt.message_id
    quiet: list[datetime] = []
    if reversed_at is not None:
        quiet.append(travelling.quiet_from(till, reversed_at, travelling.reversal_of(latest)))
    if attempt.sent_at is not None and not shown:
        quiet.append(travelling.quiet_from(till, attempt.sent_at, latest))
    if given_back and (page := travelling.page_reversal_until(till, unit, given_back)):
        quiet.append(page)
    if recovery is not None and (attempt.reason == "restored" or of_lost_time(unit, case_id)):
        quiet.append(_quiet_from(unit, recovery))
    return max(quiet, default=None)


def _shown(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%H:%M:%S}"


def _whole(found: MoneyDay) -> bool:
    return found.complete and found.every_line


def offices(unit: Unit) -> frozenset[str]:
    """Clearing offices of everybody the copy knows: what is missing may have been cleared there.

    At whatever counter they came: the base is believed for every one of them.
    """
    recovery = _open(unit)
    if recovery is None:
        return frozenset()
    cases = unit.cases.everywhere(recovery.since - REMEMBERED)
    people = [case.facts.person for case in cases if case.facts.person is not None]
    return frozenset(row.area for person in people for row in person.insurances)


def refusal(unit: Unit) -> OperatorInput | None:
    """What to say instead of moving money, naming the days; None where the base is believed."""
    if _open(unit) is None:
        return None
    texts = [f"{day:%m-%d}" for day in missing_days(unit)]
    named = " ".join(texts) if len(texts) <= _NAMED else f"{texts[0]} … {texts[-1]}"
    return OperatorInput(Code.RECOVERY_OPEN, dates=named)


def require_believed(unit: Unit) -> None:
    """Raises ``OperatorInput`` ``RECOVERY_OPEN``."""
    found = refusal(unit)
    if found is not None:
        raise found


def require_of_this_line(unit: Unit, case: CounterCase) -> None:
    """Before money and sales: the visit was begun on what is known now. Raises ``OperatorInput``.

    A visit from before a recovery may have been settled since, under a message nobody here has.
    """
    require_believed(unit)
    recovery = unit.recoveries.newest()
    if recovery is not None and recovery.before(case.case_id, case.opened_at):
        raise OperatorInput(Code.BEFORE_RECOVERY)


def of_lost_time(unit: Unit, case_id: int | None) -> bool:
    """Whether a visit was begun before a recovery: what is told of it now may have been told in the
    time this base knows nothing of."""
    recovery = unit.recoveries.newest()
    if recovery is None or case_id is None:
        return False
    return recovery.before(case_id, unit.cases.get(case_id).opened_at)


def require_nothing_stray(unit: Unit, case: CounterCase) -> None:
    """Before a sale is taken back or its boxes are set free. Raises ``OperatorInput``."""
    if case.facts.sale is not None:
        require_believed(unit)
    recovery, person = unit.recoveries.newest(), case.facts.person
    if recovery is None or person is None:
        return
    if not recovery.before(case.case_id, case.opened_at):
        return
    require_believed(unit)
    for day in recovery.days():
        found = unit.money_days.get(day)
        strays = found.differences if found is not None else ()
        if any(one.open and one.person_no == person.person_no for one in strays):
            raise OperatorInput(Code.BEFORE_RECOVERY)


def require_word_for_open(unit: Unit, day: date, note: str) -> None:
    """Whoever signs a missing day with differences left says why. Raises ``OperatorInput``."""
    found = unit.money_days.get(day)
    left = found is not None and any(one.open for one in found.differences)
    if left and day in missing_days(unit) and not note.strip():
        raise OperatorInput(Code.REASON_MISSING)


def end_where_signed(till: Till, unit: Unit, who: Operator) -> bool:
    """With the last missing day signed, ``who`` has said that this base may be believed."""
    if _open(unit) is None or missing_days(unit):
        return False
    now = till.clock.now()
    unit.recoveries.end(now)
    unit.journal.write(now, who.staff_id, "recovery_ended", f"counter {till.counter_no}")
    return True


def doubt(unit: Unit, case: CounterCase, attempt: s.Attempt) -> bool:
    """Whether an attempt that is not at rest comes from a base that is not believed.

    Or that was not: of several counters one may be switched on only when another has signed, and
    what it left in doubt may have ended in the lost time.
    """
    recovery = unit.recoveries.newest()
    if recovery is None or not attempt.open or attempt.state is s.AttemptState.MANUAL:
        return False
    if recovery.ended_at is None:
        return True
    if attempt.leg is s.Leg.SETTLE:
        return recovery.before(case.case_id, case.opened_at)
    begun = attempt.sent_at or attempt.next_at
    return begun is None or begun < recovery.ended_at
