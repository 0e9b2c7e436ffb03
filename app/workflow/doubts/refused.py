"""Statements a platform does not give: of a kind of clearing, or of an office (0067).

A proof of absence asks under every kind and at every office that may have cleared a settlement.
What is refused for good must keep no doubt open for ever, and what is refused for a moment must
prove nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain import settlement as s
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.workflow.till import Till

ACT = "statement_refused"
"""How the journal calls a statement of one kind and office that was not given."""
TIMES = 3
"""So many of them are no passing trouble, each later than the one before by"""
APART = timedelta(hours=1)
Place = tuple[str, str]
"""Kind of clearing and clearing office."""


class Withheld(PlatformRejected):
    """An office has refused the statement of the usual kind for hours."""


class Gaps:
    """What one look at the platform's books was not told."""

    def __init__(
        self, till: Till, case: CounterCase, attempt: s.Attempt, usual: str, *, by_person: bool
    ) -> None:
        """``usual``: the kind it was cleared under unless something is wrong. ``by_person``: who
        looks is shown what is missing."""
        self._till, self._case, self._attempt = till, case, attempt
        self._usual, self._by_person = usual, by_person
        self._found: dict[Place, Trouble] = {}
        self._heard = False

    def heard(self, kind: str) -> None:
        """A statement of this kind was given."""
        self._heard = self._heard or kind == self._usual

    def note(self, place: Place, trouble: PlatformRejected | NotSent | OutcomeUnknown) -> None:
        """Write down what was not given. Raises it where the look ends there: a no to an unusual
        kind is looked past, anything else only where it has lasted for hours."""
        if isinstance(trouble, NotSent) or trouble.code is Code.SIGN_IN_REQUIRED:
            raise trouble
        plain = isinstance(trouble, PlatformRejected)
        unused = plain and place[0] != self._usual
        if not plain and not self._by_person:
            raise trouble
        kind, office = place
        subject = self._of_office(office) if kind == self._usual else self._of_kind(kind)
        with self._till.store.unit() as unit:
            who, code = self._case.opened_by, str(int(trouble.code))
            unit.journal.write(self._till.clock.now(), who, ACT, subject, code)
        if not unused and not self._lasts(place):
            raise trouble
        self._found[place] = trouble

    def passed(self) -> tuple[tuple[Place, ...], bool]:
        """What the proof may leave out, and whether that is every statement of the usual kind: then
        nothing is proved. Raises the first trouble that it may not, ``Withheld`` where a person
        may."""
        usual = [one for (kind, _), one in self._found.items() if kind == self._usual]
        denied = not self._heard and all(isinstance(one, PlatformRejected) for one in usual)
        for place, trouble in self._found.items():
            if not (self._heard or denied) or not (self._by_person or self._lasts(place)):
                raise trouble
        if usual and self._heard and not self._by_person:
            raise Withheld(Code.REFUSED)
        return tuple(self._found), denied

    def _lasts(self, place: Place) -> bool:
        """Whether this kind, or this office in its usual kind, has been withheld for hours."""
        kind, office = place
        with self._till.store.reading() as unit:
            of_kind = unit.journal.times(ACT, self._of_kind(kind))
            of_office = unit.journal.times(ACT, self._of_office(office))
        return self._apart(of_kind) >= TIMES or self._apart(of_office) >= TIMES

    def _apart(self, times: Iterable[datetime]) -> int:
        now, last, seen = self._till.clock.now(), None, 0
        for at in times:
            if at <= now and (last is None or at - last >= APART):
                last, seen = at, seen + 1
        return seen

    def _of_kind(self, kind: str) -> str:
        return f"{self._asked_about()} kind {kind}"

    def _of_office(self, office: str) -> str:
        return f"{self._asked_about()} office {office}"

    def _asked_about(self) -> str:
        return self._attempt.refund_message_id or self._attempt.message_id
