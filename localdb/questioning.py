"""Whether a base is the newest one, asked at every start, and what a yes or a no begins (I12)."""

from app.ports.recovery import Cause, Recovery
from localdb.repositories.recoveries import SqlRecoveries
from localdb.repositories.scope import Scope
from localdb.repositories.settings import SqlSettings
from localdb.standing import Standing
from localdb.witness import Witness

PLACE_KEY = "server.place"
_COVERED = (Cause.OLDER, Cause.OTHER_LINE)


def questioned(scope: Scope, own: int, place: str) -> Recovery | None:
    """Judge by the mark; ``own`` is the newest unit of this installation, by what the base says.

    ``place`` says where the base is: of a store it was put back where that is another one than the
    base remembers, also where this counter was off meanwhile and misses nothing of its own.

    Returns the recovery that begins in this unit. Raises ``LocalTrouble``.
    """
    standing, recoveries = scope.standing, SqlRecoveries(scope)
    witness = standing.witness
    if witness is None:
        return None
    cause = witness.judge(SqlSettings(scope).get(standing.epoch_key), own)
    elsewhere = _put_elsewhere(scope, place)
    if cause is None and elsewhere:
        cause = Cause.RESTORED
    if cause is None:
        return None
    newest = recoveries.newest()
    if standing.shared and cause in _COVERED and not _known(witness, newest):
        _follow(scope, witness, own)
        return None
    return recoveries.begin(cause, witness, own)


def _put_elsewhere(scope: Scope, place: str) -> bool:
    """Whether the base remembers another place than where it is, which it remembers from now on.

    One that never spoke to the platform can miss nothing.
    """
    settings = SqlSettings(scope)
    before = settings.get(PLACE_KEY)
    if place == (before or ""):
        return False
    settings.put(PLACE_KEY, place)
    return before is not None and SqlRecoveries(scope).spoke()


def taken(standing: Standing) -> None:
    """The unit that asked is committed. Raises ``LocalTrouble``."""
    witness = standing.witness
    if witness is None or witness.mark is None:
        return
    if witness.mark.restored:
        witness.taken()
    remember(standing)


def remember(standing: Standing) -> None:
    """The mark knows of the newest recovery, whoever found it. Raises ``LocalTrouble``."""
    witness, newest = standing.witness, standing.recovery
    if standing.shared and witness is not None and newest and not _known(witness, newest):
        witness.know(newest.epoch, newest.number)


def _known(witness: Witness, newest: Recovery | None) -> bool:
    """Whether what this installation misses was lost after ``newest`` was found.

    A recovery that its mark does not know began after the last it saw of the base: everything up
    to then is compared there, for all counters.
    """
    return newest is None or (witness.mark is not None and witness.mark.line == newest.epoch)


def _follow(scope: Scope, witness: Witness, own: int) -> None:
    """Another counter found it first. This one's ids go on behind its own lost ones."""
    reached = witness.floor
    mark = witness.begin(own, scope.clock.now())
    SqlSettings(scope).put(scope.standing.epoch_key, mark.epoch)
    SqlRecoveries(scope).reach(reached)
