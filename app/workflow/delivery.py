"""What waits in the outbox, and the open attempts: brought on by the delivery lane.

Only records travel here; money never does (reliability 1).
"""

from dataclasses import replace
from datetime import timedelta

from app.domain.counter_case import CounterCase
from app.domain.errors import Bug, Code, NotSent, OutcomeUnknown, PlatformRejected
from app.ports import requests as q
from app.ports.store import OutboxItem, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow import resolving
from app.workflow.lines import sold_lines
from app.workflow.sale_book import sale_book
from app.workflow.steps.return_sale import request_for
from app.workflow.till import Till

LEASE = timedelta(minutes=2)
_TRIED_BY_HAND = frozenset({OutboxState.WAITING, OutboxState.STOPPED, OutboxState.UNKNOWN})
GAPS = tuple(timedelta(seconds=s) for s in (15, 60, 300, 900, 3600))


def queue_returns(till: Till, unit: Unit, case: CounterCase) -> None:
    """Accepted lines of a sale that will not happen: one return each, in the caller's commit."""
    sale = case.facts.sale
    if sale is None:
        return
    for line in sold_lines(unit, case):
        if line.index in sale.accepted_lines:
            unit.outbox.add(
                Operation.RETURN_SALE,
                f"{sale.sale_serial}-{line.index}-return",
                line.upload_lot,
                request_for(till, case, sale, line),
                case.case_id,
                line.name,
                till.clock.now(),
            )


def run(till: Till) -> int:
    """One round: due records, then due attempts. Returns how many things came to rest."""
    done = 0
    _tell_again(till)
    with till.store.reading() as unit:
        due = unit.outbox.due(till.clock.now())
    for item in due:
        done += _deliver(till, item)
    return done + resolving.resolve_due(till)


def _repeats(till: Till, item: OutboxItem) -> bool:
    return till.profile.operation(item.operation).on_unknown == "resend"


def _tell_again(till: Till) -> None:
    """Records whose fate is unknown go on where repeats are harmless; others wait for a person."""
    now = till.clock.now()
    with till.store.reading() as unit:
        unknown = [i for i in unit.outbox.items() if i.state is OutboxState.UNKNOWN]
    for item in unknown:
        if _repeats(till, item) and item.next_at <= now:
            with till.store.unit() as unit:
                unit.outbox.settle(item.item_id, OutboxState.WAITING, now, item.code, "")


def _deliver(till: Till, item: OutboxItem) -> int:
    now = till.clock.now()
    with till.store.unit() as unit:
        if not unit.outbox.claim(item.item_id, f"counter-{till.counter_no}", now + LEASE):
            return 0
    if not isinstance(item.request, q.ReturnSale):
        raise Bug(what="outbox holds a record nobody sends")
    book = sale_book(till)
    try:
        wire.consult(till, book, item.request, book.return_sale, item.case_id)
    except PlatformRejected as refused:
        if refused.code is Code.NOTHING_TO_RETURN and item.tries > 0:
            # Told before, and nothing is left to take back: the first telling had arrived.
            _book(till, item, OutboxState.DELIVERED, None, refused.platform_text)
            return 1
        _book(till, item, OutboxState.STOPPED, int(refused.code), refused.platform_text)
        return 0
    except NotSent as trouble:
        _book(till, item, OutboxState.WAITING, int(trouble.code), "")
        return 0
    except OutcomeUnknown as trouble:
        _book(till, item, OutboxState.UNKNOWN, int(trouble.code), "")
        return 0
    _book(till, item, OutboxState.DELIVERED, None, "")
    return 1


def _book(
    till: Till, item: OutboxItem, state: OutboxState, code: int | None, platform_text: str
) -> None:
    gap = GAPS[min(item.tries, len(GAPS) - 1)]
    with till.store.unit() as unit:
        unit.outbox.settle(item.item_id, state, till.clock.now() + gap, code, platform_text)


def retry(till: Till, item_id: int) -> None:
    """A person wants a record tried now, also one whose fate is unknown.

    A return told twice is answered with "nothing left to return", which counts as delivered.
    """
    with till.store.reading() as unit:
        item = next((i for i in unit.outbox.items() if i.item_id == item_id), None)
    if item is not None and item.state in _TRIED_BY_HAND:
        _deliver(till, replace(item, next_at=till.clock.now()))
