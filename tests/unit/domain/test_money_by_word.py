"""What rests on a person's word is not handed in, and held against what the platform shows."""

from dataclasses import replace

from app.domain.attempt import AttemptState
from app.domain.books.compare import compare, unexplained
from app.domain.books.money import (
    NOTHING,
    Cause,
    GroupResult,
    GroupState,
    OurLine,
    Repair,
    TheirLine,
    Verdict,
)
from tests.unit.domain.test_money_compare import GROUP, Day, our_line, refund_of, stands, sums


def said(day: Day, state: AttemptState) -> OurLine:
    """A settlement whose refund ended on a word; the platform has what a test puts there."""
    line = replace(our_line(day, 900, state), by_word=True)
    day.ours.append(line)
    if state is AttemptState.REFUNDED:
        day.ours.append(replace(refund_of(line, named=False), by_word=True))
    return line


def told(*lines: TheirLine) -> list[TheirLine]:
    return [replace(line, verdict=Verdict.MORE_THERE) for line in lines]


def test_a_word_is_held_against_what_the_platform_shows() -> None:
    gone, still = Day(), Day()
    back, here = said(gone, AttemptState.REFUNDED), said(still, AttemptState.SETTLED)
    line, refund = stands(back), stands(refund_of(back))
    elsewhere = replace(refund, message_id="OTHER")
    for rows in ((), (line, refund), (line, elsewhere), (refund,), (elsewhere,)):
        assert compare(gone.ours, told(*rows)) == ()
    (found,) = compare(gone.ours, told(line))
    assert (found.cause, found.repair) == (Cause.WORD_NOT_REFUNDED, Repair.REVERSE)
    assert found.message_id == back.message_id

    line, refund = stands(here), stands(refund_of(here))
    assert compare(still.ours, told(line)) == ()
    for rows, cause in (
        ((), Cause.WORD_NOT_STANDING),
        ((line, refund), Cause.REFUND_ABSENT_HERE),
        ((replace(line, flagged=True),), Cause.REFUND_ABSENT_HERE),
        ((replace(line, sums=sums(800)),), Cause.AMOUNTS_DIFFER),
    ):
        assert [one.cause for one in compare(still.ours, told(*rows))] == [cause]


def test_a_refund_by_word_that_only_a_total_shows_is_looked_at_on_another_day() -> None:
    day = Day()
    said(day, AttemptState.REFUNDED)
    group = GroupResult(GROUP, 2, NOTHING, GroupState.DIFFERS, lines=True)
    (found,) = unexplained([group], (), day.ours)
    assert (found.cause, found.repair) == (Cause.WORD_OTHER_DAY, Repair.LOOK)
