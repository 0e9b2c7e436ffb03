"""Statements a platform does not give: of a kind of clearing, or of an office (0067).

A proof of absence asks under every kind and at every office that may have cleared a settlement.
What is refused for good, or never answered (0068), must keep no doubt open for ever, and what is
refused for a moment must prove nothing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain import settlement as s
from app.domain.counter_case import CounterCase
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.workflow.calendar import CHINA
from app.workflow.till import Till

ACT = "statement_refused"
"""How the journal calls a statement of one kind and office that was not given."""
UNANSWERED, ANSWERED = "unanswered", "answered"
"""What its subject ends with where no answer came, and where one came again."""
TIMES = 3
"""So many of them are no passing trouble, each later than the one before by"""
APART = timedelta(hours=1)
LONG = timedelta(days=3)
"""Behind it nobody waits for an answer any more: no night, no weekend and no repair lasts so."""
Place = tuple[str, str]
"""Kind of clearing and clearing office."""


class Withheld(PlatformRejected):
    """An office has not given the statement of the usual kind for long, or none of a kind came."""


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

    def heard(self, place: Place) -> None:
        """A statement of this kind and office was given."""
        self._heard = self._heard or place[0] == self._usual
        if self._silences(place):
            self._write(f"{self._of_place(place)} {ANSWERED}", "")

    def note(self, place: Place, trouble: PlatformRejected | NotSent | OutcomeUnknown) -> None:
        """Write down what was not given. Raises what says nothing of the statement: nothing left,
        or the platform wants a sign-in first."""
        if isinstance(trouble, NotSent) or trouble.code is Code.SIGN_IN_REQUIRED:
            raise trouble
        kind, office = place
        silent, code = isinstance(trouble, OutcomeUnknown), str(int(trouble.code))
        if self._by_person or not silent:
            usual = kind == self._usual
            self._write(self._of_office(office) if usual else self._of_kind(kind), code)
        if silent:
            self._write(f"{self._of_place(place)} {UNANSWERED}", code)
        self._found[place] = trouble

    def ends_it(self) -> bool:
        """Whether no other kind need be asked for: the usual one bars the proof, or is answered
        nowhere, and then nothing is proved. What is missing of the others is counted together."""
        usual = {p: trouble for p, trouble in self._found.items() if p[0] == self._usual}
        barred = any(not self._excused(place, trouble) for place, trouble in usual.items())
        silent = any(isinstance(trouble, OutcomeUnknown) for trouble in usual.values())
        return barred or (silent and not self._heard)

    def passed(self) -> tuple[tuple[Place, ...], bool]:
        """What the proof may leave out, and whether that is every statement of the usual kind: then
        nothing is proved. Raises the first trouble that it may not, ``Withheld`` where a person
        may; ``OperatorInput`` ``STATEMENT_NOT_GIVEN`` with the time from which silence counts."""
        for place, trouble in self._found.items():
            if not self._excused(place, trouble):
                self._require_short(place, trouble)
                raise trouble
        persons = any(
            place[0] == self._usual or isinstance(trouble, OutcomeUnknown)
            for place, trouble in self._found.items()
        )
        if persons and self._heard and not self._by_person:
            raise Withheld(Code.REFUSED)
        return tuple(self._found), not self._heard

    def _excused(self, place: Place, trouble: Trouble) -> bool:
        """A no counts behind hours, and to an unusual kind at once for who is shown it. Silence
        counts behind days; for who is shown it behind hours, where another office has answered."""
        if isinstance(trouble, OutcomeUnknown):
            shown = self._by_person and self._heard and self._lasts(place)
            return shown or self._long_silent(place)
        return self._lasts(place) or (self._by_person and place[0] != self._usual)

    def _require_short(self, place: Place, trouble: Trouble) -> None:
        """Who has looked in vain for hours is told from when that is enough."""
        looked = self._silences(place)
        told = self._by_person and not self._heard and isinstance(trouble, OutcomeUnknown)
        if told and self._apart(looked) >= TIMES:
            until = (looked[0] + LONG).astimezone(CHINA)
            raise OperatorInput(Code.STATEMENT_NOT_GIVEN, until=f"{until:%m-%d %H:%M:%S}")

    def _lasts(self, place: Place) -> bool:
        """Whether this kind, or this office in its usual kind, has been withheld for hours."""
        kind, office = place
        with self._till.store.reading() as unit:
            of_kind = unit.journal.times(ACT, self._of_kind(kind))
            of_office = unit.journal.times(ACT, self._of_office(office))
        return self._apart(of_kind) >= TIMES or self._apart(of_office) >= TIMES

    def _long_silent(self, place: Place) -> bool:
        """Whether this office has answered nothing of this kind, or of its usual one, for days."""
        now = self._till.clock.now()
        return any(
            self._apart(looked) >= TIMES and looked[0] + LONG <= now
            for looked in map(self._silences, (place, (self._usual, place[1])))
        )

    def _silences(self, place: Place) -> list[datetime]:
        """The looks without an answer since one came, or at all."""
        subject = self._of_place(place)
        with self._till.store.reading() as unit:
            again = unit.journal.times(ACT, f"{subject} {ANSWERED}")
            looked = unit.journal.times(ACT, f"{subject} {UNANSWERED}")
        return [at for at in looked if not again or at > again[-1]]

    def _apart(self, times: Iterable[datetime]) -> int:
        now, last, seen = self._till.clock.now(), None, 0
        for at in times:
            if at <= now and (last is None or at - last >= APART):
                last, seen = at, seen + 1
        return seen

    def _write(self, subject: str, reason: str) -> None:
        with self._till.store.unit() as unit:
            unit.journal.write(self._till.clock.now(), self._case.opened_by, ACT, subject, reason)

    def _of_place(self, place: Place) -> str:
        kind, office = place
        return f"{self._asked_about()} {kind} {office}"

    def _of_kind(self, kind: str) -> str:
        return f"{self._asked_about()} kind {kind}"

    def _of_office(self, office: str) -> str:
        return f"{self._asked_about()} office {office}"

    def _asked_about(self) -> str:
        return self._attempt.refund_message_id or self._attempt.message_id
