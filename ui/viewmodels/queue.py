"""待上传: what has not reached the platform, the row in front, and its remedy."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Trouble
from app.ports.store import OutboxState
from app.workflow.views.desk import QueueDetail, QueueRow
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
        self.detail: QueueDetail | None = None
        self.typed: dict[str, str] = {}
        self.raw = False
        self.voiding = False
        self._asking = False
        counter.desk_changed.connect(lambda _desk: self.changed.emit())

    @property
    def unknown_money(self) -> int:
        """How many settlements and refunds are not at rest, as the badge counts them."""
        desk = self.counter.desk
        return desk.badge.unknown_money if desk is not None else 0

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
        return row is not None and self.may_void and not row.given_back

    @property
    def changes(self) -> dict[str, str]:
        """What was typed and differs from what the record holds."""
        held = {field.name: field.value for field in self.detail.fields} if self.detail else {}
        return {
            name: text for name, text in self.typed.items() if text.strip() != held.get(name, "")
        }

    @property
    def may_void(self) -> bool:
        row = self.row
        return row is not None and row.state is not OutboxState.SENDING and not self._asking

    @property
    def may_bind(self) -> bool:
        """Whether F12 does anything to the row in front."""
        return self.may_void if self.voiding else self.may_retry

    def load(self) -> None:
        """Read the rows; sends nothing."""
        self.counter.bridge.submit("desk", self.work.queue, self._show)

    def retry(self) -> None:
        """F12: send the row in front again, under its own business key, mended where typed."""
        row = self.row
        if row is None or not self.may_retry:
            return
        item_id, changes = row.item_id, self.changes
        if changes:
            self._ask(lambda: self.work.mend_item(item_id, changes))
        else:
            self._ask(lambda: self.work.retry_item(item_id))

    def void(self, reason: str, login: str, pin: str) -> None:
        """Give the row in front up: a named person, a reason, and no way back."""
        row = self.row
        if row is None or not self.voiding or not self.may_void:
            return
        item_id = row.item_id
        self._ask(lambda: self.work.void_item(item_id, reason, login, pin))

    def _ask(self, work: Callable[[], tuple[QueueRow, ...]]) -> None:
        self._asking = True
        self.counter.bridge.submit("desk", work, self._done, self._failed)
        self.changed.emit()

    def _done(self, rows: tuple[QueueRow, ...]) -> None:
        self.voiding = False
        self.typed.clear()
        self.counter.eased.emit()
        self.counter.refresh()
        self._show(rows)

    def type_field(self, name: str, text: str) -> None:
        """A value put right; nothing leaves before F12."""
        if self.typed.get(name) != text:
            self.typed[name] = text
            self.changed.emit()

    def show_raw(self) -> None:
        """Ctrl D: the exchange as it was on the wire, people masked; again hides it."""
        self.raw = not self.raw
        self.changed.emit()

    def ask_void(self, asking: bool) -> None:
        """Ctrl Del asks for reason and person; Esc takes it back."""
        asking = asking and self.may_void
        if asking != self.voiding:
            self.voiding = asking
            self.raw = self.raw and not asking
            self.changed.emit()

    def move(self, by: int) -> None:
        ids = [row.item_id for row in self.rows]
        if self.chosen in ids:
            self.choose(ids[max(0, min(ids.index(self.chosen) + by, len(ids) - 1))])

    def choose(self, item_id: int) -> None:
        if item_id != self.chosen:
            self._turn_to(item_id)
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
        self._read_detail()
        self.changed.emit()

    def _failed(self, trouble: Trouble) -> None:
        self._asking = False
        self.counter.troubled.emit(trouble)
        self.load()

    def _keep_choice(self) -> None:
        ids = [row.item_id for row in self.rows]
        if self.chosen not in ids:
            self._turn_to(ids[0] if ids else None)

    def _turn_to(self, item_id: int | None) -> None:
        self.chosen, self.detail = item_id, None
        self.voiding = False
        self.typed.clear()
        self._read_detail()

    def _read_detail(self) -> None:
        item_id = self.chosen
        if item_id is not None:
            self.counter.bridge.submit(
                "desk", lambda: self.work.queue_detail(item_id), self._show_detail, _gone
            )

    def _show_detail(self, detail: QueueDetail) -> None:
        if detail.item_id == self.chosen and detail != self.detail:
            self.detail = detail
            self.changed.emit()


def _gone(_trouble: Trouble) -> None:
    """The row left between list and look: the next list will not have it."""
