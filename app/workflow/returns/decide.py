"""人工裁定: a named manager ends what no evidence ended by itself, with the statement on screen.

The statement is fetched for the decision and written down; a decision against it is refused
(reliability 2.1, MANUAL). What no statement shows for a day ends on the manager's word (0059).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import settlement as s
from app.domain.access import Act, Operator, require_second
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.ports.replies import StatementResult
from app.ports.store import Unit
from app.workflow.doubts import evidence
from app.workflow.doubts.evidence import SILENT, Seen, refund_booked, settled_as
from app.workflow.returns import by_word
from app.workflow.settling import transition
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping

FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the platform's statement said about one settlement, and where that is written."""

    case_id: int
    message_id: str
    seen: Seen
    evidence_id: int
    at: datetime

    @property
    def active(self) -> bool:
        return self.seen.active

    @property
    def line(self) -> StatementResult | None:
        return self.seen.line

    @property
    def refund_line(self) -> StatementResult | None:
        return self.seen.refund_line


def gather(till: Till, case: CounterCase) -> Evidence:
    """Compare line by line now. Raises the trouble of the exchanges; then nothing is decided."""
    with till.store.reading() as unit:
        attempt = _attempt_of(unit, case)
    seen = evidence.looked_up(till, case, attempt, by_person=True)
    with till.store.reading() as unit:
        timekeeping.require_right(till, unit)
    now = till.clock.now()
    with till.store.unit() as unit:
        shown = "evidence_active" if seen.active else "evidence_absent"
        shown = SILENT if seen.silent_for(attempt.leg) else shown
        left_out = ", ".join(" ".join(place) for place in seen.refused)
        who, subject = till.operator.staff_id, attempt.message_id
        row = unit.journal.write(now, who, shown, subject, left_out)
    return Evidence(case.case_id, attempt.message_id, seen, row, now)


def decide(
    till: Till,
    case: CounterCase,
    evidence: Evidence,
    outcome: s.AttemptState,
    manager: Operator,
    reason: str,
    statement: str = "",
) -> CounterCase:
    """End MANUAL as ``outcome``: settled, reversed or refunded.

    The statement is fetched once more: what was seen ten minutes ago may no longer stand. Where it
    has been silent or withheld for long, ``statement`` says where the manager saw what became of
    it. Raises ``OperatorInput`` for one person alone, without a reason, for evidence that is stale
    or has changed, and for a decision that the evidence contradicts; the trouble of the exchanges.
    """
    require_second(till.operator, manager, Act.DECIDE_UNKNOWN)
    with till.store.reading() as unit:
        attempt = _attempt_of(unit, case)
        _require_evidence(attempt, evidence, outcome, till.clock.now())
        require_settled_down(till, unit, attempt, evidence)
    word = evidence.seen.silent_for(attempt.leg)
    if word and not statement.strip():
        raise OperatorInput(Code.STATEMENT_MISSING)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    fetched = gather(till, case)
    if fetched.seen != evidence.seen:
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)
    evidence, now = fetched, till.clock.now()
    with till.store.unit() as unit:
        attempt, case = _attempt_of(unit, case), unit.cases.get(case.case_id)
        unit.journal.write(
            now, manager.staff_id, f"decide_{outcome.value}", attempt.message_id, reason
        )
        row = evidence.evidence_id
        if word:
            row = by_word.write(unit, now, manager, attempt, statement)
        booked = settled_as if attempt.leg is s.Leg.SETTLE else refund_booked
        facts = booked(attempt, evidence.seen)
        # what was said never to have stood stands in nothing: a line of it there is nobody's
        rests = word and outcome is not s.AttemptState.REVERSED
        event = s.PersonDecides(now, outcome, manager.staff_id, row, facts, rests)
        return transition(till, unit, case, attempt, event, evidence_id=row).case


def _attempt_of(unit: Unit, case: CounterCase) -> s.Attempt:
    attempt = unit.attempts.of_case(case.case_id)
    if attempt is None or attempt.state is not s.AttemptState.MANUAL:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return attempt


def _require_evidence(
    attempt: s.Attempt, evidence: Evidence, outcome: s.AttemptState, now: datetime
) -> None:
    gone = s.AttemptState.REFUNDED if attempt.leg is s.Leg.REFUND else s.AttemptState.REVERSED
    shown = {s.AttemptState.SETTLED if evidence.active else gone}
    if evidence.seen.silent_for(attempt.leg):
        shown = {gone, *((s.AttemptState.SETTLED,) if by_word.may_stand(attempt) else ())}
    fresh = now - evidence.at <= FRESH
    if evidence.message_id != attempt.message_id or not fresh or outcome not in shown:
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)


def require_settled_down(till: Till, unit: Unit, attempt: s.Attempt, evidence: Evidence) -> None:
    """What the statement does not show may still arrive; what it shows may still be reversed.

    Raises ``OperatorInput`` ``STILL_ON_ITS_WAY`` with the time from which it may be decided, and
    ``NOT_SHOWN`` for a statement that proves neither, ``STATEMENT_NOT_GIVEN`` for none at all,
    both with the time from which a word may.
    """
    if evidence.seen.silent_for(attempt.leg):
        unheard = evidence.seen.unheard
        by_word.require_long_silent(till, unit, evidence.case_id, attempt, unheard=unheard)
        return
    shown = evidence.refund_line if attempt.leg is s.Leg.REFUND else evidence.line
    back = evidence.refund_line.message_id if evidence.refund_line is not None else ""
    recovering.require_arrived(
        till, unit, evidence.case_id, attempt, shown=shown is not None, given_back=back
    )
