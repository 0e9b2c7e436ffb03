"""配送: finished sales that can leave, deliveries, and what is typed about the one in front."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.delivery import DeliveryState
from app.domain.errors import Trouble
from app.workflow.parcels.views import Deliverable, DeliveryRow, ParcelsView
from ui.viewmodels.counter import CounterModel

Line = Deliverable | DeliveryRow


class ParcelWork(Protocol):
    """The functions of ``docs/workflow-surface.md``, till bound."""

    def parcels(self) -> ParcelsView: ...

    def prepare_parcel(self, case_id: int, name: str, phone: str, address: str) -> ParcelsView: ...

    def send_parcel(self, delivery_no: str, company: str, name: str, phone: str) -> ParcelsView: ...

    def end_parcel(
        self, delivery_no: str, state: DeliveryState, signed_by: str, note: str
    ) -> ParcelsView: ...

    def print_parcel(self, delivery_no: str) -> ParcelsView: ...


def key_of(line: Line) -> str:
    """What stays the same when the list is read again."""
    return f"case {line.case_id}" if isinstance(line, Deliverable) else line.delivery_no


class ParcelsModel(QObject):
    """Lines as the store has them; the form belongs to the line in front."""

    changed = Signal()

    def __init__(
        self, counter: CounterModel, work: ParcelWork, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter, self.work = counter, work
        self.view: ParcelsView | None = None
        self.chosen = ""
        self.busy = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """Deliveries first, then sales that could leave."""
        return (*self.view.rows, *self.view.ready) if self.view is not None else ()

    @property
    def told(self) -> bool:
        """Whether the centre hears of deliveries here; yes until the store says else."""
        return self.view is None or self.view.told

    @property
    def line(self) -> Line | None:
        """The line in front."""
        return next((line for line in self.lines if key_of(line) == self.chosen), None)

    @property
    def state(self) -> DeliveryState | None:
        """Of the delivery in front; None for a sale nobody carries yet."""
        line = self.line
        return line.state if isinstance(line, DeliveryRow) else None

    def load(self) -> None:
        """Reads the store; asks nobody."""
        self.counter.bridge.submit("desk", self.work.parcels, self._show)

    def choose(self, key: str) -> None:
        if key != self.chosen:
            self.chosen = key
            self.changed.emit()

    def prepare(self, name: str, phone: str, address: str) -> None:
        """F12 at a sale: the goods wait for a courier."""
        line = self.line
        if isinstance(line, Deliverable):
            case_id = line.case_id
            self._ask(lambda: self.work.prepare_parcel(case_id, name, phone, address), follow=True)

    def send(self, company: str, name: str, phone: str) -> None:
        """F12 at a prepared delivery: the courier has the goods."""
        line = self.line
        if isinstance(line, DeliveryRow):
            number = line.delivery_no
            self._ask(lambda: self.work.send_parcel(number, company, name, phone))

    def end(self, state: DeliveryState, signed_by: str, note: str) -> None:
        """F12 signed for, Alt 1 refused, Alt 2 called off."""
        line = self.line
        if isinstance(line, DeliveryRow) and state in line.after:
            number = line.delivery_no
            self._ask(lambda: self.work.end_parcel(number, state, signed_by, note))

    def print_label(self) -> None:
        """F9."""
        line = self.line
        if isinstance(line, DeliveryRow):
            number = line.delivery_no
            self._ask(lambda: self.work.print_parcel(number))

    def _ask(self, work: Callable[[], ParcelsView], *, follow: bool = False) -> None:
        if self.busy:
            return
        self.busy = True
        before = {key_of(line) for line in self.lines}

        def done(view: ParcelsView) -> None:
            self.counter.eased.emit()
            new = [key_of(row) for row in view.rows if key_of(row) not in before]
            self.chosen = new[0] if follow and new else self.chosen
            self._show(view)

        self.counter.bridge.submit("desk", work, done, self._failed)
        self.changed.emit()

    def _failed(self, trouble: Trouble) -> None:
        self.busy = False
        self.counter.troubled.emit(trouble)
        self.changed.emit()

    def _show(self, view: ParcelsView) -> None:
        self.busy = False
        self.view = view
        keys = [key_of(line) for line in self.lines]
        if self.chosen not in keys:
            self.chosen = keys[0] if keys else ""
        self.changed.emit()
