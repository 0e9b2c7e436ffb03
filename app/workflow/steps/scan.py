"""Boxes into the sale: each trace code is judged, claimed and written in one commit."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.access import Act
from app.domain.case import Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode, Scan
from app.domain.goods.judging import Judgement, Light, PackFacts, ScanRules, judge
from app.domain.goods.parts import BoxState, OpenBox
from app.domain.goods.selling import (
    Pack,
    SaleLine,
    complete,
    with_loose_room,
    with_room,
    without_room,
)
from app.domain.goods.stock import Item, first_out
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.cases.lines import splitting_of
from app.workflow.cases.rules import scan_rules_of
from app.workflow.goods.controlled import over_sale, require_buyer
from app.workflow.goods.lists import thresholds_in
from app.workflow.goods.sellable import require_sellable
from app.workflow.moves import move
from app.workflow.scans.overriding import note, reason_of
from app.workflow.scans.trace_codes import Box, box_of
from app.workflow.till import Till


def take(
    till: Till, case: CounterCase, found: Scan, source: str
) -> tuple[CounterCase, Judgement, Box]:
    """Judge one scanned code and take the box where it fits.

    Raises ``OperatorInput`` as ``trace_codes.box_of``.
    """
    require_here(case)
    with till.store.unit() as unit:
        box = box_of(unit, till.profile, found)
        case, verdict = _taken(till, unit, case, box, source)
        return case, verdict, box


def _taken(
    till: Till, unit: Unit, case: CounterCase, box: Box, source: str
) -> tuple[CounterCase, Judgement]:
    code = box.code
    facts = unit.goods.pack_facts(code, case.case_id)
    rules = _rules(till, unit)
    if not prescribed(till, case) and facts.item is not None:
        if facts.item.needs_prescription:
            return case, _needs_prescription(facts.item)
        lines = room_for(till, case.facts.lines, facts.item, facts.opened)
        offered = replace(case, facts=replace(case.facts, lines=lines))
    else:
        offered = case
    lines = offered.facts.lines
    facts = _with_open_boxes(till, unit, facts, lines)
    verdict = judge(code, lines, facts, rules, today(till), case.case_id, box.printed)
    if verdict.code is Code.SCAN_CLAIMED_ELSEWHERE:
        return case, _at_counter(unit, verdict)
    if verdict.light in (Light.RED, Light.IGNORED) or verdict.line is None:
        return case, verdict
    too_many = _too_many(till, unit, case, facts)
    if too_many is not None:
        return case, too_many
    lot_id = verdict.lot_id
    if lot_id is None:
        lot_id = _likely_lot(till, unit, verdict, offered)
    if lot_id is None:
        short = replace(verdict, light=Light.RED, code=Code.STOCK_SHORT)
        return case, short
    amber = int(verdict.code) if verdict.light is Light.AMBER and verdict.code else None
    now = till.clock.now()
    pack = Pack(code, lot_id, now, source, amber, verdict.params, told=box.told)
    if verdict.part:
        line = _line(offered, verdict.line)
        pack = reserve_part(unit, case.case_id, line, pack, line.missing_pieces)
    else:
        unit.goods.reserve(code, lot_id, case.case_id, now)
    return _save(unit, offered, verdict.line, lambda line: line.with_pack(pack)), verdict


def room_for(
    till: Till, lines: tuple[SaleLine, ...], item: Item, opened: OpenBox | None
) -> tuple[SaleLine, ...]:
    """Lines of a sale nobody prescribed with room for this box, or for what is left of it."""
    splitting = splitting_of(till.profile, item)
    if opened is None or splitting.size < 2:
        return with_room(lines, item)
    return with_loose_room(lines, item, splitting, opened.free)


def _with_open_boxes(
    till: Till, unit: Unit, facts: PackFacts, lines: tuple[SaleLine, ...]
) -> PackFacts:
    """Asked only where pieces are wanted: what is open and may be sold is taken first."""
    item = facts.item
    if item is None or not any(one.pieces and one.item_id == item.item_id for one in lines):
        return facts
    return replace(facts, open_boxes=open_boxes(till, unit, item.item_id))


def open_boxes(till: Till, unit: Unit, item_id: int) -> tuple[OpenBox, ...]:
    """Open boxes of a drug with pieces that may be sold today, the nearest expiry first."""
    day = today(till)
    found = [
        (lot.expires_on, box)
        for box in unit.goods.open_boxes(item_id)
        if box.free and box.state is BoxState.OPEN
        for lot in (unit.goods.lot(box.lot_id),)
        if lot.sellable(day)
    ]
    return tuple(box for _, box in sorted(found, key=lambda one: one[0]))


def reserve_part(unit: Unit, case_id: int, line: SaleLine, pack: Pack, wanted: int) -> Pack:
    """So many pieces of a box, or what is left of it, for this sale.

    Raises ``OperatorInput``: ``SCAN_BOX_USED_UP``, ``SPLIT_NEEDS_CODE``.
    """
    if pack.code is None:
        raise OperatorInput(Code.SPLIT_NEEDS_CODE, drug=line.name)
    code = DrugTraceCode(pack.code)
    box = unit.goods.box(code) or OpenBox(code, pack.lot_id, line.splitting.size)
    part = box.take(case_id, wanted)
    unit.goods.reserve_part(box, part, pack.scanned_at)
    fee = line.splitting.fee(line.price, part.pieces, part.share)
    return replace(pack, lot_id=box.lot_id, pieces=part.pieces, share=part.share, fee=fee)


def _rules(till: Till, unit: Unit) -> ScanRules:
    """The region's, with the store's own days."""
    near = thresholds_in(till, unit)
    rules = scan_rules_of(till.profile)
    return replace(rules, near_expiry_days=near.near, near_expiry_red_days=near.red)


def _too_many(till: Till, unit: Unit, case: CounterCase, facts: PackFacts) -> Judgement | None:
    if facts.item is None or prescribed(till, case):
        return None
    size = splitting_of(till.profile, facts.item).size
    if size > 1 and facts.opened is not None:
        size = facts.opened.size
    return over_sale(till, unit, facts.item, case.facts.lines, size)


def prescribed(till: Till, case: CounterCase) -> bool:
    """Whether a prescription says what is sold; else every box makes its own line."""
    return Step.DOWNLOAD in till.route(case.route).steps


def _needs_prescription(item: Item) -> Judgement:
    params = (("drug", item.name),)
    return Judgement(Light.RED, Code.SCAN_NEEDS_PRESCRIPTION, None, None, params)


def _at_counter(unit: Unit, verdict: Judgement) -> Judgement:
    """Which counter has the box in its sale."""
    other = unit.cases.get(int(dict(verdict.params)["case"]))
    return replace(verdict, params=(*verdict.params, ("counter", other.counter_no)))


def _likely_lot(till: Till, unit: Unit, verdict: Judgement, case: CounterCase) -> int | None:
    """A code never seen at goods receipt: book it on the lot that leaves first."""
    line = _line(case, verdict.line)
    lot = first_out(unit.goods.lots(line.item_id), today(till))
    return lot.lot_id if lot else None


def require_here(case: CounterCase) -> None:
    """Raises ``OperatorInput`` ``SCAN_NOT_NOW`` away from the scan step."""
    if case.position.step is not Step.SCAN:
        raise OperatorInput(Code.SCAN_NOT_NOW)


def _line(case: CounterCase, index: int | None) -> SaleLine:
    for line in case.facts.lines:
        if line.index == index:
            return line
    raise OperatorInput(Code.STEP_MOVED_ON)


def _save(
    unit: Unit, case: CounterCase, index: int, change: Callable[[SaleLine], SaleLine]
) -> CounterCase:
    changed = change(_line(case, index))
    lines = tuple(changed if line.index == index else line for line in case.facts.lines)
    return unit.cases.save(replace(case, facts=replace(case.facts, lines=lines, refusal=None)))


def remove(till: Till, case: CounterCase, index: int, code: str) -> CounterCase:
    """Put a box back on the shelf; its code is free again.

    Raises ``OperatorInput`` where the line does not hold it: a box freed there would still be
    counted in the line it was scanned into.
    """
    require_here(case)
    if all(pack.claim != code for pack in _line(case, index).packs):
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.unit() as unit:
        unit.goods.release(DrugTraceCode(code), case.case_id)
        case = _save(unit, case, index, lambda line: line.without(code))
        if prescribed(till, case):
            return case
        lines = without_room(case.facts.lines)
        return unit.cases.save(replace(case, facts=replace(case.facts, lines=lines)))


def acknowledge(till: Till, case: CounterCase, index: int, reason: str) -> CounterCase:
    """A person who may take responsibility says why the first amber of a line goes on.

    Other boxes of the line with the same amber go with it. Raises ``OperatorInput``:
    ``NOT_ALLOWED``, or ``REASON_MISSING`` where ``reason`` is no answer to this amber.
    """
    require_here(case)
    who, line = till.operator, _line(case, index)
    who.require(Act.OVERRIDE_SCAN if needs_override(case, index) else Act.SERVE)
    asked = next((pack.amber for pack in line.packs if pack.waiting), None)
    why = reason_of(asked, reason)
    meant = tuple(pack for pack in line.packs if pack.waiting and pack.amber == asked)

    def accept(line: SaleLine) -> SaleLine:
        packs = tuple(
            replace(p, acknowledged_by=who.staff_id, reason=why.value) if p in meant else p
            for p in line.packs
        )
        return replace(line, packs=packs)

    with till.store.unit() as unit:
        note(till, unit, case, line, meant, why)
        return _save(unit, case, index, accept)


def needs_override(case: CounterCase, index: int) -> bool:
    """A code nobody saw at goods receipt wants a pharmacist or manager; dates do not."""
    line = _line(case, index)
    asked = (Code.SCAN_UNSEEN_AT_RECEIPT, Code.PREFIX_UNCONFIRMED)
    return any(p.waiting and p.amber in asked for p in line.packs)


def _lacking(lines: tuple[SaleLine, ...]) -> OperatorInput:
    """What keeps an incomplete sale here, in the words of what the person has to do first."""
    missing = sum(line.missing + (line.missing_pieces > 0) for line in lines)
    if missing:
        return OperatorInput(Code.BOXES_MISSING, count=missing)
    waiting = sum(pack.waiting for line in lines for pack in line.packs)
    if waiting:
        return OperatorInput(Code.PACK_UNCONFIRMED, count=waiting)
    return OperatorInput(Code.SALE_EMPTY)


def finish(till: Till, case: CounterCase) -> CounterCase:
    """All boxes are there: on to upload and pre-settlement.

    Raises ``OperatorInput``: ``SALE_EMPTY``, ``BOXES_MISSING`` or ``PACK_UNCONFIRMED`` naming how
    many, ``AUDIT_WAITS`` while the review has not reached the centre, as ``require_sellable``, and
    as ``controlled.require_buyer`` for what is registered.
    """
    require_here(case)
    if not complete(case.facts.lines):
        raise _lacking(case.facts.lines)
    record = case.facts.audit
    if record is not None and record.confirmed_at is None:
        raise OperatorInput(Code.AUDIT_WAITS)
    with till.store.unit() as unit:
        require_sellable(till, unit, case)
        case = require_buyer(till, unit, case, prescribed=prescribed(till, case))
        facts = replace(case.facts, refusal=None)
        return move(till, unit, case, Signal.DONE, facts=facts)
