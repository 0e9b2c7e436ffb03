"""Small values of this installation, sealed one by one: some of them are keys."""

from datetime import timedelta

import sqlalchemy as sa

from localdb.repositories.scope import Scope
from localdb.schema.shop import number_series, setting
from localdb.statements import Known
from localdb.upserts import upsert

SAME_DAY = timedelta(hours=36)
"""Beyond the end of the day on which a base was found not to be the newest."""
_GET = Known(sa.select(setting.c.value).where(setting.c.key == sa.bindparam("wanted")))
_KEEP = upsert(setting).values(key=sa.bindparam("key"), value=sa.bindparam("value"))
_PUT = Known(
    _KEEP.on_conflict_do_update(index_elements=["key"], set_={"value": _KEEP.excluded.value})
)
_NEXT = Known(
    upsert(number_series)
    .values(key=sa.bindparam("key"), last=sa.bindparam("first"))
    .on_conflict_do_update(index_elements=["key"], set_={"last": number_series.c.last + 1})
    .returning(number_series.c.last)
)


class SqlSettings:
    """Implements ``app.ports.store.Settings``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def get(self, key: str) -> str | None:
        sealed = self._scope.ask(_GET, {"wanted": key}).scalar_one_or_none()
        return None if sealed is None else self._scope.codec.open_text(sealed, _context(key))

    def put(self, key: str, value: str) -> None:
        sealed = self._scope.codec.seal_text(value, _context(key))
        self._scope.ask(_PUT, {"key": key, "value": sealed})

    def next_number(self, key: str) -> int:
        asked = {"key": key, "first": 1 + self._left_out()}
        number: int = self._scope.ask(_NEXT, asked).scalar_one()
        return number

    def _left_out(self) -> int:
        """A series that begins on a day a lost line saw as well begins behind its numbers."""
        recovery = self._scope.standing.recovery
        if recovery is None or self._scope.clock.now() - recovery.found_at > SAME_DAY:
            return 0
        return numbers_left_out(recovery.number)


def numbers_left_out(recoveries: int) -> int:
    """More than a shop draws of one series in a day, for every line that was lost."""
    return 1_000 * recoveries


def _context(key: str) -> str:
    return f"setting:{key}"
