"""事前提醒: what the platform says about a sale before it is settled.

By itself where the region says so, else when a person asks. An answer that does not come keeps
nobody from settling; what came is kept with the case and shown at the money.
"""

from dataclasses import replace

from app.domain.advice import Advice
from app.domain.case import Phase, Step
from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.ports import insurance as i
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.cases.lines import bill_of
from app.workflow.people.credentials import insured_area, needs_code_again, person_of
from app.workflow.till import Till

_QUESTIONS = (Operation.CHECK_ENTITLEMENT, Operation.PREAUDIT)


def offered(till: Till, case: CounterCase) -> bool:
    """Whether a person may ask now: at the money, and one of the questions is open here."""
    position, route = case.position, till.route(case.route)
    return (
        position.step is Step.SETTLE
        and not route.elsewhere
        and position.phase in (Phase.READY, Phase.REJECTED)
        and any(_open(till, question) for question in _QUESTIONS)
    )


def advise(till: Till, case: CounterCase) -> CounterCase:
    """Ask everything this region answers. Raises ``OperatorInput`` ``STEP_MOVED_ON``."""
    if not offered(till, case):
        raise OperatorInput(Code.STEP_MOVED_ON)
    return _check(till, _entitle(till, case))


def before_presettle(till: Till, case: CounterCase) -> CounterCase:
    """The benefits of the person, once a visit, where the region asks for them at every sale."""
    always = till.profile.rules.entitlement_check == "before_presettle"
    asked = case.facts.advice is not None and case.facts.advice.entitled_at is not None
    return _entitle(till, case) if always and not asked else case


def before_settle(till: Till, case: CounterCase) -> CounterCase:
    """The sale as it was pre-settled, where the region has it checked every time."""
    always = till.profile.rules.ahead_check == "before_settle"
    ready = case.position.step is Step.SETTLE and case.position.phase is Phase.READY
    return _check(till, case) if always and ready else case


def _open(till: Till, question: Operation) -> bool:
    part = till.profile.operations.get(question)
    return part is not None and part.enabled


def _entitle(till: Till, case: CounterCase) -> CounterCase:
    if not _open(till, Operation.CHECK_ENTITLEMENT):
        return case
    person, door, now = person_of(case), till.platform.insurance, till.clock.now()
    kind = person.insurances[case.facts.insurance or 0].kind
    request = i.CheckEntitlement(person, insured_area(case), kind, now)
    kept = replace(_kept(case), entitled_at=None, entitlements=(), unanswered=None)
    answered = case

    def conclude(unit: Unit, found: tuple[i.Entitlement, ...]) -> None:
        nonlocal answered
        answered = _keep(unit, case, replace(kept, entitled_at=now, entitlements=found))

    try:
        wire.consult(till, door, request, door.check_entitlement, case.case_id, conclude)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _unanswered(till, case, kept, trouble)
    return answered


def _check(till: Till, case: CounterCase) -> CounterCase:
    if not _open(till, Operation.PREAUDIT) or needs_code_again(till, case):
        return case
    door, now = till.platform.insurance, till.clock.now()
    with till.store.reading() as unit:
        bill = bill_of(till, unit, case)
    visit = case.facts.estimate.visit_id if case.facts.estimate else ""
    kept = replace(_kept(case), checked_at=None, concerns=())
    answered = case

    def conclude(unit: Unit, found: tuple[i.Concern, ...]) -> None:
        nonlocal answered
        answered = _keep(unit, case, replace(kept, checked_at=now, concerns=found))

    try:
        wire.consult(
            till, door, i.CheckAhead(bill, visit), door.check_ahead, case.case_id, conclude
        )
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _unanswered(till, case, kept, trouble)
    return answered


def _kept(case: CounterCase) -> Advice:
    return case.facts.advice or Advice()


def _keep(unit: Unit, case: CounterCase, advice: Advice) -> CounterCase:
    facts: CaseFacts = replace(case.facts, advice=advice)
    return unit.cases.save(replace(case, facts=facts))


def _unanswered(
    till: Till,
    case: CounterCase,
    kept: Advice,
    trouble: PlatformRejected | NotSent | OutcomeUnknown,
) -> CounterCase:
    with till.store.unit() as unit:
        return _keep(unit, case, replace(kept, unanswered=int(trouble.code)))
