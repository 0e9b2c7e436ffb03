"""The rows of 配送, painted two lines a row."""

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import QWidget

from app.domain.delivery import DeliveryState
from app.ports.store import OutboxState
from app.workflow.parcels.views import Deliverable
from ui.formats import minute_text
from ui.pages.row_table import LINES, LOOK, Index, RowDress
from ui.text import tr
from ui.viewmodels.parcels import Line, ParcelsModel, key_of

COLUMNS = ("mark", "whom", "state", "since")
LOOKS: dict[DeliveryState, str] = {
    DeliveryState.PREPARED: "attention",
    DeliveryState.UNDER_WAY: "sending",
    DeliveryState.ARRIVED: "ok",
    DeliveryState.REFUSED: "stop",
    DeliveryState.CALLED_OFF: "off",
}
_TROUBLED = frozenset({OutboxState.STOPPED, OutboxState.UNKNOWN})
DRESS = RowDress(
    COLUMNS, frozenset({"since"}), frozenset({"since"}), frozenset({"state"}), tall=52, padding=6
)


class ParcelsTable(QAbstractTableModel):
    """Lines of the model; two texts a cell, never a widget a row."""

    def __init__(self, model: ParcelsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._lines: tuple[Line, ...] = ()

    def refresh(self) -> None:
        lines = self._model.lines
        if lines != self._lines:
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()

    def at(self, row: int) -> Line:
        return self._lines[row]

    def line_of(self, key: str) -> int:
        """The row of a line, −1 where it is not shown."""
        return next((at for at, line in enumerate(self._lines) if key_of(line) == key), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, across: Qt.Orientation, role: int = 0) -> object:
        if across is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(f"pages.parcels.column.{COLUMNS[section]}") if section else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section > 2
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        if role not in (LINES, LOOK, Qt.ItemDataRole.AccessibleTextRole):
            return None
        line = self._lines[index.row()]
        if role == LOOK:
            return look_of(line)
        texts = _cell(line, COLUMNS[index.column()])
        return texts if role == LINES else " ".join(texts)


def look_of(line: Line) -> str:
    """The mark of a line; a record that needs a person beats the state of the goods."""
    if isinstance(line, Deliverable):
        return "later"
    if line.waits in _TROUBLED:
        return "stop" if line.waits is OutboxState.STOPPED else "unknown"
    return LOOKS[line.state]


def state_words(line: Line) -> tuple[str, str]:
    """Where the goods are, and whether the centre knows."""
    if isinstance(line, Deliverable):
        return tr("pages.parcels.state.ready"), "、".join(line.drugs)
    told = "told" if line.waits is None else line.waits.value
    untold = line.state is DeliveryState.PREPARED
    return (
        tr(f"pages.parcels.state.{line.state.value}"),
        "" if untold else tr(f"pages.parcels.waits.{told}"),
    )


def _cell(line: Line, name: str) -> tuple[str, str]:
    match name:
        case "whom" if isinstance(line, Deliverable):
            return line.patient, tr("pages.parcels.receipt", number=line.receipt_no)
        case "whom":
            return f"{line.receiver}  {line.phone}", line.address  # type: ignore[union-attr]  # a delivery
        case "state":
            return state_words(line)
        case "since":
            at = line.handed_over_at if isinstance(line, Deliverable) else line.moved_at
            return minute_text(at), ""
        case _:
            return state_words(line)[0], ""


def line_words(line: Line) -> tuple[str, str, str]:
    """The line in front in three sentences: whom, what, and who carries it or who signed."""
    if isinstance(line, Deliverable):
        return line.patient, tr("pages.parcels.receipt", number=line.receipt_no), ""
    who = ""
    if line.signed_by:
        who = tr("pages.parcels.signed", name=line.signed_by)
    elif line.courier:
        who = tr(
            "pages.parcels.carried",
            company=line.company,
            name=line.courier,
            phone=line.courier_phone,
        )
    if line.note:
        who = f"{who}  {line.note}".strip()
    return (
        f"{line.receiver}  {line.phone}  {line.address}",
        tr("pages.parcels.number", number=line.delivery_no, receipt=line.receipt_no),
        who,
    )
