"""Brings open attempts to rest by evidence: wait, ask, reverse, compare (reliability 2.3).

Every command is carried out after the commit that contains it, and its result is one more event.
"""

import logging
from datetime import datetime, timedelta

from app.domain import settlement as s
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.jobs.progress import Progress, Report, no_report
from app.ports import requests as q
from app.ports.replies import SettlementFound
from app.ports.store import MessageState, Unit
from app.profile.operations import Operation
from app.workflow import day
from app.workflow import exchange as wire
from app.workflow.doubts.evidence import SILENT, Seen, looked_up, refund_booked
from app.workflow.doubts.refused import Withheld
from app.workflow.doubts.travelling import (
    left_late,
    page_reversal_until,
    quiet_from,
    reversal_of,
)
from app.workflow.moves import wire_facts_of
from app.workflow.people.credentials import insured_area, person_of
from app.workflow.returns import by_word
from app.workflow.settling import Moved, transition
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping
from app.workflow.views.states import CLEARING_EARLIER

ROUNDS = 6
"""Commands one wake-up may follow up at once; more wait for their time."""
NO_MORE_ON_ITS_WAY = timedelta(minutes=10)
"""Beyond the longest wait for an answer; a clock that is set forward must not close a live row."""
FURTHEST = timedelta(hours=12)
"""Beyond every wait of money in every region."""
ASKED_EVERY = timedelta(minutes=4)
"""How long one answer's word about the time stands where money waits for another."""
_UNANSWERED = (PlatformRejected, NotSent, OutcomeUnknown)
_log = logging.getLogger(__name__)


def resolve_due(till: Till, report: Report = no_report) -> int:
    """Drive every attempt of this counter whose time has come; returns how many came to rest.

    One lane at a time. ``report`` is told when the caller has to wait for an older settlement.
    """
    return resolve_of(till, till.counter_no, report)


def resolve_of(till: Till, counter_no: int, report: Report = no_report) -> int:
    """The same for a counter that works no more (``leases.heirs``), by messages of this one."""
    if recovering.is_open(till) or (
        timekeeping.is_wrong(till) and not _heard_anew(till, counter_no)
    ):
        return 0
    if not till.resolving.acquire(blocking=False):
        report(Progress(CLEARING_EARLIER))
        till.resolving.acquire()
    try:
        return _resolve(till, counter_no, report)
    finally:
        till.resolving.release()


def _heard_anew(till: Till, counter_no: int) -> bool:
    """Whether the time is right by an answer of now: the last one may have been an old one.

    Money waits for the right time, and where nobody serves, nobody else asks.
    """
    told = till.platform_clock
    if told is None or till.clock.monotonic() - told[1] < ASKED_EVERY.total_seconds():
        return False
    with till.store.reading() as unit:
        if not unit.attempts.open_attempts(counter_no):
            return False
    return hear_time(till) and not timekeeping.is_wrong(till)


def hear_time(till: Till) -> bool:
    """Ask something that changes nothing, for the time in its answer; whether it was a yes."""
    core = till.platform.core
    nothing = q.UploadFile("statement-time.zip", core.statement_file(()))
    try:
        wire.consult(till, core, nothing, core.upload_file, None)
    except _UNANSWERED as trouble:
        _log.warning("the platform's time is not heard: %s", trouble)
        return False
    return True


def hear_where_wrong(till: Till) -> None:
    """Ask for the time before money that a person wants moved, where our clock looks wrong.

    A steady clock may have slept with the computer, and the time carried on from the last answer is
    as old as the sleep was long: nobody is refused by a time that nobody said (0065).
    """
    if timekeeping.is_wrong(till):
        hear_time(till)


def close_left_behind(till: Till) -> int:
    """Message rows whose outcome a failed commit lost are unknown, as after a start.

    Older than any exchange may last: what is on the wire right now is left alone.
    """
    part = till.profile.core.timeout
    waits = (part.query, part.settle, part.file, till.profile.rxcentre.timeout_s)
    longest = timedelta(seconds=part.connect + max(*waits, till.profile.voucher.timeout_s))
    before = till.clock.now() - longest - NO_MORE_ON_ITS_WAY
    with till.store.reading() as unit:
        rows = unit.messages.left_open(before)
    for row_id in rows:
        with till.store.unit() as unit:
            unit.messages.close(row_id, MessageState.UNKNOWN, None)
    return len(rows)


