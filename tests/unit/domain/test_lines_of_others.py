"""Lines of a statement that nobody here may take back: a neighbour's, and those without a name."""

from dataclasses import replace

from app.domain.books.compare import compare
from app.domain.books.money import Cause, Repair, TheirLine, Verdict
from tests.unit.domain.test_money_compare import CLEARING, PERSON, Day, our_line, sums

REFUND = TheirLine(
    "M9", "S9", "V0001", PERSON, Verdict.MORE_THERE, False, sums(500).negated(), CLEARING
)


def test_a_refund_that_another_counter_made_is_not_ours_to_reverse() -> None:
    settled = our_line(Day(), 500)
    (found,) = compare((settled,), (replace(REFUND, foreign="02"),))
    assert (found.cause, found.repair) == (Cause.REFUND_ELSEWHERE, Repair.LOOK)
    assert found.case_id == settled.case_id
    assert found.adoptable, "its boxes may have come back here"
    (ours,) = compare((settled,), (REFUND,))
    assert ours.repair is Repair.REVERSE_REFUND


def test_a_line_without_a_message_is_looked_at_and_moves_nothing() -> None:
    settled = our_line(Day(), 500)
    taken = replace(REFUND, message_id="", visit_id="V0009", sums=sums(500))
    other = replace(taken, settlement_id="S8")
    again = replace(taken, visit_id=settled.visit_id, sums=sums(400))
    rows = (taken, other, replace(REFUND, message_id=""), again)
    found = compare((settled,), rows)
    assert {(one.cause, one.repair) for one in found} == {(Cause.NAMELESS_THERE, Repair.LOOK)}
    assert not any(one.adoptable for one in found)
    assert len({one.key for one in found}) == 3


def test_our_own_line_is_asked_for_by_our_own_message() -> None:
    """The statement names no message, and our settlement by its number."""
    settled = our_line(Day(), 500)
    bond = ("", settled.settlement_id, settled.visit_id)
    row = TheirLine(*bond, PERSON, Verdict.DIFFERENT, False, sums(400), CLEARING)
    (found,) = compare((settled,), (row,))
    assert (found.cause, found.repair) == (Cause.AMOUNTS_DIFFER, Repair.ASK)
    assert found.message_id == settled.message_id


def test_a_comparison_of_before_moves_no_nameless_line() -> None:
    (found,) = compare((), (replace(REFUND, sums=sums(500)),))
    kept = replace(found, message_id="")
    assert (found.repair, found.adoptable) == (Repair.REVERSE, True)
    assert (kept.repair, kept.adoptable) == (Repair.LOOK, False)
