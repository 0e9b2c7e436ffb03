"""The first part of a code and the drug it names, as boxes teach it (trace-and-stock T10, T11)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PrefixOrigin(StrEnum):
    """Where a box said it: at goods receipt, or in a sale that was handed over."""

    RECEIPT = "receipt"
    SALE = "sale"


class PrefixState(StrEnum):
    """``UNVERIFIED`` is a reminder at the scan; only ``CONFIRMED`` counts as known."""

    UNVERIFIED = "unverified"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LearnedPrefix:
    """One thing boxes have taught. ``seen``: how often; ``staff_id`` who scanned the first."""

    prefix: str
    item_id: int
    origin: PrefixOrigin
    learned_at: datetime
    staff_id: int
    seen: int
    state: PrefixState
