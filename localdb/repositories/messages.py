"""Messages: ids that never repeat, rows that precede the wire, replies that follow it."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import TypeVar

import sqlalchemy as sa

from app.domain.errors import Bug, Code, OperatorInput
from app.ports.messages import Draft, Staged, WireFacts
from app.ports.platform import Stamp
from app.ports.recovery import ALLOWED
from app.ports.store import KeptExchange, KeptReply, MessageState
from app.profile.operations import Operation
from localdb.repositories.recoveries import SqlRecoveries
from localdb.repositories.scope import Scope
from localdb.repositories.settings import SqlSettings
from localdb.schema.columns import Moment
from localdb.schema.messages import message, message_mark, message_reply
from localdb.schema.money import settlement_attempt
from localdb.standing import CLOCK_TOLERANCE, Standing
from localdb.statements import ONE, Known, Row
from localdb.upserts import upsert
from localdb.witness import RESERVED

Q = TypeVar("Q")
CHINA_TIME = timezone(timedelta(hours=8))
"""Message ids carry the wall time of the whole country (core-platform 2.2)."""
_LAST_MARK = Known(
    sa.select(message_mark.c.last_at, message_mark.c.last_sequence).where(
        message_mark.c.institution_code == sa.bindparam("institution_code"),
        message_mark.c.counter_no == sa.bindparam("counter_no"),
    )
)
_MARKED = upsert(message_mark)
_MARK = Known(
    _MARKED.on_conflict_do_update(
        index_elements=["institution_code", "counter_no"],
        set_={name: _MARKED.excluded[name] for name in ("last_at", "last_sequence")},
    )
)
_USED = Known(
    sa.union_all(
        sa.select(message.c.row_id).where(message.c.message_id == sa.bindparam("wanted")),
        *(
            sa.select(settlement_attempt.c.attempt_no).where(column == sa.bindparam("wanted"))
            for column in (
                settlement_attempt.c.message_id,
                settlement_attempt.c.refund_message_id,
            )
        ),
    ).limit(ONE)
)
_STAGE = Known(sa.insert(message).returning(message.c.row_id))
_REPLY = Known(sa.insert(message_reply))
_WITH_REF = (
    sa.select(message_reply.c.reply_id)
    .where(message_reply.c.platform_ref == sa.bindparam("wanted"))
    # A literal, so that the partial index applies.
    .where(message_reply.c.platform_ref != sa.literal_column("''"))
    .limit(ONE)
)
_SEEN = Known(_WITH_REF)
_SEEN_EARLIER = Known(
    _WITH_REF.where(message_reply.c.started_at < sa.bindparam("before", type_=Moment))
)
_LEFT_OPEN = Known(
    sa.select(message.c.row_id).where(
        # A literal, so that the partial index applies.
        message.c.state == sa.literal_column(f"'{MessageState.SENDING}'"),
        message.c.composed_at < sa.bindparam("before", type_=Moment),
    )
)
_BEFORE: dict[MessageState, tuple[MessageState, ...]] = {
    MessageState.SENDING: (),
    MessageState.UNKNOWN: (MessageState.SENDING,),
    MessageState.ANSWERED: (MessageState.SENDING, MessageState.UNKNOWN),
    MessageState.REJECTED: (MessageState.SENDING, MessageState.UNKNOWN),
    MessageState.NOT_SENT: (MessageState.SENDING, MessageState.UNKNOWN),
}
_CLOSE = {
    state: Known(
        sa.update(message)
        .where(message.c.row_id == sa.bindparam("wanted"))
        .where(message.c.state.in_([sa.literal_column(f"'{earlier}'") for earlier in before]))
    )
    for state, before in _BEFORE.items()
}
_MESSAGE = Known(sa.select(message).where(message.c.row_id == sa.bindparam("wanted")))
_REPLIES = Known(
    sa.select(message_reply)
    .where(message_reply.c.row_id == sa.bindparam("wanted"))
    .order_by(message_reply.c.reply_id)
)
_STATE = Known(sa.select(message.c.state).where(message.c.row_id == sa.bindparam("wanted")))
_SENDING = Known(
    sa.select(message.c.row_id, message.c.message_id).where(
        message.c.state == sa.literal_column(f"'{MessageState.SENDING}'")
    )
)
_TOLD = message_reply.join(message, message.c.row_id == message_reply.c.row_id)
_MINE = message.c.operation.in_(sa.bindparam("operations", expanding=True))
_UNSENT = message_reply.c.state == MessageState.NOT_SENT
_LEFT = sa.or_(
    message_reply.c.state.in_((MessageState.ANSWERED, MessageState.REJECTED)),
    # without facts it was given up by a restart, and says nothing of a line
    sa.and_(message_reply.c.state == MessageState.UNKNOWN, message_reply.c.first_byte_left == ONE),
)
# the counter's two digits stand before the last two of every id
_BLOCK = sa.func.substr(message.c.message_id, sa.func.length(message.c.message_id) - 3, 2)
_OF_COUNTER = sa.and_(_MINE, sa.bindparam("block") == _BLOCK)
_NEWEST_LEFT = {
    whole: sa.select(message_reply.c.reply_id)
    .select_from(_TOLD)
    .where(_MINE if whole else _OF_COUNTER)
    .where(_LEFT)
    .order_by(message_reply.c.reply_id.desc())
    .limit(ONE)
    for whole in (True, False)
}
"""Of the whole base, and of one counter."""
_WITHOUT_LINE = (
    sa.select(sa.func.min(message.c.composed_at))
    .select_from(_TOLD)
    .where(_OF_COUNTER)
    .where(_UNSENT)
    .where(message_reply.c.reply_id > sa.func.coalesce(_NEWEST_LEFT[False].scalar_subquery(), 0))
)
_FIRST_UNSENT = _WITHOUT_LINE.with_only_columns(sa.func.min(message.c.row_id))
STRETCH_KEY = "messages.stretch"
"""How often ids went on from an earlier time, after a clock that was ahead. A mark never falls:
each stretch has its own."""
COUNTERS = 100
"""The four digits of the tail are split by counter number (reliability 5)."""


def message_id(institution_code: str, counter_no: int, at: datetime, sequence: int) -> str:
    """Institution code 12 + local time 14 + counter 2 + sequence 2."""
    moment = at.astimezone(CHINA_TIME).strftime("%Y%m%d%H%M%S")
    return f"{institution_code}{moment}{counter_no:02d}{sequence:02d}"


def counter_of(text: str, institution_code: str) -> int | None:
    """The counter whose block an id lies in; None for an id this program does not make."""
    whole = len(text) == len(institution_code) + 18 and text.startswith(institution_code)
    tail = text[len(institution_code) :]
    return int(tail[14:16]) if whole and tail.isascii() and tail.isdigit() else None


def _block_of(text: str) -> int | None:
    """As :func:`counter_of`, of whatever institution."""
    return counter_of(text, text[:-18]) if len(text) > 18 else None


def _whose(operations: Sequence[Operation], counter: int | None) -> dict[str, object]:
    of_one = {} if counter is None else {"block": f"{counter:02d}"}
    return {"operations": list(operations), **of_one}


class SqlMessages:
    """Implements ``app.ports.store.Messages``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def stamp(self, institution_code: str, counter_no: int, now: datetime) -> Stamp:
        """``at`` is the whole second inside the id; neither ever falls."""
        if not 0 <= counter_no < COUNTERS:
            raise Bug(what="counter number outside 0..99", counter=counter_no)
        second = self._standing().not_before(now.replace(microsecond=0))
        code = self._marked(institution_code)
        whose: dict[str, object] = {"institution_code": code, "counter_no": counter_no}
        at, sequence = self._next(whose, second)
        # once a clock that was ahead was put right, time comes by ids that were drawn under it
        while self._used(message_id(institution_code, counter_no, at, sequence)):
            at, sequence = self._after(at, sequence)
        self._bear_witness(at)
        self._scope.ask(_MARK, {**whose, "last_at": at, "last_sequence": sequence})
        return Stamp(message_id(institution_code, counter_no, at, sequence), at)

    def _next(self, whose: dict[str, object], second: datetime) -> tuple[datetime, int]:
        last = self._scope.ask(_LAST_MARK, whose).one_or_none()
        if last is None or second > last.last_at:
            return second, self._standing().tail[0]
        # A clock set back, or a full second, borrows the next one: an id never comes twice (I7).
        return self._after(last.last_at, last.last_sequence)

    def stretch(self) -> int:
        return int(SqlSettings(self._scope).get(STRETCH_KEY) or 0)

    def _marked(self, institution_code: str) -> str:
        """Whose mark rises now: that of the institution, in its newest stretch of time."""
        stretch = self.stretch()
        return f"{institution_code}/{stretch}" if stretch else institution_code

    def _after(self, at: datetime, sequence: int) -> tuple[datetime, int]:
        tail = self._standing().tail
        if sequence + 1 in tail:
            return at, sequence + 1
        return at + timedelta(seconds=1), tail[0]

    def _used(self, drawn: str) -> bool:
        return self._scope.ask(_USED, {"wanted": drawn}).first() is not None

    def go_on_from(self, now: datetime) -> datetime | None:
        standing = self._standing()
        witness, found = standing.witness, standing.recovery
        if witness is None or standing.falls_to is not None:
            return None
        reached, far = witness.reserved, CLOCK_TOLERANCE + RESERVED
        wrong = found is not None and max(found.found_at, found.floor) > now + far
        if reached <= now + far and not wrong:
            return None
        put_right = wrong and SqlRecoveries(self._scope).put_right(now, reached)
        # what a lost line may have used stays behind us, whatever the time is
        second = self._standing().not_before(now.replace(microsecond=0))
        if reached > second + far:
            standing.falls_to = second
            SqlSettings(self._scope).put(STRETCH_KEY, str(self.stretch() + 1))
        elif not put_right:
            return None
        return reached

    def _standing(self) -> Standing:
        standing = self._scope.standing
        if standing.reread:
            standing.recovery = SqlRecoveries(self._scope).newest()
        return standing

    def _bear_witness(self, at: datetime) -> None:
        """Before the first id leaves, base and mark name the same line; time is reserved ahead."""
        standing = self._scope.standing
        witness, settings = standing.witness, SqlSettings(self._scope)
        if witness is None:
            raise Bug(what="an id without a witness")
        if not standing.spoken:
            mark = witness.mark or witness.begin(0, self._scope.clock.now())
            standing.spoken = settings.get(standing.epoch_key) == mark.epoch
            if not standing.spoken:
                settings.put(standing.epoch_key, mark.epoch)
        witness.reserve(at)
        standing.drawn(at)

    def clock_behind(self, now: datetime) -> datetime | None:
        return self._scope.standing.ahead_of(now)

    def counter_of(self, message_id: str, institution_code: str) -> int | None:
        return counter_of(message_id, institution_code)

    def stage(self, draft: Draft[Q], case_id: int | None) -> Staged[Q]:
        if self._standing().recovering and draft.operation not in ALLOWED:
            raise OperatorInput(Code.RECOVERY_OPEN)
        context = f"message:{draft.message_id}"
        row = self._scope.ask(
            _STAGE,
            {
                "message_id": draft.message_id,
                "operation": draft.operation,
                "case_id": case_id,
                "composed_at": draft.composed_at,
                "kept": self._scope.codec.seal_text(draft.kept, context),
                "state": MessageState.SENDING,
            },
        )
        return Staged(row.scalar_one(), draft, self._scope.has_committed)

    def close(self, row_id: int, state: MessageState, facts: WireFacts | None) -> None:
        """An UNKNOWN message may still become final; a final one never changes again."""
        written = self._scope.ask(_CLOSE[state], {"wanted": row_id, "state": state})
        if written.rowcount != 1:
            raise Bug(what="message is closed already", row=row_id)
        self._append_reply(row_id, state, facts)

    def _append_reply(self, row_id: int, state: MessageState, facts: WireFacts | None) -> None:
        values: dict[str, object] = {"row_id": row_id, "state": state}
        if facts is not None:
            values |= {
                "started_at": facts.started_at,
                "first_byte_left": facts.first_byte_left,
                "bytes_sent": facts.bytes_sent,
                "bytes_received": facts.bytes_received,
                "status": facts.status,
                "took_ms": facts.took_ms,
                "kept_reply": self._scope.codec.seal_text(
                    facts.kept_reply, f"message_reply:{row_id}"
                ),
                "platform_ref": facts.platform_ref,
                "platform_code": facts.platform_code,
                "platform_text": facts.platform_text,
                "failure": facts.failure,
            }
        self._scope.ask(_REPLY, values)

    def reference_seen(self, platform_ref: str, before: datetime | None = None) -> bool:
        if not platform_ref:
            return False
        if before is None:
            return self._scope.ask(_SEEN, {"wanted": platform_ref}).first() is not None
        asked = {"wanted": platform_ref, "before": before}
        return self._scope.ask(_SEEN_EARLIER, asked).first() is not None

    def exchange(self, row_id: int) -> KeptExchange:
        asked = self._scope.ask(_MESSAGE, {"wanted": row_id}).one_or_none()
        if asked is None:
            raise Bug(what="no such message", row=row_id)
        replies = self._scope.ask(_REPLIES, {"wanted": row_id})
        return KeptExchange(
            asked.message_id,
            Operation(asked.operation),
            asked.composed_at,
            self._scope.codec.open_text(asked.kept, f"message:{asked.message_id}"),
            tuple(self._reply(row) for row in replies),
        )

    def _reply(self, row: Row) -> KeptReply:
        kept = ""
        if row.kept_reply is not None:
            kept = self._scope.codec.open_text(row.kept_reply, f"message_reply:{row.row_id}")
        return KeptReply(
            MessageState(row.state),
            row.started_at,
            row.status,
            kept,
            row.platform_code or "",
            row.platform_text or "",
            row.failure or "",
        )

    def without_line_since(self, operations: Sequence[Operation], counter: int) -> datetime | None:
        asked = _whose(operations, counter)
        since: datetime | None = self._scope.connection.execute(_WITHOUT_LINE, asked).scalar_one()
        return since

    def first_unsent(self, operations: Sequence[Operation], counter: int) -> int | None:
        asked = _whose(operations, counter)
        row: int | None = self._scope.connection.execute(_FIRST_UNSENT, asked).scalar_one()
        return row

    def last_left(self, operations: Sequence[Operation], counter: int | None = None) -> int:
        statement, asked = _NEWEST_LEFT[counter is None], _whose(operations, counter)
        return int(self._scope.connection.execute(statement, asked).scalar_one_or_none() or 0)

    def state_of(self, row_id: int) -> MessageState:
        """Raises ``Bug`` for a row that does not exist."""
        found = self._scope.ask(_STATE, {"wanted": row_id}).scalar_one_or_none()
        if found is None:
            raise Bug(what="no such message", row=row_id)
        return MessageState(found)

    def left_open(self, before: datetime) -> tuple[int, ...]:
        rows = self._scope.ask(_LEFT_OPEN, {"before": before}).scalars()
        return tuple(rows)

    def give_up_open(self, counter: int | None = None) -> int:
        """After a restart: what was SENDING is UNKNOWN, never failed. Returns how many.

        At a base of several counters only what ``counter`` left; what bears the block of another
        one may be on its way this moment.
        """
        found = [
            row.row_id
            for row in self._scope.ask(_SENDING)
            if counter is None or _block_of(row.message_id) in (None, counter)
        ]
        for row_id in found:
            self.close(row_id, MessageState.UNKNOWN, None)
        return len(found)
