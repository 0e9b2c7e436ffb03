"""What else of one person's money is moving or has moved, at whatever counter of this base.

One account pays for all of a person's prescriptions: the split of one is true only until another
one of them is settled or refunded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.counter_case import CounterCase, Estimate
from app.domain.credential import PersonNumber
from app.domain.settlement import Attempt
from app.ports.store import Unit
from app.workflow.calendar import CHINA, today
from app.workflow.till import Till


def in_doubt(unit: Unit, case: CounterCase) -> Iterator[tuple[CounterCase, Attempt]]:
    """Attempts of this visit or of its person that are not at rest, oldest first."""
    for case_id, attempt in unit.attempts.open_everywhere():
        other = unit.cases.get(case_id)
        if case_id == case.case_id or _same(other, case):
            yield other, attempt


@dataclass(frozen=True, slots=True)
class Known:
    """What our books say at one moment, in their own order; as in :class:`Estimate`."""

    at: datetime
    seen: int
    adopted: int
    stretch: int

    def dates(self, estimate: Estimate) -> Estimate:
        """The split, as asked for at this moment."""
        return replace(
            estimate, at=self.at, seen=self.seen, adopted=self.adopted, stretch=self.stretch
        )


def known(till: Till, unit: Unit) -> Known:
    """Before a split is asked for: what comes after it, however soon, makes the split old."""
    event, adopted = unit.attempts.last_event(), unit.money_days.last_adopted()
    return Known(till.clock.now(), event, adopted, unit.messages.stretch())


def split_is_old(till: Till, unit: Unit, case: CounterCase) -> bool:
    """Whether money of this person came to rest after the split was asked for, or a day ended.

    By the order of our own books, never by a clock: the counters of a base have one each. Only a
    day is told by one, and what was asked for under a clock that was put right since is of no day.
    """
    estimate, person = case.facts.estimate, case.facts.person
    if estimate is None or person is None:
        return False
    if estimate.seen is None or estimate.at.astimezone(CHINA).date() != today(till):
        return True
    if estimate.stretch != unit.messages.stretch():
        return True
    moved = unit.attempts.come_to_rest_since(estimate.seen)
    others = (unit.cases.get(case_id) for case_id in moved if case_id != case.case_id)
    adopted = unit.money_days.adopted_since(estimate.adopted)
    return any(_same(other, case) for other in others) or any(
        line.person_no == person.person_no for line in adopted
    )


def _same(other: CounterCase, case: CounterCase) -> bool:
    return _number(other) is not None and _number(other) == _number(case)


def _number(case: CounterCase) -> PersonNumber | None:
    return case.facts.person.person_no if case.facts.person is not None else None
