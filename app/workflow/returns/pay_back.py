"""自费退款: cash of a sale nobody insures goes back under four eyes, in one commit.

No message moves this money, so nothing about it is ever in doubt: the cash, the goods, the return
of the sale and the slip are written together, before anything is printed or handed out (0063).
"""

from dataclasses import replace

from app.domain.access import Act, Operator, require_second
from app.domain.case import Signal, Step
from app.domain.counter_case import CashBack, CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.selling import total
from app.domain.money import fen_text
from app.ports.store import PrintKind
from app.workflow.cases.counter_rules import sold_for_cash
from app.workflow.cases.required import required
from app.workflow.moves import move
from app.workflow.steps import return_sale
from app.workflow.till import Till
from app.workflow.upkeep import recovering


def pay_back(till: Till, case: CounterCase, second: Operator) -> CounterCase:
    """Give back what was paid; works without a line, and makes no room in the limits of one.

    Raises ``OperatorInput``: ``STEP_MOVED_ON`` before the boxes are back or where it was paid back
    before, ``RECOVERY_OPEN``, or where ``second`` may not agree.
    """
    require_second(till.operator, second, Act.REFUND)
    now = till.clock.now()
    with till.store.unit() as unit:
        # read again: the queue may have written into this visit since
        case = unit.cases.get(case.case_id)
        if case.position.step is not Step.REVOKE or not sold_for_cash(till, case):
            raise OperatorInput(Code.STEP_MOVED_ON)
        recovering.require_believed(unit)
        sale = required(case.facts.sale, "cash back without a sale")
        paid = total(case.facts.lines)
        back = CashBack(paid, now, till.operator.staff_id, second.staff_id)
        said = f"{sale.receipt_no} {fen_text(paid)}"
        unit.journal.write(now, second.staff_id, "cash_back", f"case {case.case_id}", said)
        facts = replace(case.facts, cash_back=back, refusal=None)
        case = move(till, unit, case, Signal.DONE, facts=facts)
        unit.prints.queue(PrintKind.GIVEN_BACK, case.case_id, None, now)
        closed = return_sale.queue(till, unit, case)
    # who pays back behind a sign-out has come, as who sells: the return waits for nobody
    till.day_over = False
    return closed
