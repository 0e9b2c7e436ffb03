"""The counter changes hands: the platform ties a sign-in to the operator who made it."""

from app.domain.case import Step
from app.ports.store import BusinessDay
from app.workflow import day, startup
from app.workflow.calendar import today
from tests.support.counter import CLERK, Bench
from tests.support.visit import a_visit

SECOND = ("2003", "975310")


def _open(bench: Bench) -> BusinessDay:
    with bench.store.reading() as unit:
        current = unit.days.current(1, today(bench.till))
    assert current is not None
    return current


def _hand_over_to(bench: Bench, who: tuple[str, str]) -> None:
    bench.surface.lock()
    bench.surface.sign_in(*who)


def test_the_next_cashier_serves_the_next_customer_at_once(bench: Bench) -> None:
    visit = a_visit(bench)
    _hand_over_to(bench, SECOND)
    case = visit.identify(visit.start())
    assert case.banner is None
    assert case.select is not None
    assert _open(bench).operator_no == SECOND[0]


def test_one_sign_in_per_change_of_hands(bench: Bench) -> None:
    visit = a_visit(bench)
    assert day.is_open(bench.till)
    _hand_over_to(bench, SECOND)
    assert not day.is_open(bench.till)
    assert startup.begin_day(bench.till)
    opened = _open(bench).sign_no
    visit.identify(visit.start())
    assert _open(bench).sign_no == opened
    _hand_over_to(bench, CLERK)
    assert startup.begin_day(bench.till)
    assert _open(bench).sign_no != opened


def test_a_visit_goes_on_in_other_hands(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.SCAN)
    _hand_over_to(bench, SECOND)
    assert startup.begin_day(bench.till)
    assert visit.hand_over(visit.settle(visit.finish(visit.scan(case)))).step is Step.DONE


def test_without_an_answer_to_the_sign_in_the_counter_works_on(bench: Bench) -> None:
    visit = a_visit(bench)
    bench.fault("open_day", "drop_before")
    _hand_over_to(bench, SECOND)
    assert not startup.begin_day(bench.till)
    case = bench.surface.current()
    assert case.step is Step.IDENTIFY
    assert visit.identify(visit.start()).select is not None
    assert _open(bench).operator_no == SECOND[0]
