"""What this store promised, read as one snapshot: the side of a comparison that is ours.

For simulated days, which lay it beside the platform's own books after every step (reliability 3).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.domain.case import Phase, Position, Step
from app.domain.errors import Bug
from app.domain.settlement import Attempt
from app.ports.store import OutboxState
from localdb.mapping.attempts import attempt_of
from localdb.repositories.scope import Scope
from localdb.schema.messages import OPEN_STATES
from localdb.schema.money import settlement_attempt
from localdb.statements import Known
from localdb.store import SqlStore, scope_of

GROWING = (
    "case_event",
    "attempt_event",
    "message_reply",
    "journal",
    "stock_event",
    "document",
)
"""Tables whose rows are written once (I6)."""
_ATTEMPTS = Known(sa.select(settlement_attempt).order_by(settlement_attempt.c.attempt_no))
_CASES = "SELECT case_id, counter_no, step, phase FROM counter_case"
_CLAIMS = (
    "SELECT code, case_id, state, attempt_id, 0 FROM code_claim WHERE state <> 'returned'"
    " UNION ALL SELECT code, case_id, state, attempt_id, 1 FROM part_claim"
    " WHERE state IN ('reserved', 'sold')"
)
_OVER = (
    "SELECT code FROM part_claim WHERE state <> 'returned' GROUP BY code"
    " HAVING SUM(pieces) > MAX(size)"
)
# what was sold for cash hangs on no attempt, and is judged by its visit
_PAPERS = (
    "SELECT kind, attempt_id, copies, printed_at FROM print_job WHERE kind = 'receipt'"
    " AND case_id NOT IN (SELECT case_id FROM counter_case WHERE route = 'self_pay')"
)
_SOLD = (
    "SELECT attempt_id FROM (SELECT attempt_id, case_id FROM stock_event WHERE kind = 'sold'"
    " UNION ALL SELECT attempt_id, case_id FROM part_event WHERE kind = 'sold')"
    " WHERE case_id NOT IN (SELECT case_id FROM counter_case WHERE route = 'self_pay')"
)
_CASH = (
    "SELECT c.case_id, COUNT(p.kind) FILTER (WHERE p.kind = 'receipt'),"
    " COUNT(p.kind) FILTER (WHERE p.kind = 'sale_proof')"
    " FROM counter_case c LEFT JOIN print_job p ON p.case_id = c.case_id"
    " WHERE c.route = 'self_pay' GROUP BY c.case_id"
)
_LOTS = (
    "SELECT lot_id FROM lot WHERE on_hand <>"
    " (SELECT COALESCE(SUM(packs), 0) FROM stock_event e WHERE e.lot_id = lot.lot_id)"
)
_SENDING = "SELECT message_id, operation FROM message WHERE state = 'sending'"
_OUTBOX = "SELECT item_id, state, lane_key, case_id, next_at FROM outbox"
_ADOPTED = "SELECT message_id FROM adopted_money"
_MESSAGES = "SELECT COUNT(*), COUNT(DISTINCT message_id) FROM message"


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt with the case it belongs to."""

    case_id: int
    claim: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class CaseLine:
    """Where one case stands."""

    counter_no: int
    position: Position


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """Who holds one box, or a part of it: a case before the sale, an attempt after it."""

    code: str
    case_id: int
    sold: bool
    attempt_id: str | None
    part: bool = False


@dataclass(frozen=True, slots=True)
class CashLine:
    """Papers of one visit for cash: receipts of what was paid, slips of what was given back."""

    receipts: int
    slips: int


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One record that waits, waited, or was given up."""

    state: OutboxState
    case_id: int | None
    scheduled: bool

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class StoreLedger:
    """One consistent look at everything that was promised.

    ``receipts`` are the attempts receipts hang on, ``goods`` those that sold boxes left with (None
    where they hang on none); ``uneven`` are lots whose count is not the sum of their events,
    ``adopted`` messages of the platform that were entered without an attempt, ``oversold`` boxes of
    which more is held in parts than they hold. ``cash`` are the visits that no attempt belongs to.
    """

    attempts: tuple[AttemptLine, ...]
    cases: Mapping[int, CaseLine]
    claims: tuple[ClaimLine, ...]
    receipts: tuple[str | None, ...]
    unprinted: int
    goods: tuple[str | None, ...]
    uneven: tuple[int, ...]
    sending: Mapping[str, str]
    outbox: Mapping[int, OutboxLine]
    messages: int
    message_ids: int
    adopted: frozenset[str] = frozenset()
    oversold: tuple[str, ...] = ()
    cash: Mapping[int, CashLine] = field(default_factory=dict)

    def sold_with(self) -> Mapping[str, frozenset[str]]:
        """Trace codes by the attempt they were sold with."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for claim in self.claims:
            if claim.sold and claim.attempt_id is not None:
                found[claim.attempt_id].add(claim.code)
        return {attempt: frozenset(codes) for attempt, codes in found.items()}


