"""自费现金: what a counter took for sales nobody insures, and gave back, on one day.

Read from the visits themselves; a sale and its way back count on the day of each, never against
each other: the drawer had both.
"""

from datetime import date, datetime, time

from app.domain.counter_case import CounterCase
from app.domain.goods.selling import total
from app.domain.money import Fen
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.cases.counter_rules import sold_for_cash
from app.workflow.reconciling.views import CashDay
from app.workflow.till import Till


def cash_of(till: Till, unit: Unit, on: date) -> CashDay:
    """Of this counter; ``on`` is a day in China."""
    # whatever was sold or given back on that day came to an end since, or stands here
    midnight = datetime.combine(on, time(), CHINA)
    cases = (
        *unit.cases.finished(till.counter_no, midnight),
        *unit.cases.unfinished(till.counter_no),
    )
    paid = [case for case in cases if sold_for_cash(till, case)]
    sold = [total(case.facts.lines) for case in paid if _sold_on(case, on)]
    backs = [case.facts.cash_back for case in paid if case.facts.cash_back is not None]
    back = [one.amount for one in backs if _day(one.at) == on]
    return CashDay(len(sold), Fen(sum(sold)), len(back), Fen(sum(back)))


def _sold_on(case: CounterCase, on: date) -> bool:
    at = case.facts.handed_over_at
    return at is not None and _day(at) == on


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
