"""已拆的盒 and 标识码: what is left of opened boxes, and what boxes taught."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.viewmodels.stock import StockModel, StockWork

if TYPE_CHECKING:
    from app.domain.errors import Trouble
    from app.workflow.goods.learning import PrefixRow
    from app.workflow.goods.opened import OpenBoxRow
    from app.workflow.goods.receiving import Booked
    from ui.viewmodels.counter import CounterModel


class OpenedModel(StockModel):
    """Opened boxes; ``front`` is the code of the one in hand, ``kinds`` the ways pieces may go."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.rows: tuple[OpenBoxRow, ...] = ()
        self.kinds: dict[str, str] = {}
        self.front = ""
        self.loaded = False
        self.last: Booked | None = None
        self.put_back = False
        """Whether the last note put pieces back, not away."""
        self.labels: tuple[str, ...] = ()
        """Where the label printed last went."""

    def load(self) -> None:
        if not self.kinds:
            self.ask(self.work.change_kinds, self._name_kinds)
        self.ask(self.work.open_boxes, self._show)

    @property
    def box(self) -> OpenBoxRow | None:
        return next((row for row in self.rows if row.box.code == self.front), None)

    def choose(self, code: str) -> None:
        if code != self.front and any(row.box.code == code for row in self.rows):
            self.front = code
            self.changed.emit()

    def write_off(self, kind: str, keep: int, reason: str) -> None:
        code, self.put_back = self.front, False
        self.ask(lambda: self.work.write_off(code, kind, keep, reason), self._gone)

    def release(self, reason: str) -> None:
        """What came back lies in its box again."""
        code, self.put_back = self.front, True
        self.ask(lambda: self.work.release_pieces(code, reason), self._gone)

    def print_bag(self) -> None:
        """F9: the label of the bag filled last out of the box in front."""
        code = self.front
        self.ask(lambda: self.work.print_bag(code), self._printed)

    def _printed(self, files: tuple[str, ...]) -> None:
        self.labels = files

    def _name_kinds(self, kinds: dict[str, tuple[str, bool]]) -> None:
        self.kinds = {code: name for code, (name, inward) in kinds.items() if not inward}

    def _gone(self, booked: Booked) -> None:
        self.last, self.labels = booked, ()
        self.counter.refresh()
        self.booked.emit(booked)
        self.load()

    def _show(self, rows: tuple[OpenBoxRow, ...]) -> None:
        self.rows, self.loaded = rows, True
        if self.box is None:
            self.front = rows[0].box.code if rows else ""


class PrefixesModel(StockModel):
    """What waits for a manager."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.rows: tuple[PrefixRow, ...] = ()
        self.loaded = False
        self.trouble: Trouble | None = None
        self.refused.connect(self._kept_away)

    def load(self) -> None:
        self.ask(self.work.learned_prefixes, self._show)

    def judge(self, row: PrefixRow, *, right: bool) -> None:
        prefix, item_id = row.learned.prefix, row.item.item_id
        if not self.busy:
            self.ask(lambda: self.work.judge_prefix(prefix, item_id, right=right), self._show)

    def _show(self, rows: tuple[PrefixRow, ...]) -> None:
        self.rows, self.loaded, self.trouble = rows, True, None

    def _kept_away(self, trouble: Trouble) -> None:
        self.trouble = trouble
