"""待上传: what has not reached the platform, the row in front, and its remedy."""

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.ports.store import OutboxState
from app.workflow.desk_views import QueueRow
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.workflow import QueueWork

NEEDS_A_PERSON = frozenset({OutboxState.STOPPED, OutboxState.UNKNOWN})


class QueueModel(QObject):
    """Rows as the store has them; sorted by consequence, then by age."""

    changed = Signal()

    def __init__(
        self, counter: CounterModel, work: QueueWork, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter = counter
        self.work = work
        self.all_rows: tuple[QueueRow, ...] = ()
        self.only_stopped = False
        self.chosen: int | None = None
        self.loaded = False
        self._asking = False

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """What the list shows now."""
        if not self.only_stopped:
            return self.all_rows
        return tuple(row for row in self.all_rows if row.state in NEEDS_A_PERSON)

    @property
    def row(self) -> QueueRow | None:
        """The row in front."""
        return next((row for row in self.rows if row.item_id == self.chosen), None)

    @property
    def oldest(self) -> datetime | None:
        return min((row.born_at for row in self.all_rows), default=None)

    def count(self, *states: OutboxState) -> int:
        """How many rows are in one of ``states``."""
        return sum(row.state in states for row in self.all_rows)

    @property
    def may_retry(self) -> bool:
        row = self.row
        return row is not None and row.state is not OutboxState.SENDING and not self._asking

    def load(self) -> None:
        """Read the rows; sends nothing."""
        self.counter.bridge.submit("desk", self.work.queue, self._show)

    def retry(self) -> None:
        """F12: send the row in front again, under its own business key."""
        row = self.row
        if row is None or not self.may_retry:
            return
        item_id = row.item_id
        self._asking = True
        self.counter.bridge.submit(
            "desk",
            lambda: self.work.retry_item(item_id),
            self._show,
            lambda trouble: self._failed(trouble),
        )
        self.changed.emit()

    def move(self, by: int) -> None:
        ids = [row.item_id for row in self.rows]
        if self.chosen in ids:
            self.choose(ids[max(0, min(ids.index(self.chosen) + by, len(ids) - 1))])

    def choose(self, item_id: int) -> None:
        if item_id != self.chosen:
            self.chosen = item_id
            self.changed.emit()

    def show_only_stopped(self, only: bool) -> None:
        """Alt 1 all, Alt 2 what needs a person."""
        self.only_stopped = only
        self._keep_choice()
        self.changed.emit()

    def _show(self, rows: tuple[QueueRow, ...]) -> None:
        self._asking, self.loaded = False, True
        self.all_rows = tuple(
            sorted(rows, key=lambda row: (row.state not in NEEDS_A_PERSON, row.born_at))
        )
        self._keep_choice()
        self.changed.emit()

    def _failed(self, trouble: object) -> None:
        self._asking = False
        self.counter.troubled.emit(trouble)
        self.load()

    def _keep_choice(self) -> None:
        ids = [row.item_id for row in self.rows]
        if self.chosen not in ids:
            self.chosen = ids[0] if ids else None
