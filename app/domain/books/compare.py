"""Which lines of both books differ, and why: pure, over lines already fetched (reliability 4.1).

The platform names the lines; our own ledger names the causes. A message id is the strongest bond,
then the settlement id, then the visit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.attempt import AttemptState
from app.domain.books.money import (
    MOVING,
    NOTHING,
    REPAIRS,
    Cause,
    Difference,
    Evidence,
    Fact,
    Group,
    GroupResult,
    GroupState,
    OurLine,
    TheirLine,
    Verdict,
)
from app.domain.books.undone import Undone

UNKNOWN_KIND = ""
"""Insurance kind of a line that is in no book of ours."""


def compare(
    ours: Sequence[OurLine], theirs: Iterable[TheirLine], elsewhere: Sequence[OurLine] = ()
) -> tuple[Difference, ...]:
    """Differences of one clearing kind and office on one day, worst first.

    ``ours`` holds the booked lines that were handed in and those in doubt or dead; ``elsewhere``
    what other days and offices of our books know of the messages the platform names.
    """
    rows = [row for row in theirs if row.verdict is not Verdict.EQUAL or _marked(row)]
    found = _Books(ours, rows, elsewhere).differences()
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.cause), one.message_id)))


ORDER = tuple(Cause)


def _marked(row: TheirLine) -> bool:
    """A settlement that the platform marks as given back."""
    return row.flagged and not row.refund


class _Books:
    """Both books side by side while one comparison lasts."""

    def __init__(
        self, ours: Sequence[OurLine], rows: Sequence[TheirLine], elsewhere: Sequence[OurLine]
    ) -> None:
        self._rows = rows
        self._elsewhere = {line.message_id for line in elsewhere}
        known = (*elsewhere, *ours)
        named = [line for line in known if line.message_id]
        self._settlements = {line.message_id: line for line in named if not line.refund}
        self._refunds = {line.message_id: line for line in named if line.refund}
        self._refund_of = {line.attempt_id: line for line in known if line.refund}
        self._booked = [line for line in ours if line.booked]
        self._open = [line for line in ours if not line.booked and _undecided(line)]
        self._here_only = {row.settlement_id for row in rows if row.verdict is Verdict.MORE_HERE}
        self._told = {row.message_id for row in rows}
        self._explained: set[str] = set()
        self._named: set[str] = set()
        self._undone = Undone([row for row in rows if self._nobodys(row)], self._likelier)

    def differences(self) -> list[Difference]:
        found = [one for row in self._rows if (one := self._there(row)) is not None]
        found += [one for row in self._rows if (one := self._here(row)) is not None]
        found += [
            _in_doubt(line, None) for line in self._open if line.message_id not in self._named
        ]
        found += [
            of_line(Cause.WORD_NOT_STANDING, line)
            for line in self._booked
            if line.by_word and line.state is AttemptState.SETTLED
            if line.message_id not in self._told
        ]
        return found

    def _there(self, row: TheirLine) -> Difference | None:
        """A line the platform has, and we have not or have otherwise."""
        match row.verdict:
            case Verdict.MORE_THERE:
                found = self._more_there(row)
            case Verdict.EQUAL:
                found = self._marked_there(row)
            case Verdict.DIFFERENT:
                found = self._different(row)
            case Verdict.OTHER:
                found = of_row(Cause.UNREADABLE, row, self._mine(row))
            case _:
                return None
        if found is not None:
            mine = self._known(row)
            self._named |= {row.message_id, mine.message_id if mine else ""}
        return found

    def _known(self, row: TheirLine) -> OurLine | None:
        """What our books know of the message it names: for a refund, which some statements write
        under the message of its settlement, the refund goes first."""
        settled, refund = (x.get(row.message_id) for x in (self._settlements, self._refunds))
        if not row.refund:
            return settled or refund
        if refund is None and settled is not None:
            refund = self._refund_of.get(settled.attempt_id)
        return refund or settled

    def _nobodys(self, row: TheirLine) -> bool:
        """Whether another line may have undone it: what our books hold is not undone by chance,
        what they hold by a person's word may have been."""
        mine = self._known(row)
        return mine is None or mine.by_word or not (mine.booked or mine.refund)

    def _likelier(self, settlement: TheirLine) -> tuple[bool, ...]:
        """Of which of several a refund is: one that is over here, and none that is still asked
        after; the statement of a doubt reads it so, too."""
        mine = self._known(settlement)
        return mine is not None and not _undecided(mine), mine is None

    def _mine(self, row: TheirLine) -> OurLine | None:
        by_message = self._known(row)
        if by_message is not None:
            return by_message
        return next(iter(self._numbered(row)), None) if row.settlement_id else None

    def _numbered(self, row: TheirLine) -> list[OurLine]:
        """Booked lines of the number it names. Some platforms give a refund the number of its
        settlement: where we have lines of both signs, those of its own are meant."""
        same = [line for line in self._booked if line.settlement_id == row.settlement_id]
        return [line for line in same if line.refund == row.refund] or same

    def _more_there(self, row: TheirLine) -> Difference | None:
        mine = self._known(row)
        if mine is not None and mine.by_word:
            return self._by_word(row, mine)
        if mine is not None and mine.booked and (mine.refund or not row.refund):
            return self._booked_otherwise(row, mine)
        if mine is not None and _undecided(mine):
            return _in_doubt(mine, row)
        if row.refund:
            return self._refund_there(row, mine)
        if row.flagged or self._undone.by(row) is not None:
            return of_row(Cause.UNDONE_THERE, row, mine)
        if mine is None and row.foreign:
            return of_row(Cause.OTHER_COUNTER, row, None, _maker(row))
        twin = self._standing_twin(row)
        if twin is not None:
            more = ((Fact.OTHER_MESSAGE, twin.message_id),)
            return of_row(Cause.TWICE_THERE, row, mine or twin, more)
        return of_row(Cause.DEAD_HERE if mine else Cause.ABSENT_HERE, row, mine)

    def _booked_otherwise(self, row: TheirLine, mine: OurLine) -> Difference | None:
        """Our own message, booked here on another day, under another number, or under none."""
        if mine.message_id in self._elsewhere:
            more = ((Fact.OUR_DAY, str(mine.day)),)
            return of_row(Cause.OTHER_DAY, row, mine, more, ours=True)
        if mine.settlement_id and mine.settlement_id in self._here_only:
            self._explained.add(mine.settlement_id)
            return of_row(Cause.NUMBERS_DIFFER, row, mine, ours=True)
        if row.flagged and not row.refund and not mine.refund:
            return of_row(Cause.REFUND_ABSENT_HERE, row, mine, ours=True)
        if mine.sums != row.sums:
            return of_row(Cause.AMOUNTS_DIFFER, row, mine, ours=True)
        if not mine.settlement_id:
            # booked by evidence that named no number: this line is that booking
            return None
        same = mine.settlement_id == row.settlement_id
        return of_row(Cause.UNREADABLE if same else Cause.NUMBERS_DIFFER, row, mine, ours=True)

    def _by_word(self, row: TheirLine, mine: OurLine) -> Difference | None:
        """What a person said is held against what the platform shows of it."""
        undone = row.refund or row.flagged or self._undone.by(row) is not None
        if mine.state is AttemptState.REFUNDED:
            return None if undone else of_row(Cause.WORD_NOT_REFUNDED, row, mine)
        if row.refund and row.message_id == mine.attempt_id:
            # no reversal could name it without naming its settlement
            return of_row(Cause.REFUND_ELSEWHERE, row, mine)
        if row.flagged or row.refund:
            return of_row(Cause.REFUND_ABSENT_HERE, row, mine, ours=True)
        same = mine.sums == row.sums
        return None if same else of_row(Cause.AMOUNTS_DIFFER, row, mine, ours=True)

    def _said(self, row: TheirLine) -> OurLine | None:
        """The settlement of this visit that rests on a word, and was therefore not handed in."""
        said = (line for line in self._booked if line.by_word and not line.refund)
        return next((x for x in said if x.visit_id and x.visit_id == row.visit_id), None)

    def _refund_there(self, row: TheirLine, mine: OurLine | None) -> Difference | None:
        """A refund that is in no book of ours: of a sale of ours, or of nobody's."""
        said = self._said(row)
        if said is not None and said.state is AttemptState.REFUNDED:
            return None
        undone = self._undone.by(row)
        if said is None and undone is not None:
            # of the kind of insurance that what it undid is of
            return of_row(Cause.UNDONE_THERE, row, self._known(undone))
        if mine is not None:
            # no reversal could name it without naming its settlement
            return of_row(Cause.REFUND_ELSEWHERE, row, mine)
        settled = next(
            (
                line
                for line in self._booked
                if not line.refund and line.visit_id and line.visit_id == row.visit_id
            ),
            None,
        )
        if row.foreign:
            cause = Cause.REFUND_ELSEWHERE if settled else Cause.OTHER_COUNTER
            return of_row(cause, row, settled, _maker(row))
        return of_row(Cause.REFUND_ABSENT_HERE, row, settled)

    def _standing_twin(self, row: TheirLine) -> OurLine | None:
        """Another settlement of the same visit that stands in our books, on whatever day."""
        return next(
            (
                line
                for line in self._settlements.values()
                if line.booked
                and line.state is not AttemptState.REFUNDED
                and line.visit_id
                and line.visit_id == row.visit_id
                and line.message_id != row.message_id
            ),
            None,
        )

    def _marked_there(self, row: TheirLine) -> Difference | None:
        """It agrees with ours but for the mark: given back there, by no line of this statement."""
        mine = self._mine(row)
        if mine is None or mine.refund or mine.state is not AttemptState.SETTLED:
            return None
        visits = {mine.visit_id, row.visit_id} - {""}
        told = any(x.refund and x.visit_id in visits for x in self._rows)
        ours = any(x.booked and x.visit_id in visits for x in self._refunds.values())
        return None if told or ours else of_row(Cause.REFUND_ABSENT_HERE, row, mine, ours=True)

    def _different(self, row: TheirLine) -> Difference | None:
        mine = self._mine(row)
        if mine is None:
            return of_row(Cause.UNREADABLE, row, None)
        if row.refund and mine.state is AttemptState.SETTLED:
            return self._refund_there(row, mine)
        refunded = row.flagged and not row.refund and mine.sums == row.sums
        cause = Cause.REFUND_ABSENT_HERE if refunded else Cause.AMOUNTS_DIFFER
        return of_row(cause, row, mine, ours=True)

    def _here(self, row: TheirLine) -> Difference | None:
        """A line that we handed in and the platform has not."""
        if row.verdict is not Verdict.MORE_HERE or row.settlement_id in self._explained:
            return None
        same = self._numbered(row)
        if not same:
            return of_row(Cause.UNREADABLE, row, None)
        mine = same[-1]
        if len(same) > 1:
            return of_line(Cause.TWICE_HERE, mine, ((Fact.OTHER_MESSAGE, same[0].message_id),))
        return of_line(Cause.REFUND_ABSENT_THERE if mine.refund else Cause.ABSENT_THERE, mine)


