"""结算撤销: one refund message, at most once, under four eyes; the attempt lives on.

The refund has a message id of its own; its state stays on the attempt it refunds
(architecture 7, reliability 2.1). What is unclear goes to ``resolving``.
"""

from dataclasses import replace

from app.domain import settlement as s
from app.domain.access import Act, Operator, require_second
from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.jobs.progress import Progress, Report, no_report
from app.ports import requests as q
from app.ports.messages import Answer, Draft, Staged
from app.ports.replies import Revoked
from app.ports.store import MessageState, Unit
from app.workflow import day, resolving
from app.workflow.calendar import sign_no_of
from app.workflow.cases.required import required
from app.workflow.doubts.travelling import left_late
from app.workflow.exchange import answer_to
from app.workflow.moves import message_state_of, move, wire_facts_of
from app.workflow.people.credentials import insured_area, person_of
from app.workflow.settling import Moved, event_of, require_no_open_attempt, transition
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping
from app.workflow.views.states import MONEY_SENT


def revoke(
    till: Till, case: CounterCase, second: Operator, report: Report = no_report
) -> CounterCase:
    """Take the whole settlement back. ``second`` is another person who may refund.

    Raises ``OperatorInput`` before anything is sent, and the trouble of a sign-in that the platform
    demanded. Every other outcome is committed and shown.
    """
    require_second(till.operator, second, Act.REFUND)
    resolving.hear_where_wrong(till)
    resolving.resolve_due(till)
    if case.position.step is not Step.REVOKE:
        raise OperatorInput(Code.STEP_MOVED_ON)
    day.put_right(till, case.facts.refusal)
    with till.store.unit() as unit:
        if case.position.phase is Phase.REJECTED:
            case = move(till, unit, case, Signal.FIXED, facts=replace(case.facts, refusal=None))
        moved, draft = _prepare(till, unit, case, second)
    with till.store.unit() as unit:
        staged = unit.messages.stage(draft, case.case_id)
        beginning = s.BeginSending(till.clock.now())
        moved = transition(till, unit, moved.case, moved.attempt, beginning)
    report(Progress(MONEY_SENT))
    till.sent[draft.message_id] = till.clock.monotonic()
    moved = _send(till, moved, staged)
    if not moved.attempt.open:
        till.sent.pop(draft.message_id, None)
    return moved.case


def _prepare(
    till: Till, unit: Unit, case: CounterCase, second: Operator
) -> tuple[Moved, Draft[q.RevokeSettlement]]:
    attempt = unit.attempts.of_case(case.case_id)
    ready = case.position.phase is Phase.READY
    if not ready or attempt is None or attempt.state is not s.AttemptState.SETTLED:
        raise OperatorInput(Code.STEP_MOVED_ON)
    recovering.require_believed(unit)
    timekeeping.require_right(till, unit)
    require_no_open_attempt(unit, case)
    settled = required(attempt.settled, "refund without a settlement")
    now = till.clock.now()
    timekeeping.put_right(till, unit)
    stamp = unit.messages.stamp(till.shop.institution_code, till.counter_no, now)
    request = q.RevokeSettlement(
        person_of(case),
        insured_area(case),
        settled.settlement_id,
        settled.visit_id,
        settled.amounts,
    )
    draft = till.platform.core.compose(request, till.sender(sign_no_of(till, unit)), stamp)
    unit.journal.write(now, second.staff_id, "refund", attempt.message_id)
    beginning = s.BeginRefund(now, stamp.message_id)
    return transition(till, unit, case, attempt, beginning), draft


def _send(till: Till, moved: Moved, staged: Staged[q.RevokeSettlement]) -> Moved:
    case, attempt = moved.case, moved.attempt
    try:
        answer = answer_to(till, staged, till.platform.core.revoke_settlement)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        left_late(till, staged.draft.message_id, wire_facts_of(trouble))
        event = event_of(till, trouble)
        with till.store.unit() as unit:
            state, seen = message_state_of(trouble), wire_facts_of(trouble)
            unit.messages.close(staged.row_id, state, seen)
            case, shown = unit.cases.get(case.case_id), _shown(trouble)
            row = staged.row_id
            return transition(till, unit, case, attempt, event, trouble=shown, evidence_id=row)
    left_late(till, staged.draft.message_id, answer.facts)
    with till.store.unit() as unit:
        # Read again: the queue may have written into this visit while the refund was on the wire.
        case = unit.cases.get(case.case_id)
        event, doubt = _classify(till, case, attempt, answer)
        state = MessageState.UNKNOWN if doubt else MessageState.ANSWERED
        unit.messages.close(staged.row_id, state, answer.facts)
        row = staged.row_id
        return transition(till, unit, case, attempt, event, trouble=doubt, evidence_id=row)


def _shown(trouble: PlatformRejected | NotSent | OutcomeUnknown) -> Trouble:
    if isinstance(trouble, OutcomeUnknown) and trouble.code is not Code.ANSWER_FORGED:
        return OutcomeUnknown(Code.REFUND_UNKNOWN, evidence=trouble.evidence)
    return trouble


def _classify(
    till: Till, case: CounterCase, attempt: s.Attempt, answer: Answer[Revoked]
) -> tuple[s.Event, Trouble | None]:
    """The allow-list of reliability 2.2: this refund, of this person, for the whole amount."""
    now, value = till.clock.now(), answer.value
    settled = required(attempt.settled, "refund without a settlement")
    # A refund is known by its visit; the person is not among its fields everywhere (5.6).
    foreign = (value.message_id_echo and value.message_id_echo != attempt.refund_message_id) or (
        value.person_no and value.person_no != person_of(case).person_no.reveal()
    )
    if foreign:
        doubt = OutcomeUnknown(Code.ANSWER_FORGED)
        return s.Replied(now, s.ReplyClass.UNCLEAR, reason=str(int(doubt.code))), doubt
    if value.facts.amounts != settled.amounts.negated():
        kind = s.ReplyClass.AMOUNTS_DIFFER
        return s.Replied(now, kind, value.facts), PlatformRejected(Code.AMOUNTS_DIFFER)
    return s.Replied(now, s.ReplyClass.DONE, value.facts), None
