"""The rail: the steps of a visit with what each came to, or the steps of the way back."""

from app.domain.audit import Verdict
from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.settlement import Attempt, AttemptState
from app.workflow.cases.counter_rules import sold_for_cash
from app.workflow.cases.lines import codes_of
from app.workflow.show import lights
from app.workflow.till import Till
from app.workflow.views.case import RailStop, Say, StopState

_PEOPLE = (Step.IDENTIFY, Step.AUTHORISE, Step.AUDIT, Step.SCAN, Step.SETTLE, Step.HAND_OVER)
"""Steps a person does; they are numbered on the rail. Choosing belongs to the authorised list."""
_BACK = (Step.TAKE_BACK, Step.REVOKE, Step.RETURN_SALE)


def stops_of(till: Till, case: CounterCase, attempt: Attempt | None) -> tuple[RailStop, ...]:
    """The steps of the visit; while it is undone, the steps of that."""
    if case.position.step in _BACK:
        return _way_back(till, case, attempt)
    return _forward(till, case, attempt)


def _way_back(till: Till, case: CounterCase, attempt: Attempt | None) -> tuple[RailStop, ...]:
    """Boxes, money, sale, as far as each of them was on the way; numbered, for a person follows.

    Without money there is no return of goods: the sale that was told is all there is to undo, and
    it stands behind what was done before.
    """
    facts, step = case.facts, case.position.step
    boxes = (Step.TAKE_BACK,) if step is Step.TAKE_BACK or facts.back else ()
    paid = facts.settled is not None or sold_for_cash(till, case)
    money = (Step.REVOKE,) if paid or step is Step.REVOKE else ()
    steps = (*boxes, *money, Step.RETURN_SALE)
    before = () if boxes or money else _done(_forward(till, case, attempt))
    number = max((stop.number or 0 for stop in before), default=0)
    states = [_state(case, attempt, i, steps.index(step)) for i in range(len(steps))]
    return before + tuple(
        RailStop(one, number + i, state, _way_back_says(case, attempt, one))
        for i, (one, state) in enumerate(zip(steps, states, strict=True), 1)
    )


def _done(stops: tuple[RailStop, ...]) -> tuple[RailStop, ...]:
    return tuple(stop for stop in stops if stop.state is StopState.DONE)


def _way_back_says(case: CounterCase, attempt: Attempt | None, step: Step) -> Say | None:
    if step is Step.TAKE_BACK:
        counts = (("back", len(case.facts.back)), ("sold", len(codes_of(case))))
        return Say("rail.take_back", counts)
    refunded = lights.money_is_back(case, attempt)
    return Say("rail.refunded") if step is Step.REVOKE and refunded else None


def _forward(till: Till, case: CounterCase, attempt: Attempt | None) -> tuple[RailStop, ...]:
    steps = till.route(case.route).steps
    numbers = {step: i for i, step in enumerate((s for s in _PEOPLE if s in steps), 1)}
    here = _place(case, steps)
    states = [_state(case, attempt, i, here) for i in range(len(steps))]
    return tuple(
        RailStop(step, numbers.get(step), state, _said(case, attempt, step, state))
        for step, state in zip(steps, states, strict=True)
    )


def _place(case: CounterCase, steps: tuple[Step, ...]) -> int:
    step = case.position.step
    if step is Step.DOWNLOAD and case.facts.chosen is None and Step.AUTHORISE in steps:
        return steps.index(Step.AUTHORISE)
    if step in steps:
        return steps.index(step)
    if step is Step.DONE:
        return len(steps)
    return _last_reached(case, steps)


def _last_reached(case: CounterCase, steps: tuple[Step, ...]) -> int:
    """Closed cases and told sales that are undone show how far the way out had come."""
    facts, closed = case.facts, case.position.step is Step.CLOSED
    reached = [
        (Step.IDENTIFY, facts.person),
        (Step.AUTHORISE, facts.listed),
        (Step.DOWNLOAD, facts.prescription),
        (Step.VERIFY, facts.verification),
        (Step.AUDIT, _audit_passed(case)),
        (Step.SCAN, facts.sale),
        (Step.PRESETTLE, facts.estimate),
        (Step.SETTLE, closed and facts.settled),
    ]
    done = [steps.index(step) for step, fact in reached if fact and step in steps]
    return max(done, default=-1) + 1


