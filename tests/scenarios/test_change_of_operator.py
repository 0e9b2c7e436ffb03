"""The counter changes hands: the platform ties a sign-in to the operator who made it."""

from dataclasses import replace

from app.domain.case import Phase, Step
from app.ports.store import BusinessDay
from app.workflow import day
from app.workflow.calendar import today
from app.workflow.people.sign_outs import AGAIN, left_open, sign_out_left
from app.workflow.upkeep import startup
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


def _signed_out(bench: Bench) -> int:
    return int(bench.platform_state()["messages"].get("close_day", {}).get("accepted", 0))


def _left(bench: Bench) -> list[str]:
    with bench.store.reading() as unit:
        return [one.operator_no for one in left_open(bench.till, unit)]


def _handed_over(bench: Bench, who: tuple[str, str]) -> None:
    _hand_over_to(bench, who)
    assert startup.begin_day(bench.till)


def test_whoever_left_is_signed_out_behind_the_counter(bench: Bench) -> None:
    visit = a_visit(bench)
    _handed_over(bench, SECOND)
    assert (_left(bench), _signed_out(bench)) == ([CLERK[0]], 0), "no change of hands waits for it"
    bench.surface.deliver()
    assert (_left(bench), _signed_out(bench)) == ([], 1)
    bench.surface.deliver()
    assert _signed_out(bench) == 1
    assert visit.identify(visit.start()).select is not None, "the one who works is signed in"


def test_without_a_line_the_sign_out_waits_through_a_restart(bench: Bench) -> None:
    a_visit(bench)
    _handed_over(bench, SECOND)
    bench.fault("close_day", "drop_before")
    bench.surface.deliver()
    assert (_left(bench), _signed_out(bench)) == ([CLERK[0]], 0)
    bench.surface.deliver()
    assert _signed_out(bench) == 0, "not at every round"
    bench.restart()
    assert _left(bench) == [CLERK[0], SECOND[0]], "the first one opened the counter again"
    _handed_over(bench, SECOND)
    bench.pass_time(AGAIN.total_seconds())
    bench.surface.deliver()
    assert (_left(bench), _signed_out(bench)) == ([SECOND[0]], 2)


def test_a_refused_sign_out_is_written_down_and_not_repeated(bench: Bench) -> None:
    a_visit(bench)
    _handed_over(bench, SECOND)
    bench.fault("close_day", "reject")
    bench.surface.deliver()
    assert (_left(bench), _signed_out(bench)) == ([], 0)


def test_who_came_back_is_signed_out_when_the_day_ends(bench: Bench) -> None:
    a_visit(bench)
    _handed_over(bench, SECOND)
    _handed_over(bench, CLERK)
    bench.surface.deliver()
    assert (_left(bench), _signed_out(bench)) == ([CLERK[0]], 1)
    startup.end_day(bench.till)
    assert (_left(bench), _signed_out(bench)) == ([], 3)


def test_nothing_is_signed_out_while_a_message_is_on_its_way(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.SCAN)
    _handed_over(bench, SECOND)
    with bench.store.unit() as unit:
        kept = unit.cases.get(case.case_id)
        unit.cases.save(replace(kept, position=replace(kept.position, phase=Phase.SENT)))
    assert sign_out_left(bench.till) == 0
    assert _left(bench) == [CLERK[0]]
