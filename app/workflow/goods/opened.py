"""已拆的盒: what is left of them, and what is written off without a customer.

A count of an opened box can only find fewer pieces than the books: more would be a sale that nobody
took back.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.access import Act
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.movements import NoteKind
from app.domain.goods.parts import NO_SALE, BoxState, OpenBox, Part, PartState, share_of
from app.domain.goods.stock import Item, Lot, LotHold, Storage
from app.domain.money import Fen, Price, Quantity, line_amount
from app.ports.goods import Released, WrittenOff
from app.ports.stock import ChangeStock
from app.ports.stock_books import Note
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.goods import telling
from app.workflow.goods.changing import cost_of
from app.workflow.goods.kinds import change_kinds
from app.workflow.goods.numbers import note_no
from app.workflow.goods.receiving import Booked
from app.workflow.papers.bag import print_bags
from app.workflow.till import Till


@dataclass(frozen=True, slots=True)
class OpenBoxRow:
    """One box with pieces left. ``in_sales`` lie in open sales, ``box.back`` in quarantine."""

    box: OpenBox
    item: Item
    lot: Lot
    value: Fen

    @property
    def in_sales(self) -> int:
        return self.box.left - self.box.free - self.box.back


def listed(till: Till) -> tuple[OpenBoxRow, ...]:
    """Every opened box that is not used up, the nearest expiry first."""
    with till.store.reading() as unit:
        rows = [
            _row(unit, box) for box in unit.goods.every_open_box() if box.state is BoxState.OPEN
        ]
    return tuple(sorted(rows, key=lambda row: (row.lot.expires_on, row.box.code)))


def _row(unit: Unit, box: OpenBox) -> OpenBoxRow:
    lot = unit.goods.lot(box.lot_id)
    item = unit.goods.item(lot.item_id)
    value = line_amount(item.retail_price, share_of(box.left, box.size))
    return OpenBoxRow(box, item, lot, value)


def outward_kinds(till: Till) -> dict[str, str]:
    """Code of the region and name of every change that goes out."""
    kinds = change_kinds(till).items()
    return {code: name for code, (name, inward) in kinds if not inward}


def write_off(till: Till, code: str, kind: str, keep: int, reason: str) -> Booked:
    """``keep`` pieces are left on the shelf; the others go, told as a change with the split flag.

    Where nothing is kept, what came back into quarantine goes with it; where everything is, it goes
    alone. Raises ``OperatorInput``:
    ``CHANGE_KIND_UNKNOWN``, ``REASON_MISSING``, ``STEP_MOVED_ON`` for no opened box,
    ``PIECES_WRONG`` with how many may be kept.
    """
    who = till.operator
    who.require(Act.STOCK)
    if kind not in outward_kinds(till):
        raise OperatorInput(Code.CHANGE_KIND_UNKNOWN, what=kind)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    now = till.clock.now()
    with till.store.unit() as unit:
        box = unit.goods.box(DrugTraceCode(code))
        if box is None or box.state is not BoxState.OPEN:
            raise OperatorInput(Code.STEP_MOVED_ON)
        number = note_no(till, unit, NoteKind.CHANGE)
        away = _away(unit, box, kind, keep, number)
        note = unit.stock.write_note(
            Note(0, NoteKind.CHANGE, number, now, now, who.staff_id, reason=reason.strip())
        )
        unit.journal.write(now, who.staff_id, NoteKind.CHANGE.value, number, reason.strip())
        unit.goods.write_off(away, note.note_id, now)
        told = _queue(till, unit, away, note, who.name)
    return Booked(note.note_id, number, 0, told)


def _away(unit: Unit, box: OpenBox, kind: str, keep: int, number: str) -> WrittenOff:
    lot = unit.goods.lot(box.lot_id)
    item = unit.goods.item(lot.item_id)
    returned = [part for part in box.parts if part.state is PartState.RETURNED]
    nothing_moves = keep == box.free and not returned
    if not 0 <= keep <= box.free or nothing_moves:
        raise OperatorInput(Code.PIECES_WRONG, most=max(0, box.free - 1), unit=item.piece_unit)
    free = box.take(NO_SALE, box.free - keep) if box.free > keep else None
    if not returned or 0 < keep < box.free:
        return WrittenOff(box, kind, number, free)
    return WrittenOff(box, kind, number, free, _together(returned), _held_twin(unit, lot).lot_id)


def _together(returned: list[Part]) -> Part:
    """What several sales gave back, as one part of nobody's sale."""
    pieces = sum(part.pieces for part in returned)
    return Part(NO_SALE, pieces, Quantity(sum(part.share for part in returned)))


