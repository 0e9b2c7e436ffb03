"""A base that is not the newest one: what is doubted when that is found, and when it ends (I12)."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa

from app.domain.errors import Bug
from app.ports.recovery import Cause, Recovery
from localdb.outbox import SqlOutbox
from localdb.repositories.journal import SqlJournal
from localdb.repositories.scope import Scope
from localdb.repositories.settings import SqlSettings, numbers_left_out
from localdb.schema.cases import counter_case
from localdb.schema.messages import message, message_mark
from localdb.schema.shop import number_series
from localdb.statements import ONE
from localdb.witness import RESERVED, Witness

_KEY = "recovery"


class SqlRecoveries:
    """Implements ``app.ports.recovery.Recoveries``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._settings = SqlSettings(scope)

    def newest(self) -> Recovery | None:
        standing = self._scope.standing
        if standing.asked and not standing.reread and not standing.shared:
            # asked by every page and every round of the lane, and only this process writes it
            return standing.recovery
        text = self._settings.get(_KEY)
        return None if text is None else msgspec.json.decode(text, type=Recovery)

    def begin(self, cause: Cause, witness: Witness, unit: int) -> Recovery:
        """Doubt everything that may have gone on since. Raises ``LocalTrouble``."""
        now = self._scope.clock.now()
        known = witness.floor
        floor = max(known, now.replace(microsecond=0))
        mark = witness.begin(unit, now, recovering=True)
        number = max(mark.number, self._count() + 1)
        since, cases = self._newest_message(now), self._newest_case()
        begun = Recovery(cause, number, mark.epoch, since, floor, now, known=known, cases=cases)
        self._settings.put(self._scope.standing.epoch_key, mark.epoch)
        self._keep(begun)
        SqlOutbox(self._scope).doubt_waiting()
        self._scope.connection.execute(
            sa.update(number_series).values(
                last=number_series.c.last + numbers_left_out(begun.number)
            )
        )
        SqlJournal(self._scope).write(now, 0, "recovery_begun", cause.value)
        return begun

    def _count(self) -> int:
        """How many other counters know of; the mark of a file's only one knows better."""
        newest = self.newest() if self._scope.standing.shared else None
        return newest.number if newest else 0

    def reach(self, floor: datetime) -> None:
        """No id up to ``floor`` is drawn again, whatever clock is put right: another counter may
        have used them."""
        found = self.newest()
        if found is None:
            return
        known = None if found.known is None else max(found.known, floor)
        reached = replace(found, floor=max(found.floor, floor), known=known)
        if reached != found:
            self._keep(reached)

    def end(self, at: datetime) -> None:
        found = self.newest()
        if found is None or not found.open:
            raise Bug(what="no recovery is open")
        self._keep(replace(found, ended_at=at))

    def put_right(self, now: datetime, reached: datetime) -> bool:
        """A recovery found under a clock that was ahead was found by ``now``, which is right; its
        floor falls no lower than what the mark knew of. Whether anything was to be put right."""
        found = self.newest()
        if found is None or found.known is None or found.cases is None:
            return False
        floor = min(found.floor, max(found.known, now.replace(microsecond=0)))
        since = found.since if found.since <= now else self._newest_sent(now)
        right = replace(found, floor=floor, since=since)
        if found.found_at > now:
            # whoever puts it right need not be the counter that found it, and compared under it
            wrong = found.found_at, max(reached, self._drawn_until())
            right = replace(right, found_at=now, wrong=wrong)
        if right == found:
            return False
        self._keep(right)
        return True

    def _drawn_until(self) -> datetime:
        """What was compared by any counter is no later than its newest id reserves."""
        newest: datetime | None = self._scope.connection.execute(
            sa.select(sa.func.max(message_mark.c.last_at))
        ).scalar_one()
        return datetime.min.replace(tzinfo=UTC) if newest is None else newest + RESERVED

    def spoke(self) -> bool:
        """Whether any counter ever told the platform anything."""
        asked = sa.select(message_mark.c.last_at).limit(ONE)
        return self._scope.connection.execute(asked).first() is not None

    def _newest_case(self) -> int:
        found: int | None = self._scope.connection.execute(
            sa.select(sa.func.max(counter_case.c.case_id))
        ).scalar_one()
        return found or 0

    def _newest_sent(self, now: datetime) -> datetime:
        found: datetime | None = self._scope.connection.execute(
            sa.select(sa.func.max(message.c.composed_at)).where(message.c.composed_at <= now)
        ).scalar_one()
        return found or now

    def _keep(self, recovery: Recovery) -> None:
        self._settings.put(_KEY, msgspec.json.encode(recovery).decode())
        self._scope.standing.reread = True

    def _newest_message(self, now: datetime) -> datetime:
        newest = self._scope.connection.execute(
            sa.select(message_mark.c.last_at).order_by(message_mark.c.last_at.desc()).limit(ONE)
        ).scalar_one_or_none()
        if newest is None:
            return now
        # a mark that a clock set too far ahead left behind tells nothing of when that was
        return newest if newest <= now else self._newest_sent(now)
