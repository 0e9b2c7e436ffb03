"""Deliveries, one row each, sealed; a move counts only from the state it was decided on."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.delivery import OPEN, Delivery, DeliveryState
from app.domain.errors import Bug, Code, OperatorInput
from localdb.repositories.scope import Scope
from localdb.schema.delivery import delivery

_LIVE = delivery.c.state.in_([sa.literal_column(f"'{state}'") for state in sorted(OPEN)])


class SqlDeliveries:
    """Implements ``app.ports.store.Deliveries``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, new: Delivery) -> None:
        self._scope.connection.execute(sa.insert(delivery).values(**self._values(new)))

    def move(self, moved: Delivery, before: DeliveryState) -> None:
        """Raises ``OperatorInput`` ``DELIVERY_MOVED_ON`` where it is not in ``before`` any more."""
        written = self._scope.connection.execute(
            sa.update(delivery)
            .where(delivery.c.delivery_no == moved.delivery_no, delivery.c.state == before)
            .values(**self._values(moved))
        )
        if written.rowcount != 1:
            raise OperatorInput(Code.DELIVERY_MOVED_ON)

    def get(self, delivery_no: str) -> Delivery:
        """Raises ``Bug`` for a number nobody gave."""
        row = self._scope.connection.execute(
            sa.select(delivery).where(delivery.c.delivery_no == delivery_no)
        ).one_or_none()
        if row is None:
            raise Bug(what="no such delivery")
        return self._read(row)

    def of_case(self, case_id: int) -> tuple[Delivery, ...]:
        rows = self._scope.connection.execute(
            sa.select(delivery).where(delivery.c.case_id == case_id).order_by(delivery.c.moved_at)
        )
        return tuple(self._read(row) for row in rows)

    def listed(self, ended_since: datetime) -> tuple[Delivery, ...]:
        """Open ones, oldest first, then those that ended since, newest first."""
        live = self._scope.connection.execute(
            sa.select(delivery).where(_LIVE).order_by(delivery.c.moved_at)
        ).all()
        over = self._scope.connection.execute(
            sa.select(delivery)
            .where(~_LIVE, delivery.c.moved_at >= ended_since)
            .order_by(delivery.c.moved_at.desc())
        ).all()
        return tuple(self._read(row) for row in (*live, *over))

    def _values(self, found: Delivery) -> dict[str, Any]:
        codec = self._scope.codec
        return {
            "delivery_no": found.delivery_no,
            "case_id": found.case_id,
            "state": found.state,
            "moved_at": found.moved_at,
            "content": codec.seal_text(codec.write(found), _context(found.delivery_no)),
        }

    def _read(self, row: sa.Row[Any]) -> Delivery:
        codec = self._scope.codec
        return codec.read(codec.open_text(row.content, _context(row.delivery_no)), Delivery)


def _context(delivery_no: str) -> str:
    return f"delivery:{delivery_no}"
