"""The stock reconciliation prepared: what is asked is remembered, a trouble raised once."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.books.stock import Acceptance, LineState, Stage, StockCause, StockSignOff
from app.domain.errors import Trouble
from app.jobs.progress import Progress
from app.workflow.reconciling.views import Exported
from app.workflow.stock_reconciling.views import (
    StockDayView,
    StockFindingView,
    StockMorning,
    StockRow,
    TrendDay,
)
from app.workflow.upkeep.morning import Overnight
from tests.support.stock_day_views import (
    SEEN,
    a_day,
    a_finding_view,
    a_morning,
    a_trend,
    an_equal_row,
    an_overnight,
    findings_of,
)
from tests.support.views import NOW


class PreparedStockDay:
    """Implements ``ui.viewmodels.stock_day.StockDayWork``."""

    def __init__(
        self,
        causes: tuple[StockCause, ...] = SEEN,
        *,
        complete: bool = True,
        view: StockDayView | None = None,
        equal: int = 40,
    ) -> None:
        self.findings = {found.finding_no: found for found in findings_of(causes)}
        self.view = view or a_day(causes, complete=complete, every_state=True)
        self.equal = equal
        self.asked: list[tuple[Any, ...]] = []
        self.trouble: Trouble | None = None

    def _ask(self, *what: Any) -> None:
        self.asked.append(what)
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble

    def stock_day(self, day: date | None = None, *, every_state: bool = False) -> StockDayView:
        shown = replace(self.view, day=day or self.view.day)
        if every_state:
            return shown
        rows = tuple(row for row in shown.rows if row.state is not LineState.EXPLAINED)
        return replace(shown, rows=rows)

    def equal_stock(self, after: tuple[str, str], limit: int) -> tuple[StockRow, ...]:
        first = int(after[1][1:]) + 1 if after[1] else 0
        return tuple(an_equal_row(at) for at in range(first, min(first + limit, self.equal)))

    def stock_finding(self, day: date, finding_no: int) -> StockFindingView:
        return replace(a_finding_view(self.findings[finding_no]), day=day)

    def stock_trend(self, days: int = 30) -> tuple[TrendDay, ...]:
        return a_trend(days)

    def stock_morning(self) -> StockMorning:
        return a_morning(self.view, signed=bool(self.view.signed))

    def overnight(self) -> Overnight:
        return an_overnight()

    def compare_stock(
        self, day: date, stage: Stage, report: Any, _cancel: Any = None
    ) -> StockDayView:
        self._ask("compare", day, stage)
        report(Progress("stock.pages", 3, 38))
        return self.stock_day(day)

    def apply_draft(self, day: date, run_no: int, finding_no: int, reason: int) -> StockFindingView:
        self._ask("apply", day, run_no, finding_no, reason)
        found = self.findings[finding_no]
        one = found.reasons[reason]
        assert one.draft is not None
        told = replace(one.draft, applied_at=NOW, applied_by="周文静", applied_key="B-71")
        reasons = (*found.reasons[:reason], replace(one, draft=told), *found.reasons[reason + 1 :])
        self.findings[finding_no] = replace(found, reasons=reasons)
        self._refresh()
        return a_finding_view(self.findings[finding_no])

    def sign_stock(self, day: date, run_no: int, login: str, pin: str, note: str) -> StockDayView:
        self._ask("sign", day, run_no, login, pin, note)
        self.view = replace(self.view, signed=(StockSignOff(run_no, NOW, 3, "周文静", note),))
        return self.stock_day(day)

    def accept_stock(
        self, day: date, run_no: int, finding_no: int, login: str, pin: str, reason: str
    ) -> StockDayView:
        self._ask("accept", day, run_no, finding_no, login, pin, reason)
        return self._worded(day, finding_no, reason)

    def withdraw_stock(
        self, day: date, run_no: int, finding_no: int, login: str, pin: str, reason: str
    ) -> StockDayView:
        self._ask("withdraw", day, run_no, finding_no, login, pin, reason)
        return self._worded(day, finding_no, None)

    def _worded(self, day: date, finding_no: int, reason: str | None) -> StockDayView:
        found = self.findings[finding_no]
        word = None
        if reason is not None:
            line = (found.store_code, found.upload_lot, found.figures)
            word = Acceptance(*line, NOW, 3, "周文静", reason)
        self.findings[finding_no] = replace(found, accepted=word)
        self._refresh()
        return self.stock_day(day)

    def _refresh(self) -> None:
        rows = tuple(
            StockRow.of(self.findings[row.finding_no]) if row.finding_no else row
            for row in self.view.rows
        )
        self.view = replace(self.view, rows=rows)

    def export_stock_day(self, day: date) -> Exported:
        self._ask("export", day)
        return Exported(("out/库存对账.xlsx",))

    def print_stock_day(self, day: date) -> Exported:
        self._ask("print", day)
        return Exported(("out/库存对账.pdf",))
