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
from app.domain.money import Fen
from app.ports.replies import StatementResult
from app.workflow import resolving
from app.workflow.settling import transition
from app.workflow.till import Till

FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the platform's statement said about one settlement, and where that is written."""

    case_id: int
    message_id: str
    active: bool
    line: StatementResult | None
    evidence_id: int
    at: datetime


def gather(till: Till, case: CounterCase) -> Evidence:
    """Compare line by line now. Raises the trouble of the exchanges; then nothing is decided."""
    with till.store.reading() as unit:
        attempt = unit.attempts.of_case(case.case_id)
    if attempt is None or attempt.state is not s.AttemptState.MANUAL:
        raise OperatorInput(Code.STEP_MOVED_ON)
    lines = resolving.statement(till, case, attempt)
    active = resolving.stands(attempt, lines)
    line = next((x for x in lines if x.message_id == attempt.message_id), None)
    now = till.clock.now()
    with till.store.unit() as unit:
        shown = "evidence_active" if active else "evidence_absent"
        row = unit.journal.write(now, till.operator.staff_id, shown, attempt.message_id)
    return Evidence(case.case_id, attempt.message_id, active, line, row, now)


def decide(
    till: Till,
    case: CounterCase,
    evidence: Evidence,
    outcome: s.AttemptState,
    manager: Operator,
    reason: str,
) -> CounterCase:
    """End MANUAL as ``outcome``: settled, reversed or refunded.

    Raises ``OperatorInput`` for one person alone, for stale evidence, and for a decision that the
    evidence contradicts.
    """
    require_second(till.operator, manager, Act.DECIDE_UNKNOWN)
    now = till.clock.now()
    with till.store.unit() as unit:
        attempt = unit.attempts.of_case(case.case_id)
        if attempt is None or attempt.state is not s.AttemptState.MANUAL:
            raise OperatorInput(Code.STEP_MOVED_ON)
        _require_evidence(attempt, evidence, outcome, now)
        unit.journal.write(
            now, manager.staff_id, f"decide_{outcome.value}", attempt.message_id, reason
        )
        facts = _facts(attempt, evidence)
        event = s.PersonDecides(now, outcome, manager.staff_id, evidence.evidence_id, facts)
        row = evidence.evidence_id
        return transition(till, unit, case, attempt, event, evidence_id=row).case


def _require_evidence(
    attempt: s.Attempt, evidence: Evidence, outcome: s.AttemptState, now: datetime
) -> None:
    gone = s.AttemptState.REFUNDED if attempt.leg is s.Leg.REFUND else s.AttemptState.REVERSED
    shown = s.AttemptState.SETTLED if evidence.active else gone
    fresh = now - evidence.at <= FRESH
    if evidence.message_id != attempt.message_id or not fresh or outcome is not shown:
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)


def _facts(attempt: s.Attempt, evidence: Evidence) -> s.SettledFacts | None:
    """What the platform booked: its answer where one came, else its own statement line."""
    line = evidence.line
    if attempt.leg is s.Leg.REFUND or attempt.settled is not None or line is None:
        return None
    amounts = replace(
        attempt.expected,
        total=Fen(line.total),
        fund=Fen(line.fund),
        account=Fen(line.account),
        cash=Fen(
            line.total
            - line.fund
            - line.account
            - attempt.expected.mutual_aid
            - attempt.expected.hospital_part
        ),
    )
    return s.SettledFacts(line.settlement_id, line.visit_id, amounts, "", 0, "", "")
