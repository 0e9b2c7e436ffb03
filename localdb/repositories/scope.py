"""What the repositories of one unit share."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from app.ports.clock import Clock
from localdb.mapping.codec import Codec
from localdb.standing import Standing


@dataclass(frozen=True, slots=True)
class Scope:
    """One open transaction. ``has_committed`` turns true only after a durable commit."""

    connection: sa.Connection
    codec: Codec
    journal_key: bytes
    clock: Clock
    has_committed: Callable[[], bool]
    standing: Standing
