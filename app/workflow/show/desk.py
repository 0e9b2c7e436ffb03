"""The frame around the case: shop, people, what waits."""

from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.settlement import Attempt
from app.ports.outbox import OutboxTally
from app.ports.store import Unit
from app.workflow.calendar import sign_no_of
from app.workflow.cases import owed
from app.workflow.cases.counter_rules import SELF_PAY, record_open
from app.workflow.counter import served_since
from app.workflow.doubts.elsewhere import money_elsewhere
from app.workflow.doubts.open_items import of_counters_that_are_off
from app.workflow.offline import offline
from app.workflow.people import duty
from app.workflow.till import Till
from app.workflow.views.case import Say
from app.workflow.views.desk import DeskView, LineView, ParkedRow, QueueBadge

LATE_S = 3600


def desk_of(till: Till) -> DeskView:
    """One snapshot of the frame."""
    with till.store.reading() as unit:
        return _desk(till, unit)


def _desk(till: Till, unit: Unit) -> DeskView:
    begun = unit.cases.unfinished(till.counter_no)
    parked = [c for c in begun if c.parked_at is not None]
    ended = unit.cases.finished(till.counter_no, served_since(till))
    served = [c for c in ended if _served(c)]
    in_doubt = dict(unit.attempts.open_attempts(till.counter_no))
    who, tally = till.signed_in, unit.outbox.tally()
    elsewhere = len(money_elsewhere(till, unit)) + len(of_counters_that_are_off(till, unit))
    cash = len(owed.waiting(unit, till.counter_no))
    unfinished = sum(c.case_id not in in_doubt and record_open(c) for c in begun)
    return DeskView(
        store_name=till.shop.name,
        counter_no=till.counter_no,
        environment="training" if till.shop.training else "production",
        profile_name=till.profile.name,
        operator=who.name if who else "",
        pharmacist_on_duty=on_duty.name if (on_duty := duty.on_duty(till, unit)) else "",
        badge=_badge(till, tally, tuple(in_doubt.values())),
        parked=tuple(_row(case, case.case_id in in_doubt) for case in parked),
        finished=tuple(_row(case, False) for case in served),
        day_open=bool(sign_no_of(till, unit)),
        no_line=_no_line(till, unit),
        answered_ms=till.answered_ms,
        terminal=till.profile.reads_by_terminal,
        open_items=len(in_doubt) + elsewhere + unfinished + cash + tally.stopped + tally.unknown,
    )


def _served(case: CounterCase) -> bool:
    """Somebody was known by name, bought for cash, or gave that back."""
    facts, done = case.facts, case.position.step is Step.DONE
    return done or facts.person is not None or facts.cash_back is not None


def _no_line(till: Till, unit: Unit) -> LineView | None:
    state = offline(till, unit)
    if state is None:
        return None
    return LineView(state.since, state.sales_left, int(state.amount_left), state.until)


def _row(case: CounterCase, unknown: bool) -> ParkedRow:
    person = case.facts.person
    name = person.name.masked() if person else ""
    # whoever reads that somebody waits for goods gives them: these went before they were adopted
    given = case.position.step is Step.HAND_OVER and case.facts.goods_out
    stands = "unknown" if unknown else "given" if given else case.position.step.value
    what = Say("parked.cash_back" if case.facts.cash_back is not None else f"parked.{stands}")
    since = case.ended_at or case.parked_at or case.opened_at
    receipt = case.facts.sale.receipt_no if case.facts.sale else ""
    cash_only = case.route == SELF_PAY and person is None
    return ParkedRow(case.case_id, name, what, since, unknown, cash_only, receipt)


def _badge(till: Till, waits: OutboxTally, in_doubt: tuple[Attempt, ...]) -> QueueBadge:
    age = (till.clock.now() - waits.oldest_at).total_seconds() if waits.oldest_at else 0
    level = "plain" if waits.count else "none"
    if age >= LATE_S:
        level = "attention"
    if waits.stopped or age >= till.profile.rules.upload_deadline_h * LATE_S / 2:
        level = "stop"
    if in_doubt:
        level = "unknown"
    sent = min((one.sent_at for one in in_doubt if one.sent_at is not None), default=None)
    return QueueBadge(waits.count, waits.oldest_at, len(in_doubt), waits.stopped, level, sent)
