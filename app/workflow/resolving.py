"""Brings open attempts to rest by evidence: wait, ask, reverse, compare (reliability 2.3).

Every command is carried out after the commit that contains it, and its result is one more event.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from app.domain import settlement as s
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.domain.money import ZERO, Amounts, Fen
from app.jobs.progress import Progress, Report, no_report
from app.ports import requests as q
from app.ports.replies import SettlementFound, StatementResult
from app.ports.store import MessageState, Unit
from app.profile.operations import Operation
from app.workflow import day
from app.workflow import exchange as wire
from app.workflow.calendar import CHINA, today
from app.workflow.people.credentials import insured_area, person_of
from app.workflow.settling import Moved, transition
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping
from app.workflow.views.states import CLEARING_EARLIER

ROUNDS = 6
"""Commands one wake-up may follow up at once; more wait for their time."""
NO_MORE_ON_ITS_WAY = timedelta(minutes=10)
"""Beyond the longest wait for an answer; a clock that is set forward must not close a live row."""
WHOLE_DAY = timedelta(days=1)
FURTHEST = timedelta(hours=12)
"""Beyond every wait of money in every region."""
LOST_TIME = timedelta(days=31)
ASKED_EVERY = timedelta(minutes=4)
"""How long one answer's word about the time stands where money waits for another."""
PLATFORM_BEHIND = timedelta(hours=1)
"""How far the platform's clock may be behind ours, over midnight too."""
_UNANSWERED = (PlatformRejected, NotSent, OutcomeUnknown)
_log = logging.getLogger(__name__)


def resolve_due(till: Till, report: Report = no_report) -> int:
    """Drive every attempt of this counter whose time has come; returns how many came to rest.

    One lane at a time. ``report`` is told when the caller has to wait for an older settlement.
    """
    if recovering.is_open(till) or (timekeeping.is_wrong(till) and not _heard_anew(till)):
        return 0
    if not till.resolving.acquire(blocking=False):
        report(Progress(CLEARING_EARLIER))
        till.resolving.acquire()
    try:
        return _resolve(till, report)
    finally:
        till.resolving.release()


def _heard_anew(till: Till) -> bool:
    """Whether the time is right by an answer of now: the last one may have been an old one.

    Money waits for the right time, and where nobody serves, nobody else asks.
    """
    told = till.platform_clock
    if told is None or till.clock.monotonic() - told[1] < ASKED_EVERY.total_seconds():
        return False
    with till.store.reading() as unit:
        if not unit.attempts.open_attempts(till.counter_no):
            return False
    core = till.platform.core
    nothing = q.UploadFile("statement-time.zip", core.statement_file(()))
    try:
        wire.consult(till, core, nothing, core.upload_file, None)
    except _UNANSWERED as trouble:
        _log.warning("the platform's time is not heard: %s", trouble)
        return False
    return not timekeeping.is_wrong(till)


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


def _resolve(till: Till, report: Report) -> int:
    close_left_behind(till)
    now = till.clock.now()
    with till.store.reading() as unit:
        found = unit.attempts.open_attempts(till.counter_no)
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
    for _ in range(ROUNDS):
        if event is None:
            break
        with till.store.unit() as unit:
            case = unit.cases.get(case_id)
            evidence_id = _evidence(till, unit, case, attempt, event)
            moved = transition(till, unit, case, attempt, event, evidence_id=evidence_id)
        attempt = moved.attempt
        event = _carry_out(till, moved)
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
    if attempt.settled is not None and not found.message_id_echo:
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
    try:
        wire.consult(till, core, request, core.reverse, case.case_id)
    except PlatformRejected as refused:
        _sign_in_where_asked(till, refused)
        return s.ReversalAnswered(till.clock.now(), _refusal_class(refused), refused.platform_code)
    except (NotSent, OutcomeUnknown) as trouble:
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
        results = statement(till, moved.case, moved.attempt)
    except _UNANSWERED as trouble:
        _note_failed(till, moved, trouble)
        _sign_in_where_asked(till, trouble)
        return s.StatementMissing(till.clock.now())
    if timekeeping.is_wrong(till):
        # the answers have just told: those were the books of other days
        return s.StatementMissing(till.clock.now())
    return s.StatementShows(till.clock.now(), active=stands(moved.attempt, results))


