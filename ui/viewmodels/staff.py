"""Who may sign in, and a PIN made anew for somebody who forgot theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.viewmodels.stock import StockModel, StockWork

if TYPE_CHECKING:
    from app.domain.errors import Trouble
    from app.workflow.people.signing import StaffRow
    from ui.viewmodels.counter import CounterModel


class StaffModel(StockModel):
    """The rows; ``handed`` is the PIN that was just made, by staff id, until the page is left."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.rows: tuple[StaffRow, ...] = ()
        self.loaded = self.kept_away = False
        self.handed: tuple[int, str] | None = None
        self.refused.connect(self._refused)

    def load(self) -> None:
        self.ask(self.work.staff, self._show)

    def reset(self, staff_id: int, reason: str) -> None:
        """Make a PIN anew and read again who has to change theirs."""
        self.ask(
            lambda: (self.work.reset_pin(staff_id, reason), self.work.staff()),
            lambda made: self._handed(staff_id, *made),
        )

    def forget(self) -> None:
        """What was shown once is not shown again."""
        self.handed = None
        self.changed.emit()

    def _handed(self, staff_id: int, pin: str, rows: tuple[StaffRow, ...]) -> None:
        self.handed = staff_id, pin
        self._show(rows)

    def _show(self, rows: tuple[StaffRow, ...]) -> None:
        self.rows, self.loaded, self.kept_away = rows, True, False

    def _refused(self, _trouble: Trouble) -> None:
        self.kept_away = not self.rows
        self.handed = None
