"""What the doctor asks of the memory of a counter."""

from collections.abc import Callable
from pathlib import Path

from app.workflow.upkeep.doctor import Finding, Health, Probe
from localdb.engine import require_sqlite
from localdb.opening import StoreLocation

MEGABYTE = 1024 * 1024
LEAST_FREE_MB = 500


def probes(
    location: StoreLocation, free_bytes: Callable[[Path], int]
) -> tuple[tuple[str, Probe], ...]:
    """``free_bytes`` tells the room left on the disk of a folder."""

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
        there = location.base.exists()
        return Finding(Health.OK, "there" if there else "made at the first start")

    return ("database", library), ("disk", room), ("base", base)
