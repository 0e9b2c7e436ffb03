"""A base that is not the newest one: what it may still do, and what ends that (I12, reliability 9).

A restored copy and a cloned disk know less than the platform. Until the days in question have been
compared and a person has signed each of them, nothing moves money and nothing is told.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Protocol

from app.profile.operations import Operation

_CHINA = timezone(timedelta(hours=8))


class Cause(StrEnum):
    """How a base was found not to be the newest."""

    RESTORED = "restored"
    """``yaotai restore`` put a copy in place."""
    OLDER = "older"
    """The mark beside the key has seen more commits than the base has."""
    OTHER_LINE = "other_line"
    """Base and mark tell of different restores."""
    MARK_LOST = "mark_lost"
    """A base that has spoken to the platform, and no mark."""
    MARK_COPIED = "mark_copied"
    """The mark is not the file that was written here: the whole folder is a copy."""
    OTHER_MACHINE = "other_machine"
    """The mark was written on another machine: a cloned disk."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """One time in which a base was not believed.

    ``since`` is the newest message the base knows of: what happened later may be missing. No
    message id ever used bears a time beyond ``floor``; ``known`` is how far the mark knew of any,
    ``cases`` the newest visit it found here; None where that was not written down. ``wrong`` are
    the times of a clock under which it was found, and that was ahead.
    ``number`` counts the recoveries of this installation; ``epoch`` names the line it began.
    """

    cause: Cause
    number: int
    epoch: str
    since: datetime
    floor: datetime
    found_at: datetime
    ended_at: datetime | None = None
    known: datetime | None = None
    cases: int | None = None
    wrong: tuple[datetime, datetime] | None = None

    def misdated(self, at: datetime) -> bool:
        """Whether the clock that was ahead told this time: nobody knows when that was."""
        return self.wrong is not None and self.wrong[0] <= at <= self.wrong[1]

    def before(self, case_id: int, opened_at: datetime) -> bool:
        """Whether a visit was begun before this; by its time only where nothing else is known."""
        return opened_at <= self.found_at if self.cases is None else case_id <= self.cases

    @property
    def open(self) -> bool:
        return self.ended_at is None

    def days(self) -> tuple[date, ...]:
        """Every day whose books may miss something, oldest first."""
        first, last = (at.astimezone(_CHINA).date() for at in (self.since, self.found_at))
        count = max((last - first).days, 0) + 1
        return tuple(last - timedelta(days=back) for back in reversed(range(count)))


ALLOWED = frozenset(
    {
        Operation.OPEN_DAY,
        Operation.CLOSE_DAY,
        Operation.RECONCILE_TOTALS,
        Operation.RECONCILE_LINES,
        Operation.UPLOAD_FILE,
        Operation.DOWNLOAD_FILE,
        Operation.QUERY_SETTLEMENT,
        Operation.REVERSE,
    }
)
"""What a recovering base may tell: signing in, comparing, and a person's reversal of a stray."""


class Recoveries(Protocol):
    """Whether this base may be believed (I12)."""

    def newest(self) -> Recovery | None:
        """The newest recovery of this base, ended or not; None where it was always believed."""
        ...

    def end(self, at: datetime) -> None:
        """It may be believed from now on. Raises ``Bug`` where no recovery is open."""
        ...
