"""The one place that moves a case: position and event in the same transaction."""

from dataclasses import replace

from app.domain.case import IllegalMove, Signal, Step, advance
from app.domain.counter_case import CaseEvent, CaseFacts, CounterCase, Refusal
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.ports.messages import WireFacts
from app.ports.store import MessageState, Unit
from app.workflow.till import Till

Answered = PlatformRejected | NotSent | OutcomeUnknown
"""The three families a platform exchange may end in besides an answer."""


def move(
    till: Till,
    unit: Unit,
    case: CounterCase,
    signal: Signal,
    *,
    facts: CaseFacts | None = None,
    message_id: str | None = None,
    code: int | None = None,
    evidence_id: int | None = None,
) -> CounterCase:
    """Advance ``case`` and write row and event. Raises ``OperatorInput`` for a stale screen."""
    try:
        after = advance(case.position, signal, till.route(case.route))
    except IllegalMove as moved_on:
        raise OperatorInput(Code.STEP_MOVED_ON) from moved_on
    now = till.clock.now()
    who = till.signed_in.staff_id if till.signed_in else case.opened_by
    event = CaseEvent(now, who, signal, case.position, after, message_id, code, evidence_id)
    moved = replace(case, position=after, facts=facts if facts is not None else case.facts)
    return unit.cases.save(moved, event)


def signal_of(trouble: Answered) -> Signal:
    """What a case learns from a failed exchange (architecture 6)."""
    if isinstance(trouble, PlatformRejected):
        return Signal.REJECTED
    return Signal.NOT_SENT if isinstance(trouble, NotSent) else Signal.UNCLEAR


def unclear(case: CounterCase, facts: CaseFacts, signal: Signal) -> CaseFacts:
    """What stays open once the answer of ``case`` is lost: a download may have been given."""
    lost = signal in (Signal.UNCLEAR, Signal.CRASHED) and case.position.step is Step.DOWNLOAD
    return replace(facts, download_unclear=True) if lost else facts


def message_state_of(trouble: Answered) -> MessageState:
    """The fate of the message row."""
    if isinstance(trouble, PlatformRejected):
        return MessageState.REJECTED
    return MessageState.NOT_SENT if isinstance(trouble, NotSent) else MessageState.UNKNOWN


def wire_facts_of(trouble: Trouble) -> WireFacts | None:
    """What the transport saw, where the trouble carries it."""
    return trouble.evidence if isinstance(trouble.evidence, WireFacts) else None


def refusal_of(till: Till, trouble: Trouble) -> Refusal:
    """The trouble as the page keeps showing it."""
    text = trouble.platform_text if isinstance(trouble, PlatformRejected) else ""
    return Refusal(int(trouble.code), text, till.clock.now(), tuple(trouble.params.items()))
