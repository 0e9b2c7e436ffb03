"""挂起与刚完成: who waits, who was served."""

from PySide6.QtCore import QObject, Signal

from app.workflow.views.desk import DeskView, ParkedRow
from ui.viewmodels.counter import CounterModel


class VisitorsModel(QObject):
    """Parked customers first, then the finished ones; one cursor over both."""

    changed = Signal()
    led = Signal()
    """A visit was found or opened: its page belongs in front, also where it was here already."""

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.parked: tuple[ParkedRow, ...] = ()
        self.finished: tuple[ParkedRow, ...] = ()
        self.chosen: int | None = None
        self._sought = ""
        counter.desk_changed.connect(self.render)
        counter.busy_changed.connect(self._idle)

    def render(self, desk: DeskView) -> None:
        self.parked, self.finished = desk.parked, desk.finished
        if self.chosen not in self._ids():
            self._rest()
        self.changed.emit()

    def begin(self) -> None:
        """The list comes on screen: whoever waits first is in front, never a finished visit."""
        self._rest()
        self.changed.emit()

    def _rest(self) -> None:
        self.chosen = self.parked[0].case_id if self.parked else None

    @property
    def row(self) -> ParkedRow | None:
        """The customer under the cursor."""
        rows = (*self.parked, *self.finished)
        return next((row for row in rows if row.case_id == self.chosen), None)

    def choose(self, case_id: int) -> None:
        if case_id in self._ids():
            self.chosen = case_id
            self.changed.emit()

    def offer(self, number: int) -> None:
        """Alt n: open the n-th parked customer."""
        if 1 <= number <= len(self.parked):
            self.chosen = self.parked[number - 1].case_id
            self.open()

    def move(self, by: int) -> None:
        ids = self._ids()
        if self.chosen is None and by > 0 and ids:
            self.choose(ids[0])
        elif self.chosen in ids:
            self.choose(ids[max(0, min(ids.index(self.chosen) + by, len(ids) - 1))])

    def open(self) -> None:
        """Enter: fetch a parked customer, or look at a finished one."""
        row = self.row
        if row is None or self.counter.busy:
            return
        if row in self.parked:
            self.counter.unpark(row.case_id)
        else:
            case_id, view = row.case_id, self.counter.workflow.view
            self.counter.ask(lambda: view(case_id), switches=True, then=self.led.emit)

    def find(self, text: str) -> None:
        """A sale of any day, by its receipt number or one of its boxes.

        What arrives while something is on its way is looked for after it: a scan is never lost.
        """
        self._sought = text.strip()
        if self._sought and not self.counter.busy:
            sought, find, self._sought = self._sought, self.counter.workflow.find_sale, ""
            self.counter.ask(lambda: find(sought), switches=True, then=self.led.emit)

    def _idle(self, busy: bool) -> None:
        if not busy and self._sought:
            self.find(self._sought)

    def _ids(self) -> list[int]:
        return [row.case_id for row in (*self.parked, *self.finished)]
