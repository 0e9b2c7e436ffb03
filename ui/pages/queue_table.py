"""The rows of 待上传, painted two lines a row, and the figures above them."""

from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ports.store import OutboxState
from app.workflow.desk_views import QueueRow
from ui.errors import sentences
from ui.formats import age_text, minute_text, span_text, time_text
from ui.icons import paint_icon
from ui.pages.parts import boxed, column, row, scaled
from ui.text import tr
from ui.theme import font, tokens
from ui.viewmodels.queue import NEEDS_A_PERSON, QueueModel
from ui.widgets import Card, Text
from ui.widgets.basics import MARKS, set_shown

COLUMNS = ("mark", "what", "state", "tries", "born", "age")
LOOKS: dict[OutboxState, str] = {
    OutboxState.WAITING: "later",
    OutboxState.SENDING: "sending",
    OutboxState.UNKNOWN: "unknown",
    OutboxState.STOPPED: "stop",
    OutboxState.DELIVERED: "ok",
    OutboxState.VOIDED: "off",
}
Index = QModelIndex | QPersistentModelIndex
_MINUTE = 60
_LINES = Qt.ItemDataRole.UserRole
_LOOK = Qt.ItemDataRole.UserRole + 1


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
            right = section > 2
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (_LINES, _LOOK, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self._rows[index.row()]
        if role == _LOOK:
            return LOOKS[row.state]
        lines = self._lines(row, COLUMNS[index.column()])
        return lines if role == _LINES else " ".join(lines)

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


class TwoLines(QStyledItemDelegate):
    """Paints a bold first and a quiet second line, the shape of the state, a 4 px edge."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(scaled(60), scaled(52))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = tokens()
        where: QRect = option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(where, theme.colour("bg.selected" if chosen else "bg.surface"))
        painter.fillRect(
            QRect(where.left(), where.bottom(), where.width(), 1), theme.colour("line.hair")
        )
        look = str(index.data(_LOOK))
        if index.column() == 0:
            if chosen:
                edge = theme.px("width.edge")
                painter.fillRect(
                    QRect(where.left(), where.top(), edge, where.height()), theme.colour("accent")
                )
            size = scaled(16)
            name, tone = MARKS[look]
            at = QRect(where.center().x() - size // 2, where.center().y() - size // 2, size, size)
            paint_icon(painter, name, theme.colour(tone), at)
        else:
            self._words(painter, where, index, look)
        painter.restore()

    def _words(self, painter: QPainter, where: QRect, index: Index, look: str) -> None:
        first, second = index.data(_LINES)
        name = COLUMNS[index.column()]
        side = Qt.AlignmentFlag.AlignLeft if index.column() < 3 else Qt.AlignmentFlag.AlignRight
        inner = where.adjusted(scaled(8), scaled(6), -scaled(8), -scaled(6))
        upper = inner.adjusted(0, 0, 0, -inner.height() // 2) if second else inner
        loud = MARKS[look][1] if name == "state" and look != "later" else "text.strong"
        _draw(painter, upper, side, first, font("strong" if index.column() < 3 else "body"), loud)
        if second:
            lower = inner.adjusted(0, inner.height() // 2, 0, 0)
            _draw(painter, lower, side, second, font("second"), "text.muted")


def _draw(
    painter: QPainter, where: QRect, side: Qt.AlignmentFlag, text: str, face: QFont, tone: str
) -> None:
    painter.setFont(face)
    painter.setPen(tokens().colour(tone))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
    painter.drawText(where, side | Qt.AlignmentFlag.AlignVCenter, shown)


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
