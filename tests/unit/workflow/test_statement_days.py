"""Over midnight: the statement is asked for from the day the settlement may stand under."""

from datetime import date, timedelta

from app.domain.attempt import BeginRefund, BeginSending
from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import step
from app.ports import requests as q
from app.profile.operations import Operation
from app.workflow import counter, day, resolving
from app.workflow.calendar import today
from app.workflow.cases.rules import settle_rules_of
from app.workflow.doubts import evidence
from tests.support.small_counter import CHINA_DAY, SmallCounter


def asked_about(small: SmallCounter) -> q.ReconcileLines:
    asked = [request for operation, request in small.fake.asked if operation is LINES]
    request = asked[-1]
    assert isinstance(request, q.ReconcileLines)
    return request


def first_day_asked(small: SmallCounter) -> date:
    return asked_about(small).first_day


LINES = Operation.RECONCILE_LINES


def test_a_settlement_answered_after_midnight_stands_under_the_day_before(
    small: SmallCounter,
) -> None:
    """Found by seed 364: its refund was believed over a settlement that stood there again."""
    small.clock.move(timedelta(hours=11, minutes=50))
    at_settle = small.until(Step.SETTLE)
    before = small.fake.watch

    def the_answer_takes_its_time() -> None:
        small.clock.move(timedelta(minutes=15))
        before()

    small.fake.watch = the_answer_takes_its_time
    settled = small.settle(at_settle)
    small.fake.watch = before
    assert settled.step is Step.HAND_OVER
    assert today(small.till) > CHINA_DAY
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(settled.case_id)
    assert attempt is not None
    now = small.clock.now()
    for event in (BeginRefund(now, "refund"), BeginSending(now)):
        attempt, _ = step(attempt, event, settle_rules_of(small.profile))
    evidence.statement(small.till, counter.get(small.till, settled.case_id), attempt)
    assert first_day_asked(small) == CHINA_DAY


def test_a_refund_of_the_next_day_is_looked_for_from_its_settlement_on(
    small: SmallCounter,
) -> None:
    """That of its own day shows no settlement to give back, and says nothing of either."""
    settled = small.settle(small.until(Step.SETTLE))
    small.clock.move(timedelta(days=1))
    day.put_right(small.till, None)
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(settled.case_id)
    assert attempt is not None
    now = small.clock.now()
    for event in (BeginRefund(now, "refund"), BeginSending(now)):
        attempt, _ = step(attempt, event, settle_rules_of(small.profile))
    evidence.statement(small.till, counter.get(small.till, settled.case_id), attempt)
    assert first_day_asked(small) == CHINA_DAY


def test_a_platform_whose_clock_is_ahead_may_have_booked_it_tomorrow(small: SmallCounter) -> None:
    """Some minutes before midnight; asked about our day alone, it showed nothing of what stands."""
    ahead = timedelta(minutes=4)
    small.fake.own_time = lambda: small.clock.now() + ahead
    small.clock.move(timedelta(hours=11, minutes=56))
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    small.settle(view)
    assert today(small.till) == CHINA_DAY
    for _ in range(3):
        small.clock.move(timedelta(seconds=20))
        resolving.resolve_due(small.till)
    asked = asked_about(small)
    assert (asked.first_day, asked.last_day) == (CHINA_DAY, CHINA_DAY + timedelta(days=1))
