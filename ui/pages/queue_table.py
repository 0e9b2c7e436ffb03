"""The rows of 待上传, painted two lines a row, and the figures above them."""

from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QWidget

from app.ports.store import OutboxState
from app.workflow.desk_views import QueueRow
from ui.errors import sentences
from ui.formats import age_text, minute_text, span_text, time_text
from ui.pages.parts import boxed, column, row
from ui.pages.row_table import LINES, LOOK, Index, RowDress
from ui.text import tr
from ui.viewmodels.queue import NEEDS_A_PERSON, QueueModel
from ui.widgets import Card, Text
from ui.widgets.basics import set_shown

COLUMNS = ("mark", "what", "state", "tries", "born", "age")
_COUNTS = frozenset({"tries", "born", "age"})
DRESS = RowDress(COLUMNS, _COUNTS, _COUNTS, frozenset({"state"}), tall=52, padding=6)
LOOKS: dict[OutboxState, str] = {
    OutboxState.WAITING: "later",
    OutboxState.SENDING: "sending",
    OutboxState.UNKNOWN: "unknown",
    OutboxState.STOPPED: "stop",
    OutboxState.DELIVERED: "ok",
    OutboxState.VOIDED: "off",
}
_MINUTE = 60


class QueueTable(QAbstractTableModel):
    """Rows of the model; two lines a cell, never a widget a row."""

    def __init__(self, model: QueueModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._rows: tuple[QueueRow, ...] = ()
        self._now = model.counter.clock.now()

    def refresh(self) -> None:
        rows = self._model.rows
        self._now = self._model.counter.clock.now()
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def at(self, line: int) -> QueueRow:
        return self._rows[line]

    def line_of(self, item_id: int | None) -> int:
        """The line of an item, −1 where it is not shown."""
        return next((at for at, row in enumerate(self._rows) if row.item_id == item_id), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, across: Qt.Orientation, role: int = 0) -> object:
        if across is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"pages.queue.column.{COLUMNS[section]}") if section else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return DRESS.side(COLUMNS[section]) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (LINES, LOOK, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self._rows[index.row()]
        if role == LOOK:
            return LOOKS[row.state]
        lines = self._lines(row, COLUMNS[index.column()])
        return lines if role == LINES else " ".join(lines)

    def _lines(self, row: QueueRow, name: str) -> tuple[str, str]:
        match name:
            case "what":
                return tr(f"pages.operation.{row.operation}"), row.summary
            case "state":
                return state_word(row, self._now), row_cause(row, self._now)
            case "tries":
                return (tr("pages.queue.tries", count=row.tries) if row.tries else "—"), ""
            case "born":
                return minute_text(row.born_at), ""
            case "age":
                return queue_age((self._now - row.born_at).total_seconds()), ""
            case _:
                return tr(f"pages.queue.state.{row.state.value}"), ""


def queue_age(seconds: float) -> str:
    """Seconds below a minute, then coarse."""
    return age_text(seconds) if seconds < _MINUTE else span_text(seconds)


def state_word(row: QueueRow, now: datetime) -> str:
    """停下要人改, 查清后再发, 稍后再发, 排队, 正在发送."""
    if row.behind:
        return tr("pages.queue.state.behind")
    later = row.state is OutboxState.WAITING and row.tries > 0 and row.next_at > now
    return tr("pages.queue.state.later" if later else f"pages.queue.state.{row.state.value}")


def row_cause(row: QueueRow, now: datetime) -> str:
    """Why it is still here."""
    if row.behind:
        return tr("pages.queue.state.behind_note")
    if row.state in NEEDS_A_PERSON and row.code is not None:
        return sentences(row.code).happened
    if row.state is OutboxState.WAITING and row.tries > 0 and row.next_at > now:
        return tr("pages.queue.retry_at", time=time_text(row.next_at, now))
    return "—"


class FiguresCard(Card):
    """待上传, 最久, 要人处理, 要查清."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.figures = {
            name: Text("", "amount_part")
            for name in ("count", "oldest", "person", "unknown", "delivered")
        }
        cells = row(space="column")
        self.cells: dict[str, QWidget] = {}
        for name, figure in self.figures.items():
            words = Text(tr(f"pages.queue.figure.{name}"), "second")
            self.cells[name] = boxed(column(words, figure))
            cells.addWidget(self.cells[name])
        cells.addStretch(1)
        self.body.addLayout(cells)

    def show_model(self, model: QueueModel, now: datetime) -> None:
        stopped = model.count(OutboxState.STOPPED)
        unknown = model.count(OutboxState.UNKNOWN)
        age = span_text((now - model.oldest).total_seconds()) if model.oldest else "—"
        today = model.detail.delivered_today if model.detail is not None else 0
        set_shown(self.cells["delivered"], model.detail is not None)
        for name, text, tone in (
            ("delivered", tr("pages.queue.pieces", count=today), "strong"),
            ("count", tr("pages.queue.pieces", count=len(model.all_rows)), "strong"),
            ("oldest", age, "attention" if model.oldest else "muted"),
            ("person", tr("pages.queue.pieces", count=stopped), "stop" if stopped else "muted"),
            ("unknown", tr("pages.queue.pieces", count=unknown), "unknown" if unknown else "muted"),
        ):
            self.figures[name].setText(text)
            self.figures[name].set_tone(tone)  # type: ignore[arg-type]  # all are tones
