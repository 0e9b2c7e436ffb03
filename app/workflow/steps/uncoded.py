"""A box without a code that can be scanned: only with a class of reason (trace-and-stock T32)."""

from dataclasses import replace
from datetime import date

from app.domain.access import Act
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.overrides import OverrideReason
from app.domain.goods.selling import Pack, SaleLine
from app.domain.goods.stock import Item, Lot, first_out
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.cases.lines import NOT_CARRIED
from app.workflow.goods.numbers import uncoded
from app.workflow.scans.overriding import note, reason_of
from app.workflow.steps.scan import require_here
from app.workflow.till import Till

SOURCE = "without_code"


def take(till: Till, case: CounterCase, index: int, reason: str) -> CounterCase:
    """One box of the lot that leaves first goes into the line.

    Raises ``OperatorInput``: ``REASON_MISSING`` for an unknown reason, ``NO_CODE_REFUSED`` where
    the region or the goods do not allow it, ``NOT_ALLOWED``, ``SCAN_ENOUGH``, ``STOCK_SHORT``,
    ``SPLIT_NEEDS_CODE`` where only pieces are missing: an opened box is known by its code alone.
    """
    require_here(case)
    why = reason_of(Code.SCAN_NO_CODE, reason)
    who = till.operator
    who.require(Act.SERVE if why is OverrideReason.EXEMPT else Act.OVERRIDE_SCAN)
    line = _open_line(case, index)
    with till.store.unit() as unit:
        item = unit.goods.item(line.item_id)
        lot = _lot(till, unit, item, why)
        now = till.clock.now()
        key = uncoded(unit)
        unit.goods.reserve(key, lot.lot_id, case.case_id, now)
        pack = Pack(
            None, lot.lot_id, now, SOURCE, acknowledged_by=who.staff_id, reason=why.value, key=key
        )
        note(till, unit, case, line, (pack,), why)
        lines = tuple(
            known.with_pack(pack) if known.index == index else known for known in case.facts.lines
        )
        return unit.cases.save(replace(case, facts=replace(case.facts, lines=lines, refusal=None)))


def _open_line(case: CounterCase, index: int) -> SaleLine:
    line = next((line for line in case.facts.lines if line.index == index), None)
    if line is None or line.item_id == NOT_CARRIED:
        raise OperatorInput(Code.STEP_MOVED_ON)
    if line.missing <= 0 and line.missing_pieces > 0:
        raise OperatorInput(Code.SPLIT_NEEDS_CODE, drug=line.name)
    if line.missing <= 0:
        raise OperatorInput(Code.SCAN_ENOUGH, drug=line.name, needed=line.needed)
    return line


def _lot(till: Till, unit: Unit, item: Item, why: OverrideReason) -> Lot:
    rules = till.profile.rules
    lots = unit.goods.lots(item.item_id)
    if why.value not in rules.no_code_reasons:
        raise OperatorInput(Code.NO_CODE_REFUSED, drug=item.name)
    if why is OverrideReason.EXEMPT and item.dose_form not in rules.trace_exempt_forms:
        raise OperatorInput(Code.NO_CODE_REFUSED, drug=item.name)
    if why is OverrideReason.OLD_STOCK:
        # bought before the duty began means made before it
        limit = date.fromisoformat(rules.no_code_made_before)
        lots = tuple(lot for lot in lots if lot.made_on < limit)
        if not lots:
            raise OperatorInput(Code.NO_CODE_REFUSED, drug=item.name)
    lot = first_out(lots, today(till))
    if lot is None:
        raise OperatorInput(Code.STOCK_SHORT, drug=item.name)
    return lot