def release(till: Till, code: str, reason: str) -> Booked:
    """验收合格: what came back of a box lies in it again and may be sold; the box reopens.

    Nothing is told: the platform counts what is held with the rest. A lot that is not sold takes
    nothing back, and nothing goes back into the cold (trace-and-stock T63). Raises
    ``OperatorInput``: ``NOT_ALLOWED``, ``REASON_MISSING``, ``STEP_MOVED_ON`` for nothing in
    quarantine, ``SCAN_HELD_LOT``, ``SCAN_EXPIRED``, ``COLD_STAYS_OUT``.
    """
    who = till.operator
    who.require(Act.RELEASE_RETURNED)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    now = till.clock.now()
    with till.store.unit() as unit:
        box = unit.goods.box(DrugTraceCode(code))
        if box is None or not box.back:
            raise OperatorInput(Code.STEP_MOVED_ON)
        lot = unit.goods.lot(box.lot_id)
        _refuse_unsellable(till, unit, lot)
        returned = [part for part in box.parts if part.state is PartState.RETURNED]
        number = note_no(till, unit, NoteKind.CHANGE)
        note = unit.stock.write_note(
            Note(0, NoteKind.CHANGE, number, now, now, who.staff_id, reason=reason.strip())
        )
        unit.journal.write(now, who.staff_id, "release_pieces", number, reason.strip())
        back = Released(box, _together(returned), _held_twin(unit, lot).lot_id)
        unit.goods.release_part(back, note.note_id, now)
    return Booked(note.note_id, number, 0, telling.Told())


def _refuse_unsellable(till: Till, unit: Unit, lot: Lot) -> None:
    if lot.hold is not LotHold.NONE:
        raise OperatorInput(Code.SCAN_HELD_LOT, lot=lot.lot_no, hold=lot.hold.value)
    if lot.expires_on < today(till):
        raise OperatorInput(Code.SCAN_EXPIRED, expiry=lot.expires_on.isoformat())
    item = unit.goods.item(lot.item_id)
    if item.storage is Storage.COLD:
        raise OperatorInput(Code.COLD_STAYS_OUT, drug=item.name)


def _held_twin(unit: Unit, lot: Lot) -> Lot:
    """Where what came back of this lot lies."""
    return next(
        other
        for other in unit.goods.lots(lot.item_id)
        if other.upload_lot == lot.upload_lot and other.hold is LotHold.QUARANTINE
    )


def _queue(
    till: Till, unit: Unit, away: WrittenOff, note: Note, operator_name: str
) -> telling.Told:
    moved = [part.pieces for part in (away.free, away.back) if part is not None]
    lot, item, request = change_of(
        unit, away.box, away.change_kind, sum(moved), away.share, note.at, operator_name
    )
    key = away.upload_key
    return telling.queue(till, unit, Operation.CHANGE_STOCK, key, lot, item, request)


def change_of(
    unit: Unit,
    box: OpenBox,
    kind: str,
    pieces: int,
    share: Quantity,
    at: datetime,
    operator_name: str,
) -> tuple[Lot, Item, ChangeStock]:
    """What is told of pieces that left a box, and under which lot; all of them are a box."""
    lot = unit.goods.lot(box.lot_id)
    item = unit.goods.item(lot.item_id)
    told = telling.told_lot(item, lot, (DrugTraceCode(box.code),))
    cost: Price = cost_of(unit, lot.lot_id)
    part = pieces if pieces < box.size else 0
    return lot, item, ChangeStock(told, kind, cost, share, at, operator_name, part)


def print_bag(till: Till, code: str) -> tuple[str, ...]:
    """The label of the bag that was filled last out of this box.

    Raises ``OperatorInput`` ``STEP_MOVED_ON`` where nothing was sold of it, ``DeviceTrouble``.
    """
    with till.store.reading() as unit:
        box = unit.goods.box(DrugTraceCode(code))
        last = unit.goods.sale_of(code) if box is not None and box.sold else None
        if last is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        case = unit.cases.get(last)
    return print_bags(till, case, code)
