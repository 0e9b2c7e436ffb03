"""Memory of the daily comparison of money: the ledger it reads, the findings it keeps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.attempt import Attempt
from app.domain.books.adopted import AdoptedLine
from app.domain.books.money import MoneyDay, SignOff


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One attempt with the times its messages were begun, as its events tell.

    ``clock_was_ahead``: what followed was noted at earlier times than what came first.
    """

    case_id: int
    attempt: Attempt
    begun_at: datetime
    refund_begun_at: datetime | None
    clock_was_ahead: bool = False


@dataclass(frozen=True, slots=True)
class MoneyDayHead:
    """One compared day in the list of days; ``signed`` oldest first."""

    day: date
    run_no: int
    compared_at: datetime
    complete: bool
    open_count: int
    signed: tuple[SignOff, ...]


class MoneyDays(Protocol):
    """``money_day`` and ``money_sign_off``: the newest comparison of each day, who signed which;
    ``adopted_money``: lines of the platform that were taken into our books."""

    def replace(self, found: MoneyDay) -> MoneyDay:
        """Put this comparison in place of the day's earlier one; returns it with its number."""
        ...

    def amend(self, found: MoneyDay) -> None:
        """Note what was begun on a finding. Raises ``OperatorInput`` where the day moved on."""
        ...

    def get(self, day: date) -> MoneyDay | None: ...

    def newest(self, limit: int) -> tuple[MoneyDayHead, ...]:
        """Newest day first."""
        ...

    def sign(self, day: date, signed: SignOff) -> None:
        """Raises ``OperatorInput`` ``STEP_MOVED_ON`` where that comparison was replaced."""
        ...

    def signed(self, day: date) -> tuple[SignOff, ...]:
        """Every signature under any comparison of the day, oldest first."""
        ...

    def adopt(self, line: AdoptedLine) -> None:
        """Ours from now on. Raises ``OperatorInput`` ``STEP_MOVED_ON`` where it already is."""
        ...

    def adopted(self, first: date, last: date) -> tuple[AdoptedLine, ...]:
        """Adopted lines of these days, both included, oldest entry first."""
        ...

    def last_adopted(self) -> int:
        """The number of the newest adopted line; 0 where there is none."""
        ...

    def adopted_since(self, entry: int) -> tuple[AdoptedLine, ...]:
        """Lines that were adopted after ``entry``, in that order, of whatever day."""
        ...

    def adopted_named(self, message_ids: Collection[str]) -> tuple[AdoptedLine, ...]:
        """Those of these messages that were adopted."""
        ...
