"""人工裁定: a named manager ends what no evidence ended by itself, with the statement on screen.

The statement is fetched for the decision and written down; a decision against it is refused
(reliability 2.1, MANUAL).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain import settlement as s
from app.domain.access import Act, Operator, require_second
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.money import Amounts, Fen
from app.ports.replies import StatementResult
from app.ports.store import Unit
from app.workflow.doubts import evidence
from app.workflow.doubts.evidence import Seen
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
    seen = evidence.looked_up(till, case, attempt)
    with till.store.reading() as unit:
        timekeeping.require_right(till, unit)
    now = till.clock.now()
    with till.store.unit() as unit:
        shown = "evidence_active" if seen.active else "evidence_absent"
        row = unit.journal.write(now, till.operator.staff_id, shown, attempt.message_id)
    return Evidence(case.case_id, attempt.message_id, seen, row, now)


def decide(
    till: Till,
    case: CounterCase,
    evidence: Evidence,
    outcome: s.AttemptState,
    manager: Operator,
    reason: str,
) -> CounterCase:
    """End MANUAL as ``outcome``: settled, reversed or refunded.

    The statement is fetched once more: what was seen ten minutes ago may no longer stand. Raises
    ``OperatorInput`` for one person alone, without a reason, for evidence that is stale or has
    changed, and for a decision that the evidence contradicts; the trouble of the exchanges.
    """
    require_second(till.operator, manager, Act.DECIDE_UNKNOWN)
    with till.store.reading() as unit:
        attempt = _attempt_of(unit, case)
        _require_evidence(attempt, evidence, outcome, till.clock.now())
        require_settled_down(till, unit, attempt, evidence)
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
        facts = _facts(attempt, evidence)
        event = s.PersonDecides(now, outcome, manager.staff_id, evidence.evidence_id, facts)
        row = evidence.evidence_id
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
    shown = s.AttemptState.SETTLED if evidence.active else gone
    fresh = now - evidence.at <= FRESH
    if evidence.message_id != attempt.message_id or not fresh or outcome is not shown:
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)


def require_settled_down(till: Till, unit: Unit, attempt: s.Attempt, evidence: Evidence) -> None:
    """What the statement does not show may still arrive; what it shows may still be reversed.

    Raises ``OperatorInput`` ``STILL_ON_ITS_WAY`` with the time from which it may be decided, and
    ``NOT_SHOWN`` for a statement that proves neither.
    """
    if evidence.seen.silent_for(attempt.leg):
        raise OperatorInput(Code.NOT_SHOWN)
    shown = evidence.refund_line if attempt.leg is s.Leg.REFUND else evidence.line
    back = evidence.refund_line.message_id if evidence.refund_line is not None else ""
    recovering.require_arrived(
        till, unit, evidence.case_id, attempt, shown=shown is not None, given_back=back
    )


def _facts(attempt: s.Attempt, evidence: Evidence) -> s.SettledFacts | None:
    """What the platform booked: its answer where one came, else its own statement line."""
    line = evidence.line
    if attempt.leg is s.Leg.REFUND or attempt.settled is not None or line is None:
        return None
    amounts = amounts_of(line, attempt.expected)
    kind = evidence.seen.clearing_kind
    return s.SettledFacts(line.settlement_id, line.visit_id, amounts, "", None, "", kind)


def amounts_of(line: StatementResult, expected: Amounts) -> Amounts:
    """A statement line as amounts; the parts it does not carry are those we expected."""
    rest = line.total - line.fund - line.account - expected.mutual_aid - expected.hospital_part
    return replace(
        expected,
        total=Fen(line.total),
        fund=Fen(line.fund),
        account=Fen(line.account),
        cash=Fen(rest),
    )
