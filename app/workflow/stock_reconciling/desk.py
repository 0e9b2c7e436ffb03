"""The functions of the stock reconciliation with the till bound; ``Surface`` hands them out."""

from datetime import date
from typing import Protocol

from app.domain.books.stock import Stage
from app.jobs.lane import CancelToken
from app.jobs.progress import Report, no_report
from app.workflow.reconciling.views import Exported
from app.workflow.stock_reconciling.views import (
    StockDayView,
    StockFindingView,
    StockMorning,
    StockRow,
    TrendDay,
)


class StockDayDesk(Protocol):
    """库存对账. Every name here is a method of ``Surface``; nothing here blocks but where it says.

    ``apply_draft`` queues, the delivery lane tells. Signatures are a login and a PIN.
    """

    def stock_day(self, day: date | None = None, *, every_state: bool = False) -> StockDayView:
        """What was found on a day (the newest compared where none is named); asks nobody.

        ``every_state`` adds what is explained to the problems.
        """
        ...

    def equal_stock(self, offset: int, limit: int) -> tuple[StockRow, ...]:
        """Lines of the newest comparison that are plainly equal, for whoever wants to see all."""
        ...

    def stock_finding(self, day: date, finding_no: int) -> StockFindingView:
        """The evidence of one finding. Raises ``OperatorInput`` ``STEP_MOVED_ON``."""
        ...

    def stock_trend(self, days: int = 30) -> tuple[TrendDay, ...]:
        """Oldest first, one entry for every day up to today."""
        ...

    def stock_morning(self) -> StockMorning:
        """What the start page says about last night; one small statement."""
        ...

    def compare_stock(
        self,
        day: date,
        stage: Stage = Stage.MORNING,
        report: Report = no_report,
        cancel: CancelToken | None = None,
    ) -> StockDayView:
        """Fetch and compare now; slow. Raises the trouble where no page came at all."""
        ...

    def apply_draft(self, day: date, run_no: int, finding_no: int, reason: int) -> StockFindingView:
        """Queue the drafted correction of one cause (``reason`` counts from 0).

        Raises ``OperatorInput``: ``STEP_MOVED_ON`` where the day was compared again or the draft is
        applied already, ``QUEUE_NOT_DRAINED`` for a count over records on their way,
        ``NOT_ALLOWED``.
        """
        ...

    def sign_stock(self, day: date, run_no: int, login: str, pin: str, note: str) -> StockDayView:
        """Somebody who may close days takes note of this run. Raises ``OperatorInput``."""
        ...

    def export_stock_day(self, day: date) -> Exported:
        """The comparison as xlsx. Raises ``OperatorInput`` without one, ``LocalTrouble``."""
        ...

    def print_stock_day(self, day: date) -> Exported:
        """The comparison on A4. Raises ``OperatorInput`` without one, ``DeviceTrouble``."""
        ...
