"""The differences of one day, painted two lines a row, and the figures above them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.books.money import Cause, Fact, Repair
from app.domain.money import Fen
from ui.formats import money_text, time_text
from ui.icons import paint_icon
from ui.pages.parts import column, row, scaled
from ui.text import tr
from ui.theme import font, tokens
from ui.widgets import Card, Text
from ui.widgets.basics import MARKS, State

if TYPE_CHECKING:
    from app.workflow.reconciling.views import DifferenceRow, MoneyView
    from ui.viewmodels.day_end import MoneyModel

COLUMNS = ("mark", "item", "ours", "theirs", "difference", "cause")
_MONEY = ("ours", "theirs", "difference")
Index = QModelIndex | QPersistentModelIndex
_LINES = Qt.ItemDataRole.UserRole
_LOOK = Qt.ItemDataRole.UserRole + 1


def look_of(found: DifferenceRow) -> State:
    """Violet where it is not known, red where it is wrong, hollow where nobody has to act."""
    if found.cause in (Cause.OPEN_HERE, Cause.MANUAL_HERE, Cause.UNREADABLE):
        return "unknown"
    return "stop" if found.repair is not Repair.NONE else "later"


def fact_text(kind: Fact, value: str) -> str:
    """One piece of evidence in words."""
    if kind is Fact.OUR_STATE:
        value = tr(f"money_state.{value}")
    elif kind is Fact.REVERSAL_SENT:
        value = time_text(datetime.fromisoformat(value))
    return tr(f"money_fact.{kind.value}", value=value or "—")


def item_of(found: DifferenceRow) -> str:
    """What the row is about: the settlement, else the message, else the group."""
    return found.settlement_id or found.message_id[-8:] or found.office


class MoneyTable(QAbstractTableModel):
    """Rows of the model; never a widget a row."""

    def __init__(self, model: MoneyModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._rows: tuple[DifferenceRow, ...] = ()

    def refresh(self) -> None:
        if self._model.rows != self._rows:
            self.beginResetModel()
            self._rows = self._model.rows
            self.endResetModel()

    def at(self, line: int) -> DifferenceRow:
        return self._rows[line]

    def line_of(self, found: DifferenceRow | None) -> int:
        """The line of a row, −1 where it is not shown."""
        return self._rows.index(found) if found in self._rows else -1

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, across: Qt.Orientation, role: int = 0) -> object:
        name = COLUMNS[section]
        if across is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"pages.money.column.{name}") if section else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if name in _MONEY else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (_LINES, _LOOK, Qt.ItemDataRole.AccessibleTextRole):
            return None
        found = self._rows[index.row()]
        if role == _LOOK:
            return look_of(found)
        lines = self._lines(found, COLUMNS[index.column()])
        return lines if role == _LINES else " ".join(lines).strip()

    def _lines(self, found: DifferenceRow, name: str) -> tuple[str, str]:
        match name:
            case "item":
                about = (found.person, found.insurance)
                return item_of(found), " ".join(part for part in about if part)
            case "ours":
                return money_text(found.ours.total if found.ours else None), ""
            case "theirs":
                return money_text(found.theirs.total if found.theirs else None), ""
            case "difference":
                return (money_text(found.difference) if found.open else "—"), ""
            case "cause":
                facts = "；".join(fact_text(kind, value) for kind, value in found.evidence)
                return tr(f"money_cause.{found.cause.value}"), facts
            case _:
                return tr("pages.money.open" if found.open else "pages.money.explained"), ""


class CauseLines(QStyledItemDelegate):
    """A bold first and a quiet second line, the shape of the state, a 4 px edge."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(scaled(60), scaled(46))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, where = tokens(), option.rect
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(where, theme.colour("bg.selected" if chosen else "bg.surface"))
        hair = QRect(where.left(), where.bottom(), where.width(), 1)
        painter.fillRect(hair, theme.colour("line.hair"))
        icon, tone = MARKS[str(index.data(_LOOK))]
        if index.column() == 0:
            if chosen:
                edge = QRect(where.left(), where.top(), theme.px("width.edge"), where.height())
                painter.fillRect(edge, theme.colour("accent"))
            size, centre = scaled(16), where.center()
            at = QRect(centre.x() - size // 2, centre.y() - size // 2, size, size)
            paint_icon(painter, icon, theme.colour(tone), at)
        else:
            _words(painter, where, index, tone)
        painter.restore()


def _words(painter: QPainter, where: QRect, index: Index, tone: str) -> None:
    first, second = index.data(_LINES)
    name = COLUMNS[index.column()]
    inner = where.adjusted(scaled(8), scaled(4), -scaled(8), -scaled(4))
    right = name in _MONEY
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    half = inner.height() // 2 if second else 0
    loud = tone if name in ("cause", "difference") and tone != "text.muted" else "text.strong"
    face = font("strong" if name not in ("ours", "theirs") else "body")
    _draw(painter, inner.adjusted(0, 0, 0, -half), side, first, face, loud)
    if second:
        _draw(painter, inner.adjusted(0, half, 0, 0), side, second, font("second"), "text.muted")


def _draw(
    painter: QPainter, where: QRect, side: Qt.AlignmentFlag, text: str, face: QFont, tone: str
) -> None:
    painter.setFont(face)
    painter.setPen(tokens().colour(tone))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, where.width())
    painter.drawText(where, side | Qt.AlignmentFlag.AlignVCenter, shown)


class FiguresCard(Card):
    """本店笔数, 要处理, 没有对, 差额; when and by whom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        names = ("lines", "open", "skipped", "difference")
        self.figures = {name: Text("", "amount_part") for name in names}
        self.when = Text("", "second", align_right=True)
        self.trend = Text("", "second", align_right=True)
        cells = row(space="column")
        for name, figure in self.figures.items():
            cells.addLayout(column(Text(tr(f"pages.money.figure.{name}"), "second"), figure))
        cells.addStretch(1)
        cells.addLayout(column(self.when, self.trend))
        self.body.addLayout(cells)

    def show_view(self, view: MoneyView | None, now: datetime) -> None:
        if view is None or not view.run_no:
            for figure in self.figures.values():
                figure.setText("—")
                figure.set_tone("muted")
            self.when.setText(tr("pages.money.never"))
            self.trend.setText("")
            return
        wrong, skipped = view.open_count, view.skipped
        for name, text, tone in (
            ("lines", tr("pages.money.lines", count=view.lines), "strong"),
            ("open", tr("pages.money.pieces", count=wrong), "stop" if wrong else "ok"),
            (
                "skipped",
                tr("pages.money.groups", count=skipped),
                "unknown" if skipped else "muted",
            ),
            ("difference", money_text(Fen(view.difference)), "stop" if wrong else "muted"),
        ):
            self.figures[name].setText(text)
            self.figures[name].set_tone(tone)  # type: ignore[arg-type]  # all are tones
        at = time_text(view.compared_at, now)
        self.when.setText(tr("pages.money.when", time=at, name=view.compared_by, count=view.run_no))
        found = [head.open_count for head in view.days]
        mean = f"{sum(found) / len(found):.1f}" if found else "0"
        self.trend.setText(
            tr("pages.money.trend", days=len(found), mean=mean, most=max(found, default=0))
        )
