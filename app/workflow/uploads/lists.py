"""Waiting records of one kind in one message, where the region takes lists (core-platform 3.4).

Only what was never told travels in a list; whatever of it did not arrive goes on by itself. A list
that is refused as a whole blames no row: each is told alone from then on.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from app.domain.errors import (
    Code,
    LocalTrouble,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.uploads import Fate
from app.ports import requests as q
from app.ports import stock as g
from app.ports.messages import Staged
from app.ports.store import MessageState, OutboxItem, OutboxMove, OutboxNote, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.cases.sale_book import sale_book
from app.workflow.leases.holding import record_holder
from app.workflow.moves import message_state_of, wire_facts_of
from app.workflow.till import Till
from app.workflow.uploads.sending import Worded, claimed, deliver, judged, tell

LISTED: Mapping[type, Operation] = {
    g.CountStock: Operation.COUNT_STOCK_ROWS,
    g.ChangeStock: Operation.CHANGE_STOCK_ROWS,
    g.Receive: Operation.RECEIVE_ROWS,
    g.ReturnToSupplier: Operation.RETURN_TO_SUPPLIER_ROWS,
    g.EraseUpload: Operation.ERASE_UPLOAD_ROWS,
    q.UploadSale: Operation.UPLOAD_SALE_ROWS,
    q.ReturnSale: Operation.RETURN_SALE_ROWS,
}
Rows = list[OutboxItem]
_log = logging.getLogger(__name__)


def bundled(till: Till, due: Sequence[OutboxItem]) -> tuple[list[Rows], Rows]:
    """Lists to tell, and what is told by itself: alone of its kind, or told before."""
    most = till.profile.uploads.rows_at_once
    kinds: dict[type, Rows] = defaultdict(list)
    for item in due if most > 1 else ():
        if _listable(till, item):
            kinds[type(item.request)].append(item)
    lists = [
        rows[at : at + most]
        for rows in kinds.values()
        for at in range(0, len(rows), most)
        if len(rows[at : at + most]) > 1
    ]
    taken = {item.item_id for rows in lists for item in rows}
    return lists, [item for item in due if item.item_id not in taken]


def _listable(till: Till, item: OutboxItem) -> bool:
    operation = LISTED.get(type(item.request))
    part = till.profile.operations.get(operation) if operation is not None else None
    if part is None or not part.enabled or item.tries:
        return False
    if isinstance(item.request, q.UploadSale):
        return sale_book(till, item.request.prescriber.rx_number) is till.platform.core
    if isinstance(item.request, q.ReturnSale):
        return sale_book(till, item.request.rx_number) is till.platform.core
    return True


def tell_list(till: Till, items: Sequence[OutboxItem]) -> list[Fate | None]:
    """Send them in one message; the fate of each that was not held by somebody else."""
    holder = f"{record_holder(till.counter_no)}{secrets.token_hex(6)}"
    goods = till.platform.goods
    try:
        with till.store.unit() as unit:
            held, staged = _staged(till, unit, items, holder)
    except LocalTrouble:
        raise
    except Trouble:
        # one of them cannot be composed: told alone, it parks itself and nobody else
        return [tell(till, item) for item in items]
    if staged is None:
        return []
    try:
        answer = wire.answer_to(till, staged, goods.tell_rows)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _not_taken(till, held, holder, staged, trouble)
    except LocalTrouble:
        raise
    except Trouble as foreseen_by_nobody:
        # bytes may have left: whatever this was, each is in doubt and nobody else waits
        doubt = OutcomeUnknown(Code.UPLOAD_UNKNOWN, evidence=foreseen_by_nobody.evidence)
        _log.exception("a list ended in %s", foreseen_by_nobody)
        return _not_taken(till, held, holder, staged, doubt)
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, answer.facts)
        return [
            _outcome(till, unit, item, holder, staged.row_id, told)
            for item, told in zip(held, answer.value.outcomes, strict=True)
        ]


def _staged(
    till: Till, unit: Unit, items: Sequence[OutboxItem], holder: str
) -> tuple[Rows, Staged[g.StockRows] | None]:
    """Those that nobody else holds, in one message; None for none."""
    held = _leased(till, unit, items, holder)
    if not held:
        return held, None
    request = g.StockRows(tuple(item.request for item in held))  # type: ignore[misc]
    staged = wire.stage(till, unit, Worded(till.platform.goods), request, None)
    for item in held:
        note = OutboxNote(till.clock.now(), OutboxMove.SENDING, message_row=staged.row_id)
        unit.outbox.note(item.item_id, note)
    return held, staged


def _leased(till: Till, unit: Unit, items: Sequence[OutboxItem], holder: str) -> Rows:
    until = till.clock.now() + timedelta(seconds=till.profile.uploads.lease_s)
    return [item for item in items if claimed(till, unit, item, holder, until)]


def _outcome(
    till: Till, unit: Unit, item: OutboxItem, holder: str, row: int, told: g.RowOutcome
) -> Fate:
    if told.accepted:
        deliver(till, unit, item, OutboxNote(till.clock.now(), OutboxMove.DELIVERED), row)
        return Fate.DELIVERED
    trouble: PlatformRejected | OutcomeUnknown
    if told.code // 1000 == OutcomeUnknown.thousands:
        trouble = OutcomeUnknown(told.code)
    else:
        trouble = PlatformRejected(told.code, platform_text=told.text)
    return judged(till, unit, item, holder, row, trouble)


def _not_taken(
    till: Till,
    items: Rows,
    holder: str,
    staged: Staged[g.StockRows],
    trouble: PlatformRejected | NotSent | OutcomeUnknown,
) -> list[Fate | None]:
    """Each by the rule of its own, but a no to the whole list is a no to none of them."""
    now, row = till.clock.now(), staged.row_id
    with till.store.unit() as unit:
        unit.messages.close(row, message_state_of(trouble), wire_facts_of(trouble))
        if not isinstance(trouble, PlatformRejected):
            return [judged(till, unit, item, holder, row, trouble) for item in items]
        code, text = int(trouble.code), trouble.platform_text
        for item in items:
            waits = OutboxState.WAITING
            unit.outbox.settle(item.item_id, waits, now, code, text, holder=holder)
            note = OutboxNote(now, OutboxMove.REFUSED, code, text, row)
            unit.outbox.note(item.item_id, note)
    return [Fate.AGAIN for _ in items]
