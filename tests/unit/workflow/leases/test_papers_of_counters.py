"""Papers of a store with several counters: each prints its own (I3)."""

import pytest

from app.domain.case import Step
from app.jobs.progress import no_report
from tests.support.small_counter import SmallCounter
from tests.support.store_counters import a_counter_of


@pytest.fixture
def shop(small: SmallCounter) -> tuple[SmallCounter, SmallCounter]:
    return a_counter_of(small, 1), a_counter_of(small, 2)


def test_a_receipt_comes_out_where_its_customer_stands(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    """Two counters that both print what waits print one receipt twice, neither of them marked, and
    another customer is handed somebody's prescription."""
    one, two = shop
    one.settle(one.until(Step.SETTLE))
    two.surface.print_waiting(no_report)
    assert one.tray.papers == [], "at another counter's printer"
    one.surface.print_waiting(no_report)
    assert one.tray.papers


def test_what_waits_at_another_counter_is_not_handed_over_here(
    shop: tuple[SmallCounter, SmallCounter],
) -> None:
    one, two = shop
    one.settle(one.until(Step.SETTLE))
    assert [row for row in one.surface.closing().handed_over if row.kind == "paper"]
    assert not [row for row in two.surface.closing().handed_over if row.kind == "paper"]
