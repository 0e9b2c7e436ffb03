"""Leases in the base: which process may work as which counter (reliability 5).

A lease has no time of its own: the clocks of several machines never agree. Whoever waits for one
watches, by its own steady clock, whether its ``beat`` still moves.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lease:
    """``holder`` names a process, and is empty where nobody has it. ``fence`` rises with every
    taking and never falls, ``beat`` with every sign of life; ``at`` is for people."""

    name: str
    counter_no: int
    holder: str
    fence: int
    beat: int
    at: datetime

    def same_life(self, other: "Lease") -> bool:
        """Whether nothing happened to it between two looks."""
        return (self.fence, self.beat, self.holder) == (other.fence, other.beat, other.holder)

    def held_as(self, mine: "Lease") -> bool:
        """Whether ``mine`` is still the newest taking of it."""
        return (self.fence, self.holder) == (mine.fence, mine.holder)


class Leases(Protocol):
    """``lease``."""

    def find(self, name: str) -> Lease | None: ...

    def all(self) -> tuple[Lease, ...]: ...

    def take(
        self, name: str, counter_no: int, holder: str, seen: Lease | None, at: datetime
    ) -> Lease | None:
        """With a higher fence, where it still is as ``seen``; None where somebody was quicker."""
        ...

    def beat(self, held: Lease, at: datetime) -> bool:
        """A sign of life; False where it is held no more."""
        ...

    def free(self, held: Lease) -> bool:
        """Let it go; False where it is held no more."""
        ...
