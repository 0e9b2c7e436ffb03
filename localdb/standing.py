"""Whether this base may be believed: its line, its newest recovery, and what follows for ids."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.errors import LocalTrouble
from app.ports.recovery import Recovery
from localdb.witness import RESERVED, Witness

EPOCH_KEY = "store.epoch"
NORMAL = range(90)
RECOVERING = range(90, 100)
"""The last two digits of an id. A clone that is not believed yet never meets its original."""


CLOCK_TOLERANCE = timedelta(minutes=5)
"""A clock further behind is wrong (reliability 9)."""
SIGNED_FOR = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Standing:
    """What every unit of one open store shares. ``witness`` is None where nothing is written.

    ``spoken``: the base has been seen to name the line of the mark. ``reread``: a unit changed the
    recovery, and whether it was committed the base alone knows. ``asked``: ``recovery`` is what the
    base says. ``epoch_key``: where the base names the line of this installation's mark. ``shared``:
    other counters may begin and end a recovery as well. ``falls_to``: from when ids go on, once the
    unit that is open stands.
    """

    witness: Witness | None
    epoch_key: str = EPOCH_KEY
    shared: bool = False
    recovery: Recovery | None = None
    spoken: bool = False
    reread: bool = False
    asked: bool = False
    falls_to: datetime | None = None

    @property
    def recovering(self) -> bool:
        return self.recovery is not None and self.recovery.open

    @property
    def tail(self) -> range:
        """Which sequence numbers may be drawn now."""
        return RECOVERING if self.recovering else NORMAL

    def ahead_of(self, now: datetime) -> datetime | None:
        """A time that ids have used and that ``now`` lies far behind.

        What a person signed at the end of a recovery is no surprise any more, however wrong the
        clock was that once reserved it.
        """
        if self.witness is None or self.witness.mark is None:
            return None
        used = self.witness.reserved - RESERVED
        if self.recovery is not None and used <= self.recovery.floor + SIGNED_FOR:
            return None
        return used if now < used - CLOCK_TOLERANCE else None

    def drawn(self, at: datetime) -> None:
        """An id of ``at`` is drawn in the open unit: no mark falls below it."""
        if self.falls_to is not None:
            self.falls_to = max(self.falls_to, at)

    def unit_begins(self) -> None:
        """What an earlier unit meant to put right is gone where it was rolled back."""
        self.falls_to = None

    def unit_stands(self) -> None:
        """Behind its commit, never before it: a mark that has fallen for a stretch of time that no
        base knows would leave the next id where the wrong clock had been (0065).

        Where the mark cannot be written it knows of the wrong time still, and is put right by the
        next unit that draws an id.
        """
        falls_to, self.falls_to = self.falls_to, None
        if falls_to is None or self.witness is None:
            return
        try:
            self.witness.go_on_from(falls_to)
        except LocalTrouble as failed:
            _log.error("the mark of the base keeps a time that was wrong: %s", failed)

    def not_before(self, second: datetime) -> datetime:
        """A time no id of a lost line bears."""
        return second if self.recovery is None else max(second, self.recovery.floor)
