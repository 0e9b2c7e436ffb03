"""One key starts the repair of a difference; the next comparison says what came of it.

What an attempt of ours stands for is the engine's: it is woken, never passed by. Only a line no
live attempt stands for is reversed here, by the message id the statement named, once a key and
under four eyes; its answer proves nothing, so the day is compared again (reliability 1, rule 4).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.domain.access import Act, Operator, require_second
from app.domain.books.money import Cause, Difference, Evidence, Fact, MoneyDay, Repair
from app.domain.counter_case import CounterCase
from app.domain.credential import IdNumber, Insurance, Person, PersonName, PersonNumber
from app.domain.errors import Code, OperatorInput, OutcomeUnknown, PlatformRejected
from app.domain.money import ZERO, Fen, fen_text
from app.domain.settlement import DEAD, AttemptState
from app.jobs.progress import Report, no_report
from app.ports import requests as q
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow import resolving
from app.workflow.calendar import CHINA
from app.workflow.doubts.evidence import looked_up
from app.workflow.doubts.travelling import (
    left_late,
    page_reversal_until,
    reversal_act,
    reversal_of,
    reversed_act,
)
from app.workflow.leases.errands import MONEY, once_per_store
from app.workflow.moves import wire_facts_of
from app.workflow.people.credentials import insured_area, person_of
from app.workflow.reconciling.comparing import compare_day, maker_of
from app.workflow.till import Till
from app.workflow.upkeep import timekeeping

FRESH = timedelta(minutes=10)
"""How old a comparison may be that money is moved by."""


def found_on(till: Till, day: date, message_id: str) -> Difference:
    """The difference a person points at. Raises ``OperatorInput`` where it is there no more."""
    with till.store.reading() as unit:
        return find(unit, day, message_id)[1]


def find(unit: Unit, day: date, message_id: str) -> tuple[MoneyDay, Difference]:
    """The stored comparison and one of its differences.

    Raises ``OperatorInput`` where it is there no more, and where one message names two lines: which
    of them a person meant nobody can tell.
    """
    stored = unit.money_days.get(day)
    if stored is None or not message_id:
        raise OperatorInput(Code.STEP_MOVED_ON)
    named = [one for one in stored.differences if one.message_id == message_id]
    if not named:
        raise OperatorInput(Code.STEP_MOVED_ON)
    if len({one.settlement_id for one in named}) > 1:
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)
    return stored, named[0]


@once_per_store(MONEY)
def reverse(
    till: Till, day: date, message_id: str, second: Operator, report: Report = no_report
) -> MoneyDay:
    """Take back what stands there and nowhere here; then compare again: one errand of the store, so
    that nobody who is refused has sent anything.

    Raises ``OperatorInput`` before anything is sent: one person alone, a clock that is wrong,
    evidence older than ``FRESH`` or of a time to come, a message that our books stand for or that
    somebody else made, a settlement that was given back on another day after all. Raises the
    trouble of the exchange after booking it.
    """
    require_second(till.operator, second, Act.DECIDE_UNKNOWN)
    resolving.hear_where_wrong(till)
    _require_not_given_back(till, day, message_id)
    core = till.platform.core
    with till.store.unit() as unit:
        stored, found = find(unit, day, message_id)
        original = _original(found)
        timekeeping.require_right(till, unit)
        _require_nobodys(till, unit, found, original)
        now = till.clock.now()
        if not timedelta() <= now - stored.compared_at <= FRESH:
            raise OperatorInput(Code.EVIDENCE_CONTRADICTS)
        unit.journal.write(now, second.staff_id, reversal_act(original), message_id)
        sent = (Fact.REVERSAL_SENT, now.isoformat(timespec="seconds"))
        unit.money_days.amend(_noted(stored, found, now, sent))
        request = q.Reverse(_person(found), _area(till, unit, found), message_id, original)
        staged = wire.stage(till, unit, core, request, found.case_id)
    till.sent[reversal_of(message_id)] = till.clock.monotonic()
    # whether an unanswered one was carried out is what the statement knows
    gone = reversed_act(original)
    try:
        wire.dispatch(
            till,
            staged,
            core.reverse,
            lambda unit, _yes: _journal(till, unit, second, gone, message_id),
        )
    except OutcomeUnknown as unclear:
        left_late(till, reversal_of(message_id), wire_facts_of(unclear))
    after = compare_day(till, day, every_line=True, report=report)
    if after.complete and all(one.message_id != message_id for one in after.differences):
        with till.store.unit() as unit:
            if unit.journal.newest(gone, message_id) is None:
                _journal(till, unit, second, gone, message_id)
    return after


def _journal(till: Till, unit: Unit, second: Operator, act: str, message_id: str) -> None:
    unit.journal.write(till.clock.now(), second.staff_id, act, message_id)


def _require_not_given_back(till: Till, day: date, message_id: str) -> None:
    """What was said to be refunded still stands by the statement of every day since: that of its
    own day cannot show a refund of a later one (0059).

    Raises ``OperatorInput`` ``GIVEN_BACK_THERE``, or ``EVIDENCE_CONTRADICTS`` where it shows the
    line no more, and the trouble of the exchanges.
    """
    with till.store.reading() as unit:
        found = find(unit, day, message_id)[1]
        if found.cause is not Cause.WORD_NOT_REFUNDED:
            return
        ours = unit.attempts.by_messages([message_id])
        pairs = [(unit.cases.get(one.case_id), one.attempt) for one in ours]
    for case, attempt in pairs:
        shown = looked_up(till, case, attempt)
        if not shown.active:
            given_back = shown.refund_line is not None
            raise OperatorInput(Code.GIVEN_BACK_THERE if given_back else Code.EVIDENCE_CONTRADICTS)


def require_arrived(till: Till, unit: Unit, found: Difference) -> None:
    """What was asked to be taken back may still go: its reversal can arrive no more.

    Raises ``OperatorInput`` ``STILL_ON_ITS_WAY`` with the time from which it counts.
    """
    until = page_reversal_until(till, unit, found.message_id)
    if until is not None and till.clock.now() < until:
        raise OperatorInput(Code.STILL_ON_ITS_WAY, until=f"{until.astimezone(CHINA):%H:%M:%S}")


def _original(found: Difference) -> Operation:
    match found.repair:
        case Repair.REVERSE:
            return Operation.SETTLE
        case Repair.REVERSE_REFUND:
            return Operation.REVOKE_SETTLEMENT
        case _:
            raise OperatorInput(Code.STEP_MOVED_ON)


def _require_nobodys(till: Till, unit: Unit, found: Difference, original: Operation) -> None:
    """A settlement that stands or is being cleared here belongs to the engine alone; what was
    adopted is ours, what another counter or product made is theirs. What was said to be refunded
    and stands there is nobody's."""
    ours = unit.attempts.by_messages([found.message_id])
    if found.cause is Cause.WORD_NOT_REFUNDED:
        ours = tuple(entry for entry in ours if not entry.attempt.by_word)
    refund = original is Operation.REVOKE_SETTLEMENT
    free = {*DEAD, AttemptState.SETTLED} if refund else DEAD
    if any(entry.attempt.state not in free - {AttemptState.REFUNDED} for entry in ours):
        raise OperatorInput(Code.STEP_MOVED_ON)
    if unit.money_days.adopted_named([found.message_id]):
        raise OperatorInput(Code.STEP_MOVED_ON)
    if not ours and maker_of(till, unit, found.message_id):
        raise OperatorInput(Code.STEP_MOVED_ON)


