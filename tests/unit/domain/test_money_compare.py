"""Planted differences are named with their cause: random days, and a platform built from the spec.

The platform here knows only its own lines and the file that was handed in (core-platform 8.2); it
shares nothing with the code under test but the shape of a line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.attempt import AttemptState
from app.domain.books.compare import compare, unexplained
from app.domain.books.money import (
    NOTHING,
    REPAIRS,
    Cause,
    Difference,
    Group,
    GroupResult,
    GroupState,
    MoneyDay,
    OurLine,
    Repair,
    Sums,
    TheirLine,
    Verdict,
)
from app.domain.credential import PersonNumber
from app.domain.money import Fen

DAY = date(2026, 11, 22)
GROUP = Group("310", "41", "350199")
CLEARING = GROUP.clearing
PERSON = PersonNumber("35010000000000000001")


@dataclass
class Day:
    """Both books of one random day, and what the comparison has to say of them."""

    ours: list[OurLine] = field(default_factory=list)
    elsewhere: list[OurLine] = field(default_factory=list)
    there: list[TheirLine] = field(default_factory=list)
    expected: dict[str, Cause] = field(default_factory=dict)
    count: int = 0

    def number(self) -> str:
        self.count += 1
        return f"{self.count:04d}"

    def statement(self) -> list[TheirLine]:
        """What the platform answers to the booked lines that carry a number."""
        handed_in = [line for line in self.ours if line.booked and line.settlement_id]
        rows: list[TheirLine] = []
        for line in self.there:
            mine = next((x for x in handed_in if x.settlement_id == line.settlement_id), None)
            if mine is None:
                rows.append(replace(line, verdict=Verdict.MORE_THERE))
                continue
            handed_in.remove(mine)
            same = mine.sums == line.sums
            rows.append(replace(line, verdict=Verdict.EQUAL if same else Verdict.DIFFERENT))
        rows += [
            replace(stands(line), message_id="", flagged=False, verdict=Verdict.MORE_HERE)
            for line in handed_in
        ]
        return rows


def sums(total: int) -> Sums:
    return Sums(Fen(total), Fen(total * 6 // 10), Fen(total // 10))


def our_line(day: Day, total: int, state: AttemptState = AttemptState.SETTLED) -> OurLine:
    key = day.number()
    booked = state in (AttemptState.SETTLED, AttemptState.REFUNDED)
    return OurLine(
        case_id=int(key),
        message_id=f"M{key}",
        attempt_id=f"M{key}",
        refund=False,
        state=state,
        booked=booked,
        day=DAY,
        group=GROUP,
        settlement_id=f"S{key}" if booked else "",
        visit_id=f"V{key}",
        person_no=PERSON,
        sums=sums(total),
    )


def stands(line: OurLine) -> TheirLine:
    number = line.settlement_id or f"S{line.message_id[1:]}"
    equal, bond = Verdict.EQUAL, (line.message_id, number, line.visit_id)
    return TheirLine(*bond, PERSON, equal, line.refund, line.sums, CLEARING)


def refund_of(line: OurLine, *, named: bool = True) -> OurLine:
    return replace(
        line,
        message_id=f"R{line.message_id[1:]}",
        refund=True,
        state=AttemptState.REFUNDED,
        booked=True,
        settlement_id=f"B{line.message_id[1:]}" if named else "",
        sums=line.sums.negated(),
    )


def agrees(day: Day, total: int) -> None:
    line = our_line(day, total)
    day.ours.append(line)
    day.there.append(stands(line))


def refunded_on_both_sides(day: Day, total: int) -> None:
    line = our_line(day, total, AttemptState.REFUNDED)
    back = refund_of(line, named=total % 2 == 0)
    day.ours += [line, back]
    day.there += [stands(line), replace(stands(back), settlement_id=f"B{line.message_id[1:]}")]


def dead_on_both_sides(day: Day, total: int) -> None:
    day.ours.append(our_line(day, total, AttemptState.REJECTED))


def ghost(day: Day, total: int) -> None:
    line = our_line(day, total)
    day.there.append(stands(line))
    day.expected[line.message_id] = Cause.ABSENT_HERE


def of_another_counter(day: Day, total: int) -> None:
    line = our_line(day, total)
    day.there.append(replace(stands(line), foreign="02"))
    day.expected[line.message_id] = Cause.OTHER_COUNTER
    if total % 2:
        # its refund alone: the sale was on another day
        back = replace(stands(refund_of(our_line(day, total))), foreign="?")
        day.there.append(back)
        day.expected[back.message_id] = Cause.OTHER_COUNTER


def ghost_and_its_refund(day: Day, total: int) -> None:
    line = our_line(day, total)
    back = refund_of(line)
    day.there += [stands(line), stands(back)]
    day.expected |= {line.message_id: Cause.UNDONE_THERE, back.message_id: Cause.UNDONE_THERE}


def back_from_the_dead(day: Day, total: int) -> None:
    state = (AttemptState.REJECTED, AttemptState.REVERSED)[total % 2]
    line = our_line(day, total, state)
    day.ours.append(line)
    day.there.append(stands(line))
    day.expected[line.message_id] = Cause.DEAD_HERE


OPEN = (AttemptState.UNKNOWN, AttemptState.REVERSING, AttemptState.REVERSED_UNCONFIRMED)


def in_doubt(day: Day, total: int) -> None:
    line = our_line(day, total, OPEN[total % 3])
    day.ours.append(line)
    if total % 2:
        day.there.append(stands(line))
    day.expected[line.message_id] = Cause.OPEN_HERE


def manual(day: Day, total: int) -> None:
    line = our_line(day, total, AttemptState.MANUAL)
    day.ours.append(line)
    if total % 2:
        day.there.append(stands(line))
    day.expected[line.message_id] = Cause.MANUAL_HERE


def twice_there(day: Day, total: int) -> None:
    line = our_line(day, total)
    other = replace(stands(line), message_id=f"X{line.message_id}", settlement_id=f"X{total}")
    day.ours.append(line)
    day.there += [stands(line), replace(other, settlement_id=f"XS{line.message_id}")]
    day.expected[other.message_id] = Cause.TWICE_THERE


def missing_there(day: Day, total: int) -> None:
    line = our_line(day, total)
    day.ours.append(line)
    day.expected[line.message_id] = Cause.ABSENT_THERE


def other_amount(day: Day, total: int) -> None:
    line = our_line(day, total)
    day.ours.append(line)
    day.there.append(replace(stands(line), sums=sums(total + 100)))
    day.expected[line.message_id] = Cause.AMOUNTS_DIFFER


def refunded_there(day: Day, total: int) -> None:
    line = our_line(day, total)
    back = replace(stands(refund_of(line)), message_id=f"Z{line.message_id}")
    day.ours.append(line)
    day.there += [stands(line), back]
    day.expected[back.message_id] = Cause.REFUND_ABSENT_HERE


def refunded_here(day: Day, total: int) -> None:
    line = our_line(day, total, AttemptState.REFUNDED)
    back = refund_of(line)
    day.ours += [line, back]
    day.there.append(stands(line))
    day.expected[back.message_id] = Cause.REFUND_ABSENT_THERE


def other_number(day: Day, total: int) -> None:
    line = our_line(day, total)
    day.ours.append(line)
    day.there.append(replace(stands(line), settlement_id=f"N{line.message_id}"))
    day.expected[line.message_id] = Cause.NUMBERS_DIFFER


def twice_here(day: Day, total: int) -> None:
    line = our_line(day, total)
    again = replace(our_line(day, total), settlement_id=line.settlement_id)
    day.ours += [line, again]
    day.there.append(stands(line))
    day.expected[again.message_id] = Cause.TWICE_HERE


def on_another_day(day: Day, total: int) -> None:
    line = replace(our_line(day, total), day=date(2026, 11, 21))
    day.elsewhere.append(line)
    day.there.append(stands(line))
    day.expected[line.message_id] = Cause.OTHER_DAY


PLANTS: tuple[Callable[[Day, int], None], ...] = (
    agrees, refunded_on_both_sides, dead_on_both_sides, ghost, of_another_counter,
    ghost_and_its_refund,
    back_from_the_dead, in_doubt, manual, twice_there, missing_there, other_amount,
    refunded_there, refunded_here, other_number, twice_here, on_another_day,
)  # fmt: skip


def named(found: tuple[Difference, ...]) -> dict[str, Cause]:
    assert len({one.message_id for one in found}) == len(found), "a line is named once"
    return {one.message_id: one.cause for one in found}


@given(
    st.lists(st.tuples(st.sampled_from(PLANTS), st.integers(1, 9_999_999)), max_size=12),
    st.randoms(use_true_random=False),
)
def test_every_planted_difference_is_named_and_nothing_else(plants, shuffled) -> None:
    day = Day()
    for put, total in plants:
        put(day, total)
    rows = day.statement()
    shuffled.shuffle(rows)
    assert named(compare(day.ours, rows, day.elsewhere)) == day.expected


@pytest.mark.parametrize("put", PLANTS)
def test_each_plant_alone(put: Callable[[Day, int], None]) -> None:
    day = Day()
    put(day, 1201)
    found = compare(day.ours, day.statement(), day.elsewhere)
    assert named(found) == day.expected
    for one in found:
        line = next(x for x in day.there + day.ours if x.message_id == one.message_id)
        assert one.visit_id == line.visit_id


def test_a_repair_moves_money_only_for_what_no_book_of_ours_stands_for() -> None:
    moving = {Repair.REVERSE, Repair.REVERSE_REFUND}
    assert {cause for cause, repair in REPAIRS.items() if repair in moving} == {
        Cause.ABSENT_HERE,
        Cause.DEAD_HERE,
        Cause.WORD_NOT_REFUNDED,
        Cause.TWICE_THERE,
        Cause.REFUND_ABSENT_HERE,
    }
    assert set(REPAIRS) == set(Cause)


def test_a_mere_mark_of_refund_names_no_message_to_reverse() -> None:
    day = Day()
    agrees(day, 500)
    (row,) = (replace(x, verdict=Verdict.DIFFERENT, flagged=True) for x in day.there)
    (found,) = compare(day.ours, [row])
    assert (found.cause, found.repair) == (Cause.REFUND_ABSENT_HERE, Repair.ASK)


@pytest.mark.parametrize("verdict", [Verdict.OTHER, Verdict.MORE_HERE, Verdict.DIFFERENT])
def test_what_cannot_be_matched_is_shown_not_guessed(verdict: Verdict) -> None:
    stray = TheirLine("M9", "S9", "V9", PERSON, verdict, False, sums(10), CLEARING)
    (found,) = compare([], [stray])
    assert (found.cause, found.repair) == (Cause.UNREADABLE, Repair.LOOK)


def test_totals_that_no_line_explains_are_a_difference_of_their_own() -> None:
    part = GroupResult(GROUP, 1, sums(500), GroupState.DIFFERS, lines=True, told="x")
    assert [one.cause for one in unexplained([part], ())] == [Cause.TOTALS_ONLY]
    assert unexplained([replace(part, state=GroupState.EQUAL)], ()) == ()
    assert unexplained([replace(part, lines=False)], ()) == ()
    day = Day()
    ghost(day, 500)
    assert unexplained([part], compare((), day.statement())) == ()
    waiting = Day()
    in_doubt(waiting, 2)
    found = compare(waiting.ours, waiting.statement())
    assert len(unexplained([part], found)) == 1, "doubt without a line explains no total"


def test_a_pair_that_undid_itself_explains_no_total() -> None:
    """Our line stands under another kind of insurance than theirs: two totals differ, no line."""
    taken = TheirLine("M1", "S1", "V1", PERSON, Verdict.MORE_THERE, False, sums(500), CLEARING)
    given = replace(taken, message_id="M2", settlement_id="S2", sums=sums(500).negated())
    groups = tuple(
        GroupResult(replace(GROUP, insurance_kind=kind), 1, sums(900), GroupState.DIFFERS, True)
        for kind in ("310", "390")
    )
    found = compare((), (taken, given))
    assert {one.cause for one in found} == {Cause.UNDONE_THERE}
    assert [one.cause for one in unexplained(groups, found)] == [Cause.TOTALS_ONLY] * 2
    # what was given back on another day is missing in one total, and in no more than one
    alone = compare((), (replace(taken, flagged=True),))
    assert {one.cause for one in alone} == {Cause.UNDONE_THERE}
    assert unexplained(groups[:1], alone) == ()
    assert len(unexplained(groups, alone)) == 2


def test_a_line_of_another_day_explains_the_total_of_its_own_kind() -> None:
    day = Day()
    on_another_day(day, 500)
    found = compare(day.ours, day.statement(), day.elsewhere)
    part = GroupResult(GROUP, 1, sums(900), GroupState.DIFFERS, lines=True)
    assert [one.cause for one in found] == [Cause.OTHER_DAY]
    assert unexplained([part], found) == ()
    other = replace(part, group=replace(GROUP, insurance_kind="390"))
    assert len(unexplained([part, other], found)) == 1


def test_a_day_is_complete_when_nothing_was_skipped() -> None:
    part = GroupResult(GROUP, 0, NOTHING, GroupState.EQUAL)
    day = MoneyDay(DAY, 1, None, "", False, (part,), ())  # type: ignore[arg-type]  # no time here
    assert day.complete
    for state, lines, whole in (
        (GroupState.DIFFERS, True, True),
        (GroupState.DIFFERS, False, False),
        (GroupState.NOT_COMPARED, False, False),
    ):
        other = replace(part, state=state, lines=lines)
        assert replace(day, groups=(part, other)).complete is whole
    unread = replace(part, code=5003)
    assert not replace(day, groups=(part, unread)).complete, "lines were wanted and not read"
    assert replace(day, groups=(part, replace(unread, lines=True))).complete


def test_the_difference_in_money_is_ours_less_theirs() -> None:
    day = Day()
    for put in (ghost, missing_there, other_amount):
        put(day, 500)
    found = {one.cause: one.difference for one in compare(day.ours, day.statement())}
    assert found == {
        Cause.ABSENT_HERE: -500,
        Cause.ABSENT_THERE: 500,
        Cause.AMOUNTS_DIFFER: -100,
    }
