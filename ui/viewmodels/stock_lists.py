"""Counts, changes and the shelf on screen."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.domain.errors import Code, OperatorInput, Trouble
from ui.formats import CHINA
from ui.viewmodels.stock import StockModel, StockWork

if TYPE_CHECKING:
    from app.workflow.goods.counting import CountView
    from app.workflow.goods.leaving import ChangeDraft
    from app.workflow.goods.lists import BoxStep, LotRow, Thresholds
    from app.workflow.goods.proving import KeptProof
    from app.workflow.goods.receiving import Booked
    from ui.viewmodels.counter import CounterModel

Kinds = dict[str, tuple[str, bool]]
"""Code of the region of each change → its name, and whether goods come in."""


class CountModel(StockModel):
    """盘点: what was counted, and whether the rest may be left or is on its way."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.view: CountView | None = None
        self.front: int | None = None
        self.found: int | None = None
        self.last: Booked | None = None
        self.asked: Code | None = None

    def load(self) -> None:
        self.ask(self.work.count, self._show)

    def begin(self, scope: str) -> None:
        self.last = None
        self.ask(lambda: self.work.begin_count(scope), self._show)

    def scan(self, text: str) -> None:
        """A box brings its lot to the front."""
        self.ask(lambda: self.work.life_of(text), self._found)

    def write(self, counted: str) -> None:
        """What lies there; the cursor goes to the next lot."""
        lot_id = self.front
        if lot_id is None or not counted.strip():
            return
        digits = counted.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
            self.refuse(OperatorInput(Code.LINE_WRONG, field="packs"))
            return
        self.ask(lambda: self.work.write_count(lot_id, int(digits)), self._written)

    def drop(self, reason: str) -> None:
        self.ask(lambda: self.work.drop_count(reason), self._show)

    def book(self, *, seen: bool = False) -> None:
        """F12. What was asked once is taken as answered when it is pressed with F7 before."""
        partly = seen and self.asked is Code.COUNT_INCOMPLETE
        flying = seen and self.asked is Code.QUEUE_NOT_DRAINED
        self.ask(
            lambda: self.work.book_count(partly=partly or flying, in_flight_seen=flying), self._book
        )

    def refuse(self, trouble: Trouble) -> None:
        known = (Code.COUNT_INCOMPLETE, Code.QUEUE_NOT_DRAINED)
        self.asked = trouble.code if trouble.code in known else None
        super().refuse(trouble)

    def _found(self, life: tuple[BoxStep, ...]) -> None:
        self.found = life[-1].lot.lot_id if life else None
        if self.found is None:
            self.refuse(OperatorInput(Code.BOX_NEVER_HERE))
        else:
            self.front = self.found

    def _written(self, view: CountView) -> None:
        self.asked = None
        self._show(view)
        left = [row.lot.lot_id for row in view.rows if row.counted is None]
        if left:
            self.front = left[0]

    def _book(self, booked: Booked) -> None:
        self.asked, self.last = None, booked
        self.view = None
        self.counter.refresh()
        self.booked.emit(booked)
        self.counter.bridge.submit("desk", self.work.count, self._after)

    def _after(self, view: CountView) -> None:
        self._show(view)
        self.changed.emit()

    def _show(self, view: CountView) -> None:
        self.view = view
        if all(row.lot.lot_id != self.front for row in view.rows):
            self.front = view.rows[0].lot.lot_id if view.rows else None


