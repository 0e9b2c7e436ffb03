"""What waits for the platform. Claimed by conditional update with a lease (reliability 4)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.domain.uploads import FURTHEST
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState, OutboxTally
from app.profile.operations import Operation
from localdb.outbox_notes import NOTE, OutboxNotes, note_values
from localdb.outbox_requests import opened, sealed
from localdb.schema.columns import Moment
from localdb.schema.messages import IN_LANE, OPEN_STATES, outbox
from localdb.statements import AT_MOST, ONE, Known, Row
from localdb.upserts import upsert as unless_held

FINAL = (OutboxState.DELIVERED, OutboxState.VOIDED)


def _literals(states: tuple[OutboxState, ...]) -> list[sa.ColumnClause[Any]]:
    # Literals, so that the partial indexes apply.
    return [sa.literal_column(f"'{state}'") for state in states]


_VOIDED: sa.ColumnClause[Any] = sa.literal_column(f"'{OutboxState.VOIDED}'")
# Built once: building costs more than running them, and a stock-taking queues thousands.
_HOLDER = Known(
    sa.select(outbox.c.item_id, outbox.c.request_mark)
    .where(outbox.c.operation == sa.bindparam("asked_operation"))
    .where(outbox.c.business_key == sa.bindparam("asked_key"))
    .where(outbox.c.state != _VOIDED)
)
_ADD = Known(
    unless_held(outbox)
    .on_conflict_do_nothing(
        index_elements=[outbox.c.operation, outbox.c.business_key],
        index_where=outbox.c.state != _VOIDED,
    )
    .returning(outbox.c.item_id)
)
_NOW: sa.BindParameter[Any] = sa.bindparam("now", type_=Moment)
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted")
_OPEN = outbox.c.state.in_(_literals(OPEN_STATES))
_WAITS = outbox.c.state == sa.literal_column(f"'{OutboxState.WAITING}'")
_IN_DOUBT = outbox.c.state == sa.literal_column(f"'{OutboxState.UNKNOWN}'")
_EXPIRED = sa.and_(outbox.c.state == OutboxState.SENDING, outbox.c.lease_until <= _NOW)
_TALLY = Known(
    sa.select(
        sa.func.count(),
        sa.func.min(outbox.c.born_at),
        sa.func.count().filter(outbox.c.state == OutboxState.STOPPED),
        sa.func.count().filter(sa.or_(outbox.c.state == OutboxState.UNKNOWN, _EXPIRED)),
    ).where(_OPEN)
)
_ROWS = sa.select(outbox).order_by(outbox.c.item_id)
_ALL = Known(_ROWS)
_ALL_OPEN = Known(_ROWS.where(_OPEN))
_ITEM = Known(_ROWS.where(outbox.c.item_id == _WANTED))
_OF_LOT = Known(_ROWS.where(outbox.c.lane_key == _WANTED))
_OF_CASE = Known(_ROWS.where(outbox.c.case_id == _WANTED))
_OPEN_OF_LOT = Known(_ROWS.where(_OPEN, outbox.c.lane_key == _WANTED))
_DOUBTFUL = Known(
    _ROWS.where(_OPEN, sa.or_(sa.and_(_IN_DOUBT, outbox.c.next_at <= _NOW), _EXPIRED)).limit(
        AT_MOST
    )
)


def _first_of_lane() -> sa.ScalarSelect[Any]:
    ahead = outbox.alias("ahead")
    return (
        sa.select(sa.func.min(ahead.c.item_id))
        .where(ahead.c.lane_key == outbox.c.lane_key)
        .where(ahead.c.state.in_(_literals(IN_LANE)))
        .scalar_subquery()
    )


def _in_turn() -> sa.ColumnElement[bool]:
    """Nothing of this lot stands before it or is on its way: the order of a lot is the order in
    which its figures become true."""
    other = outbox.alias("other")
    sending = other.c.state == OutboxState.SENDING
    blocks = sa.or_(other.c.item_id < outbox.c.item_id, sending)
    return ~(
        sa.select(other.c.item_id)
        .where(other.c.lane_key == outbox.c.lane_key)
        .where(other.c.item_id != outbox.c.item_id)
        .where(other.c.state.in_(_literals(IN_LANE)))
        .where(blocks)
        .exists()
    )


_DUE = Known(
    # _OPEN, so that its index applies
    _ROWS.where(
        _OPEN,
        _WAITS,
        outbox.c.item_id > sa.bindparam("behind"),
        outbox.c.item_id == _first_of_lane(),
        # never told, it waits for no time: one to come is that of a clock that was ahead
        sa.or_(outbox.c.next_at <= _NOW, outbox.c.tries == sa.literal_column("0")),
    ).limit(AT_MOST)
)
_LEASE = (
    sa.update(outbox)
    .where(outbox.c.item_id == _WANTED)
    .where(_OPEN)
    .where(sa.or_(outbox.c.state != OutboxState.SENDING, outbox.c.lease_until <= _NOW))
    .where(_in_turn())
    .values(state=OutboxState.SENDING, tries=outbox.c.tries + 1)
)
_CLAIM = Known(_LEASE)
_AS_SEEN = sa.or_(outbox.c.state == sa.bindparam("seen_state"), _EXPIRED)
_CLAIM_SEEN = Known(_LEASE.where(_AS_SEEN, outbox.c.tries == sa.bindparam("seen_tries")))
_SETTLE = sa.update(outbox).where(
    outbox.c.item_id == _WANTED,
    outbox.c.state.not_in(_literals(FINAL)),
)
_SETTLE_ANY = Known(_SETTLE)
_SETTLE_OWN = Known(_SETTLE.where(outbox.c.holder == sa.bindparam("whose")))
_GIVE_UP = (
    sa.update(outbox)
    .where(_OPEN)
    .where(outbox.c.state == OutboxState.SENDING)
    .values(state=OutboxState.UNKNOWN, next_at=_NOW, holder=None, lease_until=None)
    .returning(outbox.c.item_id)
)
_GIVE_UP_EXPIRED = Known(_GIVE_UP.where(outbox.c.lease_until <= _NOW))
_GIVE_UP_ALL = Known(_GIVE_UP)
_GIVE_UP_OF = Known(
    _GIVE_UP.where(
        sa.or_(
            outbox.c.lease_until <= _NOW,
            sa.func.substr(outbox.c.holder, 1, sa.func.length(sa.bindparam("of", type_=sa.Text)))
            == sa.bindparam("of", type_=sa.Text),
        )
    )
)
_DOUBT = Known(
    sa.update(outbox)
    .where(_OPEN, _WAITS)
    .values(state=OutboxState.UNKNOWN, next_at=_NOW)
    .returning(outbox.c.item_id)
)


class SqlOutbox(OutboxNotes):
    """Implements ``app.ports.store.Outbox``."""

    def add(
        self,
        operation: Operation,
        business_key: str,
        lane_key: str,
        request: object,
        case_id: int | None,
        summary: str,
        now: datetime,
    ) -> int:
        """The row's id. The same request under the same key is the same row (I8).

        Raises ``Bug`` where another request already holds the key.
        """
        mark = self._scope.codec.mark(request)
        added = self._scope.ask(
            _ADD,
            {
                "operation": operation,
                "business_key": business_key,
                "lane_key": lane_key,
                "case_id": case_id,
                "request": sealed(self._scope.codec, operation, business_key, request),
                "request_mark": mark,
                "state": OutboxState.WAITING,
                "tries": 0,
                "born_at": now,
                "next_at": now,
                "platform_text": "",
                "summary": summary,
            },
        ).scalar_one_or_none()
        if added is not None:
            return int(added)
        known = self._holder_of(operation, business_key)
        if known.request_mark != mark:
            raise Bug(what="business key used twice", key=business_key)
        return int(known.item_id)

    def _holder_of(self, operation: Operation, business_key: str) -> Row:
        asked = {"asked_operation": operation, "asked_key": business_key}
        return self._scope.ask(_HOLDER, asked).one()

    def due(self, now: datetime, limit: int = 50, behind: int = 0) -> tuple[OutboxItem, ...]:
        """First of every lane key where it is WAITING and its time has come, oldest first; only
        rows after ``behind``.

        An UNKNOWN item holds its lane and is never sent again by itself: only the rule of its
        operation, or a person, puts it back to WAITING. A STOPPED one lets the others pass.
        """
        return self._items(now, _DUE, most=limit, behind=behind)

    def in_doubt(self, now: datetime, limit: int = 50) -> tuple[OutboxItem, ...]:
        return self._items(now, _DOUBTFUL, most=limit)

    def items(self, *, open_only: bool = True) -> tuple[OutboxItem, ...]:
        return self._items(self._scope.clock.now(), _ALL_OPEN if open_only else _ALL)

    def item(self, item_id: int) -> OutboxItem | None:
        found = self._items(self._scope.clock.now(), _ITEM, wanted=item_id)
        return found[0] if found else None

    def of_lot(self, lane_key: str) -> tuple[OutboxItem, ...]:
        return self._items(self._scope.clock.now(), _OF_LOT, wanted=lane_key)

    def of_case(self, case_id: int) -> tuple[OutboxItem, ...]:
        return self._items(self._scope.clock.now(), _OF_CASE, wanted=case_id)

    def open_of_lot(self, lane_key: str) -> tuple[OutboxItem, ...]:
        return self._items(self._scope.clock.now(), _OPEN_OF_LOT, wanted=lane_key)

    def tally(self) -> OutboxTally:
        """Counts only: no request is opened for them."""
        return OutboxTally(*self._scope.ask(_TALLY, {"now": self._scope.clock.now()}).one())

    def open_before(self, item_id: int, operations: Sequence[Operation]) -> bool:
        this = outbox.alias("this")
        found = self._scope.connection.execute(
            sa.select(outbox.c.item_id)
            .join(this, this.c.lane_key == outbox.c.lane_key)
            .where(this.c.item_id == item_id)
            .where(outbox.c.item_id < item_id)
            .where(outbox.c.operation.in_(operations))
            .where(outbox.c.state.in_(_literals(OPEN_STATES)))
            .limit(ONE)
        )
        return found.first() is not None

    def _items(self, now: datetime, statement: Known, **values: object) -> tuple[OutboxItem, ...]:
        rows = self._scope.ask(statement, {**values, "now": now})
        return tuple(self._item(row, now) for row in rows)

    def _item(self, row: Row, now: datetime) -> OutboxItem:
        state = OutboxState(row.state)
        if state is OutboxState.SENDING and row.lease_until <= now:
            state = OutboxState.UNKNOWN
        return OutboxItem(
            item_id=row.item_id,
            operation=Operation(row.operation),
            business_key=row.business_key,
            lane_key=row.lane_key,
            case_id=row.case_id,
            request=opened(self._scope.codec, row),
            state=state,
            tries=row.tries,
            born_at=row.born_at,
            next_at=row.next_at,
            code=row.code,
            platform_text=row.platform_text,
            summary=row.summary,
        )

    def claim(
        self, item_id: int, holder: str, until: datetime, seen: OutboxItem | None = None
    ) -> bool:
        """True for exactly one caller; False where it is held, delivered, voided, where an earlier
        one of its lot has not come to rest, or where it was told since it was ``seen``."""
        asked = {"wanted": item_id, "now": self._scope.clock.now()}
        asked |= {"holder": holder, "lease_until": until}
        if seen is None:
            return self._scope.ask(_CLAIM, asked).rowcount == 1
        as_seen = {"seen_state": seen.state, "seen_tries": seen.tries}
        return self._scope.ask(_CLAIM_SEEN, asked | as_seen).rowcount == 1

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
        """Release the lease and write the fate. A delivered or voided row stays as it is (I8).

        ``holder`` writes only under its own lease: whoever lost it in the meantime may bring a
        delivery, and nothing else. Returns whether the row was written.
        """
        if state is OutboxState.SENDING:
            raise Bug(what="an item is claimed, not settled, into sending", item=item_id)
        values = {
            "wanted": item_id,
            "state": state,
            "next_at": next_at,
            "code": code,
            "platform_text": platform_text,
            "holder": None,
            "lease_until": None,
        }
        if holder is None or state is OutboxState.DELIVERED:
            written = self._scope.ask(_SETTLE_ANY, values)
        else:
            written = self._scope.ask(_SETTLE_OWN, {**values, "whose": holder})
        if written.rowcount != 1 and not self._exists(item_id):
            raise Bug(what="no such outbox item", item=item_id)
        return written.rowcount == 1

    def expire(self, now: datetime, spared: Sequence[str] = ()) -> tuple[int, ...]:
        if not spared:
            return self._give_up(now, _GIVE_UP_EXPIRED)
        alive = sa.or_(*(_begins(whose) for whose in spared))
        return self._give_up(now, _GIVE_UP.where(outbox.c.lease_until <= _NOW, ~alive))

    def held_by(self, whose: str, item_id: int | None = None) -> bool:
        asked = sa.select(outbox.c.item_id).where(
            _OPEN, outbox.c.state == OutboxState.SENDING, _begins(whose)
        )
        if item_id is not None:
            asked = asked.where(outbox.c.item_id == item_id)
        return self._scope.connection.execute(asked.limit(ONE)).first() is not None

    def hasten(
        self, codes: Sequence[int], now: datetime, told: Collection[Operation] | None = None
    ) -> int:
        waits = sa.update(outbox).where(_WAITS, outbox.c.code.in_(codes), outbox.c.next_at > now)
        if told is not None:
            waits = waits.where(outbox.c.operation.in_(told))
        return int(self._scope.connection.execute(waits.values(next_at=now)).rowcount)

    def _exists(self, item_id: int) -> bool:
        return bool(self._scope.ask(_ITEM, {"wanted": item_id}).all())

    def give_up_open(self, counter: int | None = None) -> int:
        """After a restart no lease has a holder any more: SENDING is UNKNOWN. Returns how many.

        At a base of several counters only what ``counter`` held, by the name of its holders, and
        what nobody may hold any longer.
        """
        now = self._scope.clock.now()
        if counter is None:
            return len(self._give_up(now, _GIVE_UP_ALL))
        return len(self._give_up(now, _GIVE_UP_OF, of=f"counter-{counter}-"))

    def bring_near(self) -> int:
        """A record that waits longer than any gap was written under a clock that was ahead: it is
        due now. Returns how many."""
        now = self._scope.clock.now()
        written = self._scope.connection.execute(
            sa.update(outbox)
            .where(outbox.c.state.in_(_literals(OPEN_STATES)), outbox.c.next_at > now + FURTHEST)
            .values(next_at=now)
        )
        return written.rowcount

    def doubt_waiting(self) -> int:
        """The base is not the newest: what waits here may have been told since. Returns how many.

        What happens to each is decided by the rule of its operation, as for any other doubt.
        """
        now = self._scope.clock.now()
        doubted = tuple(sorted(self._scope.ask(_DOUBT, {"now": now}).scalars()))
        if doubted:
            rows = [note_values(one, OutboxNote(now, OutboxMove.UNCLEAR)) for one in doubted]
            self._scope.ask_each(NOTE, rows)
        return len(doubted)

    def _give_up(
        self, now: datetime, which: Known | sa.UpdateBase, **whose: str
    ) -> tuple[int, ...]:
        asked = {"now": now, **whose}
        if isinstance(which, Known):
            given_up = tuple(sorted(self._scope.ask(which, asked).scalars()))
        else:
            given_up = tuple(sorted(self._scope.connection.execute(which, asked).scalars()))
        if given_up:
            note = OutboxNote(now, OutboxMove.EXPIRED)
            rows = [note_values(item_id, note) for item_id in given_up]
            self._scope.ask_each(NOTE, rows)
        return given_up


def _begins(whose: str) -> sa.ColumnElement[bool]:
    return sa.func.substr(outbox.c.holder, 1, len(whose)) == whose