def _person(found: Difference) -> Person:
    """The reversal names its person by number alone; a stray line tells nothing more."""
    number = found.person_no or PersonNumber("")
    row = Insurance(found.group.insurance_kind, "", "1", found.group.clearing_office, ZERO, "")
    return Person(number, PersonName(""), "", IdNumber(""), "", None, "", (row,))


def _area(till: Till, unit: Unit, found: Difference) -> str:
    if found.case_id is not None:
        case = unit.cases.get(found.case_id)
        if case.facts.person is not None:
            return insured_area(case)
    return found.group.clearing_office or till.shop.area


def _noted(stored: MoneyDay, found: Difference, now: datetime, *facts: Evidence) -> MoneyDay:
    """The day with what was begun on one difference."""
    kept = tuple(fact for fact in found.evidence if fact[0] not in {kind for kind, _ in facts})
    noted = replace(found, asked_at=now, evidence=(*kept, *facts))
    lines = tuple(noted if one == found else one for one in stored.differences)
    return replace(stored, differences=lines)


def clear(till: Till, day: date, report: Report = no_report) -> MoneyDay:
    """Wake the engine for what is in doubt here, then compare again."""
    resolving.resolve_due(till)
    return compare_day(till, day, report=report)


_ANSWERED = frozenset(
    {
        Fact.FOUND_STANDING,
        Fact.FOUND_REFUNDED,
        Fact.FOUND_NOTHING,
        Fact.FOUND_AMOUNTS,
        Fact.JOURNAL,
    }
)


def ask(till: Till, day: date, message_id: str) -> MoneyDay:
    """Ask the platform for one settlement of ours by its number, and write down what it says.

    Moves no money. Raises the trouble of the exchange.
    """
    found = found_on(till, day, message_id)
    if found.repair is not Repair.ASK or found.case_id is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.reading() as unit:
        case = unit.cases.get(found.case_id)
    number = _number_of(found)
    told = _asked(till, found, case, number)
    now = till.clock.now()
    with till.store.unit() as unit:
        stored, found = find(unit, day, message_id)
        amounts = told[-1][1] if len(told) > 1 else ""
        row = unit.journal.write(now, till.operator.staff_id, told[0][0].value, number, amounts)
        kept = tuple(x for x in found.evidence if x[0] not in _ANSWERED)
        cleaned = replace(found, evidence=kept)
        stored = replace(
            stored, differences=tuple(cleaned if x == found else x for x in stored.differences)
        )
        noted = _noted(stored, cleaned, now, *told, (Fact.JOURNAL, str(row)))
        unit.money_days.amend(noted)
    return noted


def _asked(till: Till, found: Difference, case: CounterCase, number: str) -> tuple[Evidence, ...]:
    """What the platform says of a settlement, with its amounts where it knows it: the office is
    asked by them. Raises the trouble of the exchange."""
    core = till.platform.core
    request = q.QuerySettlement(person_of(case), insured_area(case), number, found.visit_id)
    try:
        answer = wire.consult(till, core, request, core.query_settlement, found.case_id).value
    except (PlatformRejected, OutcomeUnknown) as empty:
        if isinstance(empty, OutcomeUnknown) and empty.code is not Code.FOUND_ABSENT:
            raise
        return ((Fact.FOUND_NOTHING, number),)
    fact = Fact.FOUND_REFUNDED if answer.refunded else Fact.FOUND_STANDING
    said = answer.facts.amounts
    parts = (said.total, said.fund, Fen(said.account + said.mutual_aid), said.cash)
    return (fact, number), (Fact.FOUND_AMOUNTS, " ".join(fen_text(part) for part in parts))


def _number_of(found: Difference) -> str:
    """The settlement id of our own line; the platform knows no other of it."""
    own = (value for kind, value in found.evidence if kind is Fact.OUR_SETTLEMENT)
    return next(own, found.settlement_id)
