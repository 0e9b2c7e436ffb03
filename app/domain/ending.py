"""Keys and certificates of a live store end one day; nobody sells the morning after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TOLD_FROM = 60
"""Days before the end from which it is said: a province takes weeks to send new ones."""
LOUD_FROM = 7


class Ends(StrEnum):
    """What ends."""

    KEYS = "keys"
    SEAL_ROOT = "seal_root"
    TLS_ROOT = "tls_root"


@dataclass(frozen=True, slots=True)
class Ending:
    """``on`` is the last day it may be used; ``name`` is what a certificate calls itself."""

    what: Ends
    name: str
    on: date

    def days_left(self, today: date) -> int:
        """Below nought once it is over."""
        return (self.on - today).days

    def loud(self, today: date) -> bool:
        return self.days_left(today) <= LOUD_FROM


def near(endings: Iterable[Ending], today: date) -> tuple[Ending, ...]:
    """What ends within sixty days, the nearest first."""
    soon = (one for one in endings if one.days_left(today) <= TOLD_FROM)
    return tuple(sorted(soon, key=lambda one: (one.on, one.what, one.name)))
