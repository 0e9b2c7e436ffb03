"""What waits for the platform. Claimed by conditional update with a lease (reliability 4)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.ports.store import OutboxItem, OutboxState
from app.profile.operations import Operation
from localdb.mapping.codec import request_of, request_text
from localdb.repositories.scope import Scope
from localdb.schema.messages import IN_LANE, OPEN_STATES, outbox

FINAL = (OutboxState.DELIVERED, OutboxState.VOIDED)


def _literals(states: tuple[OutboxState, ...]) -> list[sa.ColumnClause[Any]]:
    # Literals, so that the partial indexes apply.
    return [sa.literal_column(f"'{state}'") for state in states]


class SqlOutbox:
    """Implements ``app.ports.store.Outbox``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(
        self,
        operation: Operation,
        business_key: str,
        lane_key: str,
        request: object,
        case_id: int | None,
        summary: str,
        now: datetime,
    ) -> int:
        """The row's id. The same request under the same key is the same row (I8).

        Raises ``Bug`` where another request already holds the key.
        """
        mark = self._scope.codec.mark(request)
        known = self._holder_of(operation, business_key)
        if known is not None:
            if known.request_mark != mark:
                raise Bug(what="business key used twice", key=business_key)
            return int(known.item_id)
        row = self._scope.connection.execute(
            sa.insert(outbox)
            .values(
                operation=operation,
                business_key=business_key,
                lane_key=lane_key,
                case_id=case_id,
                request=self._scope.codec.seal_text(
                    request_text(self._scope.codec, request), _context(operation, business_key)
                ),
                request_mark=mark,
                state=OutboxState.WAITING,
                tries=0,
                born_at=now,
                next_at=now,
                platform_text="",
                summary=summary,
            )
            .returning(outbox.c.item_id)
        )
        return int(row.scalar_one())

    def _holder_of(self, operation: Operation, business_key: str) -> sa.Row[Any, Any] | None:
        return self._scope.connection.execute(
            sa.select(outbox.c.item_id, outbox.c.request_mark)
            .where(outbox.c.operation == operation)
            .where(outbox.c.business_key == business_key)
            .where(outbox.c.state != sa.literal_column(f"'{OutboxState.VOIDED}'"))
        ).one_or_none()

    def due(self, now: datetime, limit: int = 50) -> tuple[OutboxItem, ...]:
        """First of every lane key where it is WAITING and its time has come, oldest first.

        An UNKNOWN item holds its lane and is never sent again by itself: only the rule of its
        operation, or a person, puts it back to WAITING. A STOPPED one lets the others pass.
        """
        ahead = outbox.alias("ahead")
        first_of_lane = (
            sa.select(sa.func.min(ahead.c.item_id))
            .where(ahead.c.lane_key == outbox.c.lane_key)
            .where(ahead.c.state.in_(_literals(IN_LANE)))
            .scalar_subquery()
        )
        return self._items(
            now,
            outbox.c.state == sa.literal_column(f"'{OutboxState.WAITING}'"),
            outbox.c.item_id == first_of_lane,
            outbox.c.next_at <= now,
            limit=limit,
        )

    def items(self, *, open_only: bool = True) -> tuple[OutboxItem, ...]:
        shown = (outbox.c.state.in_(_literals(OPEN_STATES)),) if open_only else ()
        return self._items(self._scope.clock.now(), *shown)

    def _items(
        self, now: datetime, *conditions: sa.ColumnElement[bool], limit: int | None = None
    ) -> tuple[OutboxItem, ...]:
        rows = self._scope.connection.execute(
            sa.select(outbox).where(*conditions).order_by(outbox.c.item_id).limit(limit)
        )
        return tuple(self._item(row, now) for row in rows)

    def _item(self, row: sa.Row[Any], now: datetime) -> OutboxItem:
        operation = Operation(row.operation)
        text = self._scope.codec.open_text(row.request, _context(operation, row.business_key))
        state = OutboxState(row.state)
        if state is OutboxState.SENDING and row.lease_until <= now:
            state = OutboxState.UNKNOWN
        return OutboxItem(
            item_id=row.item_id,
            operation=operation,
            business_key=row.business_key,
            lane_key=row.lane_key,
            case_id=row.case_id,
            request=request_of(self._scope.codec, text),
            state=state,
            tries=row.tries,
            born_at=row.born_at,
            next_at=row.next_at,
            code=row.code,
            platform_text=row.platform_text,
            summary=row.summary,
        )

    def claim(self, item_id: int, holder: str, until: datetime) -> bool:
        """True for exactly one caller; False where it is held, delivered or voided."""
        now = self._scope.clock.now()
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.item_id == item_id)
            .where(outbox.c.state.in_(OPEN_STATES))
            .where(_free(now))
            .values(
                state=OutboxState.SENDING,
                holder=holder,
                lease_until=until,
                tries=outbox.c.tries + 1,
            )
        )
        return written.rowcount == 1

    def settle(
        self,
        item_id: int,
        state: OutboxState,
        next_at: datetime,
        code: int | None,
        platform_text: str,
    ) -> None:
        """Release the lease and write the fate. A delivered or voided row stays as it is (I8)."""
        if state is OutboxState.SENDING:
            raise Bug(what="an item is claimed, not settled, into sending", item=item_id)
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.item_id == item_id)
            .where(outbox.c.state.not_in(FINAL))
            .values(
                state=state,
                next_at=next_at,
                code=code,
                platform_text=platform_text,
                holder=None,
                lease_until=None,
            )
        )
        if written.rowcount != 1 and not self._exists(item_id):
            raise Bug(what="no such outbox item", item=item_id)

    def _exists(self, item_id: int) -> bool:
        return (
            self._scope.connection.execute(
                sa.select(outbox.c.item_id).where(outbox.c.item_id == item_id)
            ).first()
            is not None
        )

    def give_up_open(self) -> int:
        """After a restart no lease has a holder any more: SENDING is UNKNOWN. Returns how many.

        Its time comes where the lease would have ended: until then the telling may still arrive.
        """
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.state == OutboxState.SENDING)
            .values(
                state=OutboxState.UNKNOWN,
                next_at=outbox.c.lease_until,
                holder=None,
                lease_until=None,
            )
        )
        return int(written.rowcount)


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(outbox.c.state != OutboxState.SENDING, outbox.c.lease_until <= now)


def _context(operation: Operation, business_key: str) -> str:
    return f"outbox:{operation}:{business_key}"
