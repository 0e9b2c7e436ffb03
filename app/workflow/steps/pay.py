"""自费收款: cash for a sale nobody insures; goods, ledger, upload and receipt are one commit."""

from dataclasses import replace

from app.domain.case import Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.selling import total
from app.domain.money import Fen
from app.ports.store import PrintKind
from app.workflow.goods.controlled import register
from app.workflow.goods.learning import from_sale
from app.workflow.goods.sellable import require_sellable
from app.workflow.moves import move
from app.workflow.offline import take
from app.workflow.steps.upload_sale import number_sale, require_dispenser
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads.sales import queue_sale


def pay(till: Till, case: CounterCase, cash: Fen | None) -> CounterCase:
    """Take ``cash`` and let the goods go; works without a line, within the manager's limits.

    Raises ``OperatorInput``: ``CASH_SHORT``, ``OFFLINE_LIMIT``, ``DISPENSER_MISSING``,
    ``SCAN_BOX_STOPPED``, ``STEP_MOVED_ON`` where a settlement is due or it was paid before.
    """
    if case.position.step is not Step.HAND_OVER or till.route(case.route).settles:
        raise OperatorInput(Code.STEP_MOVED_ON)
    due, now = total(case.facts.lines), till.clock.now()
    if (cash or 0) < due:
        raise OperatorInput(Code.CASH_SHORT, missing=int(due - (cash or 0)))
    with till.store.unit() as unit:
        recovering.require_of_this_line(unit, case)
        take(till, unit, due)
        require_dispenser(till, unit)
        require_sellable(till, unit, case)
        sale = number_sale(till, unit, case)
        facts = replace(case.facts, sale=sale, cash_received=cash, handed_over_at=now, refusal=None)
        paid = move(till, unit, case, Signal.DONE, facts=facts)
        unit.goods.sell(case.case_id, None, sale.receipt_no, till.counter_no, now)
        register(till, unit, paid)
        from_sale(till, unit, paid)
        unit.prints.queue(PrintKind.RECEIPT, case.case_id, None, now)
        queue_sale(till, unit, paid)
    # who sells again has come: their sale waits for nobody
    till.day_over = False
    return paid
