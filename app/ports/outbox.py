"""What waits for the platform, as the inside needs it (reliability 4)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.profile.operations import Operation


class OutboxState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    STOPPED = "stopped"
    DELIVERED = "delivered"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """In the place of a request that this program cannot open: written by another version of it, or
    damaged. It is told to nobody, and holds up nothing else."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One record that may wait. ``lane_key`` orders items of one drug lot; ``request`` is one of
    ``app.ports.requests``, ``stock`` or ``circulation``, or ``Unreadable``."""

    item_id: int
    operation: Operation
    business_key: str
    lane_key: str
    case_id: int | None
    request: object
    state: OutboxState
    tries: int
    born_at: datetime
    next_at: datetime
    code: int | None
    platform_text: str
    summary: str


class OutboxMove(StrEnum):
    """What happened to one record."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    ALREADY_THERE = "already_there"
    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"
    EXPIRED = "expired"
    REFUSED = "refused"
    ASKED = "asked"
    RELEASED = "released"
    MENDED = "mended"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class OutboxNote:
    """One thing that happened to a record: which message it was, who did it and why."""

    at: datetime
    move: OutboxMove
    code: int | None = None
    platform_text: str = ""
    message_row: int | None = None
    staff_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OutboxTally:
    """How much waits: open records, since when, and how many need a person."""

    count: int
    oldest_at: datetime | None
    stopped: int
    unknown: int


class Outbox(Protocol):
    """What waits. Claimed by conditional update with a lease; an expired lease is UNKNOWN."""

    def add(
        self,
        operation: Operation,
        business_key: str,
        lane_key: str,
        request: object,
        case_id: int | None,
        summary: str,
        now: datetime,
    ) -> int: ...

    def due(self, now: datetime, limit: int = 50, behind: int = 0) -> tuple[OutboxItem, ...]:
        """First due item of every lane key, oldest first; only rows after ``behind``."""
        ...

    def in_doubt(self, now: datetime, limit: int = 50) -> tuple[OutboxItem, ...]:
        """UNKNOWN whose time has come, expired leases included, oldest first."""
        ...

    def items(self, *, open_only: bool = True) -> tuple[OutboxItem, ...]: ...

    def item(self, item_id: int) -> OutboxItem | None: ...

    def of_lot(self, lane_key: str) -> tuple[OutboxItem, ...]:
        """Every record of one lot, whatever became of it, in the order it was queued."""
        ...

    def of_case(self, case_id: int) -> tuple[OutboxItem, ...]:
        """Every record of one visit, whatever became of it, in the order it was queued."""
        ...

    def open_of_lot(self, lane_key: str) -> tuple[OutboxItem, ...]:
        """Of these, what is open."""
        ...

    def tally(self) -> OutboxTally: ...

    def open_before(self, item_id: int, operations: Sequence[Operation]) -> bool:
        """Whether an earlier record of its lot, of one of ``operations``, is still open."""
        ...

    def claim(
        self, item_id: int, holder: str, until: datetime, seen: OutboxItem | None = None
    ) -> bool:
        """True for exactly one caller, and only in the order of the item's lot; where ``seen`` is
        given, only while nobody has told it or settled it since it was looked at."""
        ...

    def settle(
        self,
        item_id: int,
        state: OutboxState,
        next_at: datetime,
        code: int | None,
        platform_text: str,
        *,
        holder: str | None = None,
    ) -> bool:
        """Write the fate; False where it stands already, or where ``holder`` lost the lease.

        A delivery counts whoever brings it.
        """
        ...

    def expire(self, now: datetime, spared: Sequence[str] = ()) -> tuple[int, ...]:
        """SENDING whose lease ran out is UNKNOWN and due; returns which.

        ``spared``: beginnings of holders that live, whatever their clocks say.
        """
        ...

    def held_by(self, whose: str, item_id: int | None = None) -> bool:
        """Whether a record, or this one, is on its way by a holder that begins with ``whose``."""
        ...

    def hasten(
        self, codes: Sequence[int], now: datetime, told: Collection[Operation] | None = None
    ) -> int:
        """What waits because of one of ``codes`` is due now, or only what is ``told`` by one of
        these operations; returns how many."""
        ...

    def note(self, item_id: int, note: OutboxNote) -> None:
        """Append to the history of a record."""
        ...

    def history(self, item_id: int) -> tuple[OutboxNote, ...]:
        """What happened, oldest first; a mended record goes on with that of the one before it."""
        ...

    def tried_since(self, message_row: int) -> tuple[datetime, ...]:
        """When records that are still open were told from this message on, in that order and by
        the clock of then: after a clock set back the times fall."""
        ...

    def delivered_since(self, at: datetime, until: datetime | None = None) -> int:
        """How many records reached the platform from ``at`` on, and before ``until``."""
        ...

    def never_left(self, item_id: int) -> int:
        """How many tellings of this very record reached nobody."""
        ...

    def may_have_arrived(self, operation: Operation, business_key: str) -> bool:
        """Whether an earlier telling under this key had no clear end."""
        ...
