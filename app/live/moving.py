"""The base of a live counter moves from its file to the store's server, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.jobs.clock import SystemClock
from app.live.database import shown, url_of
from app.live.store import file_of, keys_of_base, location_at, require_apart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.profile.settings import Installation


def move_store(installation: Installation, practice: Path, to: str) -> Mapping[str, object]:
    """Copy, compare and shut the old file. Raises ``LocalTrouble``, also while a window holds the
    base; then nothing has changed.

    ``to`` as ``database.url`` of the settings, which name the certificate; the password is a key.
    """
    from localdb.postgres.moving import move_base

    require_apart(installation, practice)
    url = url_of(installation, to)
    moved = move_base(
        file_of(installation),
        location_at(installation, url),
        keys_of_base(installation),
        SystemClock(),
        shown(url),
    )
    return {
        "to": shown(url),
        "tables": moved.tables,
        "rows": moved.rows,
        "total_fen": moved.total_fen,
        "head": moved.head,
    }
