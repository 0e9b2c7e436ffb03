"""结算撤销 in another product: two people say here that the money went back there (S4 2.1)."""

from dataclasses import replace

from app.domain.access import Act, Operator, require_second
from app.domain.case import Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.elsewhere import ForeignLeg, foreign_number
from app.domain.errors import Code, OperatorInput
from app.ports.elsewhere import ForeignMoney
from app.workflow.cases.required import required
from app.workflow.moves import move
from app.workflow.steps.settle_elsewhere import claim_of, require_new
from app.workflow.till import Till
from app.workflow.upkeep import recovering


def refund_elsewhere(till: Till, case: CounterCase, number: str, second: Operator) -> CounterCase:
    """Write down the refund ``number``; the return of the sale follows by itself.

    Raises ``OperatorInput``: ``SETTLED_NUMBER_WRONG``, ``SETTLED_NUMBER_KNOWN``,
    ``STEP_MOVED_ON``, or where ``second`` may not agree.
    """
    require_second(till.operator, second, Act.REFUND)
    route = till.route(case.route)
    if case.position.step is not Step.REVOKE or not (route.elsewhere and route.settles):
        raise OperatorInput(Code.STEP_MOVED_ON)
    settled = required(case.facts.settled, "refund without a settlement")
    foreign = required(case.facts.elsewhere, "refund of a settlement made here")
    now = till.clock.now()
    entry = ForeignMoney(
        at=now,
        staff_id=till.operator.staff_id,
        case_id=case.case_id,
        leg=ForeignLeg.REFUND,
        number=foreign_number(number),
        claim=claim_of(case),
        amounts=settled.amounts,
    )
    with till.store.unit() as unit:
        recovering.require_believed(unit)
        require_new(unit, entry)
        unit.elsewhere.enter(entry)
        unit.journal.write(now, second.staff_id, "refund_elsewhere", entry.number)
        back = replace(foreign, refund_number=entry.number, refunded_at=now)
        facts = replace(case.facts, elsewhere=back, refusal=None)
        refunded = move(till, unit, case, Signal.DONE, facts=facts)
    # who writes it down behind a sign-out has come: the return waits for nobody
    till.day_over = False
    return refunded
