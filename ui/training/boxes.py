"""Boxes to scan: those a line wants, any from the shelf, those of a sale; and wrong ones."""

from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ports.training import WrongBox
from ui.pages.parts import TallArea, boxed, column, gap, row, scaled
from ui.text import say, tr
from ui.training.buttons import Rows, TableButton, TableRow, fill_grid, in_rows, new_grid
from ui.viewmodels.shelf import WRONG, Boxes, ShelfBox
from ui.viewmodels.training import TrainingModel
from ui.widgets import Card, NameText, Text
from ui.widgets.basics import clear_layout, set_shown

_SHELF_AT_LEAST = 130


class BoxRow(TableRow):
    """One box that can be scanned."""

    def __init__(self, box: ShelfBox, parent: QWidget | None = None) -> None:
        super().__init__(box.name, say(box.note), parent)
        self.box = box

    def stands_for(self, box: ShelfBox) -> bool:
        """Whether the row says what ``box`` is."""
        return (self.box.name, self.box.note, self.box.code) == (box.name, box.note, box.code)


class Shelf(TallArea):
    """A list that scrolls: it wishes for its least height, and takes what there is."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(scaled(_SHELF_AT_LEAST))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())


class BoxesCard(Card):
    """The next right box, the rest of a line, a shelf to choose from, and ways to scan wrongly."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("training.boxes"), parent=parent)
        self._model = model
        self.name, self.lot = NameText(""), Text("", "note", "muted")
        self.next = TableButton(tr("training.act.next_box"), model.next_box, "primary")
        self.row = TableButton(tr("training.act.row"), model.scan_row)
        self.body.addLayout(column(self.name, self.lot))
        self.body.addLayout(row(self.next, self.row, space="tight"))
        self._rows = column()
        self._rows.setSpacing(0)
        inside = QWidget()
        inside.setLayout(self._rows)
        self._shelf = Shelf(inside)
        self.add(self._shelf, 1)
        self.body.addSpacing(gap("tight"))
        self.add(Text(tr("training.wrong"), "second"))
        self.wrong = {
            kind: TableButton(
                tr(f"training.wrong_box.{kind.value}"), partial(model.scan_wrong, kind)
            )
            for kind in WrongBox
        }
        self._grid = new_grid()
        wrong = boxed(self._grid)
        for button in self.wrong.values():
            button.setParent(wrong)
        self.add(wrong)
        self._boxes: Boxes | None = None
        self.rows: list[BoxRow] = []

    def refresh(self) -> None:
        """What is wanted, and what there is to choose."""
        model = self._model
        if model.boxes is not self._boxes:
            self._boxes = model.boxes
            self._offer_wrong(model.boxes)
        shelf = model.shelf
        self._say_what(model.boxes, len(shelf))
        if len(shelf) == len(self.rows) and all(map(BoxRow.stands_for, self.rows, shelf)):
            for made, box in zip(self.rows, shelf, strict=True):
                made.box = box
        else:
            self._fill(shelf)
        set_shown(self._shelf, model.boxes in (Boxes.LOOSE, Boxes.BACK))
        for button in (self.next, self.row):
            set_shown(button, model.boxes in (Boxes.LINES, Boxes.BACK))
            button.setEnabled(model.line is not None or bool(shelf))

    def _offer_wrong(self, boxes: Boxes) -> None:
        offered = WRONG[boxes]
        for kind, button in self.wrong.items():
            button.set_text(self._model.wrong_word(kind))
            set_shown(button, kind in offered)
        fill_grid(self._grid, [self.wrong[kind] for kind in offered])
        self.row.set_text(tr(f"training.act.{'all_back' if boxes is Boxes.BACK else 'row'}"))

    def _say_what(self, boxes: Boxes, left: int) -> None:
        wanted = self._model.line
        if boxes is Boxes.LOOSE:
            name, note = tr("training.line.loose"), tr("training.line.loose_note")
        elif boxes is Boxes.BACK:
            name = tr("training.line.back" if left else "training.line.back_none")
            note = tr("training.line.back_left", left=left) if left else ""
        elif wanted is not None:
            left = wanted.needed - wanted.scanned
            name = wanted.name
            note = tr("training.line.lot", lot=wanted.first_lot_no, left=left)
        else:
            name, note = tr("training.line.none"), ""
        self.name.setText(name)
        self.lot.setText(note)

    def _fill(self, shelf: tuple[ShelfBox, ...]) -> None:
        here = self.window().focusWidget()
        at = next((index for index, made in enumerate(self.rows) if made is here), None)
        clear_layout(self._rows)
        self.rows = [BoxRow(box) for box in shelf]
        for made in self.rows:
            made.clicked.connect(partial(self._scan, made))
            made.entered.connect(partial(self._scan, made))
            self._rows.addWidget(made)
        self._rows.addStretch(1)
        if at is not None and self.rows:
            # the box under the cursor was scanned: the next one takes its place
            follower = self.rows[min(at, len(self.rows) - 1)]
            follower.show()
            follower.setFocus()

    def _scan(self, made: BoxRow, _checked: bool = False) -> None:
        self._model.scan_from_shelf(made.box)

    def in_order(self) -> Rows:
        """What can be pressed here."""
        wrong = [self.wrong[kind] for kind in WRONG[self._boxes or Boxes.NONE]]
        rows: Rows = [[made] for made in self.rows]
        return [[self.next, self.row], *rows, *in_rows(wrong)]
