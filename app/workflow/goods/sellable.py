"""Boxes of a sale are read again: what was recalled or expired since its scan is not sold."""

from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.till import Till


def require_sellable(till: Till, unit: Unit, case: CounterCase) -> None:
    """Before goods and money move. Raises ``OperatorInput`` ``SCAN_BOX_STOPPED`` naming the box
    that has to come out of the sale."""
    stopped = unit.goods.stopped(case.case_id, today(till))
    if not stopped:
        return
    for line in case.facts.lines:
        for pack in line.packs:
            if pack.lot_id in stopped:
                lot_no = unit.goods.lot(pack.lot_id).lot_no
                box = DrugTraceCode(pack.code).spoken() if pack.code else line.specification
                raise OperatorInput(Code.SCAN_BOX_STOPPED, drug=line.name, lot=lot_no, box=box)