def stands(attempt: s.Attempt, results: Iterable[StatementResult]) -> bool:
    """Whether the platform holds this settlement as active.

    A refund is a line of its own, under the message id of the refund; the settled line stays.
    """
    lines = tuple(results)
    settled = any(x.message_id == attempt.message_id and not x.gives_back for x in lines)
    both = (attempt.message_id, attempt.refund_message_id)
    return settled and not any(x.gives_back and x.message_id in both for x in lines)


def _note_failed(till: Till, moved: Moved, trouble: Trouble) -> None:
    with till.store.unit() as unit:
        unit.journal.write(
            till.clock.now(),
            moved.case.opened_by,
            "statement_failed",
            moved.attempt.message_id,
            str(int(trouble.code)),
        )


def statement(till: Till, case: CounterCase, attempt: s.Attempt) -> tuple[StatementResult, ...]:
    """Where the platform's books differ from ours since this settlement was first sent, at every
    office that may have cleared it: a statement of another shows nothing of it.

    Raises the trouble of the exchanges.
    """
    with till.store.reading() as unit:
        # Neither the answer nor the refund says when this was settled: both may come after
        # midnight. It stands under no earlier day than the one its message was begun on.
        first = _first_moment(till, unit, attempt)
        booked = unit.attempts.settled_without_refund(first - WHOLE_DAY, till.clock.now())
        lines = [
            (
                other.settled.clearing_office,
                q.StatementLine(
                    other.settled.settlement_id,
                    other.settled.visit_id,
                    person_of(unit.cases.get(case_id)).person_no.reveal(),
                    other.settled.amounts,
                    refunded=False,
                ),
            )
            for case_id, other in booked
            if other.settled is not None
        ]
    found: tuple[StatementResult, ...] = ()
    for office in _offices(till, case, attempt, {told for told, _ in lines}):
        own = tuple(line for told, line in lines if told in ("", office))
        found += _statement_of(till, case, attempt, own, (office, first))
    return found


def _offices(
    till: Till, case: CounterCase, attempt: s.Attempt, met: Collection[str]
) -> tuple[str, ...]:
    """The one that was told; else where the person is insured, where the store is, and where it
    has been cleared with in these days."""
    if attempt.settled is not None and attempt.settled.clearing_office:
        return (attempt.settled.clearing_office,)
    insured = person_of(case).insurances[case.facts.insurance or 0].area
    return tuple(sorted({insured, till.shop.area, *met} - {""}))


def _statement_of(
    till: Till,
    case: CounterCase,
    attempt: s.Attempt,
    lines: tuple[q.StatementLine, ...],
    asked: tuple[str, datetime],
) -> tuple[StatementResult, ...]:
    """The statement of one office since one moment."""
    core, (office, first) = till.platform.core, asked
    told = attempt.settled.clearing_kind if attempt.settled is not None else ""
    upload = q.UploadFile(f"statement-{attempt.message_id}.zip", core.statement_file(lines))
    stored = wire.consult(till, core, upload, core.upload_file, case.case_id).value
    request = q.ReconcileLines(
        clearing_kind=told or till.profile.settle.clearing_kind,
        clearing_office=office,
        first_day=first.astimezone(CHINA).date(),
        last_day=today(till),
        amounts=_sum(lines),
        count=len(lines),
        file_query_no=stored.file_query_no,
    )
    result = wire.consult(till, core, request, core.reconcile_lines, case.case_id).value
    fetch = q.DownloadFile(result.file_query_no, result.filename)
    content = wire.consult(till, core, fetch, core.download_file, case.case_id).value.content
    return core.read_statement(content)


def _first_moment(till: Till, unit: Unit, attempt: s.Attempt) -> datetime:
    """From when the platform may have booked it: begun under a clock that was ahead, it was booked
    on some day before the first one that is true."""
    entries, now = unit.attempts.by_messages([attempt.message_id]), till.clock.now()
    begun = min((one.begun_at for one in entries), default=attempt.sent_at or now)
    if begun > now or any(one.clock_was_ahead for one in entries):
        return min(begun, now) - LOST_TIME
    return begun - PLATFORM_BEHIND


def _sum(lines: tuple[q.StatementLine, ...]) -> Amounts:
    total = Amounts(ZERO, ZERO, ZERO, ZERO)
    for line in lines:
        part = line.amounts
        total = replace(
            total,
            total=Fen(total.total + part.total),
            fund=Fen(total.fund + part.fund),
            account=Fen(total.account + part.account),
            cash=Fen(total.cash + part.cash),
        )
    return total
