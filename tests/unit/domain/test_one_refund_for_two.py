"""One refund undoes one settlement: a second one of the same visit still stands, and is named.

A visit settled twice (the first without an answer, reversed here, and it had arrived after all) and
given back once: what is left is money of the fund and of the person that no book here knows of.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attempt import AttemptState
from app.domain.books.compare import compare, unexplained
from app.domain.books.copied import compare_copied
from app.domain.books.money import (
    NOTHING,
    Cause,
    GroupResult,
    GroupState,
    OurLine,
    TheirLine,
    Verdict,
)
from tests.unit.domain.test_money_compare import CLEARING, GROUP, PERSON, Day, our_line, sums

FIRST = TheirLine("M0001", "S1", "V0001", PERSON, Verdict.MORE_THERE, False, sums(500), CLEARING)
SECOND = replace(FIRST, message_id="M0002", settlement_id="S2")
BACK = replace(FIRST, message_id="M0009", settlement_id="B1", sums=sums(500).negated())
DEAD = our_line(Day(), 500, AttemptState.REVERSED)


@pytest.mark.parametrize("ours", [(), (DEAD,)], ids=["unknown_here", "reversed_here"])
def test_one_refund_hides_no_second_settlement(ours: tuple[OurLine, ...]) -> None:
    found = compare(ours, (FIRST, SECOND, BACK))
    standing = [one for one in found if one.open]
    assert len(standing) == 1, "two were taken, one was given back, and nobody has anything to do"
    assert standing[0].cause in (Cause.ABSENT_HERE, Cause.DEAD_HERE, Cause.TWICE_THERE)


def test_one_refund_explains_no_total_that_a_second_settlement_makes_differ() -> None:
    found = compare((DEAD,), (FIRST, SECOND, BACK))
    total = GroupResult(GROUP, 0, NOTHING, GroupState.DIFFERS, told="1", lines=True)
    differing = (*found, *unexplained((total,), found))
    assert any(one.open for one in differing), "相符, and 5.00 stands there"


def test_two_refunds_undo_two_settlements() -> None:
    again = replace(BACK, message_id="M0010", settlement_id="B2")
    found = compare((), (FIRST, SECOND, BACK, again))
    assert {one.cause for one in found} == {Cause.UNDONE_THERE}


def test_a_refund_of_one_settlement_is_not_of_another_one_as_well() -> None:
    """Two refunds and one settlement: one of both is money given back for nothing."""
    again = replace(BACK, message_id="M0010", settlement_id="B2")
    found = compare((), (FIRST, BACK, again))
    assert len([one for one in found if one.open]) == 1


@given(st.integers(0, 4), st.integers(0, 4), st.randoms(use_true_random=False))
def test_what_is_left_of_any_number_of_both_is_named(taken: int, given_back: int, shuffled) -> None:
    rows = [replace(FIRST, message_id=f"M1{n}", settlement_id=f"S1{n}") for n in range(taken)]
    rows += [replace(BACK, message_id=f"M2{n}", settlement_id=f"B2{n}") for n in range(given_back)]
    shuffled.shuffle(rows)
    for found in (compare((), rows), compare_copied((), rows)):
        assert sum(one.open for one in found) == abs(taken - given_back)
        assert len(found) == taken + given_back


@pytest.mark.parametrize(
    ("named", "stands"),
    [
        ({"message_id": "M0002"}, "M0001"),
        ({"settlement_id": "S1"}, "M0002"),
        ({"settlement_id": "S2"}, "M0001"),
    ],
)
def test_a_refund_is_of_the_settlement_that_it_names(named: dict[str, str], stands: str) -> None:
    found = compare((), (FIRST, SECOND, replace(BACK, **named)))
    assert [one.message_id for one in found if one.open] == [stands]


def test_a_mark_tells_which_one_was_given_back() -> None:
    found = compare((), (FIRST, replace(SECOND, flagged=True), BACK))
    assert [one.message_id for one in found if one.open] == ["M0001"]


def test_what_was_reversed_here_is_undone_before_what_nobody_knows() -> None:
    found = compare((DEAD,), (SECOND, FIRST, BACK))
    assert [one.message_id for one in found if one.open] == ["M0002"]


def test_the_refund_of_a_pair_explains_no_total_of_another_kind() -> None:
    """Our settlement tells the pair's kind of insurance; its refund is of the same."""
    found = compare((DEAD,), (FIRST, BACK))
    other = GroupResult(replace(GROUP, insurance_kind="390"), 1, sums(900), GroupState.DIFFERS)
    (left,) = unexplained((replace(other, lines=True),), found)
    assert left.cause is Cause.TOTALS_ONLY


def test_a_refund_of_ours_undoes_no_stray_of_its_visit() -> None:
    """Settled and given back here, and settled there a second time: the second one stands."""
    settled = our_line(Day(), 500, AttemptState.REFUNDED)
    ours = replace(settled, message_id="M0009", refund=True, sums=sums(500).negated())
    ours = replace(ours, settlement_id="")
    found = compare((replace(settled, booked=True, settlement_id="S1"), ours), (SECOND, BACK))
    assert [(one.message_id, one.open) for one in found] == [("M0002", True)]
