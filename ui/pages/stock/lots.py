"""What the pages about lots share: the field, the list, the lot in front, the key that books."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.ports.devices import ScannedText
from ui.formats import MINUS
from ui.keys import Act, Key, Look
from ui.pages.parts import FOLD_LISTS_BELOW, LIST_LEAST, ColumnsPage, PageKit, scaled
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.widgets import ActButton, Card, EmptyState, ScanField, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.table import Head, Line, Listed, RowsTable

if TYPE_CHECKING:
    from app.domain.goods.stock import Item, Lot
    from app.ports.stock_books import PartMovement
    from app.workflow.goods.lists import BoxStep, LotRow
    from ui.viewmodels.stock_lists import LotsModel

LOOKS: dict[str, State] = {
    "expired": "stop",
    "held": "stop",
    "red": "attention",
    "near": "attention",
    "fine": "later",
}
"""How a lot stands, by the list it is in."""
_ORDER = list(LOOKS)


class LotsPage(ColumnsPage):
    """A scan brings its lot to the front, Enter goes through the form, F12 books."""

    fold_below = FOLD_LISTS_BELOW

    def __init__(
        self,
        name: str,
        title: str,
        model: LotsModel,
        kit: PageKit,
        form: Form,
        parent: QWidget | None = None,
    ) -> None:
        """``name`` is where the words of the page are kept: ``pages.<name>``."""
        super().__init__(name, 372, parent)
        self.lots_model, self.form = model, form
        self.field = ScanField(kit.recognise, tr(f"pages.{name}.scan"))
        self.field.entered.connect(model.scan)
        self.top.addWidget(self.field)
        self.card = Card(title, bare=True)
        self.table = RowsTable(title, lot_heads())
        self.none = EmptyState("", "")
        self.card.add(self.table, 1)
        self.card.add(self.none)
        self.main.addWidget(self.card, 1)
        self.about, self.front = Text("", "body", wrap=True), Card(" ")
        self.front.add(self.about)
        self.act = ActButton("", Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self.bind)
        self.why = Text("", "second", wrap=True)
        form.typed.connect(self.show_binding)
        # Enter never books: the cursor goes to the key that does
        form.filled.connect(self.act.setFocus)
        self._rows: tuple[LotRow, ...] | None = None
        self._items: Listed[LotRow] = Listed((), lot_line, lot_key, order_of)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _then: self._chosen())

    def fold(self, folded: bool) -> None:
        super().fold(folded)
        self.table.setMinimumHeight(scaled(LIST_LEAST) if folded else 0)

    # what is shown

    def show_lots(self, empty: str) -> None:
        """The list, or the sentence named ``empty``; the lot in front."""
        model = self.lots_model
        rows = model.rows
        if rows is not self._rows:
            self._rows, self._items = rows, Listed(rows, lot_line, lot_key, order_of)
        self.table.show_items(self._items, model.front)
        set_shown(self.table, bool(rows))
        set_shown(self.none, not rows)
        words = f"pages.{self.name}.{empty}"
        self.none.set_texts(tr(words), tr(f"{words}_note"))
        set_shown(self.front, model.lot is not None)
        if model.lot is not None:
            self.front.set_title(model.lot.item.name, model.lot.item.specification)
            self.about.setText(self.lot_words(model.lot))

    def lot_words(self, row: LotRow) -> str:
        """What is said of the lot in front."""
        return lot_words(row)

    def show_binding(self) -> None:
        """What F12 says now, and why it is off."""
        words, on, why = self.binding()
        self.act.set_text(words)
        self.act.setEnabled(on)
        self.why.setText(why)
        set_shown(self.why, bool(why))
        self.acts_changed.emit()

    @abstractmethod
    def binding(self) -> tuple[str, bool, str]:
        """Words of F12, whether it is on, and why not."""

    @abstractmethod
    def send(self) -> None:
        """What F12 does while it is on."""

    # what is done

    def bind(self) -> None:
        if self.binding()[1]:
            self.send()

    def _chosen(self) -> None:
        key = self.table.key
        if isinstance(key, int):
            self.choose(key)

    @abstractmethod
    def choose(self, lot_id: int) -> None:
        """Another lot came to the front."""

    def catch_scan(self, scanned: ScannedText) -> bool:
        """A box in the hand brings its lot."""
        self.lots_model.scan(scanned.text)
        return True

    def binding_act(self) -> Act:
        words, on, why = self.binding()
        return Act(Key.BIND, words, self.bind, on, Look.PRIMARY, why)

    def scan_field(self) -> ScanField:
        return self.field

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.lots_model.load()


def lot_heads() -> tuple[Head, ...]:
    """Columns of a list of lots."""

    def named(name: str) -> str:
        return tr(f"pages.shelf.column.{name}")

    return (
        Head(named("drug"), bold=True),
        Head(named("lot_no"), 104),
        Head(named("expires_on"), 100),
        Head(named("days"), 84, right=True),
        Head(named("on_hand"), 88, right=True),
        Head(named("state"), 104),
    )


def lot_line(row: LotRow) -> Line:
    """One lot as lists show it; the one that is taken first says so."""
    state = tr(f"pages.shelf.state.{row.shelf}")
    if row.first and row.shelf == "fine":
        state = tr("pages.shelf.state.first")
    cells = (
        row.item.name,
        row.lot.lot_no,
        row.lot.expires_on.isoformat(),
        tr("pages.shelf.days" if row.days >= 0 else "pages.shelf.over", days=abs(row.days)),
        hand_text(row.lot, row.item),
        state,
    )
    return Line(cells, LOOKS[row.shelf], row.lot.lot_id, state)


def lot_key(row: LotRow) -> int:
    return row.lot.lot_id


def order_of(row: LotRow, at: int) -> object:
    """What a column is sorted by."""
    item, lot = row.item, row.lot
    orders = (item.name, lot.lot_no, lot.expires_on, row.days, lot.quantity)
    return orders[at] if at < len(orders) else (_ORDER.index(row.shelf), not row.first)


def lot_words(row: LotRow) -> str:
    """Lot, packs on hand and last day of sale in one line."""
    until = row.lot.expires_on.isoformat()
    hand = hand_words(row.lot, row.item)
    return tr("pages.shelf.about", lot=row.lot.lot_no, hand=hand, until=until)


def hand_text(lot: Lot, item: Item) -> str:
    """Packs, and pieces of opened ones beside them where there are any: ``3 + 70片``."""
    return f"{lot.on_hand} + {lot.loose}{item.piece_unit}" if lot.loose else str(lot.on_hand)


def hand_words(lot: Lot, item: Item) -> str:
    """The same with its units: ``3盒 + 70片``."""
    packs = f"{lot.on_hand} {item.unit}"
    return f"{packs} + {lot.loose} {item.piece_unit}" if lot.loose else packs


def pieces_text(step: BoxStep, part: PartMovement) -> str:
    """Pieces of an opened box that moved, with their sign: ``−30片``."""
    return f"{part.pieces:+d}{step.item.piece_unit}".replace("-", MINUS)
