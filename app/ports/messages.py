"""A message before, on and after the wire.

Intent is committed before the first byte leaves: doors that talk take a ``Committed`` message,
and only ``Staged.committed()`` makes one, after the unit that wrote the row has committed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from app.domain.errors import Bug
from app.profile.operations import Operation

Q = TypeVar("Q")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, repr=False)
class Draft(Generic[Q]):
    """A composed request. ``wire`` may hold tokens and stays in memory; ``kept`` is what the
    message table stores, with every secret value masked."""

    request: Q
    operation: Operation
    message_id: str
    wire: bytes
    kept: str
    composed_at: datetime

    def __repr__(self) -> str:
        return f"Draft({self.operation.value}, {self.message_id})"


@dataclass(frozen=True, slots=True, repr=False)
class Committed(Generic[Q]):
    """Proof that the row of this message is on disk as about to be sent."""

    row_id: int
    draft: Draft[Q]

    def __repr__(self) -> str:
        return f"Committed({self.row_id}, {self.draft!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Staged(Generic[Q]):
    """Written inside a unit that has not committed yet."""

    row_id: int
    draft: Draft[Q]
    has_committed: Callable[[], bool]

    def committed(self) -> Committed[Q]:
        """Raises ``Bug`` while the unit is open or after it was rolled back."""
        if not self.has_committed():
            raise Bug(what="message used before its commit")
        return Committed(self.row_id, self.draft)

    def __repr__(self) -> str:
        return f"Staged({self.row_id}, {self.draft!r})"


@dataclass(frozen=True, slots=True)
class WireFacts:
    """What the transport saw. A transport returns facts and never decides success."""

    started_at: datetime
    first_byte_left: bool
    bytes_sent: int
    bytes_received: int
    status: int | None
    took_ms: int
    kept_reply: str = ""
    platform_ref: str = ""
    platform_code: str = ""
    platform_text: str = ""
    failure: str = ""
    platform_at: datetime | None = None
    """The other side's own time in its answer."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """A verified, well-formed yes."""

    value: R
    facts: WireFacts
    notice: str = ""
