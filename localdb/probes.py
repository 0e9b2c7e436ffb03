"""What the doctor asks of the memory of a counter."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from app.domain.errors import Code, LocalTrouble, Trouble
from app.workflow.upkeep.doctor import Finding, Health, Probe
from localdb.backups import kept, place_of
from localdb.engine import require_sqlite
from localdb.opening import StoreLocation

MEGABYTE = 1024 * 1024
LEAST_FREE_MB = 500
OLDEST_COPY = timedelta(hours=36)
"""A copy every night, and a morning to notice that there was none."""


def probes(
    location: StoreLocation,
    free_bytes: Callable[[Path], int],
    now: datetime,
    remedy_of: Callable[[Trouble], str],
) -> tuple[tuple[str, Probe], ...]:
    """``free_bytes`` tells the room left on the disk of a folder; ``remedy_of`` turns what is
    missing into the sentence the window shows."""

    def library() -> Finding:
        require_sqlite()
        return Finding(Health.OK, "SQLCipher")

    def room() -> Finding:
        folder = location.folder
        while not folder.exists():
            folder = folder.parent
        free = free_bytes(folder) // MEGABYTE
        enough = free >= LEAST_FREE_MB
        return Finding(Health.OK if enough else Health.FAIL, f"{free} MB")

    def base() -> Finding:
        if location.url:
            return Finding(Health.OK, "store server")
        there = location.base.exists()
        return Finding(Health.OK, "there" if there else "made at the first start")

    def copies() -> Finding:
        """Only what was opened and found whole has the name of a copy."""
        if location.url:
            return Finding(Health.OK, "store server")
        if not location.base.exists():
            return Finding(Health.OK, "nothing to copy yet")
        newest = next((at for at, _ in kept(place_of(location), location.name)), None)
        if newest is not None and now - newest <= OLDEST_COPY:
            return Finding(Health.OK, f"{newest:%Y-%m-%d %H:%M} UTC")
        detail = "none" if newest is None else f"{newest:%Y-%m-%d %H:%M} UTC"
        return Finding(Health.WARN, detail, remedy_of(LocalTrouble(Code.BACKUP_MISSING)))

    return ("database", library), ("disk", room), ("base", base), ("backup", copies)
