"""What happened to each waiting record, row by row; never changed (I6)."""

from datetime import datetime

import sqlalchemy as sa

from app.ports.store import OutboxMove, OutboxNote
from app.profile.operations import Operation
from localdb.repositories.scope import Scope
from localdb.schema.messages import OPEN_STATES, outbox, outbox_event
from localdb.statements import ONE, Known

_MAY_HAVE_ARRIVED = Known(
    sa.select(outbox_event.c.event_id)
    .join(outbox, outbox.c.item_id == outbox_event.c.item_id)
    .where(outbox.c.operation == sa.bindparam("asked_operation"))
    .where(outbox.c.business_key == sa.bindparam("asked_key"))
    .where(
        sa.or_(outbox_event.c.move == OutboxMove.UNCLEAR, outbox_event.c.move == OutboxMove.EXPIRED)
    )
    .limit(ONE)
)
_NEVER_LEFT = Known(
    sa.select(sa.func.count())
    .where(outbox_event.c.item_id == sa.bindparam("wanted"))
    .where(outbox_event.c.move == OutboxMove.NOT_SENT)
)
_TRIED = Known(
    sa.select(outbox_event.c.at)
    .join(outbox, outbox.c.item_id == outbox_event.c.item_id)
    .where(outbox.c.state.in_([sa.literal_column(f"'{state}'") for state in OPEN_STATES]))
    .where(outbox_event.c.message_row >= sa.bindparam("first"))
    .order_by(outbox_event.c.event_id)
)
NOTE = Known(sa.insert(outbox_event))


def note_values(item_id: int, note: OutboxNote) -> dict[str, object]:
    return {
        "item_id": item_id,
        "at": note.at,
        "move": note.move,
        "code": note.code,
        "platform_text": note.platform_text,
        "message_row": note.message_row,
        "staff_id": note.staff_id,
        "reason": note.reason,
    }


class OutboxNotes:
    """The history part of ``app.ports.store.Outbox``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def note(self, item_id: int, note: OutboxNote) -> None:
        self._scope.ask(NOTE, note_values(item_id, note))

    def history(self, item_id: int) -> tuple[OutboxNote, ...]:
        this = outbox.alias("this")
        same_key = (
            sa.select(outbox.c.item_id)
            .join(
                this,
                sa.and_(
                    this.c.operation == outbox.c.operation,
                    this.c.business_key == outbox.c.business_key,
                ),
            )
            .where(this.c.item_id == item_id)
            .where(outbox.c.item_id <= item_id)
        )
        born = self._scope.connection.execute(
            sa.select(sa.func.min(outbox.c.born_at)).where(outbox.c.item_id.in_(same_key))
        ).scalar_one()
        rows = self._scope.connection.execute(
            sa.select(outbox_event)
            .where(outbox_event.c.item_id.in_(same_key))
            .order_by(outbox_event.c.event_id)
        )
        # a birth has no row of its own: the record carries it
        births = () if born is None else (OutboxNote(born, OutboxMove.QUEUED),)
        return births + tuple(
            OutboxNote(
                row.at,
                OutboxMove(row.move),
                row.code,
                row.platform_text,
                row.message_row,
                row.staff_id,
                row.reason,
            )
            for row in rows
        )

    def tried_since(self, message_row: int) -> tuple[datetime, ...]:
        return tuple(row.at for row in self._scope.ask(_TRIED, {"first": message_row}))

    def delivered_since(self, at: datetime, until: datetime | None = None) -> int:
        arrivals = (OutboxMove.DELIVERED, OutboxMove.ALREADY_THERE)
        counted = (
            sa.select(sa.func.count())
            .where(outbox_event.c.move.in_(arrivals))
            .where(outbox_event.c.at >= at)
        )
        if until is not None:
            counted = counted.where(outbox_event.c.at < until)
        return int(self._scope.connection.execute(counted).scalar_one())

    def never_left(self, item_id: int) -> int:
        return int(self._scope.ask(_NEVER_LEFT, {"wanted": item_id}).scalar_one())

    def may_have_arrived(self, operation: Operation, business_key: str) -> bool:
        asked = {"asked_operation": operation, "asked_key": business_key}
        return self._scope.ask(_MAY_HAVE_ARRIVED, asked).first() is not None
