"""The differences of one day, painted two lines a row, and the figures above them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QWidget

from app.domain.books.money import Cause, Fact, Repair
from app.domain.money import Fen
from ui.formats import money_text, time_text
from ui.pages.parts import column, row
from ui.pages.row_table import LINES, LOOK, Index, RowDress
from ui.text import tr
from ui.widgets import Card, Text
from ui.widgets.basics import State

if TYPE_CHECKING:
    from app.workflow.reconciling.views import DifferenceRow, MoneyView
    from ui.viewmodels.day_end import MoneyModel

COLUMNS = ("mark", "item", "ours", "theirs", "difference", "cause")
DRESS = RowDress(
    COLUMNS,
    right=frozenset({"ours", "theirs", "difference"}),
    light=frozenset({"ours", "theirs"}),
    loud=frozenset({"cause", "difference"}),
    tall=46,
    padding=4,
)


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
            return DRESS.side(name) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (LINES, LOOK, Qt.ItemDataRole.AccessibleTextRole):
            return None
        found = self._rows[index.row()]
        if role == LOOK:
            return look_of(found)
        lines = self._lines(found, COLUMNS[index.column()])
        return lines if role == LINES else " ".join(lines).strip()

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
