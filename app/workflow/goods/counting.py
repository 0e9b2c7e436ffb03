"""盘点: a snapshot, a blind count lot by lot, and the variance against the moment of counting.

Sales go on. What is expected of a lot is what the ledger says in the commit that writes the count
down, without the boxes that lie in open sales: they are on a counter and not on the shelf. A sale
before or after it does not turn into a difference. The figure told is what stands in the books
after the variance was booked, without what an open sale has told the platform already.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.domain.access import Act, Operator
from app.domain.errors import Code, OperatorInput
from app.domain.goods.movements import NoteKind, StockMove
from app.domain.goods.stock import Item, Lot, LotHold, Storage
from app.domain.money import Fen, Quantity, line_amount, packs
from app.ports.stock import CountStock
from app.ports.stock_books import Booking, CountLine, CountSheet, Note, ShelfLine
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.cases.lines import told_of
from app.workflow.goods import telling
from app.workflow.goods.numbers import note_no
from app.workflow.goods.receiving import Booked
from app.workflow.goods.telling import Told
from app.workflow.till import Till

EVERYTHING, COLD, NEAR = "all", "cold", "near"
"""What is counted: the whole store, what lies in the cold, what expires soon."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """One lot of the count. Blind: ``expected`` and ``variance`` are None until it was counted.

    ``moved`` is what came and went since the snapshot; ``in_flight`` are records of this lot the
    platform does not know yet.
    """

    lot: Lot
    item: Item
    counted: int | None
    expected: int | None
    variance: int | None
    value: Fen | None
    moved: int | None
    in_flight: int


@dataclass(frozen=True, slots=True)
class CountView:
    """The count under way. ``open_lots`` were not counted yet."""

    sheet: CountSheet | None
    rows: tuple[CountRow, ...] = ()

    @property
    def open_lots(self) -> int:
        return sum(row.counted is None for row in self.rows)

    @property
    def differing(self) -> int:
        return sum(bool(row.variance) for row in self.rows)

    @property
    def in_flight(self) -> int:
        return sum(row.in_flight for row in self.rows if row.counted is not None)


def view(till: Till) -> CountView:
    """The sheet as it stands; asks nobody."""
    with till.store.reading() as unit:
        sheet = unit.counts.current()
        if sheet is None:
            return CountView(None)
        flying = telling.in_flight(unit)
        rows = tuple(_row(unit, line, flying) for line in unit.counts.lines(sheet.sheet_id))
    return CountView(sheet, rows)


def _row(unit: Unit, line: CountLine, flying: dict[str, int]) -> CountRow:
    lot = unit.goods.lot(line.lot_id)
    item = unit.goods.item(lot.item_id)
    known = line.counted is not None
    return CountRow(
        lot=lot,
        item=item,
        counted=line.counted,
        expected=line.expected,
        variance=line.variance if known else None,
        value=line_amount(item.retail_price, packs(line.variance)) if known else None,
        moved=line.expected - line.snapshot if line.expected is not None else None,
        in_flight=flying.get(lot.upload_lot, 0),
    )


def begin(till: Till, scope: str) -> CountView:
    """A sheet over the lots of ``scope``, with what the books say now.

    Raises ``OperatorInput``: ``COUNT_OPEN`` where one is under way, ``NOTE_EMPTY`` for nothing.
    """
    who = _keeper(till)
    now = till.clock.now()
    with till.store.unit() as unit:
        if unit.counts.current() is not None:
            raise OperatorInput(Code.COUNT_OPEN)
        lots = [line.lot.lot_id for line in unit.stock.shelf() if _within(till, scope, line)]
        if not lots:
            raise OperatorInput(Code.NOTE_EMPTY)
        sheet = unit.counts.open(who.staff_id, scope, lots, now)
        unit.journal.write(now, who.staff_id, "begin_count", str(sheet.sheet_id), scope)
    return view(till)


def _within(till: Till, scope: str, line: ShelfLine) -> bool:
    if line.lot.hold is LotHold.QUARANTINE:
        return False
    if scope == COLD:
        return line.item.storage is Storage.COLD
    if scope == NEAR:
        left = (line.lot.expires_on - today(till)).days
        return left <= till.profile.rules.near_expiry_days
    return True


def count(till: Till, lot_id: int, counted: int) -> CountView:
    """Write down what lies there. A lot that was not on the sheet is added to it.

    Raises ``OperatorInput``: ``COUNT_NONE`` without a sheet, ``LINE_WRONG`` below nought.
    """
    who = _keeper(till)
    if not 0 <= counted <= 999_999:
        raise OperatorInput(Code.LINE_WRONG, field="packs")
    now = till.clock.now()
    with till.store.unit() as unit:
        sheet = _current(unit)
        lot = unit.goods.lot(lot_id)
        known = unit.counts.line(sheet.sheet_id, lot_id)
        shelf = lot.on_hand - unit.goods.held_back(lot_id)
        line = known or CountLine(sheet.sheet_id, lot_id, shelf, None, None, None, None, None)
        unit.counts.write(
            replace(
                line,
                expected=shelf,
                counted=counted,
                counted_at=now,
                staff_id=who.staff_id,
            )
        )
    return view(till)


def give_up(till: Till, reason: str) -> CountView:
    """The count is thrown away; nothing was booked. Raises ``OperatorInput``."""
    who = _keeper(till)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    now = till.clock.now()
    with till.store.unit() as unit:
        sheet = _current(unit)
        unit.counts.close(sheet.sheet_id, now, None)
        subject = str(sheet.sheet_id)
        unit.journal.write(now, who.staff_id, "drop_count", subject, reason.strip())
    return CountView(None)


def book(
    till: Till,
    *,
    partly: bool = False,
    in_flight_seen: bool = False,
    drain: Callable[[], object] | None = None,
) -> Booked:
    """Book every variance and queue every counted figure, in one commit.

    ``drain`` tells what waits first. What is still on its way then must be ``in_flight_seen`` by
    the person: the counts wait behind it, and a comparison made meanwhile says so. ``partly`` lets
    lots go that nobody counted: they are left as they are.

    Raises ``OperatorInput``: ``COUNT_NONE``, ``COUNT_INCOMPLETE``, ``QUEUE_NOT_DRAINED``.
    """
    who = _keeper(till)
    if drain is not None:
        drain()
    with till.store.unit() as unit:
        sheet = _current(unit)
        lines = unit.counts.lines(sheet.sheet_id)
        done = tuple(line for line in lines if line.counted is not None)
        if not done or (len(done) < len(lines) and not partly):
            raise OperatorInput(Code.COUNT_INCOMPLETE, count=len(lines) - len(done))
        flying = _flying(unit, done)
        if flying and not in_flight_seen:
            raise OperatorInput(Code.QUEUE_NOT_DRAINED, count=flying)
        note = _note(till, unit, who, sheet)
        told = Told()
        for number, line in enumerate(done, 1):
            told += _book_line(till, unit, note, number, line)
        unit.counts.close(sheet.sheet_id, note.at, note.note_id)
        differing = sum(bool(line.variance) for line in done)
        text = f"{len(done)} lots, {differing} differ, {flying} in flight"
        unit.journal.write(note.at, who.staff_id, "book_count", note.note_no, text)
    return Booked(note.note_id, note.note_no, sum(line.counted or 0 for line in done), told)


def _flying(unit: Unit, lines: Iterable[CountLine]) -> int:
    flying = telling.in_flight(unit)
    return sum(flying.get(unit.goods.lot(line.lot_id).upload_lot, 0) for line in lines)


def _book_line(till: Till, unit: Unit, note: Note, number: int, line: CountLine) -> Told:
    """The variance counts from now on; what is told is what then stands in the books."""
    key = f"{note.note_no}-{number}"
    if line.variance:
        booking = Booking(StockMove.COUNTED, line.variance, upload_key=key)
        unit.stock.book(note, line.lot_id, booking)
    lot = unit.goods.lot(line.lot_id)
    item = unit.goods.item(lot.item_id)
    unit.counts.write(replace(line, final=lot.on_hand))
    # a quarantine lot shares the serial of its origin: the platform counts both as one
    stands = sum(
        other.quantity - told_at_counters(unit, other)
        for other in unit.goods.lots(lot.item_id)
        if other.upload_lot == lot.upload_lot
    )
    figure = telling.counted(Quantity(stands))
    request = CountStock(telling.told_lot(item, lot), figure, today(till))
    return telling.queue(till, unit, Operation.COUNT_STOCK, key, lot, item, request)


def told_at_counters(unit: Unit, lot: Lot) -> Quantity:
    """What sales under way told of the lot: the platform has it off its figure, our books do not
    yet, and a count told now comes after it."""
    cases = (unit.cases.get(case_id) for case_id in unit.goods.holders(lot.lot_id))
    return Quantity(sum(told_of(case, lot.lot_id) for case in cases))


def _note(till: Till, unit: Unit, who: Operator, sheet: CountSheet) -> Note:
    now = till.clock.now()
    number = note_no(till, unit, NoteKind.COUNT)
    return unit.stock.write_note(
        Note(0, NoteKind.COUNT, number, now, now, who.staff_id, reason=sheet.scope)
    )


def _current(unit: Unit) -> CountSheet:
    sheet = unit.counts.current()
    if sheet is None:
        raise OperatorInput(Code.COUNT_NONE)
    return sheet


def _keeper(till: Till) -> Operator:
    who = till.operator
    who.require(Act.STOCK)
    return who
