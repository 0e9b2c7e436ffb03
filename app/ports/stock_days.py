"""Memory of the daily stock reconciliation: runs, findings, signatures, the figures compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.books.stock import (
    LineState,
    StockFinding,
    StockRun,
    StockSignOff,
)
from app.domain.money import Quantity
from app.ports.stock import StockFigure


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of both books side by side, before anybody asks why."""

    store_code: str
    upload_lot: str
    ours: Quantity | None
    theirs: Quantity | None


class StockDays(Protocol):
    """``stock_day``, ``stock_finding``, ``stock_day_sign_off`` and ``stock_answer``.

    Findings belong to the newest run of their day: a rerun replaces them, signatures stay under
    the run they were given to.
    """

    def begin_answer(self) -> None:
        """Forget the figures fetched before: new ones follow page by page."""
        ...

    def keep_answer(self, rows: Iterable[StockFigure]) -> None:
        """One page of the platform's figures."""
        ...

    def differing(self) -> tuple[ComparedLine, ...]:
        """Stage one, all in the base: lines whose figures differ, by store code and lot serial.

        Lots of one serial count as one, as the platform counts them.
        """
        ...

    def compared_count(self) -> int:
        """How many lines stand in either book with anything in them."""
        ...

    def equal_lines(self, offset: int, limit: int) -> tuple[ComparedLine, ...]:
        """Lines of the newest comparison that are plainly equal, by store code and serial."""
        ...

    def replace(self, run: StockRun, findings: Sequence[StockFinding]) -> StockRun:
        """Put this run in place of the day's earlier one; returns it with its number."""
        ...

    def amend(self, run: StockRun, finding: StockFinding) -> None:
        """Note what was applied. Raises ``OperatorInput`` ``STEP_MOVED_ON`` where the day moved."""
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
