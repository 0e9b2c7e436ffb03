"""How far a job has come, and what changed when it ended. The window coalesces reports."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Progress:
    """``stage`` is a text key; ``total`` None means unknown length."""

    stage: str
    done: int = 0
    total: int | None = None


Report = Callable[[Progress], None]


def no_report(_progress: Progress) -> None:
    """For callers that do not watch."""


class Topic(StrEnum):
    """What pages subscribe to; no page is updated by name."""

    CASE = "case"
    OUTBOX = "outbox"
    ATTEMPT = "attempt"
    LEDGER = "ledger"
    STOCK = "stock"
    DEVICE = "device"
    SETTINGS = "settings"


Changes = frozenset[Topic]