def _audit_passed(case: CounterCase) -> bool:
    """Approved, and taken by the centre or by the outbox (which lets boxes be scanned)."""
    facts = case.facts
    if facts.audit is None or facts.audit.decision.verdict is Verdict.REFUSED:
        return False
    return facts.audit.confirmed_at is not None or bool(facts.lines)


def _state(case: CounterCase, attempt: Attempt | None, index: int, here: int) -> StopState:
    if index < here:
        return StopState.DONE
    if index > here:
        return StopState.LATER
    if case.position.step is Step.CLOSED:
        refused = lights.audit_refused(case) or case.facts.refusal is not None
        return StopState.REFUSED if refused else StopState.SKIPPED
    match case.position.phase:
        case Phase.SENT:
            return StopState.SENDING
        case Phase.UNKNOWN:
            return StopState.UNKNOWN
        case Phase.REJECTED:
            return StopState.REFUSED
        case _:
            manual = attempt is not None and attempt.state is AttemptState.MANUAL
            return StopState.UNKNOWN if manual else StopState.CURRENT


def _said(case: CounterCase, attempt: Attempt | None, step: Step, state: StopState) -> Say | None:
    """A stop that was refused or left out says why where that is known, never an old result."""
    facts, closed = case.facts, case.position.step is Step.CLOSED
    if state is StopState.REFUSED:
        verdict = closed and step is Step.AUDIT and lights.audit_refused(case)
        return Say("rail.audit_refused") if verdict else None
    if state is StopState.SKIPPED and facts.cash_back is not None:
        return Say("rail.refunded")
    if state is StopState.SKIPPED:
        returned = facts.settled is not None or (facts.sale is not None and facts.sale.returned_at)
        return Say("rail.returned" if returned else "rail.abandoned")
    refunded = lights.money_is_back(case, attempt)
    if closed and refunded and step is Step.SETTLE:
        return Say("rail.refunded")
    return _result(case, step)


def _result(case: CounterCase, step: Step) -> Say | None:
    facts = case.facts
    match step:
        case Step.IDENTIFY if facts.identity is not None and facts.person is not None:
            return Say(f"rail.identify.{facts.identity.medium.value}")
        case Step.AUTHORISE if facts.listed:
            return Say("rail.authorise", (("count", len(facts.listed)),))
        case Step.DOWNLOAD if facts.document is not None:
            return Say("rail.download", (("kb", facts.document.size // 1024 + 1),))
        case Step.VERIFY if facts.verification is not None:
            return Say("rail.verify")
        case Step.AUDIT if facts.audit is not None and facts.audit.confirmed_at is not None:
            return Say("rail.audit", (("name", facts.audit.decision.pharmacist.name.reveal()),))
        case Step.SCAN if facts.lines:
            scanned = sum(len(line.packs) for line in facts.lines)
            needed = sum(line.boxes for line in facts.lines)
            return Say("rail.scan", (("scanned", scanned), ("needed", needed)))
        case Step.UPLOAD_SALE if facts.sale is not None and facts.sale.returned_at is not None:
            return Say("rail.sale_returned")
        case Step.UPLOAD_SALE if facts.sale is not None and facts.sale.uploaded_at is not None:
            return Say("rail.upload_sale", (("count", len(facts.sale.accepted_lines)),))
        case Step.PRESETTLE if facts.estimate is not None:
            return Say("rail.presettle")
        case Step.SETTLE if facts.settled is not None:
            return Say("rail.settle")
        case Step.HAND_OVER if facts.handed_over_at is not None:
            return Say("rail.hand_over")
        case _:
            return None
