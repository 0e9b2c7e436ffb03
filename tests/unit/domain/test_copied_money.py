"""Copies of another product's slips beside the platform's statement: matched by the number."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.attempt import AttemptState
from app.domain.books.copied import compare_copied
from app.domain.books.money import Cause, Group, OurLine, Repair, Sums, TheirLine, Verdict
from app.domain.credential import PersonNumber
from app.domain.money import Fen

DAY, CLEARING = date(2026, 11, 20), ("41", "350100")
SUMS = Sums(Fen(4500), Fen(3000), Fen(500))


def copy(number: str, sums: Sums = SUMS, person: str = "P1", *, refund: bool = False) -> OurLine:
    return OurLine(
        case_id=7,
        message_id=number,
        attempt_id=number,
        refund=refund,
        state=AttemptState.REFUNDED if refund else AttemptState.SETTLED,
        booked=True,
        day=DAY,
        group=Group("310", *CLEARING),
        settlement_id=number,
        visit_id="",
        person_no=PersonNumber(person),
        sums=sums,
    )


def row(
    number: str, verdict: Verdict, sums: Sums = SUMS, person: str = "P1", visit: str = "V1"
) -> TheirLine:
    return TheirLine(
        message_id=f"M{number}",
        settlement_id=number,
        visit_id=visit,
        person_no=PersonNumber(person),
        verdict=verdict,
        flagged=False,
        sums=sums,
        clearing=CLEARING,
        foreign="?",
    )


MORE, LESS, OTHERWISE = Verdict.MORE_THERE, Verdict.MORE_HERE, Verdict.DIFFERENT
BACK = SUMS.negated()


@pytest.mark.parametrize(
    ("ours", "theirs", "cause"),
    [
        ([copy("1")], [row("1", Verdict.EQUAL)], None),
        ([], [row("1", MORE)], Cause.NOT_COPIED),
        ([], [row("1", MORE, BACK)], Cause.REFUND_NOT_COPIED),
        ([copy("1")], [row("1", LESS)], Cause.COPY_NOT_THERE),
        ([copy("1")], [row("1", OTHERWISE, replace(SUMS, fund=Fen(1)))], Cause.COPY_AMOUNTS_DIFFER),
        ([copy("1")], [row("7", MORE), row("1", LESS)], Cause.COPY_NUMBER_DIFFERS),
        ([copy("1")], [replace(row("1", OTHERWISE), flagged=True)], Cause.REFUND_NOT_COPIED),
        ([], [row("1", Verdict.OTHER)], Cause.UNREADABLE),
        ([], [row("1", LESS)], Cause.UNREADABLE),
    ],
)
def test_each_difference_has_its_cause_and_nothing_is_done_by_itself(
    ours: list[OurLine], theirs: list[TheirLine], cause: Cause | None
) -> None:
    found = compare_copied(ours, theirs)
    assert [one.cause for one in found] == ([] if cause is None else [cause])
    assert all(one.repair is Repair.LOOK for one in found)


def test_another_person_or_another_amount_is_no_slip_of_the_pen() -> None:
    for strange in (row("7", MORE, person="P2"), row("7", MORE, replace(SUMS, total=Fen(1)))):
        found = compare_copied([copy("1")], [strange, row("1", LESS)])
        assert {one.cause for one in found} == {Cause.NOT_COPIED, Cause.COPY_NOT_THERE}


def test_two_copies_alike_leave_it_open_which_was_mistyped() -> None:
    rows = [row("7", MORE), row("1", LESS), row("2", LESS)]
    found = compare_copied([copy("1"), copy("2")], rows)
    assert sorted(one.cause for one in found) == sorted(
        [Cause.NOT_COPIED, Cause.COPY_NOT_THERE, Cause.COPY_NOT_THERE]
    )


def test_what_stands_on_another_day_and_what_undid_itself_need_nobody() -> None:
    (other_day,) = compare_copied(
        [], [row("1", MORE)], [replace(copy("1"), day=date(2026, 11, 19))]
    )
    assert (other_day.cause, other_day.open) == (Cause.OTHER_DAY, False)
    both = compare_copied([], [row("1", MORE), row("2", MORE, BACK)])
    assert {one.cause for one in both} == {Cause.UNDONE_THERE}
    apart = compare_copied([], [row("1", MORE), row("2", MORE, BACK, visit="V2")])
    assert [one.cause for one in apart] == [Cause.NOT_COPIED, Cause.REFUND_NOT_COPIED]


def test_the_case_of_the_copy_is_one_key_away() -> None:
    found = compare_copied([copy("1")], [row("7", MORE), row("1", LESS)])
    assert [(one.case_id, one.ours, one.theirs) for one in found] == [(7, SUMS, SUMS)]
