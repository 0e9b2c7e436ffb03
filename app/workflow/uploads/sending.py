"""One waiting record around the wire: leased, told, and its fate written by the rule.

Lease, message and history are one commit before the first byte; answer, fate and history are one
commit after it. Whoever dies in between leaves a lease that runs out: UNKNOWN, never failed.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain.errors import (
    Bug,
    Code,
    LocalTrouble,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.uploads import Fate, judge
from app.ports.messages import Draft, Staged
from app.ports.platform import Sender, Stamp
from app.ports.store import (
    MessageState,
    OutboxItem,
    OutboxMove,
    OutboxNote,
    OutboxState,
    Unit,
)
from app.profile.uploads import pace_of, rules_of
from app.workflow import exchange as wire
from app.workflow.doubts.travelling import quiescence
from app.workflow.leases.holding import record_holder
from app.workflow.moves import message_state_of, wire_facts_of
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads.carriers import Carrier, arrived, carrier_of

_log = logging.getLogger(__name__)
UNSENT = tuple(
    int(code)
    for code in Code
    if code in (Code.DID_NOT_LEAVE, Code.OFFLINE_SAVED) or code.name.startswith("LIBRARY_")
    if code // 1000 == NotSent.thousands
)
"""Codes of records that wait for nothing but a line, or for the library that is one."""
_STATE = {
    Fate.DELIVERED: OutboxState.DELIVERED,
    Fate.AGAIN: OutboxState.WAITING,
    Fate.IN_DOUBT: OutboxState.UNKNOWN,
    Fate.STOPPED: OutboxState.STOPPED,
}


@dataclass(frozen=True, slots=True)
class Worded:
    """A door that says ``Bug`` where wording a record breaks in a way nobody foresaw: raised as it
    is, it would end every round before all that waits behind that record."""

    door: wire.Composer

    def compose(self, request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]:
        try:
            return self.door.compose(request, sender, stamp)
        except Trouble:
            raise
        except Exception as unforeseen:
            # the kind only: an exception's words may hold what a person must not read
            _log.error("a record cannot be worded: %s", type(unforeseen).__name__)
            raise Bug(what=f"wording broke: {type(unforeseen).__name__}") from unforeseen


def tell(till: Till, item: OutboxItem) -> Fate | None:
    """Send one record. None where somebody else holds it or told it since it was looked at, or it
    is not open any more.

    A record that cannot even be composed is stopped in sight and holds nobody up.
    """
    holder = f"{record_holder(till.counter_no)}{secrets.token_hex(6)}"
    try:
        carrier = carrier_of(till, item.request)
        with till.store.unit() as unit:
            staged = _leased(till, unit, carrier, item, holder)
    except LocalTrouble:
        raise
    except Trouble as broken:
        return _broken(till, item, broken)
    if staged is None:
        return None
    try:
        answer = wire.answer_to(till, staged, carrier.send)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _judged(till, item, holder, staged, trouble)
    except LocalTrouble:
        raise
    except Trouble as foreseen_by_nobody:
        # bytes may have left: whatever this was, the record is in doubt and nobody else waits
        doubt = OutcomeUnknown(Code.UPLOAD_UNKNOWN, evidence=foreseen_by_nobody.evidence)
        _log.exception("a record ended in %s", foreseen_by_nobody)
        return _judged(till, item, holder, staged, doubt)
    now = till.clock.now()
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, answer.facts)
        note = OutboxNote(now, OutboxMove.DELIVERED)
        deliver(till, unit, item, note, staged.row_id, answer.value)
    return Fate.DELIVERED


def _leased(
    till: Till, unit: Unit, carrier: Carrier, item: OutboxItem, holder: str
) -> Staged[object] | None:
    now = till.clock.now()
    until = now + timedelta(seconds=till.profile.uploads.lease_s)
    if not claimed(till, unit, item, holder, until):
        return None
    staged = wire.stage(till, unit, Worded(carrier.door), item.request, item.case_id)
    note = OutboxNote(now, OutboxMove.SENDING, message_row=staged.row_id)
    unit.outbox.note(item.item_id, note)
    return staged


def claimed(till: Till, unit: Unit, item: OutboxItem, holder: str, until: datetime) -> bool:
    """Leased to this telling as it was looked at; never from a counter that lives, whatever our
    clock says. What another lane or counter told since then has a fate that nobody here weighed."""
    others = () if till.holding is None else till.holding.others_alive(unit)
    if any(unit.outbox.held_by(whose, item.item_id) for whose in others):
        return False
    return unit.outbox.claim(item.item_id, holder, until, item)


def deliver(
    till: Till,
    unit: Unit,
    item: OutboxItem,
    note: OutboxNote,
    row: int | None,
    answer: object = None,
) -> None:
    """A second acknowledgement changes nothing (I8)."""
    written = unit.outbox.settle(
        item.item_id, OutboxState.DELIVERED, note.at, note.code, note.platform_text
    )
    if written:
        unit.outbox.note(
            item.item_id,
            OutboxNote(note.at, note.move, note.code, note.platform_text, row),
        )
        arrived(till, unit, item, answer)


def _judged(
    till: Till,
    item: OutboxItem,
    holder: str,
    staged: Staged[object],
    trouble: PlatformRejected | NotSent | OutcomeUnknown,
) -> Fate:
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, message_state_of(trouble), wire_facts_of(trouble))
        return judged(till, unit, item, holder, staged.row_id, trouble)


def judged(
    till: Till,
    unit: Unit,
    item: OutboxItem,
    holder: str,
    row: int,
    trouble: PlatformRejected | NotSent | OutcomeUnknown,
) -> Fate:
    """Where this answer leaves the record, by the rule of its operation, in the caller's commit."""
    now, text = till.clock.now(), _text_of(trouble)
    rules, pace = rules_of(till.profile, item.operation), pace_of(till.profile)
    told = unit.outbox.may_have_arrived(item.operation, item.business_key)
    told = told or recovering.of_lost_time(unit, item.case_id)
    told = told and not _sold_before(unit, item, trouble)
    fate = judge(rules, pace, trouble, left(unit, item) + 1, told_before=told)
    if fate is Fate.DELIVERED:
        note = OutboxNote(now, OutboxMove.ALREADY_THERE, int(trouble.code), text)
        deliver(till, unit, item, note, row)
        return fate
    gap = pace.gap(item.tries + 1, till.chance())
    if fate is Fate.IN_DOUBT:
        # told again too soon, the first telling could arrive after the second
        gap = max(gap, quiescence(till))
    code = int(trouble.code)
    unit.outbox.settle(item.item_id, _STATE[fate], now + gap, code, text, holder=holder)
    unit.outbox.note(item.item_id, OutboxNote(now, _move_of(trouble), code, text, row))
    return fate


