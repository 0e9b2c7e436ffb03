"""What waits for the platform. Claimed by conditional update with a lease (reliability 4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as unless_held

from app.domain.errors import Bug
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState, OutboxTally
from app.profile.operations import Operation
from localdb.mapping.codec import request_of, request_text
from localdb.outbox_notes import NOTE, OutboxNotes, note_values
from localdb.schema.columns import Moment
from localdb.schema.messages import IN_LANE, OPEN_STATES, outbox

FINAL = (OutboxState.DELIVERED, OutboxState.VOIDED)


def _literals(states: tuple[OutboxState, ...]) -> list[sa.ColumnClause[Any]]:
    # Literals, so that the partial indexes apply.
    return [sa.literal_column(f"'{state}'") for state in states]


FURTHEST = timedelta(days=1)
"""Beyond every gap of every region."""
_VOIDED: sa.ColumnClause[Any] = sa.literal_column(f"'{OutboxState.VOIDED}'")
# Built once: building costs more than running them, and a stock-taking queues thousands.
_HOLDER = (
    sa.select(outbox.c.item_id, outbox.c.request_mark)
    .where(outbox.c.operation == sa.bindparam("asked_operation"))
    .where(outbox.c.business_key == sa.bindparam("asked_key"))
    .where(outbox.c.state != _VOIDED)
)
_ADD = (
    unless_held(outbox)
    .on_conflict_do_nothing(
        index_elements=[outbox.c.operation, outbox.c.business_key],
        index_where=outbox.c.state != _VOIDED,
    )
    .returning(outbox.c.item_id)
)
_TALLY = sa.select(
    sa.func.count(),
    sa.func.min(outbox.c.born_at),
    sa.func.count().filter(outbox.c.state == OutboxState.STOPPED),
    sa.func.count().filter(
        sa.or_(
            outbox.c.state == OutboxState.UNKNOWN,
            sa.and_(
                outbox.c.state == OutboxState.SENDING,
                outbox.c.lease_until <= sa.bindparam("asked_at", type_=Moment),
            ),
        )
    ),
).where(outbox.c.state.in_(_literals(OPEN_STATES)))


class SqlOutbox(OutboxNotes):
    """Implements ``app.ports.store.Outbox``."""

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
        added = self._scope.connection.execute(
            _ADD,
            {
                "operation": operation,
                "business_key": business_key,
                "lane_key": lane_key,
                "case_id": case_id,
                "request": self._scope.codec.seal_text(
                    request_text(self._scope.codec, request), _context(operation, business_key)
                ),
                "request_mark": mark,
                "state": OutboxState.WAITING,
                "tries": 0,
                "born_at": now,
                "next_at": now,
                "platform_text": "",
                "summary": summary,
            },
        ).scalar_one_or_none()
        if added is not None:
            return int(added)
        known = self._holder_of(operation, business_key)
        if known.request_mark != mark:
            raise Bug(what="business key used twice", key=business_key)
        return int(known.item_id)

    def _holder_of(self, operation: Operation, business_key: str) -> sa.Row[Any, Any]:
        asked = {"asked_operation": operation, "asked_key": business_key}
        return self._scope.connection.execute(_HOLDER, asked).one()

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

    def in_doubt(self, now: datetime, limit: int = 50) -> tuple[OutboxItem, ...]:
        unknown = outbox.c.state == sa.literal_column(f"'{OutboxState.UNKNOWN}'")
        return self._items(
            now,
            outbox.c.state.in_(_literals(OPEN_STATES)),
            sa.or_(sa.and_(unknown, outbox.c.next_at <= now), _expired(now)),
            limit=limit,
        )

    def items(self, *, open_only: bool = True) -> tuple[OutboxItem, ...]:
        shown = (outbox.c.state.in_(_literals(OPEN_STATES)),) if open_only else ()
        return self._items(self._scope.clock.now(), *shown)

    def item(self, item_id: int) -> OutboxItem | None:
        found = self._items(self._scope.clock.now(), outbox.c.item_id == item_id)
        return found[0] if found else None

    def of_lot(self, lane_key: str) -> tuple[OutboxItem, ...]:
        return self._items(self._scope.clock.now(), outbox.c.lane_key == lane_key)

    def tally(self) -> OutboxTally:
        """Counts only: no request is opened for them."""
        asked_at = self._scope.clock.now()
        row = self._scope.connection.execute(_TALLY, {"asked_at": asked_at}).one()
        return OutboxTally(*row)

    def open_before(self, item_id: int, operations: Sequence[Operation]) -> bool:
        found = self._scope.connection.execute(
            sa.select(outbox.c.item_id)
            .where(outbox.c.item_id < item_id)
            .where(outbox.c.operation.in_(operations))
            .where(outbox.c.state.in_(_literals(OPEN_STATES)))
            .limit(1)
        )
        return found.first() is not None

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
        """True for exactly one caller; False where it is held, delivered, voided, or where an
        earlier one of its lot has not come to rest."""
        now = self._scope.clock.now()
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.item_id == item_id)
            .where(outbox.c.state.in_(OPEN_STATES))
            .where(_free(now))
            .where(_in_turn())
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
        *,
        holder: str | None = None,
    ) -> bool:
        """Release the lease and write the fate. A delivered or voided row stays as it is (I8).

        ``holder`` writes only under its own lease: whoever lost it in the meantime may bring a
        delivery, and nothing else. Returns whether the row was written.
        """
        if state is OutboxState.SENDING:
            raise Bug(what="an item is claimed, not settled, into sending", item=item_id)
        if holder is None or state is OutboxState.DELIVERED:
            mine: sa.ColumnElement[bool] = sa.true()
        else:
            mine = outbox.c.holder == holder
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.item_id == item_id)
            .where(outbox.c.state.not_in(FINAL))
            .where(mine)
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
        return written.rowcount == 1

    def expire(self, now: datetime) -> tuple[int, ...]:
        return self._give_up(now, outbox.c.lease_until <= now)

    def hasten(self, codes: Sequence[int], now: datetime) -> int:
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.state == sa.literal_column(f"'{OutboxState.WAITING}'"))
            .where(outbox.c.code.in_(codes))
            .where(outbox.c.next_at > now)
            .values(next_at=now)
        )
        return int(written.rowcount)

    def _exists(self, item_id: int) -> bool:
        return (
            self._scope.connection.execute(
                sa.select(outbox.c.item_id).where(outbox.c.item_id == item_id)
            ).first()
            is not None
        )

    def give_up_open(self) -> int:
        """After a restart no lease has a holder any more: SENDING is UNKNOWN. Returns how many."""
        return len(self._give_up(self._scope.clock.now(), sa.true()))

    def bring_near(self) -> int:
        """A record that waits for a day to come was written under a clock that was ahead: it is
        due now. Returns how many."""
        now = self._scope.clock.now()
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.state.in_(_literals(OPEN_STATES)), outbox.c.next_at > now + FURTHEST)
            .values(next_at=now)
        )
        return written.rowcount

    def doubt_waiting(self) -> int:
        """The base is not the newest: what waits here may have been told since. Returns how many.

        What happens to each is decided by the rule of its operation, as for any other doubt.
        """
        now = self._scope.clock.now()
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.state == sa.literal_column(f"'{OutboxState.WAITING}'"))
            .values(state=OutboxState.UNKNOWN, next_at=now)
            .returning(outbox.c.item_id)
        )
        doubted = tuple(sorted(written.scalars()))
        if doubted:
            rows = [note_values(one, OutboxNote(now, OutboxMove.UNCLEAR)) for one in doubted]
            self._scope.connection.execute(NOTE, rows)
        return len(doubted)

    def _give_up(self, now: datetime, which: sa.ColumnElement[bool]) -> tuple[int, ...]:
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.state.in_(_literals(OPEN_STATES)))
            .where(outbox.c.state == OutboxState.SENDING)
            .where(which)
            .values(state=OutboxState.UNKNOWN, next_at=now, holder=None, lease_until=None)
            .returning(outbox.c.item_id)
        )
        given_up = tuple(sorted(written.scalars()))
        if given_up:
            note = OutboxNote(now, OutboxMove.EXPIRED)
            rows = [note_values(item_id, note) for item_id in given_up]
            self._scope.connection.execute(NOTE, rows)
        return given_up


def _expired(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(outbox.c.state == OutboxState.SENDING, outbox.c.lease_until <= now)


def _in_turn() -> sa.ColumnElement[bool]:
    """Nothing of this lot stands before it or is on its way: the order of a lot is the order in
    which its figures become true."""
    other = outbox.alias("other")
    sending = other.c.state == OutboxState.SENDING
    blocks = sa.or_(other.c.item_id < outbox.c.item_id, sending)
    return ~(
        sa.select(other.c.item_id)
        .where(other.c.lane_key == outbox.c.lane_key)
        .where(other.c.item_id != outbox.c.item_id)
        .where(other.c.state.in_(_literals(IN_LANE)))
        .where(blocks)
        .exists()
    )


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(outbox.c.state != OutboxState.SENDING, outbox.c.lease_until <= now)


def _context(operation: Operation, business_key: str) -> str:
    return f"outbox:{operation}:{business_key}"
