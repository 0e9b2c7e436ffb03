"""费用明细查询: what the platform settled line by line, beside what was sold here.

Assistance for whoever decides: amounts and message ids decide, lines only show what they are of.
"""

from app.domain.counter_case import CounterCase
from app.domain.errors import NotSent, OutcomeUnknown, PlatformRejected
from app.domain.goods.selling import total
from app.domain.money import Fen, fen_text
from app.domain.settlement import Attempt
from app.ports import insurance as i
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.cases.lines import line_numbers
from app.workflow.doubts.views import CompareRow
from app.workflow.people.credentials import insured_area, person_of
from app.workflow.returns.decide import Evidence
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.views.case import Say


def fee_rows(
    till: Till, case: CounterCase, attempt: Attempt, evidence: Evidence
) -> tuple[CompareRow, ...]:
    """One row where the platform names a settlement and shows its lines, else none."""
    found = _asked(till, case, attempt, evidence)
    if found is None:
        return ()
    ours = (len(line_numbers(case)), total(case.facts.lines))
    theirs = (len(found), Fen(sum(line.amount for line in found)))
    return (CompareRow("fees", _said(*ours), _said(*theirs), ours == theirs),)


def _said(lines: int, amount: Fen) -> Say:
    return Say("doubt.fees", (("count", lines), ("amount", fen_text(amount))))


def _asked(
    till: Till, case: CounterCase, attempt: Attempt, evidence: Evidence
) -> tuple[i.FeeLine, ...] | None:
    part = till.profile.operations.get(Operation.QUERY_FEES)
    settled, line = attempt.settled, evidence.line
    number = settled.settlement_id if settled else line.settlement_id if line else ""
    visit = settled.visit_id if settled else line.visit_id if line else ""
    if part is None or not part.enabled or not number or not visit:
        return None
    with till.store.reading() as unit:
        if recovering.refusal(unit) is not None:
            # nothing but what ends a recovery leaves before it is over
            return None
    request = i.QueryFees(person_of(case), insured_area(case), number, visit)
    door = till.platform.insurance
    try:
        return wire.consult(till, door, request, door.query_fees, case.case_id).value
    except (PlatformRejected, NotSent, OutcomeUnknown):
        return None
