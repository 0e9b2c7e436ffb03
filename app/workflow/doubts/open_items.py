"""未结事项: every visit of this counter whose money or records are not at rest, money in doubt at
the other counters of its base, what waits for a person at those that are off, and what of the queue
stopped, worst first.

Each with what is known, what happens next by itself and when, and who may act.
"""

from dataclasses import replace
from datetime import datetime

from app.domain.attempt import AttemptState, Leg
from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import OperatorInput
from app.domain.money import Fen
from app.domain.settlement import Attempt
from app.ports.store import OutboxItem, OutboxState, Unit
from app.workflow.cases import owed
from app.workflow.cases.counter_rules import GOING_BACK, record_open
from app.workflow.doubts import clearing, records
from app.workflow.doubts.elsewhere import as_left, as_listed, is_late, money_elsewhere
from app.workflow.doubts.views import OpenItem, Subject
from app.workflow.returns.compensate import PACE
from app.workflow.till import Till
from app.workflow.upkeep import timekeeping
from app.workflow.views.case import Say

_SUBJECTS = {
    Step.AUDIT: Subject.AUDIT,
    Step.UPLOAD_SALE: Subject.SALE,
    Step.RETURN_SALE: Subject.SALE_RETURN,
    Step.TAKE_BACK: Subject.REFUND,
    Step.REVOKE: Subject.REFUND,
}
_MONEY = (Subject.SETTLEMENT, Subject.REFUND)
_WORDS = {
    AttemptState.PREPARED: "sending",
    AttemptState.SENDING: "sending",
    AttemptState.REFUND_PREPARED: "sending",
    AttemptState.REFUND_SENDING: "sending",
    AttemptState.UNKNOWN: "waiting",
    AttemptState.REFUND_UNKNOWN: "waiting",
    AttemptState.REVERSING: "reversing",
    AttemptState.REFUND_REVERSING: "reversing",
    AttemptState.REVERSED_UNCONFIRMED: "confirming",
    AttemptState.MANUAL: "manual",
}


def open_items(till: Till) -> tuple[OpenItem, ...]:
    """All of them: those that wait for a person first, then money, then the oldest."""
    with till.store.reading() as unit:
        cases = unit.cases.unfinished(till.counter_no)
        found = [item_of(till, case, unit.attempts.of_case(case.case_id)) for case in cases]
        there = [
            item_of(till, unit.cases.get(case_id), attempt)
            for case_id, attempt in money_elsewhere(till, unit)
        ]
        there += of_counters_that_are_off(till, unit)
        rows = [_queued(unit, item) for item in unit.outbox.items()]
        cash = _cash_of(unit, till.counter_no)
        clock = timekeeping.refusal(till, unit)
    items = [_timed(item, clock) for item in (*found, *there, *rows, *cash) if item is not None]
    return tuple(sorted(items, key=lambda item: (not item.waits_for_person, *_weight(item))))


def of_counters_that_are_off(till: Till, unit: Unit) -> list[OpenItem]:
    """Records and cash that wait for a person there, and for which nobody comes before it is on
    again: an heir takes only what needs nobody (0062)."""
    numbers = () if till.holding is None else till.holding.silent()
    return [
        as_left(item, number)
        for number in numbers
        for item in (*_records_of(till, unit, number), *_cash_of(unit, number))
        if item.waits_for_person
    ]


def _records_of(till: Till, unit: Unit, number: int) -> list[OpenItem]:
    in_doubt = dict(unit.attempts.open_attempts(number))
    cases = unit.cases.unfinished(number)
    return [_record(till, x) for x in cases if x.case_id not in in_doubt and record_open(x)]


def _cash_of(unit: Unit, number: int) -> list[OpenItem]:
    return [_cash(unit, case_id) for case_id in owed.waiting(unit, number)]


def _timed(item: OpenItem, clock: OperatorInput | None) -> OpenItem:
    """Money whose clearing waits for the right time: somebody sets the clock, then it goes on."""
    said = timekeeping.waits_for(clock)
    if said is None or clock is None or item.decidable or item.subject not in _MONEY:
        return item
    if item.next_at is None or item.counter is not None:
        return item
    who, code = Say("open.who.operator"), int(clock.code)
    return replace(item, next=said, next_at=None, who=who, code=code, waits_for_person=True)


