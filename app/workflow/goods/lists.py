"""What lies in the store: near its end, past it, held; what is taken first; recalls."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.domain.access import Act
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import ScanKind, classify
from app.domain.goods.movements import PartMove
from app.domain.goods.stock import Item, Lot, LotHold, first_out
from app.domain.money import Fen, line_amount
from app.ports.stock_books import Movement, Note, PartMovement, ShelfLine
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.scans.trace_codes import PACK_KINDS, box_of
from app.workflow.till import Till


class Shelf(StrEnum):
    """Which list a lot stands in; the worst one counts."""

    EXPIRED = "expired"
    HELD = "held"
    RED = "red"
    NEAR = "near"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot on hand. ``days`` until its last day of sale; ``first`` where it is taken first."""

    item: Item
    lot: Lot
    shelf: Shelf
    days: int
    value: Fen
    first: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Days before the last day of sale; the region's until the store sets its own."""

    near: int
    red: int


@dataclass(frozen=True, slots=True)
class BoxStep:
    """One movement in the life of a box, with the paper it hangs on."""

    movement: Movement
    note: Note | None
    item: Item
    lot: Lot
    part: PartMovement | None = None
    """Where pieces of an opened box moved, and not whole packs."""

    @property
    def name(self) -> str:
        """What it is called: ``StockMove``, or ``opened`` for the sale that opened a box."""
        return PartMove.OPENED if self.movement.opened else self.movement.move


_KEY = "stock.near_expiry"
_LONGEST = 3_650


def thresholds(till: Till) -> Thresholds:
    """What counts as near its end in this store."""
    with till.store.reading() as unit:
        return thresholds_in(till, unit)


def thresholds_in(till: Till, unit: Unit) -> Thresholds:
    """The same inside somebody's unit."""
    kept = unit.settings.get(_KEY)
    if kept is None:
        rules = till.profile.rules
        return Thresholds(rules.near_expiry_days, rules.near_expiry_red_days)
    near, red = (int(part) for part in kept.split("/"))
    return Thresholds(near, red)


def set_thresholds(till: Till, near: int, red: int) -> Thresholds:
    """Raises ``OperatorInput``: ``NOT_ALLOWED``, ``LIMITS_WRONG`` unless 0 ≤ red ≤ near."""
    who = till.operator
    who.require(Act.SET_LIMITS)
    if not 0 <= red <= near <= _LONGEST:
        raise OperatorInput(Code.LIMITS_WRONG, what="days")
    with till.store.unit() as unit:
        unit.settings.put(_KEY, f"{near}/{red}")
        said = f"{near}/{red}"
        unit.journal.write(till.clock.now(), who.staff_id, "set_near_expiry", "stock", said)
    return Thresholds(near, red)


def shelf(till: Till) -> tuple[LotRow, ...]:
    """Every lot with something in it: the worst first, then by last day of sale."""
    day, limits = today(till), thresholds(till)
    with till.store.reading() as unit:
        lines = unit.stock.shelf()
    by_item: dict[int, list[Lot]] = {}
    for line in lines:
        by_item.setdefault(line.lot.item_id, []).append(line.lot)
    firsts = {item: first_out(tuple(lots), day) for item, lots in by_item.items()}
    rows = [_row(line, firsts[line.lot.item_id], limits, day) for line in lines]
    order = list(Shelf)
    return tuple(sorted(rows, key=lambda row: (order.index(row.shelf), row.lot.expires_on)))


def _row(line: ShelfLine, first: Lot | None, limits: Thresholds, day: date) -> LotRow:
    lot, days = line.lot, (line.lot.expires_on - day).days
    return LotRow(
        item=line.item,
        lot=lot,
        shelf=_shelf_of(lot, days, limits),
        days=days,
        value=line_amount(line.item.retail_price, lot.quantity),
        first=first is not None and first.lot_id == lot.lot_id,
    )


def _shelf_of(lot: Lot, days: int, limits: Thresholds) -> Shelf:
    if days < 0:
        return Shelf.EXPIRED
    if lot.hold is not LotHold.NONE:
        return Shelf.HELD
    if days <= limits.red:
        return Shelf.RED
    return Shelf.NEAR if days <= limits.near else Shelf.FINE


def recall(till: Till, item_id: int, lot_no: str, reason: str) -> int:
    """Every goods-receipt line of one lot of the maker stops being sold; how many there were.

    From this commit on the scan refuses its boxes. Raises ``OperatorInput``.
    """
    return _hold(till, item_id, lot_no, reason, LotHold.NONE, LotHold.RECALL)


def end_recall(till: Till, item_id: int, lot_no: str, reason: str) -> int:
    """The recall was ended or was a mistake: what is not in quarantine is sold again."""
    return _hold(till, item_id, lot_no, reason, LotHold.RECALL, LotHold.NONE)


def _hold(
    till: Till, item_id: int, lot_no: str, reason: str, before: LotHold, after: LotHold
) -> int:
    who = till.operator
    who.require(Act.STOCK)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    now = till.clock.now()
    with till.store.unit() as unit:
        held = [lot for lot in unit.stock.lots_of_number(item_id, lot_no) if lot.hold is before]
        for lot in held:
            unit.stock.hold(lot.lot_id, after)
        item = unit.goods.item(item_id)
        subject = f"{item.store_code} {lot_no}"
        act = "recall" if after is LotHold.RECALL else "end_recall"
        unit.journal.write(now, who.staff_id, act, subject, reason.strip())
    return len(held)


def life_of(till: Till, code: str) -> tuple[BoxStep, ...]:
    """Where a box came from and where it went: the answer an inspector waits for (T35).

    Empty for a box that was never here. Raises ``OperatorInput``: ``SCAN_NOT_TRACE_CODE``,
    ``SCAN_UNKNOWN``, or why a GS1 code names no pack.
    """
    found = classify(code, till.grammar)
    if found.kind is ScanKind.PRODUCT_BARCODE:
        raise OperatorInput(Code.SCAN_NOT_TRACE_CODE, awaited="box")
    if found.kind not in PACK_KINDS:
        raise OperatorInput(Code.SCAN_UNKNOWN, awaited="box")
    with till.store.reading() as unit:
        box = box_of(unit, till.profile, found).code
        whole = [_step(unit, moved) for moved in unit.stock.life_of(box)]
        parts = _part_steps(unit, unit.stock.parts_of_box(box))
    return tuple(sorted((*whole, *parts), key=lambda step: step.movement.at))


def note_steps(till: Till, note_id: int) -> tuple[BoxStep, ...]:
    """The movements of one note, each with its item and lot."""
    with till.store.reading() as unit:
        whole = [_step(unit, moved) for moved in unit.stock.of_note(note_id)]
        return (*whole, *_part_steps(unit, unit.stock.parts_of_note(note_id)))


def _part_steps(unit: Unit, parts: Iterable[PartMovement]) -> list[BoxStep]:
    """Pieces that moved; the opening itself is told by the whole packs."""
    return [
        replace(_step(unit, part.as_movement()), part=part)
        for part in parts
        if part.move is not PartMove.OPENED
    ]


def _step(unit: Unit, movement: Movement) -> BoxStep:
    lot = unit.goods.lot(movement.lot_id)
    note = None if movement.note_id is None else unit.stock.note(movement.note_id)
    return BoxStep(movement, note, unit.goods.item(lot.item_id), lot)
