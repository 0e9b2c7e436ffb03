"""What leaves or comes without a customer: changes, returns to the supplier, deletions.

One act is one note of one lot, booked and queued in one commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.access import Act, Operator, require_second
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.movements import NoteKind, StockMove
from app.domain.goods.overrides import reasons_for
from app.domain.goods.parts import PartState
from app.domain.goods.stock import Item, Lot, LotHold
from app.domain.money import Price, packs
from app.ports.stock import ChangeStock, EraseUpload, RecordKind, ReturnToSupplier
from app.ports.stock_books import Booking, Movement, Note
from app.ports.store import OutboxMove, OutboxNote, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.goods import leaving, telling
from app.workflow.goods.kinds import change_kinds
from app.workflow.goods.numbers import note_no, uncoded
from app.workflow.goods.receiving import Booked
from app.workflow.goods.telling import Told
from app.workflow.papers.words import word
from app.workflow.till import Till

_RECORDS = {
    StockMove.RECEIVED: (RecordKind.PURCHASE, Operation.RECEIVE),
    StockMove.SENT_BACK: (RecordKind.PURCHASE, Operation.RETURN_TO_SUPPLIER),
    StockMove.CHANGED: (RecordKind.CHANGE, Operation.CHANGE_STOCK),
    StockMove.COUNTED: (RecordKind.COUNT, Operation.COUNT_STOCK),
}
_NEVER_TOLD = frozenset({OutboxState.WAITING, OutboxState.STOPPED})


@dataclass(frozen=True, slots=True)
class Change:
    """``packs`` is a positive number of packs; which way they go lies in the kind.

    ``codes`` are the boxes in the hand, never more than packs. What goes out names every box that
    came with a code; ``no_code`` is the class of reason (``OverrideReason``) why some do not.
    """

    lot_id: int
    packs: int
    reason: str
    codes: tuple[DrugTraceCode, ...] = ()
    no_code: str = ""


def no_code_reasons(till: Till) -> tuple[str, ...]:
    """Classes of reason why a box that leaves has no code, as the region takes them (T32)."""
    known = (one.value for one in reasons_for(Code.SCAN_NO_CODE))
    return tuple(one for one in known if one in till.profile.rules.no_code_reasons)


def change(till: Till, kind: str, wanted: Change) -> Booked:
    """库存变更. Raises ``OperatorInput``: ``CHANGE_KIND_UNKNOWN``, and as :func:`_judged`."""
    who = _keeper(till)
    known = change_kinds(till).get(kind)
    if known is None:
        raise OperatorInput(Code.CHANGE_KIND_UNKNOWN, what=kind)
    _, inward = known
    with till.store.unit() as unit:
        codes = leaving.booked(unit, wanted.codes)
        lot, item = _judged(till, unit, wanted, inward=inward)
        note = _note(till, unit, who, NoteKind.CHANGE, _said(wanted))
        cost = cost_of(unit, lot.lot_id)
        signed = wanted.packs if inward else -wanted.packs
        boxes = _booked(till, unit, note, wanted, inward=inward)
        booking = Booking(StockMove.CHANGED, signed, boxes, kind, cost, note.note_no)
        unit.stock.book(note, lot.lot_id, booking)
        request = ChangeStock(
            telling.told_lot(item, lot, codes),
            kind,
            cost,
            packs(wanted.packs),
            note.at,
            who.name,
        )
        told = telling.queue(till, unit, Operation.CHANGE_STOCK, note.note_no, lot, item, request)
    return Booked(note.note_id, note.note_no, wanted.packs, told)


def send_back(till: Till, wanted: Change) -> Booked:
    """采购退货, under the supplier and the invoice the lot came with; goods on hold may go.

    Raises ``OperatorInput``: ``INVOICE_MISSING`` where the platform would want one.
    """
    who = _keeper(till)
    with till.store.unit() as unit:
        codes = leaving.booked(unit, wanted.codes)
        bought, came = _purchase_of(unit, wanted.lot_id)
        if telling.wanted(till, Operation.RETURN_TO_SUPPLIER) and not came.invoice_no:
            raise OperatorInput(Code.INVOICE_MISSING, lot=unit.goods.lot(wanted.lot_id).lot_no)
        lot, item = _judged(till, unit, wanted, inward=False)
        note = _note(till, unit, who, NoteKind.SENT_BACK, _said(wanted), came)
        cost, key = bought.price or Price(0), note.note_no
        boxes = _booked(till, unit, note, wanted, inward=False)
        booking = Booking(StockMove.SENT_BACK, -wanted.packs, boxes, None, bought.price, key)
        unit.stock.book(note, lot.lot_id, booking)
        request = ReturnToSupplier(
            telling.told_lot(item, lot, codes),
            came.supplier,
            came.invoice_no,
            cost,
            packs(wanted.packs),
            note.at,
            who.name,
        )
        told = telling.queue(till, unit, Operation.RETURN_TO_SUPPLIER, key, lot, item, request)
    return Booked(note.note_id, note.note_no, wanted.packs, told)


def erase(till: Till, event_id: int, reason: str, second: Operator) -> Booked:
    """商品信息删除 of one movement that was wrong from the start. ``second`` is another person.

    The platform deletes by lot and kind of record: where others of that kind stand for the lot, a
    change or a count puts it right instead. A record that never left is given up, not deleted.

    Raises ``OperatorInput``: ``NOT_ALLOWED``, ``REASON_MISSING``, ``ERASE_OTHERS``,
    ``STOCK_SHORT`` where boxes of it are gone already, ``SCAN_CLAIMED_ELSEWHERE``,
    ``RECORD_ON_ITS_WAY``.
    """
    who = _keeper(till)
    require_second(who, second, Act.ERASE_UPLOAD)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    with till.store.unit() as unit:
        movement = _erasable(unit, event_id)
        lot = unit.goods.lot(movement.lot_id)
        if lot.on_hand < movement.packs:
            raise OperatorInput(Code.STOCK_SHORT, on_hand=lot.on_hand, needed=movement.packs)
        boxes = unit.stock.boxes_of(event_id)
        here = set(unit.stock.boxes_in(lot.lot_id))
        if movement.packs > 0 and not here.issuperset(boxes):
            raise OperatorInput(Code.STOCK_SHORT, on_hand=len(here), needed=len(boxes))
        if movement.packs > 0:
            _refuse_reserved(unit, boxes)
            free = lot.on_hand - unit.goods.held_back(lot.lot_id)
            if free < movement.packs:
                raise OperatorInput(Code.STOCK_SHORT, on_hand=free, needed=movement.packs)
        note = _note(till, unit, who, NoteKind.ERASURE, reason)
        booking = Booking(
            StockMove.ERASED, -movement.packs, boxes, None, movement.price, note.note_no
        )
        unit.stock.book(note, lot.lot_id, booking)
        told = _untell(till, unit, movement, lot, note, second)
        subject = f"{movement.move.value} {movement.upload_key or ''}"
        unit.journal.write(note.at, second.staff_id, "erase_record", subject, reason.strip())
    return Booked(note.note_id, note.note_no, abs(movement.packs), told)


def _erasable(unit: Unit, event_id: int) -> Movement:
    movement = unit.stock.movement(event_id)
    if movement is None or movement.move not in _RECORDS:
        raise OperatorInput(Code.STEP_MOVED_ON)
    kind, _ = _RECORDS[movement.move]
    same = [
        known
        for known in unit.stock.movements(movement.lot_id)
        if known.move in _RECORDS and _RECORDS[known.move][0] is kind
    ]
    erased = any(m.move is StockMove.ERASED for m in unit.stock.movements(movement.lot_id))
    if len(same) > 1 or erased:
        raise OperatorInput(Code.ERASE_OTHERS, count=len(same))
    return movement


def _untell(
    till: Till, unit: Unit, movement: Movement, lot: Lot, note: Note, who: Operator
) -> Told:
    """Give up what waits, and queue the deletion where one is on file; repetitions included."""
    records = telling.records_of(unit, lot, movement.upload_key or "")
    if not records:
        return Told(not_wanted=1)
    waiting = [one for one in records if one.state in _NEVER_TOLD and one.tries == 0]
    on_file = [one for one in records if one.state is OutboxState.DELIVERED]
    if len(waiting) + len(on_file) < len(records):
        raise OperatorInput(Code.RECORD_ON_ITS_WAY)
    for record in waiting:
        unit.outbox.settle(record.item_id, OutboxState.VOIDED, note.at, record.code, "")
        given_up = OutboxNote(note.at, OutboxMove.VOIDED, staff_id=who.staff_id, reason=note.reason)
        unit.outbox.note(record.item_id, given_up)
    if not on_file:
        return Told()
    kind, _ = _RECORDS[movement.move]
    item = unit.goods.item(lot.item_id)
    request = EraseUpload(lot.upload_lot, kind)
    return telling.queue(till, unit, Operation.ERASE_UPLOAD, note.note_no, lot, item, request)


def _judged(till: Till, unit: Unit, wanted: Change, *, inward: bool) -> tuple[Lot, Item]:
    """Raises ``OperatorInput``: ``LINE_WRONG``, ``REASON_MISSING``, ``STOCK_SHORT``,
    ``CODES_MISSING``, ``SCAN_WRONG_LOT`` or ``BOX_KNOWN`` for a box that cannot move this way."""
    if wanted.packs < 1 or len(wanted.codes) > wanted.packs:
        raise OperatorInput(Code.LINE_WRONG, field="packs")
    if not wanted.reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    lot = unit.goods.lot(wanted.lot_id)
    if not inward:
        free = lot.on_hand - unit.goods.held_back(lot.lot_id)
        if free < wanted.packs:
            raise OperatorInput(Code.STOCK_SHORT, on_hand=max(0, free), needed=wanted.packs)
        strange = set(wanted.codes) - set(unit.stock.boxes_in(lot.lot_id))
        if strange:
            raise OperatorInput(Code.SCAN_WRONG_LOT, lot=lot.lot_no, what=min(strange))
        _refuse_reserved(unit, wanted.codes)
        _refuse_uncoded(till, unit, wanted)
    elif unit.stock.barred_boxes(wanted.codes, ()):
        raise OperatorInput(Code.BOX_KNOWN, receipt=lot.lot_no)
    return lot, unit.goods.item(lot.item_id)


def _refuse_uncoded(till: Till, unit: Unit, wanted: Change) -> None:
    """A box that could still be scanned does not leave unnamed: it would be sold from nothing."""
    lacking = wanted.packs - len(wanted.codes) - max(0, unit.stock.uncoded(wanted.lot_id))
    if lacking <= 0:
        return
    if wanted.no_code not in no_code_reasons(till):
        raise OperatorInput(Code.CODES_MISSING, count=lacking)


def _booked(
    till: Till, unit: Unit, note: Note, wanted: Change, *, inward: bool
) -> tuple[DrugTraceCode, ...]:
    """The boxes of the row, with a name of our own for each that leaves under a class of reason."""
    if inward or not wanted.no_code:
        return wanted.codes
    lacking = wanted.packs - len(wanted.codes) - max(0, unit.stock.uncoded(wanted.lot_id))
    if lacking <= 0:
        return wanted.codes
    said = f"{wanted.no_code} {lacking}"
    unit.journal.write(note.at, till.operator.staff_id, "without_code", note.note_no, said)
    return (*wanted.codes, *(uncoded(unit) for _ in range(lacking)))


def _said(wanted: Change) -> str:
    """The reason as the note keeps it, with the class of a missing code beside it."""
    if not wanted.no_code:
        return wanted.reason
    return word("note.without_code", reason=wanted.reason, why=word(f"no_code.{wanted.no_code}"))


def _refuse_reserved(unit: Unit, codes: Sequence[DrugTraceCode]) -> None:
    """A box that lies on a counter in somebody's sale does not leave by the back door."""
    for code in codes:
        facts = unit.goods.pack_facts(code, 0)
        parts = facts.opened.parts if facts.opened is not None else ()
        in_sales = [part.case_id for part in parts if part.state is PartState.RESERVED]
        for holder in (facts.claimed_by_case, *in_sales):
            if holder is not None:
                raise OperatorInput(Code.SCAN_CLAIMED_ELSEWHERE, case=holder)


