"""The only writer of attempts: attempt, event and derived case move share one commit.

Architecture 7, reliability 2. Nothing is printed or handed out before SETTLED is durable.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain import settlement as s
from app.domain.case import Phase, Step
from app.domain.counter_case import CaseFacts, CounterCase, Refusal
from app.domain.derivation import case_signal
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.money import Fen
from app.jobs.progress import Progress, Report, no_report
from app.ports import requests as q
from app.ports.messages import Answer, Draft, Staged
from app.ports.replies import Settled
from app.ports.store import MessageState, PrintKind, Unit
from app.workflow.calendar import sign_no_of
from app.workflow.cases import owed, same_person, standing_there
from app.workflow.cases.lines import bill_of
from app.workflow.cases.required import required
from app.workflow.cases.rules import settle_rules_of
from app.workflow.doubts.travelling import left_late
from app.workflow.exchange import answer_to
from app.workflow.goods.controlled import register
from app.workflow.goods.sellable import require_sellable
from app.workflow.moves import message_state_of, move, refusal_of, wire_facts_of
from app.workflow.people.credentials import for_the_money
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping
from app.workflow.uploads import twice
from app.workflow.uploads.sales import queue_sale
from app.workflow.views.states import MONEY_SENT


@dataclass(frozen=True, slots=True)
class Moved:
    """One committed transition and what is to be done after it."""

    case: CounterCase
    attempt: s.Attempt
    commands: tuple[s.Command, ...]


def transition(
    till: Till,
    unit: Unit,
    case: CounterCase,
    attempt: s.Attempt,
    event: s.Event,
    *,
    trouble: Trouble | None = None,
    evidence_id: int | None = None,
    at: datetime | None = None,
) -> Moved:
    """Move an attempt and its case together, inside the caller's transaction.

    ``at`` is when it happened where that was not now.
    """
    after, commands = s.step(attempt, event, settle_rules_of(till.profile))
    if after is attempt:
        return Moved(case, attempt, commands)
    unit.attempts.save(after, attempt.state, type(event).__name__, at or till.clock.now())
    facts = _facts(till, case.facts, attempt, after, trouble)
    signal = case_signal(attempt, after)
    if signal is None:
        if facts != case.facts:
            case = unit.cases.save(replace(case, facts=facts))
    else:
        code = int(trouble.code) if trouble else None
        case = move(
            till,
            unit,
            case,
            signal,
            facts=facts,
            message_id=attempt.message_id,
            code=code,
            evidence_id=evidence_id,
        )
    if after.state is s.AttemptState.SETTLED and attempt.leg is s.Leg.SETTLE:
        _book(till, unit, case, after)
    answered = attempt.state is s.AttemptState.REFUND_SENDING
    if after.state is s.AttemptState.REFUNDED and not answered:
        # nobody looked at this visit when it was found
        owed.note(unit, case, after)
    return Moved(case, after, commands)


_WAS_IN_DOUBT = frozenset({s.AttemptState.UNKNOWN, s.AttemptState.MANUAL})


def _facts(
    till: Till, facts: CaseFacts, before: s.Attempt, attempt: s.Attempt, trouble: Trouble | None
) -> CaseFacts:
    refusal = refusal_of(till, trouble) if trouble else None
    if attempt.state is s.AttemptState.SETTLED and before.leg is s.Leg.REFUND:
        return replace(facts, refusal=refusal or _healed(till, before))
    if attempt.state is s.AttemptState.SETTLED:
        # that sentence asks for goods, which an adopted visit has no more
        if before.state in _WAS_IN_DOUBT and not facts.goods_out:
            refusal = Refusal(int(Code.FOUND_SETTLED), "", till.clock.now())
        return replace(facts, settled=attempt.settled, settled_at=till.clock.now(), refusal=refusal)
    if attempt.state is s.AttemptState.REFUNDED:
        return replace(facts, refusal=None)
    if attempt.state is s.AttemptState.REVERSED:
        absent = Refusal(int(Code.FOUND_ABSENT), "", till.clock.now())
        return replace(facts, refusal=absent, goods_out=False)
    if attempt.state is s.AttemptState.MANUAL:
        refusal = _for_a_person(till, attempt, refusal)
    return replace(facts, refusal=refusal or facts.refusal)


def _for_a_person(till: Till, attempt: s.Attempt, refusal: Refusal | None) -> Refusal:
    """A refund refused behind a word proves neither: it may have been given back long ago, and what
    is said of a refusal elsewhere, that the settlement stands, is not known here."""
    if refusal is not None and attempt.reason != "refused_after_word":
        return refusal
    words = refusal.platform_text if refusal is not None else ""
    return Refusal(int(Code.MANAGER_NEEDED), words, till.clock.now())


def _healed(till: Till, before: s.Attempt) -> Refusal | None:
    """A refund in doubt that turned out not to stand: the settlement was found again."""
    if before.state in (s.AttemptState.REFUND_PREPARED, s.AttemptState.REFUND_SENDING):
        return None
    return Refusal(int(Code.FOUND_NOT_REFUNDED), "", till.clock.now())


def _book(till: Till, unit: Unit, case: CounterCase, attempt: s.Attempt) -> None:
    """Goods, ledger and papers of a settled sale, in the commit that makes it SETTLED (I3, I5)."""
    sale = required(case.facts.sale, "settled without a sale")
    now = till.clock.now()
    unit.goods.sell(case.case_id, attempt.message_id, sale.receipt_no, case.counter_no, now)
    register(till, unit, case)
    if Step.UPLOAD_SALE not in till.route(case.route).steps:
        queue_sale(till, unit, case)
    unit.prints.queue(PrintKind.RECEIPT, case.case_id, attempt.message_id, now)
    # S2 4.9: where pharmacists sign by hand, there is a sheet to sign
    if case.facts.prescription is not None and till.profile.rules.print_and_hand_sign:
        sheet = unit.prints.queue(PrintKind.PRESCRIPTION, case.case_id, attempt.message_id, now)
        if case.facts.goods_out:
            # signed when the goods went; whoever misses it prints a copy
            unit.prints.begin(sheet.job_id)
            unit.prints.printed(sheet.job_id, now)


def settle(
    till: Till, case: CounterCase, cash: Fen | None, report: Report = no_report
) -> CounterCase:
    """One settlement message, at most once. Raises ``OperatorInput`` before anything is sent;
    ``ESTIMATE_OLD`` where nothing but a newer split is missing."""
    _require_ready(case, cash)
    with till.store.unit() as unit:
        case, attempt, draft = _prepare(till, unit, case, cash)
    with till.store.unit() as unit:
        staged = unit.messages.stage(draft, case.case_id)
        moved = transition(till, unit, case, attempt, s.BeginSending(till.clock.now()))
    report(Progress(MONEY_SENT))
    till.sent[attempt.message_id] = till.clock.monotonic()
    moved = _send(till, moved.case, moved.attempt, staged)
    if not moved.attempt.open:
        till.sent.pop(attempt.message_id, None)
    return moved.case


def _require_ready(case: CounterCase, cash: Fen | None) -> None:
    estimate = case.facts.estimate
    if case.position.step is not Step.SETTLE or estimate is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    if case.position.phase is not Phase.READY:
        raise OperatorInput(Code.STEP_MOVED_ON)
    due, paid = estimate.amounts.cash, cash or 0
    if paid < due:
        raise OperatorInput(Code.CASH_SHORT, missing=int(due - paid))


def _prepare(
    till: Till, unit: Unit, case: CounterCase, cash: Fen | None
) -> tuple[CounterCase, s.Attempt, Draft[q.Settle]]:
    estimate = required(case.facts.estimate, "settle before pre-settlement")
    recovering.require_of_this_line(unit, case)
    timekeeping.require_right(till, unit)
    require_no_open_attempt(unit, case)
    standing_there.require_not_settled_there(till, unit, case)
    require_sellable(till, unit, case)
    timekeeping.put_right(till, unit)
    if same_person.split_is_old(till, unit, case):
        raise OperatorInput(Code.ESTIMATE_OLD)
    now = till.clock.now()
    stamp = unit.messages.stamp(till.shop.institution_code, till.counter_no, now)
    twice.require_told(till, unit, case)
    if for_the_money(till, case):
        raise OperatorInput(Code.PASSWORD_NEEDED)
    password = till.tokens.take_password(case.case_id)
    bill = bill_of(till, unit, case)
    request = q.Settle(bill, estimate.visit_id, estimate.amounts, password)
    draft = till.platform.core.compose(request, till.sender(sign_no_of(till, unit)), stamp)
    attempt = s.prepare(stamp.message_id, estimate.amounts, now)
    rx, sale = case.facts.prescription, required(case.facts.sale, "settle without a sale")
    unit.attempts.add(attempt, case.case_id, rx.rx_number if rx else sale.receipt_no)
    facts = replace(case.facts, cash_received=cash, refusal=None)
    return unit.cases.save(replace(case, facts=facts)), attempt, draft


def require_no_open_attempt(unit: Unit, case: CounterCase) -> None:
    """The same person stays blocked until every earlier attempt is final (reliability 2.3)."""
    for other, attempt in same_person.in_doubt(unit, case):
        raise OperatorInput(
            Code.PRESCRIPTION_LIVE_ELSEWHERE,
            case=other.case_id,
            counter=other.counter_no,
            state=attempt.state.value,
        )


def _send(till: Till, case: CounterCase, attempt: s.Attempt, staged: Staged[q.Settle]) -> Moved:
    try:
        answer = answer_to(till, staged, till.platform.core.settle)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        left_late(till, attempt.message_id, wire_facts_of(trouble))
        event = event_of(till, trouble)
        with till.store.unit() as unit:
            unit.messages.close(staged.row_id, message_state_of(trouble), wire_facts_of(trouble))
            case = unit.cases.get(case.case_id)
            return transition(
                till,
                unit,
                case,
                attempt,
                event,
                trouble=_shown(trouble, attempt),
                evidence_id=staged.row_id,
            )
    left_late(till, attempt.message_id, answer.facts)
    with till.store.unit() as unit:
        # Read again: nothing that happened to the row meanwhile may cost a settlement its booking.
        case = unit.cases.get(case.case_id)
        event, doubt = _classify(till, case, attempt, answer)
        state = MessageState.UNKNOWN if doubt else MessageState.ANSWERED
        unit.messages.close(staged.row_id, state, answer.facts)
        return transition(
            till, unit, case, attempt, event, trouble=doubt, evidence_id=staged.row_id
        )


def _shown(trouble: PlatformRejected | NotSent | OutcomeUnknown, attempt: s.Attempt) -> Trouble:
    """Money speaks of money: an unanswered settlement has its own sentence."""
    if isinstance(trouble, OutcomeUnknown) and trouble.code is not Code.ANSWER_FORGED:
        return _unanswered(attempt, trouble.evidence)
    return trouble


def _unanswered(attempt: s.Attempt, evidence: object | None = None) -> OutcomeUnknown:
    at = attempt.sent_at.isoformat() if attempt.sent_at else ""
    return OutcomeUnknown(Code.SETTLEMENT_UNKNOWN, evidence=evidence, at=at)


def event_of(till: Till, trouble: PlatformRejected | NotSent | OutcomeUnknown) -> s.Event:
    now = till.clock.now()
    if isinstance(trouble, NotSent):
        return s.NothingLeft(now, reason="not_sent")
    if isinstance(trouble, PlatformRejected):
        unseen = trouble.code is Code.SIGN_IN_REQUIRED
        reason = trouble.platform_code
        return s.Replied(now, s.ReplyClass.REJECTED, reason=reason, unseen=unseen)
    return s.Replied(now, s.ReplyClass.UNCLEAR, reason=str(int(trouble.code)))


def _classify(
    till: Till, case: CounterCase, attempt: s.Attempt, answer: Answer[Settled]
) -> tuple[s.Event, Trouble | None]:
    """The allow-list of reliability 2.2 over a decoded, verified yes."""
    now, value = till.clock.now(), answer.value
    person = case.facts.person
    foreign = (value.message_id_echo and value.message_id_echo != attempt.message_id) or (
        person is not None and value.person_no != person.person_no.reveal()
    )
    if foreign:
        doubt = OutcomeUnknown(Code.ANSWER_FORGED)
        return s.Replied(now, s.ReplyClass.UNCLEAR, reason=str(int(doubt.code))), doubt
    if value.facts.amounts != attempt.expected:
        kind = s.ReplyClass.AMOUNTS_DIFFER
        return s.Replied(now, kind, value.facts), PlatformRejected(Code.AMOUNTS_DIFFER)
    return s.Replied(now, s.ReplyClass.DONE, value.facts), None


ON_ITS_WAY = frozenset(
    {
        s.AttemptState.PREPARED,
        s.AttemptState.SENDING,
        s.AttemptState.REFUND_PREPARED,
        s.AttemptState.REFUND_SENDING,
    }
)


def restart(till: Till, counter_no: int, only: int | None = None) -> None:
    """What start-up found of a counter: PREPARED was never sent, SENDING is unknown.

    ``only`` names one case whose attempt could not be committed while the program ran on.
    """
    with till.store.reading() as unit:
        found = unit.attempts.open_attempts(counter_no)
    for case_id, attempt in found:
        if only is not None and (case_id != only or attempt.state not in ON_ITS_WAY):
            continue
        with till.store.unit() as unit:
            case = unit.cases.get(case_id)
            if recovering.doubt(unit, case, attempt):
                _left_to_a_person(till, unit, case, attempt)
                continue
            event = s.Restarted(till.clock.now())
            transition(till, unit, case, attempt, event, trouble=_in_doubt(attempt))


def _left_to_a_person(till: Till, unit: Unit, case: CounterCase, attempt: s.Attempt) -> None:
    """On a base that is not the newest, even what was only prepared may have been sent since."""
    now = till.clock.now()
    if attempt.state in (s.AttemptState.PREPARED, s.AttemptState.REFUND_PREPARED):
        moved = transition(till, unit, case, attempt, s.BeginSending(now))
        case, attempt = moved.case, moved.attempt
    if attempt.state in ON_ITS_WAY:
        lost = _in_doubt(attempt)
        moved = transition(till, unit, case, attempt, s.Restarted(now), trouble=lost)
        case, attempt = moved.case, moved.attempt
    transition(till, unit, case, attempt, s.Restored(now))


def _in_doubt(attempt: s.Attempt) -> OutcomeUnknown | None:
    """What a message that was on its way at the end of the program is now."""
    if attempt.state is s.AttemptState.SENDING:
        return _unanswered(attempt)
    if attempt.state is s.AttemptState.REFUND_SENDING:
        return OutcomeUnknown(Code.REFUND_UNKNOWN)
    return None
