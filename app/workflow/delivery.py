"""What waits in the outbox, and the open attempts: brought on by the delivery lane.

Only records travel here; money never does (reliability 1). First of each lot, several lots at
once; what each answer leads to is region data (``app.profile.uploads``).
"""

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from app.domain.counter_case import CounterCase
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.domain.uploads import Fate, Remedy, in_doubt_next
from app.jobs.together import together
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState, Unit
from app.profile.operations import Operation, Service
from app.profile.uploads import pace_of, rules_of
from app.workflow import day, resolving
from app.workflow.calendar import CHINA
from app.workflow.cases.lines import sold_lines
from app.workflow.doubts.travelling import arrives_until, may_arrive, quiescence
from app.workflow.steps.return_sale import request_for
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.upkeep.timekeeping import TOLERANCE
from app.workflow.uploads.asking import ask
from app.workflow.uploads.carriers import neighbour_of
from app.workflow.uploads.erasing import require_alone
from app.workflow.uploads.given_back import require_standing
from app.workflow.uploads.lists import bundled, tell_list
from app.workflow.uploads.sending import UNSENT, left, tell

SIGN_IN = int(Code.SIGN_IN_REQUIRED)
PAGE = 50
"""Records looked at together; one round tells fewer than twice as many."""
_TOLD = frozenset({OutboxMove.SENDING, OutboxMove.UNCLEAR})
_TRIED_BY_HAND = frozenset({OutboxState.WAITING, OutboxState.STOPPED, OutboxState.UNKNOWN})
_log = logging.getLogger(__name__)


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
    """One round: due records, then due attempts. Returns how many things came to rest.

    A record that stopped counts: it goes nowhere by itself any more, and the window has to say so.
    """
    fates = _round(till)
    rested = fates.count(Fate.DELIVERED) + fates.count(Fate.STOPPED)
    return rested + resolving.resolve_due(till)


def deliver_due(till: Till) -> int:
    """Tell what is due; returns how many arrived. One record never holds up another lot."""
    return _round(till).count(Fate.DELIVERED)


def _round(till: Till) -> list[Fate | None]:
    """What became of each record that was told now."""
    if recovering.is_open(till) or _is_over(till):
        return []
    _out_of_doubt(till)
    with till.store.reading() as unit:
        due = _due(till, unit)
    if any(item.code == SIGN_IN for item in due):
        _sign_in_again(till)
    lists, due = bundled(till, due)
    told: list[Fate | None] = []
    for rows in lists:
        if not _is_over(till):
            told += tell_list(till, rows)
    silent: set[Service] = set()
    for part in _batches(due, till.profile.uploads.at_once):
        if _is_over(till):
            # closed while this round went on: what is left waits for the next sign-in
            break
        # the next real call decides; asking for every lot that waits would only keep a line busy
        batch = [item for item in part if neighbour_of(till, item) not in silent]
        fates = together(lambda item: tell(till, item), batch, len(batch))
        told += fates
        arrived = [i for i, fate in zip(batch, fates, strict=True) if fate is Fate.DELIVERED]
        _line_is_back(till, arrived)
        silent |= _without_line(till, batch)
    return told


def _is_over(till: Till) -> bool:
    """Asked again and again: another lane ends the day."""
    return till.day_over


def _due(till: Till, unit: Unit) -> list[OutboxItem]:
    """What may be told now: many that wait for others are no reason to look no further."""
    found: list[OutboxItem] = []
    behind = 0
    while True:
        page = unit.outbox.due(till.clock.now(), PAGE, behind)
        found += [item for item in page if not _waits(till, unit, item)]
        if len(page) < PAGE or len(found) >= PAGE:
            return found
        behind = page[-1].item_id


