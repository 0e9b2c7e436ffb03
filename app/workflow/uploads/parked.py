"""Dead letters: a named person puts them right and releases them, or voids them with a reason.

What was told is never changed: a mended record is a new row under the same business key, the old
one is voided in the same commit, and the history of both is one.
"""

from collections.abc import Mapping

from app.domain.access import Act, Operator
from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState, Unit
from app.workflow.calendar import today
from app.workflow.till import Till
from app.workflow.uploads.given_back import other_half, require_standing
from app.workflow.uploads.mending import mended

_OPEN = frozenset({OutboxState.WAITING, OutboxState.STOPPED, OutboxState.UNKNOWN})


def mend(till: Till, item_id: int, changes: Mapping[str, str]) -> int:
    """Put a refused record right; returns the row that takes its place, to be told now.

    Raises ``OperatorInput``: ``MEND_WRONG`` for a value that cannot be, ``STEP_MOVED_ON`` for a
    record that is not parked any more, ``SALE_GIVEN_BACK``.
    """
    who = till.operator
    who.require(Act.SERVE)
    now = till.clock.now()
    with till.store.unit() as unit:
        item = _item(unit, item_id, frozenset({OutboxState.STOPPED}))
        require_standing(unit, item)
        request = mended(item.request, changes, today(till))
        if request == item.request:
            return item_id
        told = ", ".join(f"{name}={changes[name].strip()}" for name in sorted(changes))
        unit.outbox.settle(item_id, OutboxState.VOIDED, now, item.code, item.platform_text)
        _note(unit, item, till, OutboxMove.MENDED, who, told)
        subject = f"{item.operation.value} {item.business_key}"
        unit.journal.write(now, who.staff_id, "mend_upload", subject, told)
        behind = _behind(till, unit, item)
        for one in behind:
            unit.outbox.settle(one.item_id, OutboxState.VOIDED, now, one.code, one.platform_text)
            _note(unit, one, till, OutboxMove.MENDED, who, "")
        mended_id = _again(unit, item, request)
        for one in behind:
            _again(unit, one, one.request)
        return mended_id


def _again(unit: Unit, item: OutboxItem, request: object) -> int:
    """A row in its place, born when it was: the deadline of a record does not move."""
    return unit.outbox.add(
        item.operation,
        item.business_key,
        item.lane_key,
        request,
        item.case_id,
        item.summary,
        item.born_at,
    )


def _behind(till: Till, unit: Unit, item: OutboxItem) -> list[OutboxItem]:
    """What waited for ``item`` and whatever stands behind that in its lot: queued anew behind what
    takes its place. A count would else be told before the sale it already knows of."""
    later = [one for one in unit.outbox.open_of_lot(item.lane_key) if one.item_id > item.item_id]
    for at, one in enumerate(later):
        if item.operation in till.profile.operation(one.operation).after:
            return [left for left in later[at:] if left.state is OutboxState.WAITING]
    return []


def void(till: Till, item_id: int, reason: str, who: Operator) -> None:
    """Give a record up for good. ``who`` may void uploads and says why.

    A sale that was never told and its return go together. Raises ``OperatorInput``:
    ``REASON_MISSING``, ``NOT_ALLOWED``, ``STEP_MOVED_ON`` where it is on its way or at rest,
    ``SALE_ON_ITS_WAY`` for a return whose sale may still be told, ``COUNT_BETWEEN``.
    """
    who.require(Act.VOID_UPLOAD)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    now = till.clock.now()
    with till.store.unit() as unit:
        item = _item(unit, item_id, _OPEN)
        other = other_half(unit, item)
        for one in (item,) if other is None else (item, other):
            unit.outbox.settle(one.item_id, OutboxState.VOIDED, now, one.code, one.platform_text)
            _note(unit, one, till, OutboxMove.VOIDED, who, reason.strip())
            subject = f"{one.operation.value} {one.business_key}"
            unit.journal.write(now, who.staff_id, "void_upload", subject, reason.strip())


def _item(unit: Unit, item_id: int, states: frozenset[OutboxState]) -> OutboxItem:
    item = unit.outbox.item(item_id)
    if item is None or item.state not in states:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return item


def _note(
    unit: Unit, item: OutboxItem, till: Till, move: OutboxMove, who: Operator, reason: str
) -> None:
    note = OutboxNote(till.clock.now(), move, staff_id=who.staff_id, reason=reason)
    unit.outbox.note(item.item_id, note)
