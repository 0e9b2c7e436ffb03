"""A refund made elsewhere, as some statements write it: under the message of its settlement, or as
a mark on the line of it. It is named a refund, not amounts that differ, and never agreed to."""

from dataclasses import replace

from app.domain.attempt import AttemptState
from app.domain.books.compare import compare
from app.domain.books.money import Cause, TheirLine, Verdict
from tests.unit.domain.test_money_compare import CLEARING, PERSON, Day, our_line, stands, sums

SETTLED = our_line(Day(), 500)


def test_a_refund_under_the_message_of_its_settlement_is_a_refund() -> None:
    """As the statement of one doubt reads such a line already."""
    bond = (SETTLED.message_id, "B9", SETTLED.visit_id)
    back = TheirLine(*bond, PERSON, Verdict.MORE_THERE, False, sums(500).negated(), CLEARING)
    (found,) = compare((SETTLED,), (stands(SETTLED), back))
    assert found.cause in (Cause.REFUND_ABSENT_HERE, Cause.REFUND_ELSEWHERE)


def test_a_line_that_is_marked_as_given_back_does_not_agree_with_one_that_stands() -> None:
    marked = replace(stands(SETTLED), flagged=True)
    assert marked.verdict is Verdict.EQUAL
    (found,) = compare((SETTLED,), (marked,))
    assert found.cause in (Cause.REFUND_ABSENT_HERE, Cause.REFUND_ELSEWHERE)


def test_a_mark_agrees_where_the_refund_is_in_both_books_or_in_a_line_of_its_own() -> None:
    marked = replace(stands(SETTLED), flagged=True)
    given_back = replace(SETTLED, state=AttemptState.REFUNDED)
    assert compare((given_back,), (marked,)) == ()
    bond = ("M0099", "B9", SETTLED.visit_id)
    back = TheirLine(*bond, PERSON, Verdict.MORE_THERE, True, SETTLED.sums.negated(), CLEARING)
    (found,) = compare((SETTLED,), (marked, back))
    assert found.message_id == "M0099"


def test_our_own_refund_under_the_message_of_its_settlement_agrees() -> None:
    """Booked here by evidence, which told no number of it."""
    given_back = replace(SETTLED, state=AttemptState.REFUNDED)
    ours = replace(given_back, message_id="R9", refund=True, sums=SETTLED.sums.negated())
    ours = replace(ours, settlement_id="")
    bond = (SETTLED.message_id, "B9", SETTLED.visit_id)
    back = TheirLine(*bond, PERSON, Verdict.MORE_THERE, False, ours.sums, CLEARING)
    assert compare((given_back, ours), (stands(SETTLED), back)) == ()
    waiting = replace(ours, state=AttemptState.REFUND_UNKNOWN, booked=False)
    standing = replace(SETTLED, state=AttemptState.REFUND_UNKNOWN)
    (found,) = compare((standing, waiting), (stands(SETTLED), back))
    assert found.cause is Cause.OPEN_HERE


def test_a_refund_by_the_number_of_its_settlement_is_a_refund() -> None:
    bond = ("", SETTLED.settlement_id, SETTLED.visit_id)
    back = TheirLine(*bond, PERSON, Verdict.DIFFERENT, True, SETTLED.sums.negated(), CLEARING)
    (found,) = compare((SETTLED,), (back,))
    assert (found.cause, found.adoptable) == (Cause.REFUND_ELSEWHERE, False)
