"""变更 in hand: the boxes that were scanned for one lot, kept at once, so that a power cut costs
nothing. They are gone with the note that books them, in one commit."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from app.domain.access import Act, Operator
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode, classify
from app.domain.goods.movements import NoteKind
from app.domain.goods.parts import BoxState
from app.ports.store import Unit
from app.workflow.scans.trace_codes import PACK_KINDS, box_of
from app.workflow.till import Till


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """``lot_id`` is None where nothing was scanned yet; ``told`` is what a region is told in place
    of some of the codes."""

    lot_id: int | None = None
    boxes: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


def draft(till: Till) -> ChangeDraft:
    """What was scanned and not booked, whoever scanned it."""
    with till.store.reading() as unit:
        return _draft(unit)


def booked(unit: Unit, codes: Iterable[DrugTraceCode]) -> tuple[DrugTraceCode, ...]:
    """The draft is gone with the note that is written now; the codes as a region is told them."""
    told = dict(_draft(unit).told)
    unit.drafts.drop(NoteKind.CHANGE)
    return tuple(DrugTraceCode(told.get(code, code)) for code in codes)


def _draft(unit: Unit) -> ChangeDraft:
    kept = unit.drafts.of(NoteKind.CHANGE)
    return ChangeDraft() if kept is None else msgspec.json.decode(kept.content, type=ChangeDraft)


def scan(till: Till, text: str) -> ChangeDraft:
    """One box more; what is refused costs nothing of what was scanned.

    Raises ``OperatorInput``: ``SCAN_NOT_TRACE_CODE``, ``BOX_NEVER_HERE``, ``SCAN_REPEATED``,
    ``CHANGE_OTHER_LOT``, ``CHANGE_NOT_WHOLE`` for a box that was sold or opened, and as
    ``trace_codes.box_of``.
    """
    who = _keeper(till)
    found = classify(text, till.grammar)
    if found.kind not in PACK_KINDS:
        raise OperatorInput(Code.SCAN_NOT_TRACE_CODE, awaited="box")
    with till.store.unit() as unit:
        box = box_of(unit, till.profile, found)
        code = box.code
        life = unit.stock.life_of(code)
        if not life:
            raise OperatorInput(Code.BOX_NEVER_HERE)
        known, lot_id = _draft(unit), life[-1].lot_id
        if code in known.boxes:
            raise OperatorInput(Code.SCAN_REPEATED)
        if lot_id != known.lot_id:
            known = _anew(unit, known, lot_id)
        _require_whole(unit, code)
        told = ((str(code), box.told),) if box.told else ()
        boxes = (*known.boxes, str(code))
        return _keep(till, unit, who, replace(known, boxes=boxes, told=(*known.told, *told)))


def _anew(unit: Unit, known: ChangeDraft, lot_id: int) -> ChangeDraft:
    """A note is of one lot: another begins where nothing lies in the hand."""
    if known.boxes and known.lot_id is not None:
        drug = unit.goods.item(unit.goods.lot(lot_id).item_id).name
        held = unit.goods.lot(known.lot_id).lot_no
        raise OperatorInput(Code.CHANGE_OTHER_LOT, drug=drug, lot=held)
    return ChangeDraft(lot_id)


def _require_whole(unit: Unit, code: DrugTraceCode) -> None:
    """It lies here whole, or it left in a way that lets it come back: else no note can move it."""
    last = unit.stock.life_of(code)[-1]
    gone = last.packs < 0 and bool(unit.stock.barred_boxes((code,), ()))
    box = unit.goods.box(code)
    if gone or (box is not None and box.state is not BoxState.SEALED):
        raise OperatorInput(Code.CHANGE_NOT_WHOLE)


def take_out(till: Till) -> ChangeDraft:
    """The box scanned last was scanned by mistake."""
    who = _keeper(till)
    with till.store.unit() as unit:
        known = _draft(unit)
        return _keep(till, unit, who, replace(known, boxes=known.boxes[:-1]))


def drop(till: Till) -> ChangeDraft:
    """Another lot is chosen: nothing of this one moves."""
    _keeper(till)
    with till.store.unit() as unit:
        unit.drafts.drop(NoteKind.CHANGE)
    return ChangeDraft()


def _keep(till: Till, unit: Unit, who: Operator, known: ChangeDraft) -> ChangeDraft:
    content = msgspec.json.encode(known)
    unit.drafts.keep(NoteKind.CHANGE, who.staff_id, content, till.clock.now())
    return known


def _keeper(till: Till) -> Operator:
    who = till.operator
    who.require(Act.STOCK)
    return who
