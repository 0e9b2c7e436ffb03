"""A record without an answer, by the region's rule: told again, asked about, or left to a person.

The rule is data (``app.profile.unknown``); money never comes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Bug, Code, NotSent, OutcomeUnknown, PlatformRejected
from app.ports.store import Unit
from app.profile.operations import Operation
from app.profile.unknown import UnknownRule, Way, rule_of
from app.workflow.cases.lines import sold_line
from app.workflow.cases.required import required
from app.workflow.doubts import trail
from app.workflow.doubts.trail import Found, Told
from app.workflow.doubts.travelling import may_arrive
from app.workflow.moves import refusal_of
from app.workflow.steps import audit, return_sale, upload_sale
from app.workflow.till import Till

RECORDS: Mapping[Step, Operation] = {
    Step.AUDIT: Operation.AUDIT,
    Step.UPLOAD_SALE: Operation.UPLOAD_SALE,
    Step.RETURN_SALE: Operation.RETURN_SALE,
}
_TELL = {
    Step.AUDIT: audit.upload,
    Step.UPLOAD_SALE: upload_sale.upload,
    Step.RETURN_SALE: return_sale.return_sale,
}


@dataclass(frozen=True, slots=True)
class Record:
    """The one record in doubt: ``line`` is 0 for an audit, else the reported line."""

    operation: Operation
    phase: Phase
    line: int
    request: Told | None


def in_doubt(case: CounterCase) -> bool:
    """Whether a record of this case has no answer."""
    return case.position.step in RECORDS and case.position.phase is Phase.UNKNOWN


def rule_for(till: Till, case: CounterCase) -> UnknownRule:
    """The region's rule for the record of the step this case stands at."""
    return rule_of(till.profile, RECORDS[case.position.step])


def goes_on_by_itself(till: Till, case: CounterCase) -> bool:
    """Whether asking or telling again may end the doubt, so that no person is needed yet."""
    return in_doubt(case) and rule_for(till, case).way is not Way.PERSON


def record_of(till: Till, unit: Unit, case: CounterCase) -> Record:
    """What exactly is in doubt, as it was told."""
    step, phase = case.position.step, case.position.phase
    if step is Step.AUDIT:
        return Record(Operation.AUDIT, phase, 0, None)
    sale = required(case.facts.sale, "a record without its sale")
    if step is Step.UPLOAD_SALE:
        number = upload_sale.pending_lines(case, sale)[0]
        told = upload_sale.request_for(till, case, sale, sold_line(unit, case, number))
        return Record(Operation.UPLOAD_SALE, phase, number, told)
    line = return_sale.standing_lines(unit, case, sale)[0]
    back = return_sale.request_for(till, case, sale, line)
    return Record(Operation.RETURN_SALE, phase, line.index, back)


def stands(
    till: Till, unit: Unit, case: CounterCase, record: Record, evidence_id: int
) -> CounterCase:
    """The record is at the platform, in the caller's commit."""
    match record.operation:
        case Operation.UPLOAD_SALE:
            return upload_sale.accepted(till, unit, case, record.line, evidence_id)
        case Operation.RETURN_SALE:
            return return_sale.returned(till, unit, case, record.line, evidence_id)
        case _:
            return audit.confirmed_by_person(till, unit, case, evidence_id)


def clear_up(till: Till, case: CounterCase) -> CounterCase:
    """Bring an unknown record on. Raises ``OperatorInput`` where a person has to show something."""
    rule = rule_for(till, case)
    if rule.way is Way.RESEND:
        return _TELL[case.position.step](till, case)
    if rule.way is Way.PERSON:
        return _stays(till, case, Code.DECISION_NEEDED)
    return _ask(till, case, rule)


def _ask(till: Till, case: CounterCase, rule: UnknownRule) -> CounterCase:
    with till.store.reading() as unit:
        record = record_of(till, unit, case)
    if record.request is None:
        raise Bug(what="a question about no record")
    try:
        found = trail.ask(till, case, record.request)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        facts = replace(case.facts, refusal=refusal_of(till, trouble))
        with till.store.unit() as unit:
            return unit.cases.save(replace(case, facts=facts))
    with till.store.unit() as unit:
        row = write_found(till, unit, case, record, found)
        if found is Found.STANDS:
            return stands(till, unit, case, record, row)
    if not rule.resend_absent:
        return _stays(till, case, Code.DECISION_NEEDED)
    if may_arrive(till, case):
        # not there yet: what is told again now could be booked beside the first telling
        return _stays(till, case, Code.UPLOAD_UNKNOWN)
    return _TELL[case.position.step](till, case)


def write_found(till: Till, unit: Unit, case: CounterCase, record: Record, found: Found) -> int:
    """What the platform's own books showed is written down; returns the row."""
    subject = f"case {case.case_id} {record.operation.value} {record.line}"
    return unit.journal.write(
        till.clock.now(), till.operator.staff_id, f"evidence_{found.value}", subject
    )


def _stays(till: Till, case: CounterCase, code: Code) -> CounterCase:
    """In doubt; the page says what it waits for."""
    facts = replace(case.facts, refusal=refusal_of(till, OutcomeUnknown(code)))
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, facts=facts))
