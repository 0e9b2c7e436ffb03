"""The case at hand: start, resume, run what runs by itself, park, abandon, next customer."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.case import Phase, Position, Signal, Step
from app.domain.case import start as first_position
from app.domain.counter_case import CaseFacts, CounterCase, Refusal
from app.domain.errors import Code, OperatorInput, PlatformRejected, Trouble
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report, no_report
from app.ports.store import Unit
from app.workflow import day, delivery, settling
from app.workflow.cases import owed, same_person
from app.workflow.cases.counter_rules import ENDS, PRESCRIPTION, SELF_PAY, can_abandon
from app.workflow.doubts import clearing
from app.workflow.doubts.travelling import noted
from app.workflow.moves import move, refusal_of, unclear
from app.workflow.people.credentials import used_up
from app.workflow.steps import (
    audit,
    authorise,
    download,
    presettle,
    return_sale,
    upload_sale,
    verify,
)
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads import twice

SERVED_VISIBLE = timedelta(hours=12)
BY_ITSELF = frozenset(
    {
        Step.AUTHORISE,
        Step.DOWNLOAD,
        Step.VERIFY,
        Step.UPLOAD_SALE,
        Step.PRESETTLE,
        Step.RETURN_SALE,
    }
)
_RUN = {
    Step.AUTHORISE: authorise.authorise,
    Step.DOWNLOAD: download.download,
    Step.VERIFY: verify.verify,
    Step.UPLOAD_SALE: upload_sale.upload,
    Step.PRESETTLE: presettle.presettle,
    Step.RETURN_SALE: return_sale.return_sale,
}


def get(till: Till, case_id: int) -> CounterCase:
    with till.store.reading() as unit:
        return unit.cases.get(case_id)


def start(till: Till, route: str = PRESCRIPTION) -> CounterCase:
    """Open a case for the next customer."""
    who = till.operator
    case = CounterCase(
        case_id=0,
        version=0,
        counter_no=till.counter_no,
        route=route,
        position=first_position(till.route(route)),
        profile_id=till.profile.id,
        profile_digest=till.profile.digest,
        opened_at=till.clock.now(),
        opened_by=who.staff_id,
    )
    with till.store.unit() as unit:
        # one case at the counter: whoever stands there unseen (a scan came first) waits visibly
        for other in unit.cases.unfinished(till.counter_no):
            if other.parked_at is None:
                _set_aside(till, unit, other)
        return unit.cases.open(case, who.staff_id)


def at_hand(till: Till, case_id: int) -> CounterCase:
    """The case as it stands now, for a function of the counter lane.

    These run one after another: what is found on its way here was left there by a commit that
    failed (a full disk, a lock). It is unknown, as after a start, and the case can go on.
    """
    with till.store.reading() as unit:
        case, attempt = unit.cases.get(case_id), unit.attempts.of_case(case_id)
    left = attempt is not None and attempt.state in settling.ON_ITS_WAY
    if case.position.phase is not Phase.SENT and not left:
        return case
    if not till.turn.acquire(blocking=False):
        # Somebody is at work on a case: what is on its way may still be answered.
        return case
    try:
        recover(till, case_id)
        return get(till, case_id)
    finally:
        till.turn.release()


def take_up_left_behind(till: Till) -> None:
    """What a failed commit left on its way is unknown also where nobody looks at the visit."""
    with till.store.reading() as unit:
        cases = unit.cases.unfinished(till.counter_no)
        sent = {case.case_id for case in cases if case.position.phase is Phase.SENT}
        for case_id, attempt in unit.attempts.open_attempts(till.counter_no):
            if attempt.state in settling.ON_ITS_WAY:
                sent.add(case_id)
    for case_id in sorted(sent):
        at_hand(till, case_id)


def current(till: Till) -> CounterCase:
    """The case that stood on the screen, or a fresh one."""
    with till.store.reading() as unit:
        waiting = [c for c in unit.cases.unfinished(till.counter_no) if c.parked_at is None]
    if waiting and _stood_empty(till, waiting[-1]):
        return start(till)
    return at_hand(till, waiting[-1].case_id) if waiting else start(till)


def recover(till: Till, only: int | None = None, *, of_counter: int | None = None) -> int:
    """After a start: whatever was on its way is unknown, never failed. Returns how many.

    ``of_counter``: of a counter that works no more, in its place.
    """
    number = till.counter_no if of_counter is None else of_counter
    settling.restart(till, number, only)
    with till.store.unit() as unit:
        sent = [
            case
            for case in unit.cases.unfinished(number)
            if case.position.phase is Phase.SENT and only in (None, case.case_id)
        ]
        for case in sent:
            code = _lost_code(case.position.step)
            refusal = Refusal(int(code), "", till.clock.now())
            facts = unclear(case, replace(case.facts, refusal=refusal), Signal.CRASHED)
            if code is Code.UPLOAD_UNKNOWN:
                facts = noted(till, facts)
            move(till, unit, case, Signal.CRASHED, facts=facts, code=int(code))
    return len(sent)


def _lost_code(step: Step) -> Code:
    if step is Step.AUDIT:
        return Code.AUDIT_UNKNOWN
    if step in (Step.UPLOAD_SALE, Step.RETURN_SALE):
        return Code.UPLOAD_UNKNOWN
    return Code.ANSWER_MISSING


def proceed(
    till: Till,
    case: CounterCase,
    report: Report = no_report,
    cancel: CancelToken | None = None,
) -> CounterCase:
    """Run the steps that run by themselves until a person is needed or something refuses."""
    while runs_by_itself(case):
        if cancel is not None:
            cancel.check()
        report(Progress(f"step.{case.position.step.value}"))
        before = case.position
        case = _run_one(till, case)
        if case.position == before or case.facts.refusal is not None:
            break
    return case


def _run_one(till: Till, case: CounterCase) -> CounterCase:
    try:
        return _RUN[case.position.step](till, case)
    except PlatformRejected as refused:
        # Refused before anything left: the seal of the stored file does not hold.
        return verify.close_refused(till, case, refused)
    except OperatorInput as needed:
        return keep_refusal(till, get(till, case.case_id), needed)


def keep_refusal(till: Till, case: CounterCase, trouble: Trouble) -> CounterCase:
    """The page shows ``trouble`` until something changes."""
    facts = replace(case.facts, refusal=refusal_of(till, trouble))
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, facts=facts))


def runs_by_itself(case: CounterCase) -> bool:
    """READY at a step that needs nobody; the download waits for the patient's choice."""
    step, phase = case.position.step, case.position.phase
    if phase is not Phase.READY or step not in BY_ITSELF:
        return False
    return step is not Step.DOWNLOAD or case.facts.chosen is not None