def read_ledger(store: SqlStore) -> StoreLedger:
    """Everything at once, from one snapshot."""
    with store.reading() as unit:
        scope = scope_of(unit)
        rows = _Rows(scope)
        papers, messages = rows(_PAPERS), rows(_MESSAGES)[0]
        return StoreLedger(
            attempts=tuple(
                AttemptLine(row.case_id, row.claim, attempt_of(scope.codec, row))
                for row in scope.ask(_ATTEMPTS)
            ),
            cases={case: _case_line(*row) for case, *row in rows(_CASES)},
            claims=tuple(_claim_line(*row) for row in rows(_CLAIMS)),
            receipts=tuple(row[1] for row in papers),
            unprinted=sum(row[3] is None for row in papers),
            goods=tuple(row[0] for row in rows(_SOLD)),
            uneven=tuple(row[0] for row in rows(_LOTS)),
            sending=dict(tuple(row) for row in rows(_SENDING)),
            outbox={
                item: OutboxLine(OutboxState(state), case, next_at is not None)
                for item, state, _lane, case, next_at in rows(_OUTBOX)
            },
            messages=messages[0],
            message_ids=messages[1],
            adopted=frozenset(row[0] for row in rows(_ADOPTED)),
            oversold=tuple(row[0] for row in rows(_OVER)),
            cash={case: CashLine(*papers) for case, *papers in rows(_CASH)},
        )


@lru_cache(maxsize=256)
def _case_line(counter: int, step: str, phase: str) -> CaseLine:
    return CaseLine(counter, Position(Step(step), Phase(phase)))


@lru_cache(maxsize=256)
def _claim_line(code: str, case: int, state: str, attempt: str | None, part: int) -> ClaimLine:
    return ClaimLine(code, case, state == "sold", attempt, part=bool(part))


class _Rows:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __call__(self, statement: str) -> list[Any]:
        rows: list[Any] = self._scope.line.driver.execute(statement).fetchall()
        return rows


def sending(store: SqlStore) -> Mapping[str, str]:
    """Operation by message id of every row that stands as about to be sent."""
    with store.reading() as unit:
        return dict(tuple(row) for row in _Rows(scope_of(unit))(_SENDING))


WrittenOnce = Mapping[str, tuple[tuple[object, ...], ...]]
"""Rows by table."""


def written_once(store: SqlStore) -> WrittenOnce:
    """Every row of the growing tables, for laying today's beside yesterday's (I6)."""
    with store.reading() as unit:
        rows = _Rows(scope_of(unit))
        return {
            name: tuple(tuple(row) for row in rows(f"SELECT * FROM {name} ORDER BY 1"))  # noqa: S608 fixed names
            for name in GROWING
        }


def left_the_shop(store: SqlStore, codes: tuple[str, ...]) -> frozenset[str]:
    """Those of ``codes`` that were sold here once, taken back since or not."""
    with store.reading() as unit:
        rows = _Rows(scope_of(unit))(
            "SELECT code FROM code_claim WHERE state IN ('sold', 'returned')"
            " UNION SELECT code FROM part_claim WHERE state IN ('sold', 'returned')"
        )
    return frozenset(row[0] for row in rows) & frozenset(codes)


def attempt_state(store: SqlStore, message_id: str) -> str:
    """State of the attempt whose settlement or refund has this id; empty where there is none."""
    with store.reading() as unit:
        found = scope_of(unit).line.driver.execute(
            "SELECT state FROM settlement_attempt WHERE ? IN (message_id, refund_message_id)",
            (message_id,),
        )
        states = [str(row[0]) for row in found]
    if len(states) > 1:
        raise Bug(what="one message id of two attempts")
    return states[0] if states else ""
