"""What was copied from another product's slips, as the ledger of one day (decision 0041)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from app.domain.attempt import AttemptState
from app.domain.books.money import LineName, OurLine
from app.domain.credential import PersonNumber
from app.domain.elsewhere import ForeignLeg
from app.domain.money import Amounts
from app.ports.elsewhere import ForeignMoney
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.reconciling.ledger import MARGIN, Ledger, group_of, sums_of
from app.workflow.till import Till


def copied_ledger_of(till: Till, unit: Unit, day: date) -> Ledger:
    """The copies of the day and its margins. A copy belongs to the day it was written down: the
    slip's own day is not asked for, and a neighbouring day is looked at as well."""
    first = datetime.combine(day, time(), tzinfo=CHINA)
    entries = unit.elsewhere.between(first - MARGIN, first + timedelta(days=1) + MARGIN)
    amounts: dict[LineName, Amounts] = {}
    lines = tuple(_lines(till, unit, entries, amounts))
    here = tuple(line for line in lines if line.day == day)
    near = tuple(line for line in lines if line.day != day)
    return Ledger(day, here, near, amounts)


def _lines(
    till: Till, unit: Unit, entries: Iterable[ForeignMoney], amounts: dict[LineName, Amounts]
) -> Iterable[OurLine]:
    for entry in entries:
        case = unit.cases.get(entry.case_id)
        refund = entry.leg is ForeignLeg.REFUND
        bill = entry.amounts.negated() if refund else entry.amounts
        amounts[entry.number, refund] = bill
        person = case.facts.person
        yield OurLine(
            case_id=entry.case_id,
            # the other product's message is nobody's here: its number stands for it
            message_id=entry.number,
            attempt_id=entry.number,
            refund=refund,
            state=AttemptState.REFUNDED if refund else AttemptState.SETTLED,
            booked=True,
            day=entry.at.astimezone(CHINA).date(),
            group=group_of(till, case, None),
            settlement_id=entry.number,
            visit_id="",
            person_no=person.person_no if person else PersonNumber(""),
            sums=sums_of(bill),
        )
