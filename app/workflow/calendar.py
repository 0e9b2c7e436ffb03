"""Which day it is at the counter, and the sign-in number of that day."""

from datetime import date, timedelta, timezone

from app.domain.errors import Code, OperatorInput
from app.ports.store import Unit
from app.workflow.till import Till

CHINA = timezone(timedelta(hours=8))
COUNTERS = 9
"""So many counters of one store are looked for in its base."""


def today(till: Till) -> date:
    """The calendar day in China, whatever the clock of this machine is set to."""
    return till.clock.now().astimezone(CHINA).date()


def until_today(till: Till, wanted: date | None) -> date:
    """The day a person named, today where none was. Raises ``OperatorInput`` ``DAY_TO_COME``."""
    if wanted is not None and wanted > today(till):
        raise OperatorInput(Code.DAY_TO_COME)
    return wanted or today(till)


def sign_no_of(till: Till, unit: Unit) -> str:
    """The sign-in number of today, empty before the day was opened and once it was closed."""
    current = unit.days.current(till.counter_no, today(till))
    return current.sign_no if current is not None and current.closed_at is None else ""


def counters(till: Till) -> tuple[int, ...]:
    """Numbers of the counters that may have worked on this base, this one included."""
    return tuple(sorted({*range(1, COUNTERS + 1), till.counter_no}))
