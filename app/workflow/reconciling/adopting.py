"""采纳入账: what stands at the platform and in no book here, and whose goods are out of the door.

Taking such a line back (``repairing``) would take money for goods that were given away. A visit of
ours that it fits gets it as an attempt nobody knows the fate of, and the manager's decision with
the statement ends that (reliability 2.1, MANUAL). Where no visit is left, as after a restore, the
line itself is entered: by name, with the reason, on a comparison made for it.
"""

from dataclasses import replace
from datetime import date, datetime, time

from app.domain import settlement as s
from app.domain.access import Act, Operator, require_second
from app.domain.books.adopted import AdoptedLine
from app.domain.books.money import Difference, Group, GroupState, MoneyDay
from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.credential import PersonNumber
from app.domain.errors import Code, OperatorInput
from app.jobs.progress import Report, no_report
from app.ports.store import Unit
from app.workflow import resolving
from app.workflow.calendar import CHINA
from app.workflow.cases.counter_rules import began
from app.workflow.cases.required import required
from app.workflow.leases.errands import MONEY, once_per_store
from app.workflow.moves import move
from app.workflow.reconciling import repairing
from app.workflow.reconciling.comparing import compare_day
from app.workflow.reconciling.ledger import WHOLE_DAY, sums_of
from app.workflow.reconciling.repairing import find
from app.workflow.returns import decide
from app.workflow.settling import transition
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping

_AT_MONEY = (Phase.READY, Phase.REJECTED)


@once_per_store(MONEY)
def adopt(
    till: Till,
    day: date,
    message_id: str,
    second: Operator,
    reason: str,
    report: Report = no_report,
) -> MoneyDay:
    """Take one line of the statement into our books; then compare again.

    Raises ``OperatorInput`` for one person alone, without a reason, for a clock that is wrong, for
    a line that is there no more or has changed, whose visit is another by now, or that a reversal
    may still take back, for a refund whose return was not begun here, for a line whose kind of
    insurance nothing tells; the trouble of the exchanges. Moves no money.
    """
    require_second(till.operator, second, Act.DECIDE_UNKNOWN)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    resolving.hear_where_wrong(till)
    with till.store.reading() as unit:
        seen = find(unit, day, message_id)[1]
        _require_here_to_stay(till, unit, seen)
        expected = visit_of(till, unit, day, seen)
    stored = compare_day(till, day, every_line=True, report=report)
    with till.store.unit() as unit:
        found = find(unit, day, message_id)[1]
        if not found.adoptable:
            raise OperatorInput(Code.STEP_MOVED_ON)
        _require_here_to_stay(till, unit, found)
        # a reversal of the lost time is in no journal here
        recovering.require_quiet(unit, day, every_day=True)
        case = visit_of(till, unit, day, found)
        if found.theirs != seen.theirs or _id_of(case) != _id_of(expected):
            raise OperatorInput(Code.EVIDENCE_CONTRADICTS)
        who, now = second.staff_id, till.clock.now()
        unit.journal.write(now, who, f"adopt_{found.cause.value}", message_id, reason.strip())
        if case is None:
            unit.money_days.adopt(_line(stored, found, second, reason.strip(), now))
        else:
            case = _as_attempt(till, unit, case, found, _begun(day, now))
    if case is not None:
        _decide(till, case, second, reason)
    return compare_day(till, day, every_line=True, report=report)


def _begun(day: date, now: datetime) -> datetime:
    """When its message was begun, as far as anybody here knows: on the day of the statement."""
    if now.astimezone(CHINA).date() == day:
        return now
    return datetime.combine(day, time(), tzinfo=CHINA)


def _require_here_to_stay(till: Till, unit: Unit, found: Difference) -> None:
    """Neither a wrong clock nor a reversal on its way says otherwise in a moment."""
    timekeeping.require_right(till, unit)
    repairing.require_arrived(till, unit, found)


def _id_of(case: CounterCase | None) -> int | None:
    return case.case_id if case is not None else None


def visit_of(till: Till, unit: Unit, day: date, found: Difference) -> CounterCase | None:
    """The visit this line of a day belongs to; None where none of ours is left.

    The one it names goes first, whatever the amounts; without one, the oldest with the same amounts
    that was begun when it was settled. Raises ``OperatorInput``: ``ADOPT_VISIT_OPEN`` where the
    named one is open and not at the money; of a refund as ``_return_of``.
    """
    if found.theirs is not None and found.theirs.total < 0:
        return _return_of(unit, found)
    waiting = unit.cases.unfinished(till.counter_no)
    named = next((case for case in waiting if _is_named(case, found)), None)
    if named is not None:
        if not _at_the_money(named, found):
            sale = named.facts.sale
            told = {"receipt": sale.receipt_no} if sale is not None else {}
            raise OperatorInput(Code.ADOPT_VISIT_OPEN, **told)
        return named
    settled = _settled_by(till, unit, day, found)
    there = (x for x in waiting if _fits(x, found) and began(x) <= settled)
    return next(there, None)


