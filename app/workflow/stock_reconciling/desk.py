"""The functions of the stock reconciliation with the till bound; ``Surface`` hands them out."""

from collections.abc import Callable
from datetime import date

from app.domain.access import Act
from app.domain.books.stock import Stage, StockFinding, StockSignOff
from app.domain.errors import Code, OperatorInput
from app.jobs.lane import CancelToken
from app.jobs.progress import Report, no_report
from app.workflow.people import signing
from app.workflow.reconciling.views import Exported
from app.workflow.stock_reconciling import accepting, correcting, documents, nightly, showing
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.stock_reconciling.views import (
    StockDayView,
    StockFindingView,
    StockMorning,
    StockRow,
    TrendDay,
)
from app.workflow.till import Till
from app.workflow.upkeep.morning import Overnight, overnight


class StockDayDesk:
    """库存对账: ``apply_draft`` queues, the delivery lane tells; a login and a PIN sign."""

    _till: Till
    _pin_matches: Callable[[str, str], bool]

    def stock_day(self, day: date | None = None, *, every_state: bool = False) -> StockDayView:
        """What was found on a day (the newest compared where none is named); asks nobody.

        ``every_state`` adds what is explained to the problems.
        """
        return showing.day_view(self._till, day, showing.states_of(every_state))

    def equal_stock(self, after: tuple[str, str], limit: int) -> tuple[StockRow, ...]:
        """Lines of the newest comparison whose figures are equal, for whoever wants to see all.

        ``after``: store code and serial of the last one known, empty texts for the first piece.
        """
        return showing.equal_rows(self._till, after, limit)

    def stock_finding(self, day: date, finding_no: int) -> StockFindingView:
        """The evidence of one finding. Raises ``OperatorInput`` ``STEP_MOVED_ON``."""
        return showing.finding_view(self._till, day, finding_no)

    def stock_trend(self, days: int = 30) -> tuple[TrendDay, ...]:
        """Oldest first, one entry for every day up to today."""
        return showing.trend(self._till, days)

    def stock_morning(self) -> StockMorning:
        """What the start page says about last night."""
        return showing.morning(self._till, due=nightly.due(self._till) is not None)

    def overnight(self) -> Overnight:
        """Counters, the pharmacist on duty, and what ran by itself last night."""
        return overnight(self._till)

    def compare_stock(
        self,
        day: date,
        stage: Stage = Stage.MORNING,
        report: Report = no_report,
        cancel: CancelToken | None = None,
    ) -> StockDayView:
        """Fetch and compare now; slow. Raises the trouble where no page came at all."""
        compare_stock(self._till, day, stage, report, cancel)
        return self.stock_day(day)

    def apply_draft(self, day: date, run_no: int, finding_no: int, reason: int) -> StockFindingView:
        """Queue the drafted correction of one cause (``reason`` counts from 0).

        Raises ``OperatorInput``: ``STEP_MOVED_ON`` where the day was compared again or the draft is
        applied already, ``STOCK_WENT_ON``, ``QUEUE_NOT_DRAINED`` for a count over records on their
        way, ``NOT_ALLOWED``.
        """
        correcting.apply_draft(self._till, day, run_no, finding_no, reason)
        return self.stock_finding(day, finding_no)

    def accept_stock(
        self, day: date, run_no: int, finding_no: int, login: str, pin: str, reason: str
    ) -> StockDayView:
        """Somebody who may close days lets a difference stand, as long as its figures stay.

        Raises ``OperatorInput``: ``REASON_MISSING``, ``STEP_MOVED_ON``.
        """
        who = signing.second(self._till, login, pin, Act.CLOSE_DAY, self._pin_matches)
        accepting.accept(self._till, day, run_no, finding_no, who, reason)
        return self.stock_day(day)

    def withdraw_stock(
        self, day: date, run_no: int, finding_no: int, login: str, pin: str, reason: str
    ) -> StockDayView:
        """The same person, or another, takes that word back. Raises ``OperatorInput``."""
        who = signing.second(self._till, login, pin, Act.CLOSE_DAY, self._pin_matches)
        accepting.withdraw(self._till, day, run_no, finding_no, who, reason)
        return self.stock_day(day)

    def sign_stock(self, day: date, run_no: int, login: str, pin: str, note: str) -> StockDayView:
        """Somebody who may close days takes note of this run. Raises ``OperatorInput``."""
        till = self._till
        who = signing.second(till, login, pin, Act.CLOSE_DAY, self._pin_matches)
        now = till.clock.now()
        with till.store.unit() as unit:
            signed = StockSignOff(run_no, now, who.staff_id, who.name, note.strip())
            unit.stock_days.sign(day, signed)
            unit.journal.write(now, who.staff_id, "sign_stock", day.isoformat(), note.strip())
        return self.stock_day(day)

    def export_stock_day(self, day: date) -> Exported:
        """The comparison as xlsx. Raises ``OperatorInput`` without one, ``LocalTrouble``."""
        return documents.export(self._till, *self._shown(day))

    def print_stock_day(self, day: date) -> Exported:
        """The comparison on A4. Raises ``OperatorInput`` without one, ``DeviceTrouble``."""
        return documents.print_out(self._till, *self._shown(day))

    def _shown(self, day: date) -> tuple[StockDayView, tuple[StockFinding, ...]]:
        view = self.stock_day(day, every_state=True)
        if view.run is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        with self._till.store.reading() as unit:
            return view, unit.stock_days.findings(day)
