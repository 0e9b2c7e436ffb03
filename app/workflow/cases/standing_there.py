"""What the last comparisons of money saw standing at the platform, in no book of ours."""

from datetime import date, timedelta

from app.domain.books.money import Repair
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.ports.store import Unit
from app.workflow.calendar import CHINA, today
from app.workflow.till import Till

A_DAY = timedelta(days=1)


def require_not_settled_there(till: Till, unit: Unit, case: CounterCase) -> None:
    """A visit that a line of a statement names is settled already: first somebody adopts that line
    or takes it back. So is one whose own message the line names: a split that was asked for since
    gave the visit another number.

    Raises ``OperatorInput`` ``VISIT_STANDS_THERE`` with the day of the line.
    """
    estimate, last = case.facts.estimate, today(till)
    if estimate is None or not estimate.visit_id:
        return
    visit, day = estimate.visit_id, case.opened_at.astimezone(CHINA).date() - A_DAY
    entered = _entered(unit, day, last, visit)
    while day <= last:
        if day in entered or _shows(unit, day, case, visit):
            raise OperatorInput(Code.VISIT_STANDS_THERE, when=day.isoformat())
        day += A_DAY


def _entered(unit: Unit, first: date, last: date, visit: str) -> set[date]:
    """The days of what was entered as this visit's; none where as much was given back."""
    lines = unit.money_days.adopted(first, last)
    own = [line for line in lines if line.visit_id == visit]
    left = sum(line.sums.total for line in own)
    return {line.day for line in own if left > 0 and line.sums.total > 0}


def _shows(unit: Unit, day: date, case: CounterCase, visit: str) -> bool:
    """Whether the newest comparison of a day has a line of it that can be taken back, or could not
    look where an earlier one saw it."""
    found = unit.money_days.get(day)
    lines = (*found.differences, *found.unseen) if found is not None else ()
    return any(
        visit == one.visit_id or case.case_id == one.case_id
        for one in lines
        if one.repair is Repair.REVERSE
    )
