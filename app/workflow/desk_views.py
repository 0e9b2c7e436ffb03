"""The frame around the case and the desk pages, as frozen snapshots."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.workflow.views import Say

if TYPE_CHECKING:
    from app.ports.store import OutboxState


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A customer who waits, or was served."""

    case_id: int
    name: str
    what: Say
    since: datetime
    money_unknown: bool


@dataclass(frozen=True, slots=True)
class QueueBadge:
    """待上传: unknown money beats everything."""

    count: int
    oldest_at: datetime | None
    unknown_money: int
    stopped: int
    level: str


@dataclass(frozen=True, slots=True)
class DeskView:
    """The frame around the case."""

    store_name: str
    counter_no: int
    environment: str
    profile_name: str
    operator: str
    pharmacist_on_duty: str
    badge: QueueBadge
    parked: tuple[ParkedRow, ...]
    finished: tuple[ParkedRow, ...]
    day_open: bool


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One record that has not reached the platform yet, as 待上传 shows it."""

    item_id: int
    operation: str
    summary: str
    state: "OutboxState"
    tries: int
    born_at: datetime
    next_at: datetime
    due_at: datetime | None
    code: int | None
    platform_text: str
    case_id: int | None
