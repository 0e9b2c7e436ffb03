"""A refund that no statement shows, nor its settlement: it ends on a manager's word (0059), and so
does what an office gives no statement of, ever (0067).

Some statements leave out what was refunded, and look as one that is behind. So nobody is asked
before nothing about the refund can arrive any more, and not before several statements, apart from
each other, were silent over a whole day.
"""

from datetime import datetime, timedelta

from app.domain import settlement as s
from app.domain.access import Operator
from app.domain.errors import Code, OperatorInput
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.doubts.evidence import SILENT
from app.workflow.till import Till
from app.workflow.upkeep import recovering

TIMES = 3
"""So many silent statements are enough, each later than the one before by"""
APART = timedelta(hours=1)


def signable_from(till: Till, unit: Unit, case_id: int, attempt: s.Attempt) -> datetime:
    """From when a manager's word may end it, if statements stay silent and are looked at."""
    now = till.clock.now()
    looked = unit.journal.times(SILENT, attempt.message_id)
    known = recovering.arrived_by(till, unit, case_id, attempt, shown=False)
    arrived = known or min((*looked, now))
    last, seen = None, 0
    for at in looked:
        if arrived <= at <= now and (last is None or at - last >= APART):
            last, seen = at, seen + 1
    again = (last or max(arrived, now) - APART) + APART * max(0, TIMES - seen)
    return max(arrived + s.SILENCE, again)


def require_long_silent(
    till: Till, unit: Unit, case_id: int, attempt: s.Attempt, *, unheard: bool
) -> None:
    """Raises ``OperatorInput`` ``NOT_SHOWN``, or ``STATEMENT_NOT_GIVEN`` where no
    statement was given (``unheard``), with the time from which a word may end it."""
    until = signable_from(till, unit, case_id, attempt)
    if till.clock.now() < until:
        code = Code.STATEMENT_NOT_GIVEN if unheard else Code.NOT_SHOWN
        raise OperatorInput(code, until=f"{until.astimezone(CHINA):%m-%d %H:%M:%S}")


def may_stand(attempt: s.Attempt) -> bool:
    """Whether a word can say that it stands: of a settlement nobody answered, none says as what."""
    return attempt.settled is not None


def write(unit: Unit, now: datetime, manager: Operator, attempt: s.Attempt, statement: str) -> int:
    """Where the manager saw it; the row the decision rests on."""
    act = "portal_statement"
    return unit.journal.write(now, manager.staff_id, act, attempt.message_id, statement.strip())