class LotsModel(StockModel):
    """A list of lots with one in front."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.all_rows: tuple[LotRow, ...] = ()
        self.front: int | None = None

    @property
    def rows(self) -> tuple[LotRow, ...]:
        """The same tuple as long as nothing was read anew."""
        return self.all_rows

    @property
    def lot(self) -> LotRow | None:
        """The one in front."""
        return next((row for row in self.all_rows if row.lot.lot_id == self.front), None)

    @abstractmethod
    def load(self) -> None:
        """Read; asks nobody."""

    @abstractmethod
    def scan(self, text: str) -> None:
        """A box: its lot comes to the front."""


class ChangeModel(LotsModel):
    """变更: one lot, its boxes, what happens to it; and what happened before."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.kinds: Kinds = {}
        self.classes: tuple[str, ...] = ()
        self.boxes: tuple[str, ...] = ()
        self.last: Booked | None = None

    def load(self) -> None:
        self.ask(self._read, self._show)

    def _read(self) -> tuple[Kinds, tuple[LotRow, ...], ChangeDraft, tuple[str, ...]]:
        work = self.work
        return work.change_kinds(), work.shelf(), work.change_draft(), work.no_code_reasons()

    def choose(self, lot_id: int) -> None:
        if lot_id == self.front:
            return
        if self.boxes:
            self.ask(self.work.drop_change, lambda _gone: None)
        self.front, self.boxes = lot_id, ()
        self.changed.emit()

    def scan(self, text: str) -> None:
        """A box in the hand: its lot comes to the front, the box joins those that move."""
        self.ask(lambda: self.work.scan_change(text), self._hold)

    def take_out(self) -> None:
        self.ask(self.work.take_out_change, self._hold)

    def unnamed(self, packs: str) -> bool:
        """Whether more goes than was scanned, so that a reason may be wanted."""
        return bool(self.classes) and packs.isdigit() and int(packs) > len(self.boxes)

    def send(self, kind: str, packs: int, reason: str, no_code: str = "") -> None:
        """F12: ``kind`` empty goes back to the supplier."""
        from app.domain.goods.codes import DrugTraceCode
        from app.workflow.goods.changing import Change

        if self.front is None:
            return
        boxes = tuple(DrugTraceCode(box) for box in self.boxes)
        wanted = Change(self.front, packs, reason, boxes, no_code)
        if kind:
            self.ask(lambda: self.work.change_stock(kind, wanted), self._sent)
        else:
            self.ask(lambda: self.work.send_back(wanted), self._sent)

    def _show(self, got: tuple[Kinds, tuple[LotRow, ...], ChangeDraft, tuple[str, ...]]) -> None:
        self.kinds, self.all_rows, held, self.classes = got
        if held.boxes:
            self._hold(held)
        elif self.lot is None:
            self.front = self.all_rows[0].lot.lot_id if self.all_rows else None
            self.boxes = ()

    def _hold(self, held: ChangeDraft) -> None:
        self.boxes = held.boxes
        if held.boxes:
            self.front = held.lot_id

    def _sent(self, booked: Booked) -> None:
        self.last, self.boxes = booked, ()
        self.counter.refresh()
        self.booked.emit(booked)
        self.counter.bridge.submit("desk", self.work.shelf, self._reread)

    def _reread(self, rows: tuple[LotRow, ...]) -> None:
        self.all_rows = rows
        self.changed.emit()


class ShelfModel(LotsModel):
    """库存: every lot on hand, those that need somebody first; the life of one box."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.only_open = True
        self._open: tuple[LotRow, ...] = ()
        self.life: tuple[BoxStep, ...] = ()
        self.limits: Thresholds | None = None
        self.proof: KeptProof | None = None
        self.paper = ""
        self.loaded = False

    @property
    def rows(self) -> tuple[LotRow, ...]:
        return self._open if self.only_open else self.all_rows

    def load(self) -> None:
        self.ask(
            lambda: (self.work.shelf(), self.work.thresholds(), self.work.ledger_proof()),
            self._show,
        )

    def show_all(self, everything: bool) -> None:
        self.only_open = not everything
        self.changed.emit()

    def scan(self, text: str) -> None:
        """Where this box came from, and where it went."""
        self.ask(lambda: self.work.life_of(text), self._found)

    def hold(self, reason: str) -> None:
        """Begin a recall of the lot in front, or end the one that stands."""
        row = self.lot
        if row is None:
            return
        act = self.work.end_recall if row.lot.hold == "recall" else self.work.recall
        self.ask(
            lambda: (act(row.item.item_id, row.lot.lot_no, reason), self._reread()), self._held
        )

    def print_register(self) -> None:
        """This month's register on A4, and the month before it."""
        today = self.counter.clock.now().astimezone(CHINA).date()
        first = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        self.ask(lambda: self.work.print_register(first, today), self._printed)

    def _printed(self, target: str) -> None:
        self.paper = target

    def _reread(self) -> tuple[LotRow, ...]:
        return self.work.shelf()

    def _held(self, got: tuple[int, tuple[LotRow, ...]]) -> None:
        self._take(got[1])
        self.booked.emit(got[0])

    def _take(self, rows: tuple[LotRow, ...]) -> None:
        self.all_rows = rows
        self._open = tuple(row for row in rows if row.shelf != "fine")

    def _found(self, life: tuple[BoxStep, ...]) -> None:
        self.life = life
        if not life:
            self.refuse(OperatorInput(Code.BOX_NEVER_HERE))
            return
        self.front = life[-1].lot.lot_id
        if self.lot not in self.rows:
            self.only_open = False

    def _show(self, got: tuple[tuple[LotRow, ...], Thresholds, KeptProof | None]) -> None:
        rows, self.limits, self.proof = got
        self._take(rows)
        self.loaded = True
        if self.lot is None and self.all_rows:
            self.front = self.all_rows[0].lot.lot_id
