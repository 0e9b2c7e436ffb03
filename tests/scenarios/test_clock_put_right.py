"""A counter that once worked under a clock days ahead serves again when the clock is right."""

from contextlib import suppress

from app.domain.case import Step
from app.domain.errors import Trouble
from app.workflow import day
from app.workflow.upkeep import startup
from tests.support.counter import Bench
from tests.support.visit import a_visit

DAYS = 3 * 24 * 3600.0


def test_a_morning_under_a_wrong_clock_costs_no_more_than_that(bench: Bench) -> None:
    """A flat battery: one sign-in is tried, and refused as coming from the future."""
    bench.clock.pass_time(DAYS)
    with suppress(Trouble):
        day.open_day(bench.till)
    bench.clock.pass_time(-DAYS)
    bench.till.platform_clock = None
    bench.restart()
    startup.begin_day(bench.till)
    done = a_visit(bench).until(Step.DONE)
    assert done.step is Step.DONE
