"""拆零比: what one pack of a drug holds, as a manager says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.viewmodels.stock import StockModel, StockWork

if TYPE_CHECKING:
    from app.domain.goods.stock import Item
    from ui.viewmodels.counter import CounterModel


class PackModel(StockModel):
    """One drug at a time; ``item`` is None while nobody asks."""

    kept = Signal()
    """It is on file."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.item: Item | None = None

    def ask_for(self, item: Item | None) -> None:
        self.item = item
        self.changed.emit()

    def keep(self, pieces: int, unit: str, *, splits: bool) -> None:
        item, work = self.item, self.work
        if item is not None and not self.busy:
            item_id = item.item_id
            self.ask(lambda: work.set_pack(item_id, pieces, unit, splits=splits), self._keep)

    def _keep(self, _item: Item) -> None:
        self.item = None
        self.kept.emit()