def _undecided(line: OurLine) -> bool:
    dead = (AttemptState.REJECTED, AttemptState.REVERSED)
    return line.state not in (*dead, AttemptState.SETTLED, AttemptState.REFUNDED)


def _maker(row: TheirLine) -> tuple[Evidence, ...]:
    return ((Fact.OTHER_COUNTER, row.foreign),)


def _in_doubt(mine: OurLine, row: TheirLine | None) -> Difference:
    manual = mine.state is AttemptState.MANUAL
    cause = Cause.MANUAL_HERE if manual else Cause.OPEN_HERE
    if row is None:
        return replace(of_line(cause, mine), ours=None)
    return of_row(cause, row, mine)


def of_row(
    cause: Cause,
    row: TheirLine,
    mine: OurLine | None,
    more: tuple[Evidence, ...] = (),
    *,
    ours: bool = False,
) -> Difference:
    """A difference that a line of the statement shows; ``ours`` where our books have it too.

    A line that names no message is looked at: nothing tells it from another one like it.
    """
    named = row.message_id or (mine.message_id if mine and ours else "")
    if REPAIRS[cause] in MOVING and not named:
        cause = Cause.NAMELESS_THERE
    facts: list[Evidence] = [(Fact.STATEMENT, row.settlement_id), (Fact.MESSAGE, row.message_id)]
    if mine is not None:
        facts.append((Fact.OUR_STATE, mine.state.value))
        if mine.settlement_id and mine.settlement_id != row.settlement_id:
            facts.append((Fact.OUR_SETTLEMENT, mine.settlement_id))
    kind = mine.group.insurance_kind if mine else UNKNOWN_KIND
    return Difference(
        cause=cause,
        group=Group(kind, *row.clearing),
        message_id=named,
        settlement_id=row.settlement_id,
        visit_id=row.visit_id,
        person_no=row.person_no,
        case_id=mine.case_id if mine else None,
        ours=mine.sums if mine and ours else None,
        theirs=None if row.verdict is Verdict.MORE_HERE else row.sums,
        evidence=(*facts, *more),
    )


