"""Money in doubt at another counter of this base: it holds its customer back here too (0056).

Only its own counter clears it up by itself. Where that one is switched off nobody does, so it is
listed at every other one; what has come to a person may be decided at any.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.settlement import Attempt
from app.ports.store import Unit
from app.workflow.doubts.views import OpenItem
from app.workflow.settling import ON_ITS_WAY
from app.workflow.till import Till
from app.workflow.views.case import Say

LATE = timedelta(minutes=5)
"""By so much the clocks of two counters may differ (reliability 9), and no answer takes longer."""


def money_elsewhere(till: Till, unit: Unit) -> tuple[tuple[int, Attempt], ...]:
    """(case id, attempt) of what is not at rest at other counters, oldest first.

    A message that may still be answered is not in doubt yet: its counter is at work on it.
    """
    here = {case_id for case_id, _ in unit.attempts.open_attempts(till.counter_no)}
    return tuple(
        (case_id, attempt)
        for case_id, attempt in unit.attempts.open_everywhere()
        if case_id not in here
        if attempt.state not in ON_ITS_WAY or is_late(attempt, till.clock.now())
    )


def is_late(attempt: Attempt, now: datetime) -> bool:
    """Whether its counter would have looked after it long ago, did it work."""
    due = attempt.next_at or attempt.sent_at
    return due is None or now - due > LATE


def as_listed(item: OpenItem, counter_no: int, *, late: bool) -> OpenItem:
    """The row of another counter: who looks after it, and whether somebody has to switch it on."""
    where = (("counter", counter_no),)
    if item.decidable:
        return replace(item, counter=counter_no)
    return replace(
        item,
        counter=counter_no,
        next=Say(f"open.next.{'late' if late else 'elsewhere'}", where),
        who=Say("open.who.counter", where),
        waits_for_person=late,
    )


def as_left(item: OpenItem, counter_no: int) -> OpenItem:
    """The row of something that waits for a person at a counter that is off."""
    where = (("counter", counter_no),)
    return replace(
        item,
        counter=counter_no,
        next=Say("open.next.off", where),
        next_at=None,
        who=Say("open.who.counter", where),
        decidable=False,
        off=True,
    )
