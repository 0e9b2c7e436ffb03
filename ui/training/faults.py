"""What shall go wrong with the next fitting call."""

from functools import partial

from PySide6.QtWidgets import QWidget

from app.ports.training import TrainingFault, TrainingStockFault
from ui.pages.parts import boxed, gap
from ui.text import tr
from ui.training.buttons import Rows, TableButton, fill_grid, in_rows, new_grid
from ui.viewmodels.training import TrainingModel
from ui.widgets import Card
from ui.widgets.basics import set_shown


class FaultsCard(Card):
    """One button per fault; folded where there is little height."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("training.faults"), parent=parent)
        self._model = model
        self.calm = TableButton(tr("training.act.calm"), model.calm, "flat")
        self.unfold = TableButton("", self._turn, "flat")
        self.add_head(self.calm)
        self.add_head(self.unfold)
        self._wish: bool | None = None
        self._roomy = True
        self.buttons = {
            fault: TableButton(tr(f"training.fault.{fault.value}"), partial(model.stage, fault))
            for fault in TrainingFault
        }
        grid = new_grid()
        fill_grid(grid, list(self.buttons.values()))
        self._grid = boxed(grid)
        self.add(self._grid)

    def make_room(self, roomy: bool) -> None:
        """Lie folded where there is little height, unless a person unfolded it."""
        self._roomy = roomy
        self._lay()

    def _turn(self) -> None:
        self._wish = not self._open
        self._lay()

    @property
    def _open(self) -> bool:
        return self._roomy if self._wish is None else self._wish

    def _lay(self) -> None:
        set_shown(self._grid, self._open)
        edge = gap("normal") if self._open else 0
        margins = self.body.contentsMargins()
        self.body.setContentsMargins(margins.left(), edge, margins.right(), edge)
        self.unfold.set_text(tr("training.fold" if self._open else "training.unfold"))

    def refresh(self) -> None:
        """Nothing to take back where nothing waits."""
        set_shown(self.calm, self._model.staged > 0)

    def in_order(self) -> Rows:
        """What can be pressed here."""
        return [[self.calm, self.unfold], *in_rows(list(self.buttons.values()))]


class StockFaultsCard(Card):
    """What shall be wrong in the platform's books, where stock is looked at."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("training.stock.title"), parent=parent)
        self._model = model
        self.buttons = {
            fault: TableButton(tr(f"training.stock.{fault.value}"), partial(model.plant, fault))
            for fault in TrainingStockFault
        }
        for button in self.buttons.values():
            self.add(button)

    def refresh(self) -> None:
        """Only where stock is looked at."""
        set_shown(self, self._model.stock)

    def in_order(self) -> Rows:
        """What can be pressed here."""
        return [[button] for button in self.buttons.values()]
