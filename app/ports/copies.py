"""Copies of the base that count: who makes them for a counter that asks (reliability 9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CopyMade:
    """A copy that was opened and found whole. ``second`` is where it lies besides, empty where
    nobody named a second place, ``dropped`` how many older ones made room."""

    file: str
    second: str = ""
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class CopyState:
    """What a person is shown: the newest good copy, and what keeps the next one from being made."""

    newest: datetime | None
    code: int | None
    late: bool

    @property
    def wants_person(self) -> bool:
        """Whether somebody has to look at it."""
        return self.late or self.code is not None


class Copies(Protocol):
    """The copies of one base."""

    def take(self) -> CopyMade:
        """Make one now, also while the counter sells. Raises ``LocalTrouble``: nothing of it is
        left, or the first place has it and the second has not (``COPY_NOT_BESIDE``)."""
        ...

    def newest(self) -> datetime | None:
        """When the newest finished copy was made; None where there is none."""
        ...
