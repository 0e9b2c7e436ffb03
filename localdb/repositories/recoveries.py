"""A base that is not the newest one: what is doubted when that is found, and when it ends (I12)."""

from dataclasses import replace
from datetime import datetime

import msgspec
import sqlalchemy as sa

from app.domain.errors import Bug
from app.ports.recovery import Cause, Recovery
from localdb.outbox import SqlOutbox
from localdb.repositories.journal import SqlJournal
from localdb.repositories.scope import Scope
from localdb.repositories.settings import SqlSettings, numbers_left_out
from localdb.schema.messages import message_mark
from localdb.schema.shop import number_series
from localdb.standing import EPOCH_KEY
from localdb.statements import ONE
from localdb.witness import Witness

_KEY = "recovery"


class SqlRecoveries:
    """Implements ``app.ports.recovery.Recoveries``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._settings = SqlSettings(scope)

    def newest(self) -> Recovery | None:
        standing = self._scope.standing
        if standing.asked and not standing.reread:
            # asked by every page and every round of the lane, and only this process writes it
            return standing.recovery
        text = self._settings.get(_KEY)
        return None if text is None else msgspec.json.decode(text, type=Recovery)

    def begin(self, cause: Cause, witness: Witness, unit: int) -> Recovery:
        """Doubt everything that may have gone on since. Raises ``LocalTrouble``."""
        now = self._scope.clock.now()
        floor = max(witness.floor, now.replace(microsecond=0))
        mark = witness.begin(unit, now, recovering=True)
        begun = Recovery(cause, mark.number, mark.epoch, self._newest_message(now), floor, now)
        self._settings.put(EPOCH_KEY, mark.epoch)
        self._keep(begun)
        SqlOutbox(self._scope).doubt_waiting()
        self._scope.connection.execute(
            sa.update(number_series).values(
                last=number_series.c.last + numbers_left_out(begun.number)
            )
        )
        SqlJournal(self._scope).write(now, 0, "recovery_begun", cause.value)
        return begun

    def end(self, at: datetime) -> None:
        found = self.newest()
        if found is None or not found.open:
            raise Bug(what="no recovery is open")
        self._keep(replace(found, ended_at=at))

    def _keep(self, recovery: Recovery) -> None:
        self._settings.put(_KEY, msgspec.json.encode(recovery).decode())
        self._scope.standing.reread = True

    def _newest_message(self, now: datetime) -> datetime:
        newest = self._scope.connection.execute(
            sa.select(message_mark.c.last_at).order_by(message_mark.c.last_at.desc()).limit(ONE)
        ).scalar_one_or_none()
        return min(newest, now) if newest is not None else now
