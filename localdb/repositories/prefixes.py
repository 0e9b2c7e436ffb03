"""``learned_prefix``: what boxes taught, and what a manager said to it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.domain.goods.learning import LearnedPrefix, PrefixOrigin, PrefixState
from localdb.repositories.scope import Scope
from localdb.schema.goods import item_prefix, learned_prefix
from localdb.statements import Known
from localdb.upserts import upsert

# Every sale asks for the first parts of its boxes.
_KNOWN = Known(
    sa.select(item_prefix.c.item_id).where(item_prefix.c.prefix == sa.bindparam("wanted"))
)


class SqlPrefixes:
    """Implements ``app.ports.prefixes.Prefixes``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def learn(self, learned: LearnedPrefix) -> None:
        values = {
            "prefix": learned.prefix,
            "item_id": learned.item_id,
            "origin": learned.origin,
            "learned_at": learned.learned_at,
            "staff_id": learned.staff_id,
            "seen": learned.seen,
            "state": PrefixState.UNVERIFIED,
        }
        statement = upsert(learned_prefix).values(**values)
        self._scope.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["prefix", "item_id"],
                set_={"seen": learned_prefix.c.seen + statement.excluded.seen},
            )
        )

    def known(self, prefix: str) -> int | None:
        found: int | None = self._scope.ask(_KNOWN, {"wanted": prefix}).scalar_one_or_none()
        return found

    def learned(self, prefix: str) -> tuple[LearnedPrefix, ...]:
        return self._all(learned_prefix.c.prefix == prefix)

    def open(self) -> tuple[LearnedPrefix, ...]:
        return self._all(learned_prefix.c.state == PrefixState.UNVERIFIED)

    def judge(self, found: LearnedPrefix, state: PrefixState, staff_id: int, at: datetime) -> None:
        done = self._scope.connection.execute(
            sa.update(learned_prefix)
            .where(learned_prefix.c.prefix == found.prefix)
            .where(learned_prefix.c.item_id == found.item_id)
            .where(learned_prefix.c.state == PrefixState.UNVERIFIED)
            .values(state=state, judged_at=at, judged_by=staff_id)
        )
        if done.rowcount != 1:
            raise Bug(what="no such prefix to judge")
        if state is PrefixState.CONFIRMED:
            known = {"prefix": found.prefix, "item_id": found.item_id}
            self._scope.connection.execute(sa.insert(item_prefix).values(**known))

    def _all(self, which: sa.ColumnElement[bool]) -> tuple[LearnedPrefix, ...]:
        wanted = (
            sa.select(learned_prefix)
            .where(which)
            .order_by(
                learned_prefix.c.learned_at, learned_prefix.c.prefix, learned_prefix.c.item_id
            )
        )
        return tuple(_learned(row) for row in self._scope.connection.execute(wanted))


def _learned(row: sa.Row[Any]) -> LearnedPrefix:
    return LearnedPrefix(
        row.prefix,
        row.item_id,
        PrefixOrigin(row.origin),
        row.learned_at,
        row.staff_id,
        row.seen,
        PrefixState(row.state),
    )
