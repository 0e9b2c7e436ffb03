"""The frame around the case and the desk pages, as frozen snapshots."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.workflow.views.case import Say

if TYPE_CHECKING:
    from app.ports.store import OutboxMove, OutboxState


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A customer who waits ``since`` then, or was served by then."""

    case_id: int
    name: str
    what: Say
    since: datetime
    money_unknown: bool
    self_pay: bool = False
    """A sale for cash names nobody; its receipt tells it from others."""
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class QueueBadge:
    """待上传: unknown money beats everything.

    ``count`` is the rows of 待上传, ``unknown_money`` those of 未结事项 that are money of this
    counter: it never waits in the queue. ``unknown_since`` is when the oldest of them was sent.
    """

    count: int
    oldest_at: datetime | None
    unknown_money: int
    stopped: int
    level: str
    unknown_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """No line: since when, and what may still be sold for cash until when."""

    since: datetime
    sales_left: int
    amount_left: int
    until: datetime


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
    no_line: LineView | None = None
    answered_ms: int | None = None
    """How long the platform's last answer took."""
    terminal: bool = False
    """Whether e-vouchers are read by a terminal of its own library."""
    open_items: int = 0
    """The rows of 未结事项: money in doubt, also that of other counters, records nobody answered,
    what of the queue stopped."""


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
    behind: bool = False
    """An earlier record of the same lot goes first."""
    given_back: bool = False
    """A sale that is told to nobody any more: it is voided."""


@dataclass(frozen=True, slots=True)
class QueueStep:
    """One line of what happened to a record."""

    at: datetime
    move: "OutboxMove"
    code: int | None
    platform_text: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class QueueReply:
    """An answer as it came, people and secrets masked."""

    status: int | None
    text: str
    failure: str


@dataclass(frozen=True, slots=True)
class QueueExchange:
    """One telling on the wire, people and secrets masked."""

    message_id: str
    at: datetime
    sent: str
    replies: tuple[QueueReply, ...]


@dataclass(frozen=True, slots=True)
class QueueField:
    """A field a person may put right; ``name`` is the key of its words."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class QueueDetail:
    """Everything about the record in front."""

    item_id: int
    business_key: str
    steps: tuple[QueueStep, ...]
    exchanges: tuple[QueueExchange, ...]
    fields: tuple[QueueField, ...]
    delivered_today: int
