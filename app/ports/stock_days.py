"""Memory of the daily stock reconciliation: runs, findings, signatures, the figures compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.books.stock import (
    Acceptance,
    LineState,
    StockFinding,
    StockRun,
    StockSignOff,
)
from app.domain.money import Price, Quantity
from app.ports.stock import StockFigure
from app.profile.operations import Operation


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of both books side by side, before anybody asks why.

    ``holds`` is False where what we keep does not follow from our own ledger.
    """

    store_code: str
    upload_lot: str
    ours: Quantity | None
    theirs: Quantity | None
    holds: bool = True


@dataclass(frozen=True, slots=True)
class BothBooks:
    """``differing`` by store code and lot serial; ``equal`` lines are shown there and agree."""

    differing: tuple[ComparedLine, ...]
    equal: int


@dataclass(frozen=True, slots=True)
class EqualLine:
    """A line on which both books agree, with what a list shows of it."""

    store_code: str
    upload_lot: str
    name: str
    lot_no: str
    quantity: Quantity
    our_price: Price
    their_price: Price | None


@dataclass(frozen=True, slots=True)
class PriceApart:
    """One price there that is neither on our shelf nor on any delivery of the item.

    ``upload_lot`` is the first lot that shows it.
    """

    store_code: str
    upload_lot: str
    theirs: Price


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """One message of a visit that told of a sale or took it back, as the journal has it.

    ``answered`` says that the platform said yes to it.
    """

    row_id: int
    operation: Operation
    answered: bool
    composed_at: datetime


class StockDays(Protocol):
    """``stock_day``, ``stock_finding``, ``stock_day_sign_off``, ``stock_acceptance`` and
    ``stock_answer``.

    Findings belong to the newest run of their day: a rerun replaces them, signatures stay under
    the run they were given to, an acceptance holds as long as its figures come out again.
    """

    def begin_answer(self) -> None:
        """Forget the figures fetched before: new ones follow page by page."""
        ...

    def keep_answer(self, rows: Iterable[StockFigure]) -> None:
        """One page of the platform's figures."""
        ...

    def compared(self) -> BothBooks:
        """Stage one, all in the base: what differs, and how much is plainly equal.

        Lots of one serial count as one, as the platform counts them.
        """
        ...

    def prices_apart(self, limit: int) -> tuple[PriceApart, ...]:
        """Prices of what lies there that nothing of ours says, one line for each of an item."""
        ...

    def equal_moved(self, since: datetime | None, limit: int) -> tuple[ComparedLine, ...]:
        """Equal lines with a movement booked after ``since``, the newest movement first."""
        ...

    def answer(self, store_code: str, upload_lot: str) -> StockFigure | None:
        """One figure as it was fetched."""
        ...

    def messages_of(self, case_id: int) -> tuple[ToldMessage, ...]:
        """Oldest first."""
        ...

    def equal_lines(self, after: tuple[str, str], limit: int) -> tuple[EqualLine, ...]:
        """Lines of the newest comparison whose figures are equal, by store code and serial.

        ``after`` is the last one that is known, two empty texts for the first piece: a piece costs
        the same wherever it lies.
        """
        ...

    def replace(self, run: StockRun, findings: Sequence[StockFinding]) -> StockRun:
        """Put this run in place of the day's earlier one; returns it with its number."""
        ...

    def amend(self, run: StockRun, finding: StockFinding) -> None:
        """Note what was applied or accepted. Raises ``OperatorInput`` ``STEP_MOVED_ON`` where the
        day moved."""
        ...

    def accept(self, day: date, given: Acceptance) -> None:
        """Note that a difference may stand, or that it may not any longer."""
        ...

    def accepted(self, day: date) -> tuple[Acceptance, ...]:
        """Every word on a line of this day, oldest first; of a line's figures the last counts."""
        ...

    def recount(self, run: StockRun) -> None:
        """The head of this very run with another tally. Raises ``OperatorInput``
        ``STEP_MOVED_ON`` where the day moved."""
        ...

    def get(self, day: date) -> StockRun | None: ...

    def findings(self, day: date, states: Sequence[LineState] = ()) -> tuple[StockFinding, ...]:
        """Of the newest run, gravest and costliest first; only those in ``states`` where named."""
        ...

    def finding(self, day: date, finding_no: int) -> StockFinding | None: ...

    def newest(self, limit: int) -> tuple[StockRun, ...]:
        """Newest day first."""
        ...

    def sign(self, day: date, signed: StockSignOff) -> None:
        """Raises ``OperatorInput`` ``STEP_MOVED_ON`` where that run was replaced."""
        ...

    def signed(self, day: date) -> tuple[StockSignOff, ...]:
        """Every signature under any run of the day, oldest first."""
        ...

    def last_signed(self) -> StockRun | None:
        """The newest day whose present run somebody signed."""
        ...
