"""What the platform says ahead of a settlement: benefits of the person, concerns about the sale.

Assistance. Nothing of it refuses a sale; the settlement itself does (core-platform 5.8, 8.3).
"""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.money import Fen


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One benefit. ``reason`` says why not, in the platform's words."""

    fund_kind: str
    entitled: bool
    begins: date | None
    ends: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Concern:
    """What a rule of the bureau has against it. ``severity`` is the platform's code."""

    rule: str
    name: str
    text: str
    severity: str
    amount: Fen
    evidence: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Answers as they came; a moment is None where the question has no answer.

    ``unanswered`` is the code of the last question that found none, None where all did.
    """

    entitled_at: datetime | None = None
    entitlements: tuple[Entitlement, ...] = ()
    checked_at: datetime | None = None
    concerns: tuple[Concern, ...] = ()
    unanswered: int | None = None
