"""Our side of one line: every movement of the ledger with the record that tells it.

Sales and their returns hang on a visit, which told them itself or through the outbox; everything
else hangs on a note, whose business key leads to its record. A count is what was told, not what it
changed. Records without a movement are corrections that were told alone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from app.domain.books.stock import Record
from app.domain.books.stock_records import OurRecord, RecordFate, without_untold
from app.domain.counter_case import CounterCase
from app.domain.goods.movements import PartMove, StockMove
from app.domain.goods.stock import Lot
from app.domain.money import Quantity, packs
from app.ports import requests as q
from app.ports import stock as g
from app.ports.stock_books import Movement, PartMovement
from app.ports.store import OutboxItem, OutboxMove, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.calendar import CHINA, counters
from app.workflow.cases.lines import sold_lines
from app.workflow.goods import telling
from app.workflow.till import Till

_FATES = {
    OutboxState.WAITING: RecordFate.ON_ITS_WAY,
    OutboxState.SENDING: RecordFate.ON_ITS_WAY,
    OutboxState.UNKNOWN: RecordFate.IN_DOUBT,
    OutboxState.STOPPED: RecordFate.REFUSED,
    OutboxState.VOIDED: RecordFate.GIVEN_UP,
    OutboxState.DELIVERED: RecordFate.ACCEPTED,
}
_OPERATIONS = {
    Record.COUNT: Operation.COUNT_STOCK,
    Record.CHANGE: Operation.CHANGE_STOCK,
    Record.PURCHASE: Operation.RECEIVE,
    Record.SENT_BACK: Operation.RETURN_TO_SUPPLIER,
    Record.SALE: Operation.UPLOAD_SALE,
    Record.SALE_RETURN: Operation.RETURN_SALE,
    Record.ERASURE: Operation.ERASE_UPLOAD,
}
_BY_NOTE = {
    StockMove.RECEIVED: Record.PURCHASE,
    StockMove.SENT_BACK: Record.SENT_BACK,
    StockMove.CHANGED: Record.CHANGE,
}
_Visit = tuple[int | None, StockMove]
AGAIN = telling.AGAIN
"""Stands between the key of a record and the number of its repetition."""


def operation_of(record: Record) -> Operation:
    return _OPERATIONS[record]


@dataclass(frozen=True, slots=True)
class OurLine:
    """One line as our books have it: ``ours`` is what the ledger comes to.

    ``rounding``: so far both may lie apart without anything missing, because parts of boxes are
    told with four decimals, each rounded in its last place, and counts with two.
    """

    ours: Quantity
    records: tuple[OurRecord, ...]
    at_counter: frozenset[str]
    rounding: int = 0


def read_line(till: Till, unit: Unit, lots: Sequence[Lot]) -> OurLine:
    """Everything about the lots of one line; read live (T47)."""
    return _Reader(till, unit).line(lots)


def in_flight(records: Iterable[OurRecord]) -> int:
    """Records the platform does not know yet."""
    return sum(one.fate in (RecordFate.ON_ITS_WAY, RecordFate.IN_DOUBT) for one in records)


class _Reader:
    def __init__(self, till: Till, unit: Unit) -> None:
        self._till, self._unit = till, unit
        self._told: list[OutboxItem] = []
        self._seen: set[int] = set()

    def line(self, lots: Sequence[Lot]) -> OurLine:
        unit = self._unit
        serials = sorted({lot.upload_lot for lot in lots})
        self._told = [item for serial in serials for item in unit.outbox.of_lot(serial)]
        movements = sorted(
            (one for lot in lots for one in unit.stock.movements(lot.lot_id)),
            key=lambda one: one.event_id,
        )
        parts = [
            one
            for lot in lots
            for one in unit.stock.parts(lot.lot_id)
            # from quarantine into the box: here and there it is one lot
            if one.move is not PartMove.RELEASED
        ]
        placed: list[tuple[datetime, OurRecord]] = []
        balance = Quantity(0)
        visits = Counter[_Visit]()
        for movement in movements:
            visits[_visit(movement)] += packs(movement.packs)
        for part in parts:
            visits[_visit_of_part(part)] += part.share
        for movement in movements:
            balance = Quantity(balance + packs(movement.packs))
            stands = Quantity(balance + sum(one.share for one in parts if one.at <= movement.at))
            placed += [
                (movement.at, one) for one in self._of_movement(movement, stands, visits, serials)
            ]
        placed = self._with_counts(self._with_parts(placed, parts, visits, serials))
        total = Quantity(packs(sum(m.packs for m in movements)) + sum(p.share for p in parts))
        records = without_untold(self._erased(movements, placed))
        rounding = sum(one.move is not PartMove.OPENED for one in parts)
        if parts and any(isinstance(item.request, g.CountStock) for item in self._told):
            rounding += telling.COUNT_STEP // 2
        return OurLine(total, records, self._at_counter(), rounding)

    def _with_parts(
        self,
        placed: list[tuple[datetime, OurRecord]],
        parts: Sequence[PartMovement],
        visits: Counter[_Visit],
        serials: Sequence[str],
    ) -> list[tuple[datetime, OurRecord]]:
        """Visits that sold from a box opened before, and what was left of a box and went away."""
        found = list(placed)
        gone = Counter[str | None]()
        for part in parts:
            gone[part.upload_key] += part.share if part.move is PartMove.CHANGED else 0
        for part in parts:
            movement = part.as_movement()
            if part.move is PartMove.CHANGED:
                # what was free and what was held go with one record
                share = Quantity(gone.pop(part.upload_key, 0))
                made = [self._told_as(Record.CHANGE, movement, share)] if share else []
                made = [replace(one, codes=(part.code,)) for one in made]
            else:
                moved = visits.pop(_visit_of_part(part), None)
                made = [] if moved is None else self._of_visit(movement, moved, serials)
            made = [replace(one, event_id=None, part_id=part.event_id) for one in made]
            before = sum(1 for moment, _ in found if moment <= part.at)
            found[before:before] = [(part.at, one) for one in made]
        return found

    def _of_movement(
        self,
        movement: Movement,
        balance: Quantity,
        visits: Counter[_Visit],
        serials: Sequence[str],
    ) -> list[OurRecord]:
        match movement.move:
            case StockMove.OPENING:
                figure, at = packs(movement.packs), _midnight(movement.at)
                opening = OurRecord(Record.COUNT, figure, RecordFate.ACCEPTED, at, opening=True)
                return [replace(opening, event_id=movement.event_id)]
            case StockMove.COUNTED:
                return self._counted(movement, balance)
            case StockMove.SOLD | StockMove.RETURNED:
                moved = visits.pop(_visit(movement), None)
                return [] if moved is None else self._of_visit(movement, moved, serials)
            case StockMove.ERASED:
                return []
            case move:
                record = _BY_NOTE[move]
                return [self._told_as(record, movement, packs(movement.packs))]

    def _told_as(self, record: Record, movement: Movement, quantity: Quantity) -> OurRecord:
        bare = OurRecord(
            record,
            quantity,
            self._untold(record),
            movement.at,
            codes=self._boxes(movement),
            event_id=movement.event_id,
            case_id=movement.case_id,
        )
        item = self._record(record, movement.upload_key or "")
        return bare if item is None else self._with_item(bare, item)

    def _boxes(self, movement: Movement) -> tuple[str, ...]:
        return tuple(str(code) for code in self._unit.stock.boxes_of(movement.event_id))

    def _untold(self, record: Record) -> RecordFate:
        wanted = telling.wanted(self._till, operation_of(record))
        return RecordFate.NEVER_MADE if wanted else RecordFate.NOT_WANTED

    def _record(self, record: Record, key: str) -> OutboxItem | None:
        """The telling that counts: one that arrived, else the newest; repetitions included."""
        operation = operation_of(record)
        found = [
            item
            for item in self._told
            if item.operation is operation and item.business_key.partition(AGAIN)[0] == key
        ]
        self._seen.update(item.item_id for item in found)
        live = [item for item in found if item.state is not OutboxState.VOIDED] or found
        return live[-1] if live else None

    def _with_item(self, record: OurRecord, item: OutboxItem) -> OurRecord:
        history = self._unit.outbox.history(item.item_id)
        done = [
            note.at
            for note in history
            if note.move in (OutboxMove.DELIVERED, OutboxMove.ALREADY_THERE)
        ]
        rows = tuple(dict.fromkeys(n.message_row for n in history if n.message_row is not None))
        return replace(
            record,
            fate=_FATES[item.state],
            accepted_at=done[-1] if done else None,
            record_id=item.item_id,
            messages=rows,
            said=item.platform_text,
        )

    def _counted(self, movement: Movement, balance: Quantity) -> list[OurRecord]:
        """The figure was told by a record of its own; without one the ledger says it."""
        if self._find(Record.COUNT, movement.upload_key or ""):
            return []
        figure, at = balance, _midnight(movement.at)
        fate = self._untold(Record.COUNT)
        return [OurRecord(Record.COUNT, figure, fate, at, event_id=movement.event_id)]

    def _find(self, record: Record, key: str) -> bool:
        operation = operation_of(record)
        return any(item.operation is operation and item.business_key == key for item in self._told)

    def _with_counts(
        self, placed: list[tuple[datetime, OurRecord]]
    ) -> list[tuple[datetime, OurRecord]]:
        """Every count that was told, where it stood when it was written down."""
        found = list(placed)
        for item in self._told:
            request = item.request
            if not isinstance(request, g.CountStock) or item.state is OutboxState.VOIDED:
                continue
            at = datetime.combine(request.counted_on, time(), CHINA)
            told = self._with_item(
                OurRecord(Record.COUNT, request.quantity, RecordFate.ON_ITS_WAY, at), item
            )
            before = sum(1 for moment, _ in found if moment <= item.born_at)
            found.insert(before, (item.born_at, told))
        return found

    def _of_visit(self, movement: Movement, moved: int, serials: Sequence[str]) -> list[OurRecord]:
        """One record for each reported line of the visit that lies in these lots."""
        case = self._unit.cases.get(movement.case_id or 0)
        back = movement.move is StockMove.RETURNED
        record = Record.SALE_RETURN if back else Record.SALE
        lines = [line for line in sold_lines(self._unit, case) if line.upload_lot in serials]
        signed = sum(line.quantity for line in lines) * (1 if back else -1)
        if signed != moved:
            return [self._told_as(record, movement, Quantity(moved))]
        return [self._of_line(case, movement, record, line) for line in lines]

    def _of_line(
        self, case: CounterCase, movement: Movement, record: Record, line: q.SoldLine
    ) -> OurRecord:
        sale = case.facts.sale
        back = record is Record.SALE_RETURN
        key = f"{sale.sale_serial}-{line.index}{'-return' if back else ''}" if sale else ""
        bare = OurRecord(
            record,
            Quantity(line.quantity if back else -line.quantity),
            self._untold(record),
            movement.at if back or sale is None else sale.numbered_at,
            document=sale.receipt_no if sale else movement.receipt_no,
            codes=tuple(str(code) for code in line.trace_codes),
            event_id=movement.event_id,
            case_id=case.case_id,
            line=line.index,
        )
        item = self._record(record, key)
        if item is not None:
            return self._with_item(bare, item)
        return self._by_visit(bare, case, line.index)

    def _by_visit(self, bare: OurRecord, case: CounterCase, index: int) -> OurRecord:
        """Told by the visit itself, line by line, before its money moved."""
        sale = case.facts.sale
        if sale is None or bare.fate is RecordFate.NOT_WANTED:
            return bare
        back = bare.record is Record.SALE_RETURN
        operation = operation_of(bare.record)
        told = self._unit.stock_days.messages_of(case.case_id)
        mine = [one for one in told if one.operation is operation]
        gone = sale.returned_at is not None or bool(
            sale.uploaded_at and index not in sale.accepted_lines
        )
        stands = index in sale.accepted_lines or sale.uploaded_at is not None
        doubtful = index in (sale.lost_returns if back else sale.lost_lines)
        yes = [one.composed_at for one in mine if one.answered]
        if gone if back else stands:
            fate = RecordFate.ACCEPTED
        elif doubtful:
            fate = RecordFate.IN_DOUBT
        else:
            fate = RecordFate.REFUSED if mine else RecordFate.NEVER_MADE
        rows = tuple(one.row_id for one in mine)
        accepted = yes[-1] if yes and fate is RecordFate.ACCEPTED else None
        return replace(bare, fate=fate, messages=rows, accepted_at=accepted)

    def _erased(
        self, movements: Sequence[Movement], placed: Sequence[tuple[datetime, OurRecord]]
    ) -> tuple[OurRecord, ...]:
        """A movement that was deleted and its deletion cancel each other in our books."""
        records = [record for _, record in placed]
        for erasure in (one for one in movements if one.move is StockMove.ERASED):
            item = self._record(Record.ERASURE, erasure.upload_key or "")
            fate = _FATES[item.state] if item is not None else RecordFate.ACCEPTED
            for at, record in enumerate(records):
                moved = record.quantity == -packs(erasure.packs)
                if record.event_id is not None and moved and record.erased is None:
                    number = item.item_id if item is not None else None
                    records[at] = replace(record, erased=fate, erasure_id=number)
                    break
        return tuple(records)

    def _at_counter(self) -> frozenset[str]:
        """Receipt numbers of visits that are not over, at any counter of this base."""
        cases = self._unit.cases
        sales = (
            case.facts.sale for number in counters(self._till) for case in cases.unfinished(number)
        )
        return frozenset(sale.receipt_no for sale in sales if sale is not None)


def _visit_of_part(part: PartMovement) -> _Visit:
    return _visit(part.as_movement())


def _midnight(at: datetime) -> datetime:
    """A count is told with its day alone."""
    return datetime.combine(at.astimezone(CHINA).date(), time(), CHINA)


def _visit(movement: Movement) -> _Visit:
    """A visit may move its boxes in several rows; it told of them line by line."""
    return movement.case_id, movement.move
