"""What went on by somebody's word, for the manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.viewmodels.stock import StockModel, StockWork

if TYPE_CHECKING:
    from app.domain.errors import Trouble
    from app.workflow.scans.overriding import OverrideRow
    from ui.viewmodels.counter import CounterModel


class OverridesModel(StockModel):
    """The rows of the last ``days`` days."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.rows: tuple[OverrideRow, ...] = ()
        self.days = 1
        self.loaded = self.kept_away = False
        self.refused.connect(self._kept_away)

    def load(self) -> None:
        days = self.days
        self.ask(lambda: self.work.overrides(days), self._show)

    def show_days(self, days: int) -> None:
        self.days = days
        self.load()

    def _show(self, rows: tuple[OverrideRow, ...]) -> None:
        self.rows, self.loaded, self.kept_away = rows, True, False

    def _kept_away(self, _trouble: Trouble) -> None:
        self.rows, self.loaded, self.kept_away = (), False, True
