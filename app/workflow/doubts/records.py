"""A person's word about a record: what the platform showed, or what the person saw there.

For an audit, a sale or a return without an answer, and for a return the platform refuses. Named
person, four eyes, reason; statement and decision are journalled, the move names its evidence.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.access import Act, Operator, require_second
from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CounterCase, Refusal
from app.domain.errors import (
    Bug,
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.ports.store import Unit
from app.profile.operations import Operation
from app.profile.unknown import Way
from app.workflow.cases.counter_rules import waits_for_sign_in
from app.workflow.cases.required import required
from app.workflow.doubts import clearing, trail
from app.workflow.doubts.clearing import Record
from app.workflow.doubts.trail import Found
from app.workflow.doubts.travelling import may_arrive
from app.workflow.doubts.views import Outcome
from app.workflow.moves import move
from app.workflow.till import Till

FRESH = timedelta(minutes=10)
_FINDS = {Found.STANDS: Outcome.STANDS, Found.ABSENT: Outcome.ABSENT}


@dataclass(frozen=True, slots=True)
class RecordEvidence:
    """``found`` None: the platform offers nothing, the person states what its own pages show."""

    case_id: int
    record: Record
    found: Found | None
    trouble: Trouble | None
    at: datetime
    may_arrive: bool = False

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What may be decided on this evidence."""
        if self.record.phase is Phase.REJECTED:
            return (Outcome.STANDS,)
        offered = (_FINDS[self.found],) if self.found is not None else tuple(Outcome)
        # what is still on its way would arrive behind a word that it never will
        return tuple(one for one in offered if one is Outcome.STANDS or not self.may_arrive)


def decidable(case: CounterCase) -> bool:
    """Whether a person may end this: a record in doubt, or a return refused for good."""
    refused = case.position.step is Step.RETURN_SALE and case.position.phase is Phase.REJECTED
    return (refused and not waits_for_sign_in(case)) or clearing.in_doubt(case)


def gather(till: Till, case: CounterCase) -> RecordEvidence:
    """Ask where the region can be asked. A question without an answer is part of the evidence."""
    if not decidable(case):
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.reading() as unit:
        record = clearing.record_of(till, unit, case)
    found, trouble = _ask(till, case, record)
    waits = may_arrive(till, case)
    return RecordEvidence(case.case_id, record, found, trouble, till.clock.now(), waits)


def _ask(
    till: Till, case: CounterCase, record: Record
) -> tuple[Found | None, PlatformRejected | NotSent | OutcomeUnknown | None]:
    asks = clearing.rule_for(till, case).way is Way.QUERY and clearing.in_doubt(case)
    if not asks or record.request is None:
        return None, None
    try:
        return trail.ask(till, case, record.request), None
    except (PlatformRejected, NotSent, OutcomeUnknown) as unanswered:
        return None, unanswered


def decide(
    till: Till,
    case: CounterCase,
    evidence: RecordEvidence,
    outcome: Outcome,
    second: Operator,
    statement: str,
    reason: str,
) -> CounterCase:
    """End the doubt. ``statement`` is what the person saw where the platform offered no evidence.

    Raises ``OperatorInput`` for one person alone, for words that are missing, and where the
    evidence is stale, has changed, or speaks against ``outcome``.
    """
    require_second(till.operator, second, Act.DECIDE_UNKNOWN)
    now = till.clock.now()
    if now - evidence.at > FRESH or outcome not in evidence.outcomes:
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)
    if evidence.found is None and not statement.strip():
        raise OperatorInput(Code.STATEMENT_MISSING)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    seen = gather(till, case)
    if seen.found is not evidence.found:
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)
    with till.store.unit() as unit:
        case = unit.cases.get(case.case_id)
        record = clearing.record_of(till, unit, case) if decidable(case) else None
        if record is None or not _same(record, evidence.record):
            raise OperatorInput(Code.STEP_MOVED_ON)
        row = _write(till, unit, case, seen, second, statement)
        act = f"decide_{outcome.value}"
        unit.journal.write(till.clock.now(), second.staff_id, act, _subject(case, record), reason)
        if outcome is Outcome.STANDS:
            return clearing.stands(till, unit, case, record, row)
        return _never_arrived(till, unit, case, record, row)


def _same(record: Record, other: Record) -> bool:
    return (record.operation, record.phase, record.line) == (
        other.operation,
        other.phase,
        other.line,
    )


def _subject(case: CounterCase, record: Record) -> str:
    return f"case {case.case_id} {record.operation.value} {record.line}"


def _write(
    till: Till,
    unit: Unit,
    case: CounterCase,
    seen: RecordEvidence,
    second: Operator,
    statement: str,
) -> int:
    """The row the decision rests on."""
    if seen.found is not None:
        return clearing.write_found(till, unit, case, seen.record, seen.found)
    subject = _subject(case, seen.record)
    return unit.journal.write(
        till.clock.now(), second.staff_id, "portal_statement", subject, statement.strip()
    )


def _never_arrived(
    till: Till, unit: Unit, case: CounterCase, record: Record, evidence_id: int
) -> CounterCase:
    """Free again: told once more under the same key, or the visit ends."""
    facts = case.facts
    if record.operation is not Operation.AUDIT:
        sale = required(facts.sale, "a record without its sale")
        if record.operation is Operation.UPLOAD_SALE:
            sale = replace(sale, lost_lines=sale.lost_lines | {record.line})
        elif record.operation is Operation.RETURN_SALE:
            sale = replace(sale, lost_returns=sale.lost_returns | {record.line})
        else:
            raise Bug(what="no such record")
        facts = replace(facts, sale=sale)
    lost = Refusal(int(Code.RECORD_LOST), "", till.clock.now())
    facts = replace(facts, refusal=lost)
    return move(till, unit, case, Signal.CLEARED, facts=facts, evidence_id=evidence_id)