def retry(till: Till, case: CounterCase, report: Report = no_report) -> CounterCase:
    """Try again what was refused or did not get through, where that is harmless."""
    refusal = case.facts.refusal
    day.put_right(till, refusal)
    step, phase = case.position.step, case.position.phase
    if phase is Phase.UNKNOWN:
        return _clear_up(till, case, report)
    if phase is Phase.REJECTED:
        with till.store.unit() as unit:
            facts = replace(case.facts, refusal=None)
            if step in (Step.AUTHORISE, Step.DOWNLOAD) and used_up(refusal):
                return move(till, unit, case, Signal.AGAIN, facts=CaseFacts())
            case = move(till, unit, case, Signal.FIXED, facts=facts)
    if step in (Step.PRESETTLE, Step.SETTLE):
        twice.tell_waiting(till, case)
    if case.position.step is Step.SETTLE and _split_is_old(till, case):
        return presettle.renew(till, case)
    if step is Step.AUDIT and case.facts.audit is not None and audit.proof_of(till, case):
        case = audit.upload(till, case)
    return proceed(till, case, report)


def _clear_up(till: Till, case: CounterCase, report: Report) -> CounterCase:
    """An unknown record by the region's rule. Money is cleared by ``resolving`` alone."""
    if not clearing.in_doubt(case):
        raise OperatorInput(Code.STEP_MOVED_ON)
    return proceed(till, clearing.clear_up(till, case), report)