def _resolve(till: Till, counter_no: int, report: Report) -> int:
    close_left_behind(till)
    now = till.clock.now()
    with till.store.reading() as unit:
        found = unit.attempts.open_attempts(counter_no)
    found = tuple((case_id, _waiting_anew(till, case_id, attempt)) for case_id, attempt in found)
    due = [pair for pair in found if pair[1].next_at is not None and pair[1].next_at <= now]
    due = [pair for pair in due if _waited_out(till, pair[1])]
    if due:
        # what was left open yesterday is asked about under today's sign-in
        day.put_right(till, None)
    rested = 0
    for case_id, attempt in due:
        if attempt.state is not s.AttemptState.MANUAL:
            report(Progress(CLEARING_EARLIER))
        if _drive(till, case_id, attempt, s.ClockReached(till.clock.now())):
            rested += 1
    return rested


def _waited_out(till: Till, attempt: s.Attempt) -> bool:
    """A clock that was put forward while a message was on its way makes nothing arrive sooner: what
    this process sent is waited out by the steady clock."""
    key = attempt.message_id
    if attempt.leg is s.Leg.REFUND:
        key = attempt.refund_message_id or key
    sent = till.sent.get(key)
    if sent is None:
        return True
    if till.clock.monotonic() - sent < till.profile.settle.quiescence_s:
        return False
    till.sent.pop(key, None)
    return True


def _waiting_anew(till: Till, case_id: int, attempt: s.Attempt) -> s.Attempt:
    """A row that waits for a time no rule of ours names was written under a clock that was ahead.

    It waits from now on, whole: how long ago it was really sent is not known.
    """
    now = till.clock.now()
    if attempt.next_at is None or attempt.next_at <= now + FURTHEST:
        return attempt
    with till.store.unit() as unit:
        case = unit.cases.get(case_id)
        return transition(till, unit, case, attempt, s.ClockSetBack(now)).attempt


def _drive(till: Till, case_id: int, attempt: s.Attempt, first: s.Event) -> bool:
    event: s.Event | None = first
    # a refund that was reversed is named by nothing any more when it is at rest
    reversal = reversal_of(_latest(attempt))
    for _ in range(ROUNDS):
        if event is None:
            break
        with till.store.unit() as unit:
            case = unit.cases.get(case_id)
            evidence_id = _evidence(till, unit, case, attempt, event)
            moved = transition(till, unit, case, attempt, event, evidence_id=evidence_id)
        attempt = moved.attempt
        event = _carry_out(till, moved)
    if not attempt.open:
        till.sent.pop(reversal, None)
    return not attempt.open


def _evidence(
    till: Till, unit: Unit, case: CounterCase, attempt: s.Attempt, event: s.Event
) -> int | None:
    """What the platform's own books showed is written down; a move out of UNKNOWN names it."""
    if not isinstance(event, s.QueryFound | s.StatementShows):
        return None
    shown = "active" if not isinstance(event, s.StatementShows) or event.active else "absent"
    return unit.journal.write(
        till.clock.now(), case.opened_by, f"evidence_{shown}", attempt.message_id
    )


def _carry_out(till: Till, moved: Moved) -> s.Event | None:
    event: s.Event | None = None
    for command in moved.commands:
        match command:
            case s.Command.QUERY:
                event = _query(till, moved)
            case s.Command.SEND_REVERSAL:
                event = _reverse(till, moved)
            case s.Command.COMPARE_STATEMENT:
                event = _compare(till, moved)
            case s.Command.ALARM | s.Command.HOLD_GOODS:
                _note(till, moved, command)
            case _:
                continue
    return event


def _note(till: Till, moved: Moved, command: s.Command) -> None:
    with till.store.unit() as unit:
        unit.journal.write(
            till.clock.now(),
            moved.case.opened_by,
            f"attempt_{command.value}",
            moved.attempt.message_id,
            moved.attempt.reason,
        )


def _query(till: Till, moved: Moved) -> s.Event:
    settled = moved.attempt.settled
    core, case = till.platform.core, moved.case
    request = q.QuerySettlement(
        person_of(case),
        insured_area(case),
        settled.settlement_id if settled else "",
        settled.visit_id if settled else "",
    )
    try:
        answer = wire.consult(till, core, request, core.query_settlement, case.case_id)
    except _UNANSWERED as trouble:
        _sign_in_where_asked(till, trouble)
        return s.QueryEmpty(till.clock.now())
    found: SettlementFound = answer.value
    if not _is_ours(moved.attempt, found):
        return s.QueryEmpty(till.clock.now())
    return s.QueryFound(till.clock.now(), found.facts, found.refunded)


def _is_ours(attempt: s.Attempt, found: SettlementFound) -> bool:
    """One person has many settlements: without a number of the settlement, only our own message id
    tells which one was found."""
    if attempt.settled is not None:
        return found.facts.settlement_id == attempt.settled.settlement_id
    return found.message_id_echo == attempt.message_id


