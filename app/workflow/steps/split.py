"""拆零 without a prescription: a person says how many pieces of a box the customer takes."""

from dataclasses import replace

from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.parts import BoxState
from app.domain.goods.selling import Pack, SaleLine
from app.ports.store import Unit
from app.workflow.cases.lines import NOT_CARRIED, splitting_of
from app.workflow.goods.controlled import require_fewer
from app.workflow.steps.scan import open_boxes, prescribed, require_here, reserve_part
from app.workflow.till import Till


def split(till: Till, case: CounterCase, index: int, pieces: int) -> CounterCase:
    """``pieces`` of the box scanned last into the line, in place of the whole of it.

    Raises ``OperatorInput``: ``STEP_MOVED_ON`` where a prescription says how much, or nothing was
    scanned; ``SPLIT_NOT_SOLD`` for what store or area do not split; ``SPLIT_NEEDS_CODE``;
    ``PIECES_WRONG`` with how many there are; ``BUYER_LIMIT``.
    """
    require_here(case)
    line = next((one for one in case.facts.lines if one.index == index), None)
    if line is None or not line.packs or line.item_id == NOT_CARRIED or prescribed(till, case):
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.unit() as unit:
        item = unit.goods.item(line.item_id)
        splitting = splitting_of(till.profile, item)
        if splitting.size < 2:
            raise OperatorInput(Code.SPLIT_NOT_SOLD, drug=line.name)
        changed = _split(till, unit, case, replace(line, splitting=splitting), pieces)
        lines = tuple(changed if one.index == index else one for one in case.facts.lines)
        require_fewer(till, unit, item, case.facts.lines, lines)
        return unit.cases.save(replace(case, facts=replace(case.facts, lines=lines, refusal=None)))


def _split(till: Till, unit: Unit, case: CounterCase, line: SaleLine, pieces: int) -> SaleLine:
    chosen = line.packs[-1]
    if chosen.code is None:
        raise OperatorInput(Code.SPLIT_NEEDS_CODE, drug=line.name)
    code = DrugTraceCode(chosen.code)
    unit.goods.release(code, case.case_id)
    box = unit.goods.box(code)
    # all of a sealed box is no part of it
    most = line.splitting.size - 1 if box is None else box.free
    if not 1 <= pieces <= most:
        raise OperatorInput(Code.PIECES_WRONG, most=most, unit=line.splitting.unit)
    part = reserve_part(unit, case.case_id, line, chosen, pieces)
    if box is None or box.state is BoxState.SEALED:
        part = _reminded(till, unit, line, part)
    packs = tuple(part if pack is chosen else pack for pack in line.packs)
    whole = sum(not pack.pieces for pack in packs)
    return replace(line, packs=packs, needed=whole, pieces=sum(pack.pieces for pack in packs))


def _reminded(till: Till, unit: Unit, line: SaleLine, part: Pack) -> Pack:
    """Opening a box while another is open wants a reason, as at the scan."""
    others = open_boxes(till, unit, line.item_id)
    if part.amber is not None or not others:
        return part
    params = (("box", DrugTraceCode(others[0].code).spoken()), ("left", others[0].free))
    return replace(part, amber=int(Code.SCAN_OPENED_FIRST), params=params)