def _sold_before(unit: Unit, item: OutboxItem, trouble: Trouble) -> bool:
    """Whether these boxes were refused as sold before a telling of ours could have arrived: the
    same no afterwards is about that other record as well. No mending ever changes the boxes."""
    if trouble.code is not Code.CODE_SOLD_ELSEWHERE:
        return False
    return any(
        note.move is OutboxMove.REFUSED and note.code == Code.CODE_SOLD_ELSEWHERE
        for note in unit.outbox.history(item.item_id)
    )


def left(unit: Unit, item: OutboxItem) -> int:
    """How many tellings left this machine: what reached nobody uses up none of the most tries."""
    return item.tries - unit.outbox.never_left(item.item_id)


def as_seen(unit: Unit, item: OutboxItem) -> bool:
    """Whether nobody told it, nor decided anything about it, since it was looked at."""
    after = unit.outbox.item(item.item_id)
    return after is not None and (after.state, after.tries) == (item.state, item.tries)


def _broken(till: Till, item: OutboxItem, trouble: Trouble) -> Fate | None:
    """It cannot be composed, or nobody carries it: nothing left, and a person has to look.

    Only as it was looked at: whoever has it on its way by now could word it.
    """
    now = till.clock.now()
    _log.error("record %s cannot be told: %s", item.item_id, trouble)
    with till.store.unit() as unit:
        if not as_seen(unit, item):
            return None
        state = OutboxState.STOPPED
        unit.outbox.settle(item.item_id, state, _later(till, now), int(trouble.code), "")
        note = OutboxNote(now, OutboxMove.REFUSED, int(trouble.code))
        unit.outbox.note(item.item_id, note)
    return Fate.STOPPED


def _later(till: Till, now: datetime) -> datetime:
    return now + timedelta(seconds=till.profile.uploads.longest_gap_s)


def _move_of(trouble: Trouble) -> OutboxMove:
    if isinstance(trouble, NotSent):
        return OutboxMove.NOT_SENT
    return OutboxMove.UNCLEAR if isinstance(trouble, OutcomeUnknown) else OutboxMove.REFUSED


def _text_of(trouble: Trouble) -> str:
    return trouble.platform_text if isinstance(trouble, PlatformRejected) else ""