def _reverse(till: Till, moved: Moved) -> s.Event:
    attempt, case, core = moved.attempt, moved.case, till.platform.core
    refunding = attempt.leg is s.Leg.REFUND
    request = q.Reverse(
        person=person_of(case),
        insured_area=insured_area(case),
        original_message_id=attempt.refund_message_id or attempt.message_id
        if refunding
        else attempt.message_id,
        original=Operation.REVOKE_SETTLEMENT if refunding else Operation.SETTLE,
    )
    till.sent[reversal_of(_latest(attempt))] = till.clock.monotonic()
    try:
        wire.consult(till, core, request, core.reverse, case.case_id)
    except PlatformRejected as refused:
        _sign_in_where_asked(till, refused)
        return s.ReversalAnswered(till.clock.now(), _refusal_class(refused), refused.platform_code)
    except (NotSent, OutcomeUnknown) as trouble:
        left_late(till, reversal_of(_latest(attempt)), wire_facts_of(trouble))
        unclear = s.ReversalResult.UNCLEAR
        return s.ReversalAnswered(till.clock.now(), unclear, str(int(trouble.code)))
    return s.ReversalAnswered(till.clock.now(), s.ReversalResult.DONE)


def _sign_in_where_asked(till: Till, trouble: Trouble) -> None:
    """The platform forgot who we are: the next try goes better."""
    if trouble.code is not Code.SIGN_IN_REQUIRED:
        return
    try:
        day.open_day(till)
    except _UNANSWERED as still:
        _log.warning("the day is not open yet: %s", still)


def _refusal_class(refused: PlatformRejected) -> s.ReversalResult:
    """ "No such message" still has to be confirmed; everything else is a refusal."""
    if refused.code is Code.REVERSAL_NOTHING_FOUND:
        return s.ReversalResult.NO_SUCH
    return s.ReversalResult.REFUSED


def _compare(till: Till, moved: Moved) -> s.Event:
    """Line-by-line comparison over the days in question: is our message active there?"""
    try:
        found = looked_up(till, moved.case, moved.attempt)
    except _UNANSWERED as trouble:
        _journal_statement(till, moved, "statement_failed", str(int(trouble.code)))
        _sign_in_where_asked(till, trouble)
        return s.StatementMissing(till.clock.now(), withheld=isinstance(trouble, Withheld))
    if timekeeping.is_wrong(till):
        # the answers have just told: those were the books of other days
        return s.StatementMissing(till.clock.now())
    if found.unheard:
        _journal_statement(till, moved, SILENT)
        return s.StatementMissing(till.clock.now(), withheld=_word_may_end(till, moved))
    waits = (_quiet_at(till, moved.attempt), _given_back_from(till, moved.attempt, found))
    quiet_at = max((at for at in waits if at is not None), default=None)
    if found.silent_for(moved.attempt.leg):
        _journal_statement(till, moved, SILENT)
        return s.StatementMissing(till.clock.now(), silent=True, quiet_at=quiet_at)
    facts = refund_booked(moved.attempt, found)
    return s.StatementShows(till.clock.now(), found.active, facts, quiet_at)


def _word_may_end(till: Till, moved: Moved) -> bool:
    """Whether a person has something to say yet: an office that is shut at night opens again."""
    with till.store.reading() as unit:
        case_id, attempt = moved.case.case_id, moved.attempt
        return by_word.signable_from(till, unit, case_id, attempt) <= till.clock.now()


def _quiet_at(till: Till, attempt: s.Attempt) -> datetime | None:
    """From when no reversal of ours about it can arrive any more."""
    with till.store.reading() as unit:
        reversed_at = unit.attempts.reversed_at(attempt)
    if reversed_at is None:
        return None
    return quiet_from(till, reversed_at, reversal_of(_latest(attempt)))


def _given_back_from(till: Till, attempt: s.Attempt, found: Seen) -> datetime | None:
    """From when a refund that is not ours counts: two people may have sent its reversal."""
    back = found.refund_line
    if back is None or back.message_id in ("", attempt.refund_message_id):
        return None
    with till.store.reading() as unit:
        return page_reversal_until(till, unit, back.message_id)


def _latest(attempt: s.Attempt) -> str:
    return attempt.refund_message_id or attempt.message_id


def _journal_statement(till: Till, moved: Moved, act: str, reason: str = "") -> None:
    with till.store.unit() as unit:
        unit.journal.write(
            till.clock.now(), moved.case.opened_by, act, moved.attempt.message_id, reason
        )
