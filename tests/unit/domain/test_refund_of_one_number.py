"""Where a platform gives a refund the number of its settlement, a line is told by its sign."""

from dataclasses import replace

from app.domain.attempt import AttemptState
from app.domain.books.compare import compare
from app.domain.books.money import Cause, OurLine, Repair, TheirLine, Verdict
from app.domain.money import Fen
from tests.unit.domain.test_money_compare import CLEARING, Day, our_line, stands


def both() -> tuple[OurLine, OurLine]:
    """A settlement of ours and its refund, both under the number of the settlement."""
    taken = replace(our_line(Day(), 5_000), state=AttemptState.REFUNDED)
    back = replace(taken, message_id=f"{taken.message_id}R", refund=True, sums=taken.sums.negated())
    return taken, back


def missing(line: OurLine) -> TheirLine:
    """What the platform says of a line that only we handed in."""
    row = replace(stands(line), message_id="", flagged=False, verdict=Verdict.MORE_HERE)
    assert row.clearing == CLEARING
    return row


def test_a_refund_the_platform_has_not_is_no_line_booked_twice() -> None:
    taken, back = both()
    (found,) = compare((taken, back), [missing(back)])
    assert (found.cause, found.repair) == (Cause.REFUND_ABSENT_THERE, Repair.ASK)
    assert (found.message_id, found.ours) == (back.message_id, back.sums)


def test_both_lines_that_are_missing_are_named_each() -> None:
    taken, back = both()
    found = compare((taken, back), [missing(taken), missing(back)])
    assert [one.cause for one in found] == [Cause.ABSENT_THERE, Cause.REFUND_ABSENT_THERE]


def test_a_refund_of_other_amounts_is_held_beside_our_refund() -> None:
    taken, back = both()
    other = replace(
        missing(back), verdict=Verdict.DIFFERENT, sums=replace(back.sums, total=Fen(-1))
    )
    (found,) = compare((taken, back), [other])
    assert (found.cause, found.ours) == (Cause.AMOUNTS_DIFFER, back.sums)


def test_what_is_booked_twice_is_still_named_so() -> None:
    taken, _ = both()
    twin = replace(taken, message_id=f"{taken.message_id}T")
    (found,) = compare((taken, twin), [missing(twin)])
    assert found.cause is Cause.TWICE_HERE
