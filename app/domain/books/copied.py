"""Settlements of another product beside the platform's statement: pure (decision 0041).

The number a person copied from the other product's slip is the only bond: the messages are not
ours, so nothing here can be reversed, asked for or cleared up by us. What differs is looked at.
"""

from collections.abc import Iterable, Sequence

from app.domain.books.compare import of_line, of_row
from app.domain.books.money import Cause, Difference, Fact, OurLine, TheirLine, Verdict
from app.domain.books.undone import Undone

ORDER = tuple(Cause)


def compare_copied(
    ours: Sequence[OurLine], theirs: Iterable[TheirLine], near: Sequence[OurLine] = ()
) -> tuple[Difference, ...]:
    """Differences of one clearing kind and office on one day, worst first.

    ``ours`` are the lines that were handed in, ``near`` those of other days and offices.
    """
    rows = [row for row in theirs if row.verdict is not Verdict.EQUAL]
    found = _Copies(ours, rows, near).differences()
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.cause), one.settlement_id)))


class _Copies:
    def __init__(
        self, ours: Sequence[OurLine], rows: Sequence[TheirLine], near: Sequence[OurLine]
    ) -> None:
        self._rows = rows
        self._ours = {line.settlement_id: line for line in ours}
        self._near = {line.settlement_id: line for line in near}
        self._undone = Undone([row for row in rows if row.settlement_id not in self._near])
        missing = (row.settlement_id for row in rows if row.verdict is Verdict.MORE_HERE)
        self._missing = {n: self._ours[n] for n in missing if n in self._ours}

    def differences(self) -> list[Difference]:
        found = [one for row in self._rows if (one := self._there(row)) is not None]
        # a copy that a row of theirs explained is gone from here by now
        found += [of_line(Cause.COPY_NOT_THERE, line) for line in self._missing.values()]
        return found

    def _there(self, row: TheirLine) -> Difference | None:
        match row.verdict:
            case Verdict.MORE_THERE:
                return self._not_copied(row)
            case Verdict.DIFFERENT:
                mine = self._ours.get(row.settlement_id)
                if mine is None:
                    return of_row(Cause.UNREADABLE, row, None)
                refunded = row.flagged and not row.refund and mine.sums == row.sums
                cause = Cause.REFUND_NOT_COPIED if refunded else Cause.COPY_AMOUNTS_DIFFER
                return of_row(cause, row, mine, ours=True)
            case Verdict.OTHER:
                return of_row(Cause.UNREADABLE, row, self._ours.get(row.settlement_id))
            case _:
                known = row.settlement_id in self._ours
                return None if known else of_row(Cause.UNREADABLE, row, None)

    def _not_copied(self, row: TheirLine) -> Difference:
        other_day = self._near.get(row.settlement_id)
        if other_day is not None:
            more = ((Fact.OUR_DAY, str(other_day.day)),)
            return of_row(Cause.OTHER_DAY, row, other_day, more, ours=True)
        mistyped = self._same_but_for_the_number(row)
        if mistyped is not None:
            del self._missing[mistyped.settlement_id]
            return of_row(Cause.COPY_NUMBER_DIFFERS, row, mistyped, ours=True)
        if self._undone.by(row) is not None:
            return of_row(Cause.UNDONE_THERE, row, None)
        return of_row(Cause.REFUND_NOT_COPIED if row.refund else Cause.NOT_COPIED, row, None)

    def _same_but_for_the_number(self, row: TheirLine) -> OurLine | None:
        """The one copy of this person with these sums that the platform has not."""
        alike = [
            line
            for line in self._missing.values()
            if line.sums == row.sums and line.person_no == row.person_no
        ]
        return alike[0] if len(alike) == 1 else None