def cost_of(unit: Unit, lot_id: int) -> Price:
    """What one pack of the lot cost; nought where nobody said."""
    for movement in unit.stock.movements(lot_id):
        if movement.move is StockMove.RECEIVED and movement.price is not None:
            return movement.price
    return Price(0)


def _purchase_of(unit: Unit, lot_id: int) -> tuple[Movement, Note]:
    """How the lot came. Goods that were there when the ledger began came from nobody known."""
    lot = unit.goods.lot(lot_id)
    origins: tuple[int, ...] = (lot_id,)
    if lot.hold is LotHold.QUARANTINE:
        origins = tuple(
            other.lot_id
            for other in unit.goods.lots(lot.item_id)
            if other.upload_lot == lot.upload_lot
        )
    for origin in origins:
        for movement in unit.stock.movements(origin):
            if movement.move is StockMove.RECEIVED and movement.note_id is not None:
                return movement, unit.stock.note(movement.note_id)
    raise OperatorInput(Code.INVOICE_MISSING, lot=lot.lot_no)


def _note(
    till: Till,
    unit: Unit,
    who: Operator,
    kind: NoteKind,
    reason: str,
    came: Note | None = None,
) -> Note:
    now = till.clock.now()
    number = note_no(till, unit, kind)
    origin = (came.supplier, came.delivery_no, came.invoice_no) if came else ("", "", "")
    note = Note(0, kind, number, now, now, who.staff_id, *origin, reason.strip())
    unit.journal.write(now, who.staff_id, kind.value, number, reason.strip())
    return unit.stock.write_note(note)


def _keeper(till: Till) -> Operator:
    who = till.operator
    who.require(Act.STOCK)
    return who
