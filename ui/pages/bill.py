"""The bill of a sale: a line for each drug, its price and what of its boxes is written down."""

from PySide6.QtWidgets import QGridLayout, QWidget

from app.workflow.views.case import DrugLineView
from ui.formats import sold_text, unit_price_text
from ui.pages.parts import boxed, gap, numeral, scaled, two_lines
from ui.text import tr
from ui.widgets import (
    Card,
    MoneyLabel,
    NameText,
    Text,
)
from ui.widgets.basics import clear_layout
from ui.widgets.card import HairLine

COLUMNS = ("drug", "class", "boxes", "price", "amount", "codes")
_WIDTHS = (0, 52, 36, 64, 76, 48)


class BillCard(Card):
    """What is sold: class, boxes, price, amount, codes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(" ", bare=True, parent=parent)
        head, self._grid = self._table(gap("tight")), self._table(0)
        for at, name in enumerate(COLUMNS):
            label = Text(tr(f"pages.settle.column.{name}"), "second", align_right=at > 1)
            head.addWidget(label, 0, at)
        self.add(boxed(head, ground="sunken"))
        self.body.addLayout(self._grid)
        self._shown: tuple[DrugLineView, ...] = ()

    def _table(self, edge: int) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(gap("inner"), edge, gap("inner"), edge)
        grid.setHorizontalSpacing(gap("normal"))
        grid.setVerticalSpacing(0)
        for at, wide in enumerate(_WIDTHS):
            grid.setColumnMinimumWidth(at, scaled(wide))
        grid.setColumnStretch(0, 1)
        return grid

    def show_lines(self, lines: tuple[DrugLineView, ...]) -> None:
        if lines == self._shown:
            return
        self._shown = lines
        clear_layout(self._grid)
        boxes = sum(line.needed for line in lines)
        codes = sum(len(line.codes) for line in lines)
        self.set_title(tr("pages.settle.bill", kinds=len(lines), boxes=boxes))
        complete = codes == boxes
        chip = tr("pages.settle.codes", codes=codes, boxes=boxes)
        self.set_chip(chip, "ok" if complete else "attention")
        for index, line in enumerate(lines):
            if index:
                self._grid.addWidget(HairLine(), index * 2 - 1, 0, 1, len(COLUMNS))
            self._add(index * 2, line)

    def _add(self, at: int, line: DrugLineView) -> None:
        name = two_lines(NameText(line.name), NameText(line.specification, "second"))
        name.setContentsMargins(0, gap("tight"), 0, gap("tight"))
        done = len(line.codes) == line.needed
        codes = numeral(f"{len(line.codes)}/{line.needed}", "body", "ok" if done else "attention")
        cells: tuple[QWidget, ...] = (
            name,
            Text(line.pay_class, "body", "muted"),
            numeral(sold_text(line)),
            numeral(unit_price_text(line.price), "body", "body"),
            MoneyLabel(line.amount, "strong"),
            codes,
        )
        for index, cell in enumerate(cells):
            self._grid.addWidget(cell, at, index)
        self._grid.setRowMinimumHeight(at, scaled(46))