def abandon(till: Till, case: CounterCase, report: Report = no_report) -> CounterCase:
    """The customer leaves. Refused while something is on its way or not known.

    Raises ``OperatorInput`` ``ABANDON_REFUSED``.
    """
    with till.store.unit() as unit:
        attempt = unit.attempts.of_case(case.case_id)
        if not can_abandon(till, case, attempt):
            raise OperatorInput(Code.ABANDON_REFUSED)
        recovering.require_nothing_stray(unit, case)
        if case.position.step is Step.UPLOAD_SALE:
            delivery.queue_returns(till, unit, case)
        case = move(till, unit, case, Signal.ABANDON, facts=replace(case.facts, refusal=None))
        owed.note_given_up(unit, case, attempt)
        if case.position.step is Step.CLOSED:
            twice.queue_undo(till, unit, case)
            unit.goods.release_all(case.case_id)
    if case.position.step is Step.CLOSED:
        till.tokens.forget(case.case_id)
    return proceed(till, case, report)


def park(till: Till, case: CounterCase, note: str = "") -> CounterCase:
    """Set the case aside where it stands."""
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, parked_at=till.clock.now(), parked_note=note))


def _set_aside(till: Till, unit: Unit, case: CounterCase) -> None:
    """Make room at the counter: a visit in which nobody was recognised has nothing to wait for."""
    first = first_position(till.route(case.route)).step
    nobody = case.position.step is first and case.facts.identity is None and not case.facts.lines
    if nobody and can_abandon(till, case, unit.attempts.of_case(case.case_id)):
        move(till, unit, case, Signal.ABANDON, facts=replace(case.facts, refusal=None))
    else:
        unit.cases.save(replace(case, parked_at=till.clock.now()))


def unpark(till: Till, case: CounterCase) -> CounterCase:
    """Bring a waiting customer back; whoever is at the counter waits instead."""
    with till.store.unit() as unit:
        case = bring_back(till, unit, case)
    if _split_is_old(till, case):
        case = keep_refusal(till, case, OperatorInput(Code.ESTIMATE_OLD))
    return case


def _split_is_old(till: Till, case: CounterCase) -> bool:
    """At the money, with a split that cannot be settled by any more."""
    if case.position != Position(Step.SETTLE):
        return False
    with till.store.reading() as unit:
        return same_person.split_is_old(till, unit, case)


def bring_back(till: Till, unit: Unit, case: CounterCase) -> CounterCase:
    """As :func:`unpark`, inside the caller's transaction."""
    for other in unit.cases.unfinished(till.counter_no):
        if other.parked_at is None and other.case_id != case.case_id:
            _set_aside(till, unit, other)
    fresh = unit.cases.get(case.case_id)
    return unit.cases.save(replace(fresh, parked_at=None, parked_note=""))


def next_customer(till: Till, case: CounterCase) -> CounterCase:
    """A fresh case. An untouched one is reused; an unfinished one with a customer waits."""
    if _untouched(till, case) and case.route == PRESCRIPTION and not _stood_empty(till, case):
        return case
    if case.position.step not in ENDS:
        with till.store.unit() as unit:
            _set_aside(till, unit, case)
    return start(till)


def _untouched(till: Till, case: CounterCase) -> bool:
    return (
        case.position == first_position(till.route(case.route))
        and case.facts.identity is None
        and not case.facts.lines
    )


def _stood_empty(till: Till, case: CounterCase) -> bool:
    """Nobody came yet, and a recovery lies behind it: whoever comes now is none of before it, and
    in this visit would be taken for one."""
    if not _untouched(till, case):
        return False
    with till.store.reading() as unit:
        return recovering.of_lost_time(unit, case.case_id)


def sell_for_cash(till: Till, case: CounterCase) -> CounterCase:
    """自费: the customer at the counter buys without prescription and without insurance.

    Whoever was served before waits; an untouched case gives way.
    """
    if _untouched(till, case) and case.route == SELF_PAY and not _stood_empty(till, case):
        return case
    if case.position.step not in ENDS:
        with till.store.unit() as unit:
            _set_aside(till, unit, case)
    return start(till, SELF_PAY)


def document(till: Till, case_id: int) -> bytes:
    """The stored prescription file. Raises ``OperatorInput`` where there is none."""
    with till.store.reading() as unit:
        content = unit.cases.document(case_id)
    if content is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return content


def served_since(till: Till) -> datetime:
    return till.clock.now() - SERVED_VISIBLE
