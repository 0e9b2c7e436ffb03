"""Day's end with prepared views: what is asked is remembered, a prepared trouble raised once."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.books.money import SignOff
from app.domain.errors import Trouble
from app.jobs.progress import Progress
from app.workflow.reconciling.views import ClosingView, Exported, MoneyView
from tests.support.money_views import a_closing, money_day
from tests.support.views import NOW


class PreparedDayEnd:
    """Implements ``ui.viewmodels.day_end.DayEndWork``."""

    def __init__(self, view: MoneyView | None = None, closing: ClosingView | None = None) -> None:
        self.view = view or money_day()
        self.shut = closing or a_closing()
        self.asked: list[tuple[Any, ...]] = []
        self.trouble: Trouble | None = None

    def _ask(self, *what: Any) -> None:
        self.asked.append(what)
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble

    def money(self, day: date | None = None) -> MoneyView:
        return self.view if day is None else replace(self.view, day=day)

    def compare_money(self, day: date, every_line: bool, report: Any, _cancel: Any) -> MoneyView:
        self._ask("compare", day, every_line)
        report(Progress("money.totals", 1, 3))
        report(Progress("money.lines", 1, 1))
        return self.view

    def reverse_stray(self, day: date, message_id: str, login: str, pin: str) -> MoneyView:
        self._ask("reverse", day, message_id, login, pin)
        rows = tuple(row for row in self.view.rows if row.message_id != message_id)
        self.view = replace(self.view, rows=rows, run_no=self.view.run_no + 1)
        return self.view

    def adopt_stray(
        self, day: date, message_id: str, login: str, pin: str, reason: str
    ) -> MoneyView:
        self._ask("adopt", day, message_id, login, pin, reason)
        rows = tuple(row for row in self.view.rows if row.message_id != message_id)
        self.view = replace(self.view, rows=rows, run_no=self.view.run_no + 1)
        return self.view

    def clear_money(self, day: date) -> MoneyView:
        self._ask("clear", day)
        self.shut = replace(self.shut, money=())
        return self.view

    def ask_money(self, day: date, message_id: str) -> MoneyView:
        self._ask("ask", day, message_id)
        return self.view

    def sign_money(self, day: date, run_no: int, login: str, pin: str, note: str) -> MoneyView:
        self._ask("sign", day, run_no, login, pin, note)
        self.view = replace(self.view, signed=(SignOff(run_no, NOW, 3, "周文静", note),))
        return self.view

    def export_money(self, day: date) -> Exported:
        self._ask("export", day)
        return Exported(("out/对账.xlsx",))

    def print_money(self, day: date) -> Exported:
        self._ask("print", day)
        return Exported(("out/对账.pdf",))

    def closing(self) -> ClosingView:
        return self.shut

    def end_day(self, login: str, pin: str) -> ClosingView:
        self._ask("end_day", login, pin)
        self.shut = replace(self.shut, signed_in=False)
        return self.shut
