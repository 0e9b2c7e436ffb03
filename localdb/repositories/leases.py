"""``lease``: one row for each counter and each errand; whoever takes it raises its fence."""

from datetime import datetime

import sqlalchemy as sa

from app.ports.leases import Lease
from localdb.repositories.scope import Scope
from localdb.schema.leases import lease
from localdb.statements import NOTHING, Known, Row

_WANTED = lease.c.name == sa.bindparam("wanted")
_FIND = Known(sa.select(lease).where(_WANTED))
_ALL = Known(sa.select(lease).order_by(lease.c.name))
_ADD = Known(sa.insert(lease))
_TAKE = Known(
    sa.update(lease)
    .where(_WANTED, lease.c.fence == sa.bindparam("seen"))
    .values(fence=lease.c.fence + 1, beat=lease.c.beat + 1)
)
_OWN = (_WANTED, lease.c.holder == sa.bindparam("whose"), lease.c.fence == sa.bindparam("seen"))
_BEAT = Known(sa.update(lease).where(*_OWN).values(beat=lease.c.beat + 1))
_FREE = Known(sa.update(lease).where(*_OWN).values(holder=sa.literal("")))


class SqlLeases:
    """Implements ``app.ports.leases.Leases``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def find(self, name: str) -> Lease | None:
        row = self._scope.ask(_FIND, {"wanted": name}).one_or_none()
        return None if row is None else _lease(row)

    def all(self) -> tuple[Lease, ...]:
        return tuple(_lease(row) for row in self._scope.ask(_ALL, NOTHING))

    def take(
        self, name: str, counter_no: int, holder: str, seen: Lease | None, at: datetime
    ) -> Lease | None:
        mine: dict[str, object] = {"counter_no": counter_no, "holder": holder, "at": at}
        if seen is None:
            if self.find(name) is not None:
                return None
            self._scope.ask(_ADD, {"name": name, "fence": 1, "beat": 0, **mine})
            return Lease(name, counter_no, holder, 1, 0, at)
        asked = {"wanted": name, "seen": seen.fence}
        if self._scope.ask(_TAKE, mine | asked).rowcount != 1:
            return None
        return Lease(name, counter_no, holder, seen.fence + 1, seen.beat + 1, at)

    def beat(self, held: Lease, at: datetime) -> bool:
        return self._scope.ask(_BEAT, {"at": at, **_own(held)}).rowcount == 1

    def free(self, held: Lease) -> bool:
        return self._scope.ask(_FREE, _own(held)).rowcount == 1


def _own(held: Lease) -> dict[str, object]:
    return {"wanted": held.name, "whose": held.holder, "seen": held.fence}


def _lease(row: Row) -> Lease:
    return Lease(row.name, row.counter_no, row.holder, row.fence, row.beat, row.at)
