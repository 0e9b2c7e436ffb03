"""The key of 资金对账 signs the counter in where nothing else has yet, as its sentence says."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, PlatformRejected
from app.workflow import day
from app.workflow.calendar import today
from tests.support.counter import Bench
from tests.support.visit import a_visit


def test_yesterday_is_compared_before_the_first_customer_of_the_day(bench: Bench) -> None:
    """Behind midnight nobody has signed in: the overview asks for just this key."""
    a_visit(bench).until(Step.DONE)
    yesterday = today(bench.till)
    bench.pass_time(86400)
    assert not day.is_open(bench.till)
    view = bench.surface.compare_money(yesterday)
    assert (view.complete, view.lines, view.open_count) == (True, 1, 0)


def test_a_platform_that_takes_no_sign_in_is_not_asked_for_ever(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    bench.fault("reconcile_totals", "day_not_open", times=99)
    with pytest.raises(PlatformRejected) as refused:
        bench.surface.compare_money(today(bench.till))
    assert refused.value.code is Code.SIGN_IN_REQUIRED, "asked once more, and not for ever"


def test_who_is_refused_once_is_signed_in_by_the_same_key(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    groups = len(bench.surface.compare_money(today(bench.till)).groups)
    bench.fault("reconcile_totals", "day_not_open", times=groups)  # each of them is refused
    view = bench.surface.compare_money(today(bench.till))
    assert (view.complete, view.run_no) == (True, 2)
