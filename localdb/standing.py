"""Whether this base may be believed: its line, its newest recovery, and what follows for ids."""

from dataclasses import dataclass
from datetime import datetime

from app.ports.recovery import Recovery
from localdb.witness import Witness

EPOCH_KEY = "store.epoch"
NORMAL = range(90)
RECOVERING = range(90, 100)
"""The last two digits of an id. A clone that is not believed yet never meets its original."""


@dataclass(slots=True)
class Standing:
    """What every unit of one open store shares. ``witness`` is None where nothing is written.

    ``spoken``: the base has been seen to name the line of the mark. ``reread``: a unit changed the
    recovery, and whether it was committed the base alone knows. ``asked``: ``recovery`` is what the
    base says.
    """

    witness: Witness | None
    recovery: Recovery | None = None
    spoken: bool = False
    reread: bool = False
    asked: bool = False

    @property
    def recovering(self) -> bool:
        return self.recovery is not None and self.recovery.open

    @property
    def tail(self) -> range:
        """Which sequence numbers may be drawn now."""
        return RECOVERING if self.recovering else NORMAL

    def not_before(self, second: datetime) -> datetime:
        """A time no id of a lost line bears."""
        return second if self.recovery is None else max(second, self.recovery.floor)
