"""Signed-in days of a counter."""

from datetime import date, datetime
from operator import itemgetter

import sqlalchemy as sa

from app.domain.errors import Code, OperatorInput
from app.ports.store import BusinessDay
from localdb.repositories.scope import Scope
from localdb.schema.shop import business_day
from localdb.statements import ONE, Known, Row

# Built once: every message asks for the day's sign-in.
_CURRENT = Known(
    sa.select(business_day)
    .where(
        business_day.c.counter_no == sa.bindparam("counter"),
        business_day.c.day == sa.bindparam("wanted"),
    )
    .order_by(business_day.c.day_no.desc())
    .limit(ONE)
)
_OPENED = Known(
    sa.select(business_day.c.day)
    .distinct()
    .where(
        business_day.c.counter_no == sa.bindparam("counter"),
        business_day.c.day >= sa.bindparam("first", type_=business_day.c.day.type),
        business_day.c.day <= sa.bindparam("last", type_=business_day.c.day.type),
    )
)
_OPEN = Known(sa.insert(business_day))
_CLOSE = Known(
    sa.update(business_day)
    .where(
        business_day.c.counter_no == sa.bindparam("counter"),
        business_day.c.day == sa.bindparam("wanted"),
    )
    .where(business_day.c.closed_at.is_(None))
)


class SqlDays:
    """Implements ``app.ports.store.Days``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def current(self, counter_no: int, day: date) -> BusinessDay | None:
        """The newest sign-in of that day, closed or not."""
        found = self._scope.found(_CURRENT, {"counter": counter_no, "wanted": day}, _day)
        return found[0] if found else None

    def opened(self, counter_no: int, first: date, last: date) -> frozenset[date]:
        """Those of these days on which somebody signed in."""
        values = {"counter": counter_no, "first": first, "last": last}
        return frozenset(self._scope.found(_OPENED, values, itemgetter(0)))

    def open(self, counter_no: int, day: BusinessDay) -> None:
        """Raises ``OperatorInput`` ``STEP_MOVED_ON`` where the day is open already."""
        known = self.current(counter_no, day.day)
        if known is not None and known.closed_at is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        self._scope.ask(
            _OPEN,
            {
                "counter_no": counter_no,
                "day": day.day,
                "sign_no": day.sign_no,
                "operator_no": day.operator_no,
                "opened_at": day.opened_at,
                "closed_at": day.closed_at,
            },
        )

    def close(self, counter_no: int, day: date, at: datetime) -> None:
        """Raises ``OperatorInput`` ``STEP_MOVED_ON`` where no such day is open."""
        written = self._scope.ask(_CLOSE, {"counter": counter_no, "wanted": day, "closed_at": at})
        if written.rowcount != 1:
            raise OperatorInput(Code.STEP_MOVED_ON)


def _day(row: Row) -> BusinessDay:
    return BusinessDay(row.day, row.sign_no, row.operator_no, row.opened_at, row.closed_at)
