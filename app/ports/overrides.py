"""What people let pass at the scan, as the manager reads it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.goods.overrides import OverrideReason


@dataclass(frozen=True, slots=True)
class Override:
    """One box that went on by somebody's word. ``code`` is the reminder (or SCAN_NO_CODE).

    ``trace_code`` is empty where the box has none that could be read.
    """

    at: datetime
    staff_id: int
    case_id: int
    line: int
    code: int
    reason: OverrideReason
    item_id: int
    lot_id: int
    trace_code: str


class Overrides(Protocol):
    """``scan_override``: append-only, written in the transaction of the act."""

    def note(self, overrides: tuple[Override, ...]) -> None: ...

    def between(self, first: datetime, last: datetime) -> tuple[Override, ...]:
        """Newest first, both ends included."""
        ...