def _return_of(unit: Unit, found: Difference) -> CounterCase | None:
    """The return a refund of ours belongs to.

    Raises ``OperatorInput``: ``ADOPT_REFUND_DIFFERS`` where it gives back something else than was
    taken: what is left of the settlement stands there; ``ADOPT_RETURN_FIRST`` where nobody took the
    boxes back here: what came back is a matter of boxes, not of a line.
    """
    if found.case_id is None:
        return None
    case, attempt = unit.cases.get(found.case_id), unit.attempts.of_case(found.case_id)
    settled = attempt.settled if attempt is not None else None
    if settled is not None and sums_of(settled.amounts).negated() != found.theirs:
        raise OperatorInput(Code.ADOPT_REFUND_DIFFERS)
    if case.position.step is not Step.REVOKE or case.position.phase not in _AT_MONEY:
        raise OperatorInput(Code.ADOPT_RETURN_FIRST)
    return case


def _is_named(case: CounterCase, found: Difference) -> bool:
    """Whether the line names this visit, and its money may still move here."""
    estimate = case.facts.estimate
    if case.position.step is Step.RETURN_SALE or estimate is None:
        return False
    return bool(found.visit_id) and estimate.visit_id == found.visit_id


def _settled_by(till: Till, unit: Unit, day: date, found: Difference) -> datetime:
    """The latest it can have been settled: when its message was begun, by the counter that made it;
    else, and where that clock was ahead, by the end of its day."""
    midnight = datetime.combine(day, time(), tzinfo=CHINA) + WHOLE_DAY
    code = till.shop.institution_code
    if unit.messages.counter_of(found.message_id, code) is None:
        return midnight
    text = found.message_id[len(code) :][:14]
    try:
        begun = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
    except ValueError:
        return midnight
    return min(begun, midnight)


def _fits(case: CounterCase, found: Difference) -> bool:
    """At the money, and of the same amounts."""
    estimate = case.facts.estimate
    same = estimate is not None and sums_of(estimate.amounts) == found.theirs
    return same and _at_the_money(case, found)


def _at_the_money(case: CounterCase, found: Difference) -> bool:
    """Agreed, told, the same person, and never settled here."""
    facts = case.facts
    if case.position.step is not Step.SETTLE or case.position.phase not in _AT_MONEY:
        return False
    if facts.person is None or facts.estimate is None or facts.sale is None:
        return False
    return facts.person.person_no == found.person_no


def _as_attempt(
    till: Till, unit: Unit, case: CounterCase, found: Difference, begun: datetime
) -> CounterCase:
    """What the lost time did, as our books would have it had it not been lost: an attempt that
    left and whose fate is a person's word. What was refused here may have been for just that."""
    if case.position.phase is Phase.REJECTED:
        case = move(till, unit, case, Signal.FIXED, facts=replace(case.facts, refusal=None))
    if found.theirs is not None and found.theirs.total < 0:
        attempt = required(unit.attempts.of_case(case.case_id), "a return without a settlement")
        began: s.Event = s.BeginRefund(begun, found.message_id)
        moved = transition(till, unit, case, attempt, began, at=begun)
        case, attempt = moved.case, moved.attempt
    else:
        sale, rx = required(case.facts.sale, "no sale"), case.facts.prescription
        estimate = required(case.facts.estimate, "no estimate")
        attempt = s.prepare(found.message_id, estimate.amounts, begun)
        unit.attempts.add(attempt, case.case_id, rx.rx_number if rx else sale.receipt_no)
        # why it is adopted and not taken back: nobody gives the goods a second time
        case = unit.cases.save(replace(case, facts=replace(case.facts, goods_out=True)))
    for event in (s.BeginSending(begun), s.Restarted(begun), s.Restored(begun)):
        # what these events would send was sent before the base was lost
        moved = transition(till, unit, case, attempt, event, at=begun)
        case, attempt = moved.case, moved.attempt
    return case


def _decide(till: Till, case: CounterCase, second: Operator, reason: str) -> None:
    """The manager's decision, with the statement of this attempt fetched twice more (0015)."""
    evidence = decide.gather(till, case)
    with till.store.reading() as unit:
        attempt = required(unit.attempts.of_case(case.case_id), "no attempt")
    stands = s.AttemptState.SETTLED
    if attempt.leg is s.Leg.REFUND:
        stands = s.AttemptState.REFUNDED
    decide.decide(till, case, evidence, stands, second, reason)


def _line(
    stored: MoneyDay, found: Difference, second: Operator, reason: str, now: datetime
) -> AdoptedLine:
    return AdoptedLine(
        message_id=found.message_id,
        settlement_id=found.settlement_id,
        visit_id=found.visit_id,
        person_no=found.person_no or PersonNumber(""),
        group=_group(stored, found),
        sums=required(found.theirs, "adopted without a line"),
        day=stored.day,
        at=now,
        staff_id=second.staff_id,
        name=second.name,
        reason=reason,
    )


def _group(stored: MoneyDay, found: Difference) -> Group:
    """The statement tells no kind of insurance: the one total that differs does.

    A total that nobody answered may be the one. Raises ``OperatorInput`` ``ADOPT_KIND_UNKNOWN``
    where there are several.
    """
    if found.group.insurance_kind:
        return found.group
    differing = [
        part.group
        for part in stored.groups
        if part.state is not GroupState.EQUAL and part.group.clearing == found.group.clearing
    ]
    if len(differing) != 1:
        raise OperatorInput(Code.ADOPT_KIND_UNKNOWN)
    return differing[0]
