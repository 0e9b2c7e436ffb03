"""A line the platform has not changes no total but that of its own kind of insurance."""

from dataclasses import replace

import pytest

from app.domain.books.compare import UNKNOWN_KIND, of_line, of_row, unexplained
from app.domain.books.money import Cause, GroupResult, GroupState, Verdict
from tests.unit.domain.test_money_compare import GROUP, Day, our_line, stands, sums

OTHER = replace(GROUP, insurance_kind="390")
BOTH = tuple(
    GroupResult(group, 1, sums(5_000), GroupState.DIFFERS, lines=True) for group in (GROUP, OTHER)
)


@pytest.mark.parametrize("cause", [Cause.ABSENT_THERE, Cause.REFUND_ABSENT_THERE, Cause.TWICE_HERE])
def test_what_is_missing_there_of_one_kind_hides_no_total_of_another(cause: Cause) -> None:
    """It may stay for weeks, until the agency answers."""
    (found,) = unexplained(BOTH, (of_line(cause, our_line(Day(), 5_000)),))
    assert (found.cause, found.group) == (Cause.TOTALS_ONLY, OTHER)


def test_a_line_of_no_kind_that_anybody_told_may_be_of_any() -> None:
    row = replace(stands(our_line(Day(), 5_000)), verdict=Verdict.MORE_THERE)
    found = of_row(Cause.ABSENT_HERE, row, None)
    assert found.group.insurance_kind == UNKNOWN_KIND
    assert unexplained(BOTH, (found,)) == ()


def test_a_line_that_both_have_may_be_counted_otherwise_there() -> None:
    mine = our_line(Day(), 5_000)
    row = replace(stands(mine), verdict=Verdict.DIFFERENT, sums=sums(4_000))
    assert unexplained(BOTH, (of_row(Cause.AMOUNTS_DIFFER, row, mine, ours=True),)) == ()
