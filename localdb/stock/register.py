"""``register_entry``: who bought drugs that are registered, sealed (trace-and-stock T58, T60)."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from app.domain.credential import IdNumber
from app.domain.goods.controlled import ShownIdentity
from app.ports.stock_books import Registered
from localdb.repositories.scope import Scope
from localdb.schema.stock import register_entry, register_part


class SqlRegister:
    """Implements ``app.ports.stock_books.Register``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def enter(self, entry: Registered) -> None:
        codec = self._scope.codec
        made = sa.insert(register_entry).returning(register_entry.c.entry_id)
        entry_id = self._scope.connection.execute(
            made.values(
                case_id=entry.case_id,
                lot_id=entry.lot_id,
                packs=entry.packs,
                on_prescription=entry.on_prescription,
                at=entry.at,
                day=entry.day,
                staff_id=entry.staff_id,
                buyer=codec.seal_text(codec.write(entry.buyer), _context(entry.case_id)),
                buyer_mark=self._mark(entry.buyer.id_number),
            )
        ).scalar_one()
        if entry.pieces:
            part = {"entry_id": entry_id, "pieces": entry.pieces, "size": entry.size}
            self._scope.connection.execute(sa.insert(register_part).values(**part))

    def bought(self, id_number: IdNumber, since: datetime) -> Fraction:
        rows = self._scope.connection.execute(
            sa.select(register_entry.c.packs, register_part.c.pieces, register_part.c.size)
            .outerjoin(register_part)
            .where(register_entry.c.buyer_mark == self._mark(id_number))
            .where(register_entry.c.on_prescription == sa.literal_column("0", sa.Integer))
            .where(register_entry.c.at > since)
        )
        return sum(
            (row.packs + Fraction(row.pieces or 0, row.size or 1) for row in rows), Fraction(0)
        )

    def between(self, first: date, last: date) -> tuple[Registered, ...]:
        found = self._scope.connection.execute(
            sa.select(register_entry, register_part.c.pieces, register_part.c.size)
            .outerjoin(register_part)
            .where(register_entry.c.day.between(first, last))
            .order_by(register_entry.c.entry_id)
        )
        return tuple(self._entry(row) for row in found)

    def _entry(self, row: sa.Row[Any]) -> Registered:
        codec = self._scope.codec
        buyer = codec.read(codec.open_text(row.buyer, _context(row.case_id)), ShownIdentity)
        return Registered(
            row.case_id,
            row.lot_id,
            row.packs,
            row.on_prescription,
            row.at,
            row.day,
            row.staff_id,
            buyer,
            row.pieces or 0,
            row.size or 1,
        )

    def _mark(self, id_number: IdNumber) -> str:
        # one person, however the letter at the end was typed
        return self._scope.codec.mark(IdNumber(id_number.reveal().upper()))


def _context(case_id: int) -> str:
    return f"register_entry:{case_id}"
