"""The rows of 待上传 and everything about the one in front."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from app.crypto.redact import redact
from app.domain.errors import Code, OperatorInput
from app.ports.store import KeptExchange, OutboxItem, OutboxMove, OutboxNote, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.returns.compensate import start_of_day
from app.workflow.till import Till
from app.workflow.uploads.given_back import given_back
from app.workflow.uploads.mending import mendable
from app.workflow.views.desk import (
    QueueDetail,
    QueueExchange,
    QueueField,
    QueueReply,
    QueueRow,
    QueueStep,
)

_IN_LANE = frozenset({OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNKNOWN})


def queue_rows(till: Till) -> tuple[QueueRow, ...]:
    """What is open, oldest first; a row behind another of its lot says so."""
    with till.store.reading() as unit:
        items = unit.outbox.items()
        told_back = {item.item_id for item in items if _parked(item) and given_back(unit, item)}
    behind = _behind(till, items)
    return tuple(
        replace(
            _row(till, item, behind=item.item_id in behind),
            given_back=item.item_id in told_back,
        )
        for item in items
    )


def _behind(till: Till, items: Sequence[OutboxItem]) -> set[int]:
    """Which rows wait for one before them: any that goes by itself or is in doubt, and a count for
    a parked one too, which holds up nobody else."""
    held: set[str] = set()
    parked: dict[str, set[Operation]] = {}
    found = set()
    for item in items:
        stopped, lane = parked.setdefault(item.lane_key, set()), item.lane_key
        first = till.profile.operation(item.operation).after
        if lane in held or not stopped.isdisjoint(first):
            found.add(item.item_id)
        if item.state in _IN_LANE:
            held.add(lane)
        else:
            stopped.add(item.operation)
    return found


def _parked(item: OutboxItem) -> bool:
    return item.state in (OutboxState.STOPPED, OutboxState.UNKNOWN)


def _row(till: Till, item: OutboxItem, *, behind: bool) -> QueueRow:
    limit = timedelta(hours=till.profile.rules.upload_deadline_h)
    return QueueRow(
        item_id=item.item_id,
        operation=item.operation.value,
        summary=item.summary,
        state=item.state,
        tries=item.tries,
        born_at=item.born_at,
        next_at=item.next_at,
        due_at=item.born_at + limit,
        code=item.code,
        platform_text=item.platform_text,
        case_id=item.case_id,
        behind=behind and item.state is OutboxState.WAITING,
    )


def queue_detail(till: Till, item_id: int) -> QueueDetail:
    """What happened to one record, its exchanges with people masked, and what may be mended.

    Raises ``OperatorInput`` ``STEP_MOVED_ON`` for a record that does not exist.
    """
    with till.store.reading() as unit:
        item = unit.outbox.item(item_id)
        if item is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        notes = unit.outbox.history(item_id)
        rows = [note.message_row for note in notes if note.move is OutboxMove.SENDING]
        exchanges = tuple(_exchange(unit.messages.exchange(row)) for row in rows if row is not None)
        steps = tuple(_step(unit, note) for note in notes)
        mended = item.state is OutboxState.STOPPED and not given_back(unit, item)
        delivered = unit.outbox.delivered_since(start_of_day(till))
    fields = mendable(item.request) if mended else ()
    return QueueDetail(
        item_id=item_id,
        business_key=item.business_key,
        steps=steps,
        exchanges=exchanges,
        fields=tuple(QueueField(field.name, field.value) for field in fields),
        delivered_today=delivered,
    )


def _step(unit: Unit, note: OutboxNote) -> QueueStep:
    who = unit.people.get(note.staff_id).name if note.staff_id is not None else ""
    return QueueStep(note.at, note.move, note.code, note.platform_text, who, note.reason)


def _exchange(kept: KeptExchange) -> QueueExchange:
    return QueueExchange(
        kept.message_id,
        kept.composed_at,
        redact(kept.kept),
        tuple(
            QueueReply(reply.status, redact(reply.kept), reply.failure) for reply in kept.replies
        ),
    )
