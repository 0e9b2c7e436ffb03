"""The journal's hash chain: what a row says, how it links, and where a chain breaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from app.crypto.chain import GENESIS, link


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One act as stored. ``link`` is 32 bytes."""

    number: int
    at: datetime
    staff_id: int
    act: str
    subject: str
    reason: str
    link: bytes


@dataclass(frozen=True, slots=True)
class ChainReport:
    """``broken_at`` is the first row number that does not follow, or None."""

    rows: int
    head: bytes
    broken_at: int | None

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def canonical(
    number: int, at: datetime, staff_id: int, act: str, subject: str, reason: str
) -> bytes:
    """The bytes of a row that enter the chain: a JSON array, moments in UTC."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return msgspec.json.encode([number, moment, staff_id, act, subject, reason])


def verify(key: bytes, rows: Iterable[JournalRow], head: tuple[int, bytes] | None) -> ChainReport:
    """Walk the whole chain, oldest first. ``head`` is a number and link noted elsewhere.

    Detects a changed row, a gap, a fork, and a tail cut off before ``head``.
    """
    count, previous, seen_head = 0, GENESIS, head is None
    for row in rows:
        content = canonical(row.number, row.at, row.staff_id, row.act, row.subject, row.reason)
        if row.number != count + 1 or link(key, previous, content) != row.link:
            return ChainReport(count, previous, count + 1)
        count, previous = row.number, row.link
        if head is not None and row.number == head[0]:
            if row.link != head[1]:
                return ChainReport(count, previous, count)
            seen_head = True
    return ChainReport(count, previous, None if seen_head else count + 1)
