"""签退: refuses while money is unknown, else says exactly what is handed over (reliability 4)."""

from collections import Counter

from app.domain.access import Act, Operator
from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.money import ZERO
from app.domain.settlement import Attempt, AttemptState
from app.ports.store import OutboxItem, PrintJob, Unit
from app.workflow import day, delivery, resolving
from app.workflow.calendar import CHINA, today
from app.workflow.cases import owed
from app.workflow.cases.counter_rules import SELF_PAY, began
from app.workflow.leases import heirs
from app.workflow.papers.printing import waiting_here
from app.workflow.people.sign_outs import sign_out_left
from app.workflow.reconciling.cash import cash_of
from app.workflow.reconciling.moved import moved_on
from app.workflow.reconciling.views import ClosingView, HandedOver, OpenMoney
from app.workflow.returns.compensate import compensate, ends_with_day, goes_back_from
from app.workflow.till import Till
from app.workflow.upkeep import recovering, timekeeping

UPLOAD, VISIT, PAPER, CASH = "upload", "visit", "paper", "cash"
_RECENT_DAYS = 31


def closing_of(till: Till) -> ClosingView:
    """What would be refused or handed over now; sends nothing."""
    with till.store.reading() as unit:
        return _closing(till, unit)


def _closing(till: Till, unit: Unit) -> ClosingView:
    current = day.newest(till, unit)
    on = current.day if current is not None else today(till)
    opened_by = unit.people.by_login(current.operator_no) if current else None
    heads, compared = unit.money_days.newest(_RECENT_DAYS), unit.money_days.get(on)
    begun = [case for case in unit.cases.unfinished(till.counter_no) if _begun(case)]
    ending = [case for case in begun if ends_with_day(till, unit, case)]
    lost = recovering.refusal(unit)
    return ClosingView(
        day=on,
        signed_in=current is not None and current.closed_at is None,
        opened_by=opened_by.name if opened_by else "",
        money=tuple(_money(till, unit, *found) for found in _in_doubt(till, unit)),
        handed_over=(
            *(_upload(item) for item in unit.outbox.items()),
            *(_visit(case) for case in begun if case not in ending),
            *(_paper(unit, job) for job in waiting_here(till, unit)),
            *(_cash(unit, case_id) for case_id in owed.waiting(unit, till.counter_no)),
        ),
        compared=next((head for head in heads if head.day == on), None),
        clock=timekeeping.waits_for(timekeeping.refusal(till, unit)),
        cash=cash_of(till, unit, on),
        ending=tuple(_visit(case) for case in (*ending, *heirs.ending_with_day(till, unit))),
        lost_days=str(lost.params["dates"]) if lost is not None else "",
        moved_on=compared is not None and moved_on(till, unit, compared),
    )


def _in_doubt(till: Till, unit: Unit) -> list[tuple[int, int, Attempt]]:
    """(counter, case id, attempt) of what keeps this day open."""
    own = till.counter_no
    here = [(own, *found) for found in unit.attempts.open_attempts(own)]
    return here + heirs.nobody_elses(till, unit)


def _money(till: Till, unit: Unit, number: int, case_id: int, attempt: Attempt) -> OpenMoney:
    return OpenMoney(
        case_id=case_id,
        person=_masked(unit.cases.get(case_id)),
        message_id=attempt.refund_message_id or attempt.message_id,
        state=attempt.state.value,
        since=attempt.sent_at,
        total=attempt.expected.total,
        next_at=None if attempt.state is AttemptState.MANUAL else attempt.next_at,
        counter=None if number == till.counter_no else number,
    )


def _masked(case: CounterCase) -> str:
    return case.facts.person.name.masked() if case.facts.person else ""


def _upload(item: OutboxItem) -> HandedOver:
    return HandedOver(UPLOAD, item.operation.value, item.summary, item.born_at, item.case_id)


def _paper(unit: Unit, job: PrintJob) -> HandedOver:
    name = _masked(unit.cases.get(job.case_id))
    return HandedOver(PAPER, job.kind.value, name, job.queued_at, job.case_id)


def _cash(unit: Unit, case_id: int) -> HandedOver:
    """Cash of a customer who left: the next shift gives it to them (0069)."""
    case, attempt = unit.cases.get(case_id), unit.attempts.of_case(case_id)
    since, amount = case.ended_at or began(case), owed.due(unit, case, attempt)
    return HandedOver(CASH, owed.known_as(case), _masked(case), since, case_id, goes_back=amount)


def _begun(case: CounterCase) -> bool:
    """Somebody was served: shown who they are, boxes scanned for cash, or set aside."""
    facts = case.facts
    return facts.identity is not None or bool(facts.lines) or case.parked_at is not None


def _visit(case: CounterCase) -> HandedOver:
    step = case.position.step
    known = step if step is not Step.CLOSED else Step.IDENTIFY
    since, cash_only = case.parked_at or began(case), case.route == SELF_PAY
    owed = case.facts.still_to_pay if step is Step.HAND_OVER else ZERO
    return HandedOver(VISIT, known.value, _masked(case), since, case.case_id, cash_only, owed)


def require_money_at_rest(till: Till) -> None:
    """Raises ``OperatorInput`` ``DAY_MONEY_OPEN`` while the fate of any money is not known."""
    with till.store.reading() as unit:
        waiting = _in_doubt(till, unit)
    if waiting:
        raise OperatorInput(Code.DAY_MONEY_OPEN, count=len(waiting))


def _require_gone_back(till: Till) -> None:
    """Raises ``OperatorInput`` ``DAY_SALE_STANDS`` while a sale that nobody will settle goes back
    in a moment: once the day is over, nothing goes by itself."""
    until = goes_back_from(till)
    if until is not None:
        raise OperatorInput(Code.DAY_SALE_STANDS, until=f"{until.astimezone(CHINA):%H:%M:%S}")


def end_day(till: Till, who: Operator | None = None) -> None:
    """Take back every sale that will not be settled, then sign out.

    ``who`` answers for the handing over; the person at the till where nobody is named. Money comes
    to rest first: what ends as not settled leaves a told sale to be taken back. Raises
    ``OperatorInput`` while money is unknown or a sale is being taken back, and the trouble of the
    exchange.
    """
    _sign_in_over_midnight(till)
    resolving.resolve_due(till)
    require_money_at_rest(till)
    compensate(till, till.clock.now(), at_once=True)
    heirs.finish_for_others(till, till.clock.now())
    delivery.deliver_due(till)
    require_money_at_rest(till)
    _require_gone_back(till)
    sign_out_left(till, day_ends=True)
    shut = closing_of(till)
    left = Counter(one.kind for one in (*shut.handed_over, *shut.ending))
    summary = " ".join(f"{kind}={count}" for kind, count in sorted(left.items()))
    day.close_day(till, (who or till.operator).staff_id, summary)


def _sign_in_over_midnight(till: Till) -> None:
    """Who closes after midnight closes a day that has only begun: what is still to be told is told
    under its sign-in, and that one is signed out. Raises the trouble of the exchange."""
    with till.store.reading() as unit:
        current = day.newest(till, unit)
    if current is not None and current.day < today(till):
        day.open_day(till)


def end_day_by(till: Till, manager: Operator) -> ClosingView:
    """The same, answered for by somebody who may close days. Raises ``OperatorInput``."""
    manager.require(Act.CLOSE_DAY)
    end_day(till, manager)
    return closing_of(till)
