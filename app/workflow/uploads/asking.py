"""A record in doubt is looked up in the platform's own books, where the region lets us ask."""

from dataclasses import replace

from app.domain.errors import NotSent, OutcomeUnknown, PlatformRejected
from app.ports import requests as q
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState
from app.profile.unknown import rule_of
from app.profile.uploads import pace_of
from app.workflow.doubts import trail
from app.workflow.doubts.trail import Found
from app.workflow.till import Till
from app.workflow.uploads.carriers import arrived
from app.workflow.uploads.sending import as_seen, left


def ask(till: Till, item: OutboxItem) -> None:
    """Found: delivered. Not found proves nothing: told again only where the region says so."""
    if item.case_id is None or not isinstance(item.request, q.UploadSale | q.ReturnSale):
        return
    with till.store.reading() as unit:
        case = unit.cases.get(item.case_id)
    try:
        found = trail.ask(till, case, item.request)
    except (PlatformRejected, NotSent, OutcomeUnknown) as unanswered:
        _note(till, item, int(unanswered.code), "")
        return
    _note(till, item, None, found.value)
    now = till.clock.now()
    if found is Found.STANDS:
        with till.store.unit() as unit:
            if unit.outbox.settle(item.item_id, OutboxState.DELIVERED, now, None, ""):
                unit.outbox.note(item.item_id, OutboxNote(now, OutboxMove.ALREADY_THERE))
                arrived(till, unit, item)
    elif _told_again(till, item):
        with till.store.unit() as unit:
            # a lease of whoever told it meanwhile is not ours to end, nor what was refused by now
            if as_seen(unit, item):
                unit.outbox.settle(item.item_id, OutboxState.WAITING, now, item.code, "")


def _told_again(till: Till, item: OutboxItem) -> bool:
    """An empty answer proves nothing: only where the region says so, and not for ever."""
    resend = rule_of(till.profile, item.operation).resend_absent
    with till.store.reading() as unit:
        told = left(unit, item)
    return resend and told < pace_of(till.profile).most_tries


def _note(till: Till, item: OutboxItem, code: int | None, found: str) -> None:
    note = OutboxNote(till.clock.now(), OutboxMove.ASKED, code)
    with till.store.unit() as unit:
        unit.outbox.note(item.item_id, replace(note, reason=found))
