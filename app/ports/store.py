"""Memory as the inside needs it. One ``unit()`` is one transaction; never open across a call.

Every write of a case names the version it read; a stale one raises ``OperatorInput`` with
``STEP_MOVED_ON``. Disk and lock failures raise ``LocalTrouble``.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from app.domain.counter_case import CaseEvent, CounterCase
from app.domain.settlement import Attempt, AttemptState
from app.ports.deliveries import Deliveries as Deliveries
from app.ports.elsewhere import ForeignBook
from app.ports.goods import CodeState as CodeState
from app.ports.goods import Goods as Goods
from app.ports.leases import Leases
from app.ports.messages import Draft, Staged, WireFacts
from app.ports.outbox import Outbox as Outbox
from app.ports.outbox import OutboxItem as OutboxItem
from app.ports.outbox import OutboxMove as OutboxMove
from app.ports.outbox import OutboxNote as OutboxNote
from app.ports.outbox import OutboxState as OutboxState
from app.ports.outbox import OutboxTally as OutboxTally
from app.ports.overrides import Overrides
from app.ports.people import People as People
from app.ports.people import StaffMember as StaffMember
from app.ports.platform import Stamp
from app.ports.prefixes import Prefixes
from app.ports.reconciling import LedgerEntry, MoneyDays
from app.ports.recovery import Recoveries
from app.ports.stock_books import CountSheets, Register, StockBooks, StockDrafts
from app.ports.stock_days import StockDays
from app.profile.operations import Operation

Q = TypeVar("Q")


class MessageState(StrEnum):
    """Fate of one message row."""

    SENDING = "sending"
    ANSWERED = "answered"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


class Cases(Protocol):
    """``counter_case`` and ``case_event``."""

    def open(self, case: CounterCase, event_by: int) -> CounterCase:
        """Insert with a fresh id and version 1; ``case.case_id`` is ignored."""
        ...

    def get(self, case_id: int) -> CounterCase: ...

    def save(self, case: CounterCase, event: CaseEvent | None = None) -> CounterCase:
        """Write ``case`` where its version is still the stored one; returns it with version + 1."""
        ...

    def unfinished(self, counter_no: int) -> tuple[CounterCase, ...]:
        """Cases neither done nor closed, oldest first, parked ones included."""
        ...

    def finished(self, counter_no: int, since: datetime) -> tuple[CounterCase, ...]: ...

    def everywhere(self, since: datetime) -> tuple[CounterCase, ...]:
        """Of every counter of this base, oldest first: unfinished, or finished since then."""
        ...

    def events(self, case_id: int) -> tuple[CaseEvent, ...]: ...

    def keep_document(self, case_id: int, digest: str, content: bytes) -> None: ...

    def document(self, case_id: int) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class KeptReply:
    """One answer as it was kept: secrets masked, personal values still in it."""

    state: MessageState
    started_at: datetime | None
    status: int | None
    kept: str
    platform_code: str
    platform_text: str
    failure: str


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """One message and its answers as they were kept."""

    message_id: str
    operation: Operation
    composed_at: datetime
    kept: str
    replies: tuple[KeptReply, ...]


class Messages(Protocol):
    """``message`` and ``message_reply``; ids come from a persisted counter (I7)."""

    def stamp(self, institution_code: str, counter_no: int, now: datetime) -> Stamp:
        """Allot the next message id. Time inside ids is max(now, last used); it falls only by
        ``go_on_from``."""
        ...

    def go_on_from(self, now: datetime) -> datetime | None:
        """``now`` is right: where ids or a recovery went far beyond it under a clock that was
        ahead, they go on from here. Returns the time they had reached, None where nothing was
        to be put right. An id that was drawn once is never drawn again."""
        ...

    def stretch(self) -> int:
        """How often message ids went on from an earlier time, as in ``go_on_from``."""
        ...

    def clock_behind(self, now: datetime) -> datetime | None:
        """A time ids have used that ``now`` lies far behind; None where the clock may be right."""
        ...

    def counter_of(self, message_id: str, institution_code: str) -> int | None:
        """Which counter may have made this id; None where no counter of ours ever would."""
        ...

    def stage(self, draft: Draft[Q], case_id: int | None) -> Staged[Q]:
        """Write the row in state SENDING; usable only after the commit."""
        ...

    def close(self, row_id: int, state: MessageState, facts: WireFacts | None) -> None:
        """Append the reply and set the final state."""
        ...

    def give_up_open(self) -> int:
        """At start-up: rows still SENDING become UNKNOWN; returns how many."""
        ...

    def left_open(self, before: datetime) -> tuple[int, ...]:
        """Rows still SENDING that were composed before: their outcome was never committed."""
        ...

    def reference_seen(self, platform_ref: str, before: datetime | None = None) -> bool:
        """Whether an answer with this reference was booked before: a replay. ``before`` counts only
        those whose message left earlier than that."""
        ...

    def exchange(self, row_id: int) -> KeptExchange:
        """One message and its answers as kept. Raises ``Bug`` for a row that does not exist."""
        ...

    def without_line_since(self, operations: Sequence[Operation], counter: int) -> datetime | None:
        """Since when no byte of ``operations`` left ``counter``; None where its last one did."""
        ...

    def first_unsent(self, operations: Sequence[Operation], counter: int) -> int | None:
        """The message row it began with; None where the last one left."""
        ...

    def last_left(self, operations: Sequence[Operation], counter: int | None = None) -> int:
        """Names the time without a line by what came before it: the newest reply to a message of
        ``operations`` that left ``counter``, or any where None; nought before the first. What was
        cut off by a power cut proves no line."""
        ...


class Attempts(Protocol):
    """``settlement_attempt`` and ``attempt_event``."""

    def add(self, attempt: Attempt, case_id: int, claim: str) -> None:
        """``claim`` is the prescription number, or the receipt number where there is none.
        Raises ``OperatorInput`` ``PRESCRIPTION_LIVE_ELSEWHERE`` where another live attempt
        holds it (I1).
        """
        ...

    def save(self, attempt: Attempt, before: AttemptState, event: str, at: datetime) -> None:
        """Write where the stored state is still ``before``."""
        ...

    def of_case(self, case_id: int) -> Attempt | None:
        """The newest attempt of the case."""
        ...

    def named_by(self, tail: str) -> int | None:
        """The case of the newest attempt whose settlement or refund ends with these digits."""
        ...

    def open_attempts(self, counter_no: int) -> tuple[tuple[int, Attempt], ...]:
        """(case id, attempt) of every attempt that is not at rest, oldest first."""
        ...

    def open_everywhere(self) -> tuple[tuple[int, Attempt], ...]:
        """The same of every counter that works on this base."""
        ...

    def last_event(self) -> int:
        """The number of the newest event of any attempt; 0 where there is none."""
        ...

    def come_to_rest_since(self, event: int) -> tuple[int, ...]:
        """Cases of which a settlement stood, fell or was refunded in an event after ``event``."""
        ...

    def settled_without_refund(
        self, first: datetime, last: datetime
    ) -> tuple[tuple[int, Attempt], ...]: ...

    def reversed_at(self, attempt: Attempt) -> datetime | None:
        """When the last reversal of its present leg was begun; None where none was. Under a clock
        that was ahead: the first true time since."""
        ...

    def ledger(self, first: datetime, last: datetime) -> tuple[LedgerEntry, ...]:
        """Every attempt to which something happened within ``first`` … ``last``, oldest first."""
        ...

    def by_messages(self, message_ids: Sequence[str]) -> tuple[LedgerEntry, ...]:
        """Attempts whose settlement or refund bears one of these message ids."""
        ...


class Journal(Protocol):
    """Hash-chained acts, written in the transaction of the act."""

    def write(self, at: datetime, staff_id: int, act: str, subject: str, reason: str = "") -> int:
        """Returns the row number, which serves as an evidence id."""
        ...

    def newest(self, act: str, subject: str) -> datetime | None:
        """When this was last done with that; None where nobody ever did."""
        ...

    def times(self, act: str, subject: str) -> tuple[datetime, ...]:
        """When this was done with that, the first one first."""
        ...


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """One signed-in day of this counter."""

    day: date
    sign_no: str
    operator_no: str
    opened_at: datetime
    closed_at: datetime | None


class Days(Protocol):
    """``business_day``."""

    def current(self, counter_no: int, day: date) -> BusinessDay | None: ...

    def opened(self, counter_no: int, first: date, last: date) -> frozenset[date]:
        """Those of these days on which somebody signed in."""
        ...

    def open(self, counter_no: int, day: BusinessDay) -> None: ...

    def close(self, counter_no: int, day: date, at: datetime) -> None: ...


class PrintKind(StrEnum):
    RECEIPT = "receipt"
    PRESCRIPTION = "prescription"
    WAITING_SLIP = "waiting_slip"
    GIVEN_BACK = "sale_proof"
    """The slip of a sale whose cash went back; a word every base knows since its first schema, so
    that none has to be rebuilt for it (0063)."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """``attempt_id`` is set for a receipt of a settled sale and must be SETTLED (I3).

    ``copies`` counts copies begun; ``printed_at`` is None until one is known to be out.
    """

    job_id: int
    kind: PrintKind
    case_id: int
    attempt_id: str | None
    copies: int
    queued_at: datetime
    printed_at: datetime | None


class PrintJobs(Protocol):
    """``print_job``: the row first, then paper; every copy is counted before it is begun.

    A copy whose end nobody saw keeps its number, so the next one says that it is a copy.
    """

    def queue(
        self, kind: PrintKind, case_id: int, attempt_id: str | None, at: datetime
    ) -> PrintJob: ...

    def waiting(self) -> tuple[PrintJob, ...]: ...

    def of_case(self, case_id: int) -> tuple[PrintJob, ...]: ...

    def begin(self, job_id: int) -> PrintJob:
        """Counts a copy that is about to be put on paper; returns the row with the new count."""
        ...

    def withdraw(self, job_id: int) -> None:
        """The printer refused the copy begun last: it does not count."""
        ...

    def printed(self, job_id: int, at: datetime) -> PrintJob:
        """The copy begun last is out."""
        ...


class Settings(Protocol):
    """``setting``: small values of this installation, by key."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...

    def next_number(self, key: str) -> int:
        """A persisted counter: 1, 2, 3 …"""
        ...


class Unit(Protocol):
    """Repositories of one open transaction."""

    cases: Cases
    messages: Messages
    attempts: Attempts
    outbox: Outbox
    goods: Goods
    people: People
    journal: Journal
    days: Days
    prints: PrintJobs
    settings: Settings
    money_days: MoneyDays
    recoveries: Recoveries
    deliveries: Deliveries
    stock: StockBooks
    counts: CountSheets
    drafts: StockDrafts
    register: Register
    overrides: Overrides
    prefixes: Prefixes
    elsewhere: ForeignBook
    stock_days: StockDays
    leases: Leases


class Store(Protocol):
    """The base of this installation."""

    def unit(self) -> AbstractContextManager[Unit]:
        """One transaction: commits on a clean exit, rolls back on any exception."""
        ...

    def reading(self) -> AbstractContextManager[Unit]:
        """A consistent read without a write lock."""
        ...

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Called after each durable commit (kill points and counters of the tests)."""
        ...

    def close(self) -> None: ...
