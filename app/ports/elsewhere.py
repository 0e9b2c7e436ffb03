"""What another product settled, as it is kept here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.elsewhere import ForeignLeg
from app.domain.money import Amounts


@dataclass(frozen=True, slots=True)
class ForeignMoney:
    """One settlement or refund that a person read off another product.

    ``claim`` is the prescription's number, or the receipt's where there is none.
    """

    at: datetime
    staff_id: int
    case_id: int
    leg: ForeignLeg
    number: str
    claim: str
    amounts: Amounts


class ForeignBook(Protocol):
    """``foreign_money``: append-only, written in the transaction that moves the case."""

    def enter(self, entry: ForeignMoney) -> None: ...

    def known(self, leg: ForeignLeg, number: str) -> bool:
        """Whether this number stands in the book already."""
        ...

    def stands(self, claim: str) -> bool:
        """Whether a settlement of ``claim`` stands that was not refunded."""
        ...

    def between(self, first: datetime, last: datetime) -> tuple[ForeignMoney, ...]:
        """Oldest first, both ends included."""
        ...
