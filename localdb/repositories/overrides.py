"""``scan_override``: who let which box go on, and why."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from app.domain.goods.overrides import OverrideReason
from app.ports.overrides import Override
from localdb.repositories.scope import Scope
from localdb.schema.overrides import scan_override
from localdb.statements import Known

_NOTE = Known(sa.insert(scan_override))
_BETWEEN = Known(
    sa.select(scan_override)
    .where(scan_override.c.at >= sa.bindparam("first"), scan_override.c.at <= sa.bindparam("last"))
    .order_by(scan_override.c.override_id.desc())
)


class SqlOverrides:
    """Implements ``app.ports.overrides.Overrides``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def note(self, overrides: tuple[Override, ...]) -> None:
        if overrides:
            self._scope.ask_each(_NOTE, [asdict(override) for override in overrides])

    def between(self, first: datetime, last: datetime) -> tuple[Override, ...]:
        rows = self._scope.ask(_BETWEEN, {"first": first, "last": last})
        return tuple(
            Override(
                at=row.at,
                staff_id=row.staff_id,
                case_id=row.case_id,
                line=row.line,
                code=row.code,
                reason=OverrideReason(row.reason),
                item_id=row.item_id,
                lot_id=row.lot_id,
                trace_code=row.trace_code,
            )
            for row in rows
        )