def _batches(due: Sequence[OutboxItem], size: int) -> list[list[OutboxItem]]:
    numbered = groupby(enumerate(due), key=lambda pair: pair[0] // size)
    return [[item for _, item in part] for _, part in numbered]


def _waits(till: Till, unit: Unit, item: OutboxItem) -> bool:
    """A count goes up only when nothing that moved its lot before it is still open; a return only
    when no telling of its sale can arrive behind it any more."""
    if item.operation is Operation.RETURN_SALE and item.case_id is not None:
        return may_arrive(till, unit.cases.get(item.case_id))
    first = till.profile.operation(item.operation).after
    return bool(first) and unit.outbox.open_before(item.item_id, first)


def _without_line(till: Till, batch: Sequence[OutboxItem]) -> set[Service]:
    """Neighbours of whom nothing that was told now left this machine."""
    with till.store.reading() as unit:
        told = [(item, unit.outbox.item(item.item_id)) for item in batch]
    left: dict[Service, bool] = {}
    for item, after in told:
        out, whose = after is None or after.code not in UNSENT, neighbour_of(till, item)
        left[whose] = left.get(whose, False) or out
    return {whose for whose, any_left in left.items() if not any_left}


def _line_is_back(till: Till, arrived: Sequence[OutboxItem]) -> None:
    """These got through: whatever waited for nothing but the same line is due at once."""
    if not arrived:
        return
    reached = {neighbour_of(till, item) for item in arrived}
    known = till.profile.operations.items()
    same = {name for name, part in known if part.service in reached}
    _hasten(till, UNSENT, same | {item.operation for item in arrived})


def _hasten(till: Till, codes: Sequence[int], told: Collection[Operation] | None = None) -> int:
    with till.store.unit() as unit:
        return unit.outbox.hasten(codes, till.clock.now(), told)


def _sign_in_again(till: Till, *, by_hand: bool = False) -> None:
    """A day that somebody closed since this round began stays closed, unless a person asks; asked
    under the turn, which whoever closes it holds."""
    with till.turn:
        if till.day_over and not by_hand:
            return
        try:
            day.open_day(till)
        except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
            _log.warning("the day is not open yet: %s", trouble)


def _out_of_doubt(till: Till) -> None:
    """Leases that ran out, and records in doubt whose time has come, by the rule of each."""
    with till.store.reading() as unit:
        if not unit.outbox.in_doubt(till.clock.now()):
            return
    asked: list[OutboxItem] = []
    with till.store.unit() as unit:
        others = () if till.holding is None else till.holding.others_alive(unit)
        unit.outbox.expire(till.clock.now(), others)
        for item in unit.outbox.in_doubt(till.clock.now()):
            if any(unit.outbox.held_by(whose, item.item_id) for whose in others):
                continue
            remedy, quiet = _remedy(till, unit, item), _quiet_from(till, unit, item)
            if remedy is not Remedy.STOP and quiet > till.clock.now():
                # told again too soon, the first telling could arrive after the second; and what is
                # not in the platform's books yet may be there a moment later
                text = item.platform_text
                unit.outbox.settle(item.item_id, OutboxState.UNKNOWN, quiet, item.code, text)
                continue
            if remedy is Remedy.RETRY:
                now = till.clock.now()
                unit.outbox.settle(item.item_id, OutboxState.WAITING, now, item.code, "")
                continue
            # nobody knows, and telling again might book twice: it stays in sight
            _stay(till, unit, item)
            if remedy is Remedy.QUERY:
                asked.append(item)
    for item in asked:
        ask(till, item)


def _quiet_from(till: Till, unit: Unit, item: OutboxItem) -> datetime:
    """From when nothing that was told of this record can arrive any more."""
    history = unit.outbox.history(item.item_id)
    # what was told under a clock that was ahead was told before the row came near again
    told = (
        min(note.at, item.next_at) + _apart(till, unit, note)
        for note in history
        if note.move in _TOLD
    )
    return max(told, default=item.born_at - quiescence(till)) + quiescence(till)


def _apart(till: Till, unit: Unit, note: OutboxNote) -> timedelta:
    """By how much the clock that dated this may be behind ours: nothing where it was ours."""
    if till.holding is None or note.message_row is None:
        return timedelta()
    told = unit.messages.exchange(note.message_row).message_id
    teller = unit.messages.counter_of(told, till.shop.institution_code)
    return timedelta() if teller == till.counter_no else TOLERANCE


def _remedy(till: Till, unit: Unit, item: OutboxItem) -> Remedy:
    rules, pace = rules_of(till.profile, item.operation), pace_of(till.profile)
    return in_doubt_next(rules, pace, _code_of(item), left(unit, item))


def _stay(till: Till, unit: Unit, item: OutboxItem) -> None:
    pace = pace_of(till.profile)
    later = till.clock.now() + pace.longest_gap
    unit.outbox.settle(item.item_id, OutboxState.UNKNOWN, later, item.code, item.platform_text)


def _code_of(item: OutboxItem) -> Code | None:
    return None if item.code is None else Code(item.code)


def returns_from(till: Till, unit: Unit) -> list[datetime]:
    """From when each return of a sale that was never settled may be told, or told again, here.

    One that another lane is just telling is back with its answer, or waits as one without any.
    """
    found: list[datetime | None] = []
    for item in unit.outbox.items():
        if item.operation is not Operation.RETURN_SALE or item.case_id is None:
            continue
        case = unit.cases.get(item.case_id)
        if case.counter_no != till.counter_no or case.facts.settled or case.facts.cash_back:
            continue
        if item.state is OutboxState.WAITING:
            found.append(arrives_until(till, case))
        elif item.state is OutboxState.SENDING:
            found.append(till.clock.now() + quiescence(till))
        elif item.state is OutboxState.UNKNOWN and _remedy(till, unit, item) is not Remedy.STOP:
            found.append(_quiet_from(till, unit, item))
    return [at for at in found if at is not None]


def retry(till: Till, item_id: int) -> None:
    """A person wants a record tried now, also one whose fate is unknown or that was refused.

    A return told twice is answered with "nothing left to return", which counts as delivered. What
    may still arrive is not told behind itself. Raises ``OperatorInput``: ``SALE_GIVEN_BACK``,
    ``ERASE_OTHERS``, ``RECORD_MAY_ARRIVE`` with the time from which it may be told.
    """
    with till.store.reading() as unit:
        recovering.require_believed(unit)
        item = unit.outbox.item(item_id)
        if item is None or item.state not in _TRIED_BY_HAND:
            return
        require_standing(unit, item)
        require_alone(unit, item)
        if _waits(till, unit, item):
            return
        _require_quiet(till, unit, item)
    now = till.clock.now()
    if till.signed_in is not None:
        with till.store.unit() as unit:
            who = till.signed_in.staff_id
            unit.outbox.note(item_id, OutboxNote(now, OutboxMove.RELEASED, staff_id=who))
    if _told_signed_in(till, item) is Fate.DELIVERED:
        _line_is_back(till, [item])


def _require_quiet(till: Till, unit: Unit, item: OutboxItem) -> None:
    if item.state is not OutboxState.UNKNOWN:
        return
    quiet = _quiet_from(till, unit, item)
    if quiet > till.clock.now():
        raise OperatorInput(Code.RECORD_MAY_ARRIVE, until=f"{quiet.astimezone(CHINA):%H:%M:%S}")


def _told_signed_in(till: Till, item: OutboxItem) -> Fate | None:
    """Somebody waits for this: a demand to sign in is met at once, and once."""
    fate = tell(till, item)
    with till.store.reading() as unit:
        after = unit.outbox.item(item.item_id)
    if fate is Fate.AGAIN and after is not None and after.code == SIGN_IN:
        _sign_in_again(till, by_hand=True)
        fate = tell(till, after)
    return fate


def drain(till: Till, report: Callable[[int], None] = lambda _left: None) -> int:
    """Round after round while anything arrives or makes room, and what waits for a line or a
    sign-in at once.

    Returns how many arrived.
    """
    arrived = 0
    _hasten(till, (*UNSENT, SIGN_IN))
    signed_in = False
    while True:
        fates = _round(till)
        arrived += fates.count(Fate.DELIVERED)
        # a record that was parked lets the next one of its lot pass
        done = Fate.DELIVERED in fates or Fate.STOPPED in fates
        with till.store.reading() as unit:
            report(unit.outbox.tally().count)
        if not done and (signed_in or not _hasten(till, (SIGN_IN,))):
            return arrived
        signed_in = signed_in or not done
