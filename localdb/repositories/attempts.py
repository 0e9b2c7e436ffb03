"""Settlement attempts. At most one live per prescription, whichever counter asks (I1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc

from app.domain.errors import Code, OperatorInput
from app.domain.settlement import AT_REST, DEAD, Attempt, AttemptState, BeginRefund
from app.ports.reconciling import LedgerEntry
from localdb.failures import is_twice
from localdb.mapping.attempts import attempt_of, bill_values, state_values
from localdb.repositories.scope import Scope
from localdb.schema.cases import counter_case
from localdb.schema.columns import Moment
from localdb.schema.money import attempt_event, settlement_attempt
from localdb.statements import ONE, AnyRow, Known, Row


def _literals(states: frozenset[AttemptState]) -> list[sa.ColumnClause[Any]]:
    # Literals, so that the partial indexes apply.
    return [sa.literal_column(f"'{state}'") for state in sorted(states)]


# Built once: every view asks for them.
_OF_CASE = Known(
    sa.select(settlement_attempt)
    .where(settlement_attempt.c.case_id == sa.bindparam("wanted"))
    .order_by(settlement_attempt.c.attempt_no.desc())
    .limit(ONE)
)
_WITH_CASE = (
    sa.select(settlement_attempt)
    .join(counter_case, counter_case.c.case_id == settlement_attempt.c.case_id)
    .order_by(settlement_attempt.c.attempt_no)
)
# The few that are open first: a join would begin with every case of the counter.
_COUNTER = (
    sa.select(counter_case.c.counter_no)
    .where(counter_case.c.case_id == settlement_attempt.c.case_id)
    .scalar_subquery()
)
_OPEN = Known(
    sa.select(settlement_attempt)
    .where(
        settlement_attempt.c.state.not_in(_literals(AT_REST)),
        sa.bindparam("counter") == _COUNTER,
    )
    .order_by(settlement_attempt.c.attempt_no)
)
_EVERYWHERE = Known(
    sa.select(settlement_attempt)
    .where(settlement_attempt.c.state.not_in(_literals(AT_REST)))
    .order_by(settlement_attempt.c.attempt_no)
)
_LAST_EVENT = Known(sa.select(sa.func.max(attempt_event.c.event_id)))
_MOVED_MONEY = AT_REST - {AttemptState.REJECTED}
_COME_TO_REST = Known(
    sa.select(settlement_attempt.c.case_id)
    .join(attempt_event, attempt_event.c.message_id == settlement_attempt.c.message_id)
    .where(
        attempt_event.c.event_id > sa.bindparam("seen"),
        attempt_event.c.state_after.in_(_literals(_MOVED_MONEY)),
    )
    .distinct()
    .order_by(settlement_attempt.c.case_id)
)
_SETTLED = Known(
    _WITH_CASE.where(
        settlement_attempt.c.state == AttemptState.SETTLED,
        settlement_attempt.c.settled_on.between(sa.bindparam("first"), sa.bindparam("last")),
    )
)
_OF_ATTEMPT = attempt_event.c.message_id == settlement_attempt.c.message_id
_BEGUN = sa.select(sa.func.min(attempt_event.c.at)).where(_OF_ATTEMPT)
_FIRST = (
    sa.select(attempt_event.c.at).where(_OF_ATTEMPT).order_by(attempt_event.c.event_id).limit(ONE)
)
_REFUND_BEGUN = sa.select(sa.func.max(attempt_event.c.at)).where(
    _OF_ATTEMPT, attempt_event.c.event == BeginRefund.__name__
)
_LEDGER = sa.select(
    settlement_attempt,
    _BEGUN.correlate(settlement_attempt).scalar_subquery().label("begun_at"),
    _REFUND_BEGUN.correlate(settlement_attempt).scalar_subquery().label("refund_begun_at"),
    _FIRST.correlate(settlement_attempt).scalar_subquery().label("first_at"),
).order_by(settlement_attempt.c.attempt_no)
_TOUCHED = Known(
    _LEDGER.where(
        settlement_attempt.c.message_id.in_(
            sa.select(attempt_event.c.message_id).where(
                attempt_event.c.at.between(sa.bindparam("first"), sa.bindparam("last"))
            )
        )
    )
)
_NAMED = _LEDGER.where(
    sa.or_(
        settlement_attempt.c.message_id.in_(sa.bindparam("wanted", expanding=True)),
        settlement_attempt.c.refund_message_id.in_(sa.bindparam("wanted", expanding=True)),
    )
)
# No known statement: SQLite looks at a bound pattern to plan by it. Somebody typed it, rarely.
_NAMED_BY = (
    sa.select(settlement_attempt.c.case_id)
    .where(
        sa.or_(
            settlement_attempt.c.message_id.like(sa.bindparam("tail")),
            settlement_attempt.c.refund_message_id.like(sa.bindparam("tail")),
        )
    )
    .order_by(settlement_attempt.c.attempt_no.desc())
    .limit(1)
)
_AT_ONCE = 500
"""Message ids in one statement; a base allows some hundreds of values."""

_ITS_EVENTS = attempt_event.c.message_id == sa.bindparam("wanted")
_REFUND_SINCE = sa.select(sa.func.max(attempt_event.c.event_id)).where(
    _ITS_EVENTS, attempt_event.c.event == BeginRefund.__name__
)
_SENT_LAST = sa.select(sa.func.min(attempt_event.c.event_id)).where(
    _ITS_EVENTS,
    attempt_event.c.reversals == sa.bindparam("reversals"),
    attempt_event.c.event_id > sa.func.coalesce(_REFUND_SINCE.scalar_subquery(), 0),
)
_REVERSED_AT = Known(
    sa.select(sa.func.min(attempt_event.c.at)).where(
        _ITS_EVENTS, attempt_event.c.event_id >= _SENT_LAST.scalar_subquery()
    )
)
_ADD = Known(sa.insert(settlement_attempt))
_NOTE = Known(sa.insert(attempt_event))
_CHANGE = sa.update(settlement_attempt).where(
    settlement_attempt.c.message_id == sa.bindparam("wanted"),
    settlement_attempt.c.state == sa.bindparam("before"),
)
_SAVE = Known(_CHANGE)
# The first time it settled; a refund that did not happen leaves that day alone.
_SAVE_SETTLED = Known(
    _CHANGE.values(
        settled_on=sa.func.coalesce(
            settlement_attempt.c.settled_on, sa.bindparam("now_settled", type_=Moment)
        )
    )
)


class SqlAttempts:
    """Implements ``app.ports.store.Attempts``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, attempt: Attempt, case_id: int, claim: str) -> None:
        at = attempt.next_at or self._scope.clock.now()
        values = bill_values(attempt) | state_values(self._scope.codec, attempt)
        settled_on = at if attempt.state is AttemptState.SETTLED else None
        added = {"case_id": case_id, "claim": claim, "settled_on": settled_on, **values}
        try:
            with self._scope.line.refusable():
                self._scope.ask(_ADD, added)
        except sqlalchemy.exc.IntegrityError as error:
            if is_twice(error, "settlement_attempt.claim", "uq_settlement_attempt_live"):
                raise self._live_elsewhere(claim) from error
            raise
        self._append_event(attempt, None, "prepared", at)

    def _live_elsewhere(self, claim: str) -> OperatorInput:
        live = self._scope.connection.execute(
            sa.select(
                settlement_attempt.c.case_id,
                settlement_attempt.c.state,
                settlement_attempt.c.sent_at,
                counter_case.c.counter_no,
            )
            .join(counter_case, counter_case.c.case_id == settlement_attempt.c.case_id)
            .where(settlement_attempt.c.claim == claim)
            .where(settlement_attempt.c.state.not_in(_literals(DEAD)))
        ).one()
        return OperatorInput(
            Code.PRESCRIPTION_LIVE_ELSEWHERE,
            claim=claim,
            case=live.case_id,
            counter=live.counter_no,
            state=live.state,
            since=live.sent_at.isoformat(timespec="minutes") if live.sent_at else "",
        )

    def save(self, attempt: Attempt, before: AttemptState, event: str, at: datetime) -> None:
        values = state_values(self._scope.codec, attempt)
        key: dict[str, object] = {"wanted": attempt.message_id, "before": before}
        statement = _SAVE
        if attempt.state is AttemptState.SETTLED:
            statement, key["now_settled"] = _SAVE_SETTLED, at
        written = self._scope.ask(statement, {**values, **key})
        if written.rowcount != 1:
            raise OperatorInput(Code.STEP_MOVED_ON, message=attempt.message_id)
        self._append_event(attempt, before, event, at)

    def _append_event(
        self, attempt: Attempt, before: AttemptState | None, event: str, at: datetime
    ) -> None:
        self._scope.ask(
            _NOTE,
            {
                "message_id": attempt.message_id,
                "at": at,
                "event": event,
                "state_before": before,
                "state_after": attempt.state,
                "reversals": attempt.reversals,
                "reason": attempt.reason,
            },
        )

    def of_case(self, case_id: int) -> Attempt | None:
        found = self._scope.found(_OF_CASE, {"wanted": case_id}, self._attempt)
        return found[0] if found else None

    def _attempt(self, row: Row) -> Attempt:
        return attempt_of(self._scope.codec, row)

    def named_by(self, tail: str) -> int | None:
        found = self._scope.connection.execute(_NAMED_BY, {"tail": f"%{tail}"})
        case_id: int | None = found.scalar_one_or_none()
        return case_id

    def open_attempts(self, counter_no: int) -> tuple[tuple[int, Attempt], ...]:
        return self._pairs(_OPEN, counter=counter_no)

    def open_everywhere(self) -> tuple[tuple[int, Attempt], ...]:
        return self._pairs(_EVERYWHERE)

    def last_event(self) -> int:
        return int(self._scope.ask(_LAST_EVENT, {}).scalar_one() or 0)

    def come_to_rest_since(self, event: int) -> tuple[int, ...]:
        rows = self._scope.ask(_COME_TO_REST, {"seen": event})
        return tuple(row.case_id for row in rows)

    def settled_without_refund(
        self, first: datetime, last: datetime
    ) -> tuple[tuple[int, Attempt], ...]:
        """Attempts at rest in SETTLED that settled within ``first`` … ``last``, both included."""
        return self._pairs(_SETTLED, first=first, last=last)

    def reversed_at(self, attempt: Attempt) -> datetime | None:
        if not attempt.reversals:
            return None
        asked: dict[str, object] = {"wanted": attempt.message_id, "reversals": attempt.reversals}
        at: datetime | None = self._scope.ask(_REVERSED_AT, asked).scalar_one()
        return at

    def ledger(self, first: datetime, last: datetime) -> tuple[LedgerEntry, ...]:
        rows = self._scope.ask(_TOUCHED, {"first": first, "last": last})
        return tuple(self._entry(row) for row in rows)

    def by_messages(self, message_ids: Sequence[str]) -> tuple[LedgerEntry, ...]:
        found: list[LedgerEntry] = []
        for at in range(0, len(message_ids), _AT_ONCE):
            wanted = list(message_ids[at : at + _AT_ONCE])
            rows = self._scope.connection.execute(_NAMED, {"wanted": wanted})
            found += (self._entry(row) for row in rows)
        return tuple(found)

    def _entry(self, row: AnyRow) -> LedgerEntry:
        attempt = attempt_of(self._scope.codec, row)
        again = row.first_at > row.begun_at
        return LedgerEntry(row.case_id, attempt, row.begun_at, row.refund_begun_at, again)

    def _pairs(self, statement: Known, **values: object) -> tuple[tuple[int, Attempt], ...]:
        return self._scope.found(statement, values, self._pair)

    def _pair(self, row: Row) -> tuple[int, Attempt]:
        return row.case_id, self._attempt(row)