def of_line(cause: Cause, mine: OurLine, more: tuple[Evidence, ...] = ()) -> Difference:
    """A difference that only our books show."""
    own = (Fact.OUR_SETTLEMENT, mine.settlement_id)
    facts = ((Fact.MESSAGE, mine.message_id), (Fact.OUR_STATE, mine.state.value))
    return Difference(
        cause=cause,
        group=mine.group,
        message_id=mine.message_id,
        settlement_id=mine.settlement_id,
        visit_id=mine.visit_id,
        person_no=mine.person_no,
        case_id=mine.case_id,
        ours=mine.sums,
        theirs=None,
        evidence=(*((own,) if mine.settlement_id else ()), *facts, *more),
    )


def unexplained(
    groups: Iterable[GroupResult], found: Sequence[Difference], ours: Iterable[OurLine] = ()
) -> tuple[Difference, ...]:
    """Groups whose totals differ although no line of theirs does.

    Where a refund of ours rests on a person's word, the platform may have it on another day, or not
    at all: the day of its settlement shows which.
    """
    said = {
        line.group: line for line in ours if line.by_word and line.state is AttemptState.REFUNDED
    }
    differing = [part for part in groups if part.state is GroupState.DIFFERS and part.lines]
    left = [part for part in differing if not _explained(part.group, found)]
    return tuple(
        of_line(Cause.WORD_OTHER_DAY, said[part.group])
        if part.group in said
        else Difference(
            cause=Cause.TOTALS_ONLY,
            group=part.group,
            message_id="",
            settlement_id="",
            visit_id="",
            person_no=None,
            case_id=None,
            ours=part.sums,
            theirs=None,
            evidence=((Fact.STATEMENT, part.told),),
        )
        for part in left
        if not _one_of_a_kind(part.group, [one.group for one in left], found)
    )


def _explained(group: Group, found: Iterable[Difference]) -> bool:
    """By a line that somebody has to look at, or by one of this very group that is at rest. What
    only our books have is of a kind they tell, and of no other."""
    return any(
        one.group == group or (one.open and one.theirs is not None)
        for one in found
        if one.group.clearing == group.clearing
        and (one.ours or one.theirs)
        and one.cause is not Cause.UNDONE_THERE
    )


def _one_of_a_kind(group: Group, left: Sequence[Group], found: Iterable[Difference]) -> bool:
    """Whether what was undone there in part only, of no kind that anybody told, can be of this
    group alone. A pair that undid itself changes no total."""
    undone = NOTHING
    for one in found:
        ours = one.group in (group, Group(UNKNOWN_KIND, *group.clearing))
        if one.cause is Cause.UNDONE_THERE and ours:
            undone = undone + (one.theirs or NOTHING)
    alike = [other for other in left if other.clearing == group.clearing]
    return undone != NOTHING and alike == [group]
