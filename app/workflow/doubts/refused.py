"""Statements a platform does not give: of a kind of clearing, or of an office (0067).

A proof of absence asks under every kind and at every office that may have cleared a settlement.
What is refused for good must keep no doubt open for ever, and what is refused for a moment must
prove nothing.
"""

from datetime import timedelta

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
        """Write down what was not given. Raises it where asking on leads nowhere."""
        if isinstance(trouble, NotSent) or trouble.code is Code.SIGN_IN_REQUIRED:
            raise trouble
        if not self._by_person and not self._unused(place, trouble):
            raise trouble
        with self._till.store.unit() as unit:
            who, code = self._case.opened_by, str(int(trouble.code))
            unit.journal.write(self._till.clock.now(), who, ACT, self._subject(place), code)
        self._found[place] = trouble

    def passed(self) -> tuple[Place, ...]:
        """What the proof may leave out. Raises the first trouble that it may not."""
        for place, trouble in self._found.items():
            plain = self._unused(place, trouble)
            seen = plain and self._by_person
            if not self._heard or not (seen or self._lasts(place)):
                raise trouble
        return tuple(self._found)

    def _unused(self, place: Place, trouble: Trouble) -> bool:
        """A no to a kind that a pharmacy does not clear by."""
        return place[0] != self._usual and isinstance(trouble, PlatformRejected)

    def _lasts(self, place: Place) -> bool:
        now = self._till.clock.now()
        with self._till.store.reading() as unit:
            times = unit.journal.times(ACT, self._subject(place))
        last, seen = None, 0
        for at in times:
            if at <= now and (last is None or at - last >= APART):
                last, seen = at, seen + 1
        return seen >= TIMES

    def _subject(self, place: Place) -> str:
        return " ".join((self._attempt.refund_message_id or self._attempt.message_id, *place))