def _weight(item: OpenItem) -> tuple[bool, datetime]:
    return item.subject not in _MONEY, item.since


def item_of(till: Till, case: CounterCase, attempt: Attempt | None) -> OpenItem | None:
    """This visit as one row; None where nothing about it is open."""
    if attempt is not None and attempt.open:
        return _money(till, case, attempt)
    return _record(till, case) if record_open(case) else None


def _item(
    case: CounterCase,
    subject: Subject,
    since: datetime,
    words: str,
    who: str,
    *,
    next_at: datetime | None = None,
    decidable: bool = False,
    waits: bool = False,
    amount: Fen | None = None,
) -> OpenItem:
    person, sale, refusal = case.facts.person, case.facts.sale, case.facts.refusal
    return OpenItem(
        case_id=case.case_id,
        item_id=None,
        subject=subject,
        name=person.name.masked() if person else "",
        receipt_no=sale.receipt_no if sale else "",
        since=since,
        known=Say(f"open.known.{subject.value}.{words}"),
        next=Say(f"open.next.{words}"),
        next_at=next_at,
        who=Say(f"open.who.{who}"),
        code=refusal.code if refusal else None,
        decidable=decidable,
        waits_for_person=waits,
        amount=amount,
    )


def _money(till: Till, case: CounterCase, attempt: Attempt) -> OpenItem:
    subject = Subject.REFUND if attempt.leg is Leg.REFUND else Subject.SETTLEMENT
    manual = attempt.state is AttemptState.MANUAL
    item = _item(
        case,
        subject,
        attempt.sent_at or case.opened_at,
        _WORDS[attempt.state],
        "manager" if manual else "itself",
        next_at=None if manual else attempt.next_at,
        decidable=manual,
        waits=manual,
        amount=attempt.expected.total,
    )
    if case.counter_no == till.counter_no:
        return item
    return as_listed(item, case.counter_no, late=is_late(attempt, till.clock.now()))


def _record(till: Till, case: CounterCase) -> OpenItem:
    step, phase = case.position.step, case.position.phase
    subject, since = _SUBJECTS[step], _told_at(case)
    if step in GOING_BACK:
        who = "second" if step is Step.REVOKE else "operator"
        return _item(case, subject, since, step.value, who, waits=True)
    if records.decidable(case):
        by_itself = clearing.goes_on_by_itself(till, case)
        words = "refused" if phase is Phase.REJECTED else "asked" if by_itself else "unanswered"
        soon = step is Step.RETURN_SALE and by_itself
        return _item(
            case,
            subject,
            since,
            words,
            "manager" if words == "unanswered" else "either",
            next_at=since + PACE if soon else None,
            decidable=True,
            waits=not soon,
        )
    return _item(case, subject, since, "returning", "itself", next_at=since + PACE)


def _told_at(case: CounterCase) -> datetime:
    facts = case.facts
    if facts.refusal is not None:
        return facts.refusal.at
    return facts.settled_at or case.opened_at


def _cash(unit: Unit, case_id: int) -> OpenItem:
    """Cash of a visit that is over and whose customer had left."""
    case, attempt = unit.cases.get(case_id), unit.attempts.of_case(case_id)
    since, words = case.ended_at or _told_at(case), owed.known_as(case)
    amount = owed.due(unit, case, attempt)
    item = _item(case, Subject.CASH, since, words, "operator", waits=True, amount=amount)
    return replace(item, next=Say("open.next.cash"))


def _queued(unit: Unit, item: OutboxItem) -> OpenItem | None:
    """A record of the queue that no longer goes by itself; the queue is where it is mended."""
    if item.state not in (OutboxState.STOPPED, OutboxState.UNKNOWN):
        return None
    case = unit.cases.get(item.case_id) if item.case_id is not None else None
    person = case.facts.person if case is not None else None
    sale = case.facts.sale if case is not None else None
    return OpenItem(
        case_id=None,
        item_id=item.item_id,
        subject=Subject.RECORD,
        name=person.name.masked() if person else item.summary,
        receipt_no=sale.receipt_no if sale else "",
        since=item.born_at,
        known=Say(f"open.known.queue.{item.state.value}"),
        next=Say("open.next.queue"),
        next_at=item.next_at if item.state is OutboxState.UNKNOWN else None,
        who=Say("open.who.operator"),
        code=item.code,
        decidable=False,
        waits_for_person=True,
    )
