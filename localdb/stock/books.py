"""``app.ports.stock_books.StockBooks``: what moved, box by box, and what follows from it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.domain.goods.codes import UNCODED, DrugTraceCode
from app.domain.goods.movements import NoteKind, StockMove
from app.domain.goods.stock import Lot, LotHold
from app.ports.stock_books import Booking, Movement, Note, PartMovement, Proof, ShelfLine
from localdb.mapping.goods import lot_of, lot_values
from localdb.repositories.goods import LOTS, SqlGoods
from localdb.repositories.scope import Scope
from localdb.schema.goods import lot, trace_code
from localdb.schema.parts import part_claim, part_event
from localdb.schema.stock import stock_code, stock_event, stock_gift, stock_note
from localdb.statements import ONE
from localdb.stock import rows
from localdb.stock.proof import prove

_AT_ONCE = 500
# How often a box came in less how often it went out.
_SIGN = sa.case((stock_event.c.packs > 0, 1), else_=-1)


def _left(codes: Sequence[str], gone: Sequence[str]) -> "sa.Select[Any]":
    """Boxes whose last movement took them out to where they may come from again."""
    last = (
        sa.select(stock_code.c.code, sa.func.max(stock_code.c.event_id).label("event_id"))
        .where(stock_code.c.code.in_(codes))
        .group_by(stock_code.c.code)
        .subquery()
    )
    kinds = (StockMove.SENT_BACK, StockMove.CHANGED, StockMove.ERASED)
    return (
        sa.select(last.c.code)
        .join(stock_event, stock_event.c.event_id == last.c.event_id)
        .where(stock_event.c.packs < 0, stock_event.c.kind.in_(kinds))
        .where(sa.func.coalesce(stock_event.c.change_kind, "").not_in(gone))
        .where(last.c.code.not_in(sa.select(part_claim.c.code)))
    )


class SqlStockBooks:
    """Implements ``app.ports.stock_books.StockBooks``."""

    def __init__(self, scope: Scope, goods: SqlGoods) -> None:
        self._scope = scope
        self._goods = goods

    def write_note(self, note: Note) -> Note:
        values = {
            "kind": note.kind,
            "note_no": note.note_no,
            "at": note.at,
            "booked_at": note.booked_at,
            "staff_id": note.staff_id,
            "supplier": note.supplier,
            "delivery_no": note.delivery_no,
            "invoice_no": note.invoice_no,
            "reason": note.reason,
        }
        statement = sa.insert(stock_note).values(**values).returning(*stock_note.c)
        return rows.note_of(self._scope.connection.execute(statement).one())

    def note(self, note_id: int) -> Note:
        """Raises ``Bug`` for a note that does not exist."""
        found = self._all(sa.select(stock_note).where(stock_note.c.note_id == note_id))
        if not found:
            raise Bug(what="no such note", note=note_id)
        return rows.note_of(found[0])

    def notes(self, limit: int, kinds: Sequence[NoteKind] = ()) -> tuple[Note, ...]:
        wanted = sa.select(stock_note).order_by(stock_note.c.note_id.desc()).limit(limit)
        if kinds:
            wanted = wanted.where(stock_note.c.kind.in_(kinds))
        return tuple(rows.note_of(row) for row in self._all(wanted))

    def delivery_known(self, supplier: str, delivery_no: str) -> bool:
        stands = (
            sa.select(sa.func.coalesce(sa.func.sum(stock_event.c.packs), 0))
            .where(stock_event.c.lot_id.in_(self._lots_of_note()))
            .where(stock_event.c.kind.in_((StockMove.RECEIVED, StockMove.ERASED)))
            .correlate(stock_note)
            .scalar_subquery()
        )
        found = self._all(
            sa.select(stock_note.c.note_id)
            .where(stock_note.c.delivery_no == delivery_no)
            .where(stock_note.c.supplier == supplier)
            .where(stock_note.c.kind == NoteKind.RECEIPT)
            .where(stands > 0)
            .limit(ONE)
        )
        return bool(found)

    @staticmethod
    def _lots_of_note() -> "sa.Select[Any]":
        received = stock_event.alias("received")
        return (
            sa.select(received.c.lot_id)
            .where(received.c.note_id == stock_note.c.note_id)
            .correlate(stock_note)
        )

    def open_lot(self, new: Lot) -> Lot:
        made = sa.insert(lot).values(on_hand=0, **lot_values(new)).returning(*lot.c)
        return lot_of(self._scope.connection.execute(made).one())

    def book(self, note: Note, lot_id: int, booking: Booking) -> int:
        """Raises ``Bug`` where more boxes move than packs."""
        if len(booking.codes) > abs(booking.packs):
            raise Bug(what="more boxes than packs", lot=lot_id)
        event_id = rows.book(
            self._scope,
            lot_id,
            booking.move,
            booking.packs,
            note.at,
            booking.codes,
            note_id=note.note_id,
            receipt_no=note.note_no,
            change_kind=booking.change_kind,
            price=booking.price,
            upload_key=booking.upload_key,
        )
        if booking.gift:
            given = sa.insert(stock_gift).values(event_id=event_id)
            self._scope.connection.execute(given)
        if booking.packs > 0:
            self._goods.place(booking.codes, lot_id, note.booked_at)
        return event_id

    def movement(self, event_id: int) -> Movement | None:
        found = self._movements(stock_event.c.event_id == event_id)
        return found[0] if found else None

    def is_gift(self, event_id: int) -> bool:
        return bool(self._all(sa.select(stock_gift).where(stock_gift.c.event_id == event_id)))

    def movements(self, lot_id: int) -> tuple[Movement, ...]:
        return self._movements(stock_event.c.lot_id == lot_id)

    def part(self, event_id: int) -> PartMovement | None:
        found = self._parts(part_event.c.event_id == event_id)
        return found[0] if found else None

    def parts(self, lot_id: int) -> tuple[PartMovement, ...]:
        return self._parts(part_event.c.lot_id == lot_id)

    def parts_of_box(self, code: DrugTraceCode) -> tuple[PartMovement, ...]:
        return self._parts(part_event.c.code == code)

    def parts_of_note(self, note_id: int) -> tuple[PartMovement, ...]:
        return self._parts(part_event.c.note_id == note_id)

    def _parts(self, which: sa.ColumnElement[bool]) -> tuple[PartMovement, ...]:
        wanted = sa.select(part_event).where(which).order_by(part_event.c.event_id)
        return tuple(rows.part_of(row) for row in self._all(wanted))

    def of_note(self, note_id: int) -> tuple[Movement, ...]:
        return self._movements(stock_event.c.note_id == note_id)

    def between(self, first: datetime, last: datetime) -> Iterator[Movement]:
        within = sa.and_(stock_event.c.at >= first, stock_event.c.at <= last)
        wanted = sa.select(stock_event).where(within).order_by(stock_event.c.event_id)
        with self._scope.connection.execute(wanted.execution_options(yield_per=_AT_ONCE)) as found:
            for row in found:
                yield rows.movement_of(row)

    def balance(self, lot_id: int, at: datetime) -> int:
        total = sa.select(sa.func.coalesce(sa.func.sum(stock_event.c.packs), 0))
        until = total.where(stock_event.c.lot_id == lot_id).where(stock_event.c.at <= at)
        return int(self._scope.connection.execute(until).scalar_one())

    def boxes_of(self, event_id: int) -> tuple[DrugTraceCode, ...]:
        named = sa.not_(stock_code.c.code.startswith(f"{UNCODED}-", autoescape=True))
        wanted = sa.select(stock_code.c.code).where(stock_code.c.event_id == event_id)
        found = self._all(wanted.where(named))
        return tuple(DrugTraceCode(row.code) for row in found)

    def life_of(self, code: DrugTraceCode) -> tuple[Movement, ...]:
        of_code = sa.select(stock_code.c.event_id).where(stock_code.c.code == code)
        return self._movements(stock_event.c.event_id.in_(of_code))

    def known_boxes(self, codes: Iterable[DrugTraceCode]) -> frozenset[DrugTraceCode]:
        wanted = iter(codes)
        found: set[DrugTraceCode] = set()
        # never all of a long table in one sort: the window would wait for it
        while part := list(islice(wanted, _AT_ONCE)):
            known = sa.select(stock_code.c.code).where(stock_code.c.code.in_(part))
            found.update(DrugTraceCode(row.code) for row in self._all(known))
        return frozenset(found)

    def barred_boxes(
        self, codes: Iterable[DrugTraceCode], gone: Sequence[str]
    ) -> frozenset[DrugTraceCode]:
        known = sorted(self.known_boxes(codes))
        free: set[DrugTraceCode] = set()
        for start in range(0, len(known), _AT_ONCE):
            part = known[start : start + _AT_ONCE]
            free.update(DrugTraceCode(row.code) for row in self._all(_left(part, gone)))
        return frozenset(known) - free

    def boxes_in(self, lot_id: int) -> tuple[DrugTraceCode, ...]:
        """Balanced by the ledger: in more often than out, and last seen in this lot."""
        placed = sa.select(trace_code.c.code).where(trace_code.c.lot_id == lot_id)
        return self._here(stock_code.c.code.in_(placed))

    def _here(self, which: sa.ColumnElement[bool]) -> tuple[DrugTraceCode, ...]:
        there = (
            sa.select(stock_code.c.code)
            .join(stock_event, stock_event.c.event_id == stock_code.c.event_id)
            .where(which)
            .group_by(stock_code.c.code)
            .having(sa.func.sum(_SIGN) > 0)
            .order_by(stock_code.c.code)
        )
        return tuple(DrugTraceCode(row.code) for row in self._all(there))

    def uncoded(self, lot_id: int) -> int:
        codes = (
            sa.select(sa.func.count())
            .where(stock_code.c.event_id == stock_event.c.event_id)
            .correlate(stock_event)
            .scalar_subquery()
        )
        bare = sa.select(sa.func.coalesce(sa.func.sum(stock_event.c.packs - _SIGN * codes), 0))
        of_lot = bare.where(stock_event.c.lot_id == lot_id)
        return int(self._scope.connection.execute(of_lot).scalar_one())

    def shelf(self, *, empty: bool = False) -> tuple[ShelfLine, ...]:
        wanted = LOTS.order_by(lot.c.item_id, lot.c.expires_on, lot.c.lot_id)
        if not empty:
            loose = sa.select(part_event.c.lot_id).group_by(part_event.c.lot_id)
            left = loose.having(sa.func.sum(part_event.c.pieces) != 0)
            wanted = wanted.where(sa.or_(lot.c.on_hand != 0, lot.c.lot_id.in_(left)))
        items = {item.item_id: item for item in self._goods.items()}
        return tuple(ShelfLine(items[row.item_id], lot_of(row)) for row in self._all(wanted))

    def lots_of_number(self, item_id: int, lot_no: str) -> tuple[Lot, ...]:
        wanted = LOTS.where(lot.c.item_id == item_id).where(lot.c.lot_no == lot_no)
        return tuple(lot_of(row) for row in self._all(wanted.order_by(lot.c.lot_id)))

    def hold(self, lot_id: int, hold: LotHold) -> None:
        self._scope.connection.execute(
            sa.update(lot).where(lot.c.lot_id == lot_id).values(hold=hold)
        )

    def prove(self, limit: int = 100) -> Proof:
        return prove(self._scope.connection, limit)

    def _movements(self, which: sa.ColumnElement[bool]) -> tuple[Movement, ...]:
        wanted = sa.select(stock_event).where(which).order_by(stock_event.c.event_id)
        return tuple(rows.movement_of(row) for row in self._all(wanted))

    def _all(self, statement: "sa.Select[Any]") -> Sequence[sa.Row[Any]]:
        return self._scope.connection.execute(statement).all()
