"""``counter_case`` and ``case_event``."""

from typing import Any

from app.domain.case import Phase, Position, Signal, Step
from app.domain.counter_case import CaseEvent, CaseFacts, CounterCase
from localdb.mapping.codec import Codec
from localdb.statements import Row


def case_values(codec: Codec, case: CounterCase) -> dict[str, Any]:
    """Columns of the projection, without id and version."""
    return {
        "counter_no": case.counter_no,
        "route": case.route,
        "step": case.position.step,
        "phase": case.position.phase,
        "profile_id": case.profile_id,
        "profile_digest": case.profile_digest,
        "opened_at": case.opened_at,
        "opened_by": case.opened_by,
        "parked_at": case.parked_at,
        "parked_note": case.parked_note,
        "facts": codec.write(case.facts),
    }


def case_of(codec: Codec, row: Row) -> CounterCase:
    return CounterCase(
        case_id=row.case_id,
        version=row.version,
        counter_no=row.counter_no,
        route=row.route,
        position=Position(Step(row.step), Phase(row.phase)),
        profile_id=row.profile_id,
        profile_digest=row.profile_digest,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        parked_at=row.parked_at,
        parked_note=row.parked_note,
        facts=codec.read(row.facts, CaseFacts),
        ended_at=row.ended_at,
    )


def event_values(case_id: int, event: CaseEvent) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "at": event.at,
        "staff_id": event.staff_id,
        "signal": event.signal,
        "step_before": event.before.step,
        "phase_before": event.before.phase,
        "step_after": event.after.step,
        "phase_after": event.after.phase,
        "message_id": event.message_id,
        "code": event.code,
        "evidence_id": event.evidence_id,
    }


def event_of(row: Row) -> CaseEvent:
    return CaseEvent(
        at=row.at,
        staff_id=row.staff_id,
        signal=Signal(row.signal),
        before=Position(Step(row.step_before), Phase(row.phase_before)),
        after=Position(Step(row.step_after), Phase(row.phase_after)),
        message_id=row.message_id,
        code=row.code,
        evidence_id=row.evidence_id,
    )
