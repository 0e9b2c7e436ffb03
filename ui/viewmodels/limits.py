"""断网限额: how much may be sold for cash while there is no line; the manager sets it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Code, OperatorInput, Trouble
from app.domain.money import fen
from app.workflow.offline import OfflineLimits
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.workflow import QueueWork


class LimitsModel(QObject):
    """What holds now, and whether somebody is changing it."""

    changed = Signal()

    def __init__(
        self, counter: CounterModel, work: QueueWork, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter, self.work = counter, work
        self.limits: OfflineLimits | None = None
        self.editing = False

    def load(self) -> None:
        self.counter.bridge.submit("desk", self.work.offline_limits, self._show)

    def edit(self, editing: bool) -> None:
        """Open or close the form; nothing is kept before it is sent."""
        editing = editing and self.limits is not None
        if editing != self.editing:
            self.editing = editing
            self.changed.emit()

    def send(self, amount: str, sales: str, hours: str, login: str, pin: str) -> None:
        """F12: texts as typed. What is no number is refused here, the rest by the till."""
        try:
            wanted = OfflineLimits(fen(amount.strip()), int(sales), int(hours))
        except ValueError:
            self.counter.troubled.emit(OperatorInput(Code.LIMITS_WRONG))
            return
        self.counter.bridge.submit(
            "desk",
            lambda: self.work.set_offline_limits(wanted, login, pin),
            self._done,
            self._refused,
        )

    def _show(self, limits: OfflineLimits) -> None:
        self.limits = limits
        self.changed.emit()

    def _done(self, limits: OfflineLimits) -> None:
        self.editing = False
        self.counter.eased.emit()
        self._show(limits)

    def _refused(self, trouble: Trouble) -> None:
        self.counter.troubled.emit(trouble)
