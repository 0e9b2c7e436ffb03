"""The back room on screen: the note in hand, the count under way, a change, the shelf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Trouble
from app.domain.goods.receipt import Receipt

if TYPE_CHECKING:
    from app.domain.goods.controlled import PackLimit
    from app.domain.goods.stock import Item
    from app.jobs.lane import CancelToken
    from app.jobs.progress import Progress, Report
    from app.ports.stock_books import Movement, Note
    from app.workflow.goods.changing import Change
    from app.workflow.goods.counting import CountView
    from app.workflow.goods.importing import Imported
    from app.workflow.goods.learning import PrefixRow
    from app.workflow.goods.leaving import ChangeDraft
    from app.workflow.goods.lists import BoxStep, LotRow, Thresholds
    from app.workflow.goods.opened import OpenBoxRow
    from app.workflow.goods.proving import KeptProof
    from app.workflow.goods.receiving import Booked, TypedLine
    from app.workflow.people.signing import StaffRow
    from app.workflow.scans.overriding import OverrideRow
    from ui.viewmodels.counter import CounterModel

T = TypeVar("T")
LineKey = tuple[int, str, bool]


class StockWork(Protocol):
    """What the pages of the back room ask (``app.workflow.goods.desk``)."""

    def receipt(self) -> Receipt: ...

    def name_receipt(self, supplier: str, delivery_no: str, invoice_no: str) -> Receipt: ...

    def put_line(self, typed: TypedLine) -> Receipt: ...

    def drop_line(self, key: LineKey) -> Receipt: ...

    def scan_in(self, text: str, key: LineKey | None) -> Receipt: ...

    def drop_receipt(self) -> Receipt: ...

    def book_receipt(self) -> Booked: ...

    def read_delivery(self, path: Path, report: Report, cancel: CancelToken) -> Imported: ...

    def take_delivery(self, found: Imported) -> Receipt: ...

    def keep_errors(self, found: Imported) -> str: ...

    def keep_template(self) -> str: ...

    def change_kinds(self) -> dict[str, tuple[str, bool]]: ...

    def change_stock(self, kind: str, wanted: Change) -> Booked: ...

    def change_draft(self) -> ChangeDraft: ...

    def scan_change(self, text: str) -> ChangeDraft: ...

    def take_out_change(self) -> ChangeDraft: ...

    def drop_change(self) -> ChangeDraft: ...

    def no_code_reasons(self) -> tuple[str, ...]: ...

    def send_back(self, wanted: Change) -> Booked: ...

    def erase_record(self, event_id: int, reason: str, login: str, pin: str) -> Booked: ...

    def notes(self) -> tuple[Note, ...]: ...

    def note_lines(self, note_id: int) -> tuple[Movement, ...]: ...

    def note_steps(self, note_id: int) -> tuple[BoxStep, ...]: ...

    def count(self) -> CountView: ...

    def begin_count(self, scope: str) -> CountView: ...

    def write_count(self, lot_id: int, counted: int) -> CountView: ...

    def drop_count(self, reason: str) -> CountView: ...

    def book_count(self, *, partly: bool = False, in_flight_seen: bool = False) -> Booked: ...

    def shelf(self) -> tuple[LotRow, ...]: ...

    def thresholds(self) -> Thresholds: ...

    def set_thresholds(self, near: int, red: int) -> Thresholds: ...

    def ephedrine_limit(self) -> PackLimit: ...

    def set_ephedrine(self, packs: int, days: int) -> PackLimit: ...

    def recall(self, item_id: int, lot_no: str, reason: str) -> int: ...

    def end_recall(self, item_id: int, lot_no: str, reason: str) -> int: ...

    def life_of(self, code: str) -> tuple[BoxStep, ...]: ...

    def overrides(self, days: int) -> tuple[OverrideRow, ...]: ...

    def staff(self) -> tuple[StaffRow, ...]: ...

    def reset_pin(self, staff_id: int, reason: str) -> str: ...

    def open_boxes(self) -> tuple[OpenBoxRow, ...]: ...

    def write_off(self, code: str, kind: str, keep: int, reason: str) -> Booked: ...

    def release_pieces(self, code: str, reason: str) -> Booked: ...

    def set_pack(self, item_id: int, pieces: int, unit: str, *, splits: bool) -> Item: ...

    def print_bag(self, code: str) -> tuple[str, ...]: ...

    def learned_prefixes(self) -> tuple[PrefixRow, ...]: ...

    def judge_prefix(self, prefix: str, item_id: int, *, right: bool) -> tuple[PrefixRow, ...]: ...

    def ledger_proof(self) -> KeptProof | None: ...

    def print_register(self, first: date, last: date) -> str: ...


class StockModel(QObject):
    """Errands in the desk lane; their trouble goes to the frame and to the page."""

    changed = Signal()
    refused = Signal(object)
    """A ``Trouble``: the page puts the cursor where it belongs."""
    booked = Signal(object)

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter, self.work = counter, work
        self._on_its_way = 0

    @property
    def busy(self) -> bool:
        """Something was asked and is not answered yet: what binds waits for it."""
        return self._on_its_way > 0

    def ask(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """One errand after the other: a scan that comes while another is judged still lands."""
        self._on_its_way += 1
        self.counter.bridge.submit("desk", work, lambda got: self._done(done, got), self._failed)
        self.changed.emit()

    def _done(self, done: Callable[[T], None], got: T) -> None:
        self._on_its_way -= 1
        self.counter.eased.emit()
        done(got)
        self.changed.emit()

    def _failed(self, trouble: Trouble) -> None:
        self._on_its_way -= 1
        self.refuse(trouble)

    def refuse(self, trouble: Trouble) -> None:
        """Say it in the frame, and let the page show where."""
        self.counter.troubled.emit(trouble)
        self.refused.emit(trouble)
        self.changed.emit()


class ReceiptModel(StockModel):
    """收货: the note as it is kept, and what a table held before it is taken."""

    line_put = Signal()
    """A typed line stands in the note."""

    def __init__(
        self, counter: CounterModel, work: StockWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, work, parent)
        self.receipt = Receipt()
        self.front: LineKey | None = None
        self.imported: Imported | None = None
        self.file = ""
        self.last: Booked | None = None
        self.progress: Progress | None = None
        self._token: CancelToken | None = None
        self._reading: object = None

    def load(self) -> None:
        self.ask(self.work.receipt, self._show)

    def name(self, supplier: str, delivery_no: str, invoice_no: str) -> None:
        self.ask(lambda: self.work.name_receipt(supplier, delivery_no, invoice_no), self._show)

    def put(self, typed: TypedLine) -> None:
        self.ask(lambda: self.work.put_line(typed), self._put)

    def scan(self, text: str) -> None:
        front = self.front
        self.ask(lambda: self.work.scan_in(text, front), self._show)

    def drop_line(self) -> None:
        front = self.front
        if front is not None:
            self.ask(lambda: self.work.drop_line(front), self._show)

    def drop(self) -> None:
        self.ask(self.work.drop_receipt, self._show)

    def book(self) -> None:
        """F12: everything, or nothing."""
        self.ask(self.work.book_receipt, self._book)

    def read(self, path: str) -> None:
        """A table is judged while everything else goes on; Esc gives it up."""
        if self.busy or not path.strip():
            return
        self._on_its_way += 1
        self.progress, self._reading = None, (mine := object())
        file = Path(path.strip().strip('"'))
        self._token = self.counter.bridge.submit_job(
            # a minute's work: what the frame and other pages read does not wait behind it
            "catalogue",
            lambda report, cancel: self.work.read_delivery(file, report, cancel),
            lambda found: self._ended(mine, lambda: self._done(self._read, found)),
            lambda trouble: self._ended(mine, lambda: self._failed(trouble)),
            self._progress,
        )
        self.changed.emit()

    def _ended(self, mine: object, tell: Callable[[], None]) -> None:
        """What was given up in the meantime says nothing any more."""
        if self._reading is mine:
            self._reading = self._token = None
            tell()

    def give_up(self) -> None:
        """Nothing was taken in yet."""
        if self._token is not None:
            self._token.cancel()
            self._on_its_way -= 1
            self._token = self._reading = self.progress = None
        self.imported = None
        self.changed.emit()

    def take(self) -> None:
        """The good rows become the note in hand."""
        found = self.imported
        if found is not None:
            self.ask(lambda: self.work.take_delivery(found), self._taken)

    def keep_errors(self) -> None:
        found = self.imported
        if found is not None:
            self.ask(lambda: self.work.keep_errors(found), self._kept)

    def keep_template(self) -> None:
        self.ask(self.work.keep_template, self._kept)

    @property
    def may_book(self) -> bool:
        named = self.receipt.supplier and self.receipt.delivery_no
        return bool(self.receipt.lines and named) and not self.busy

    def _progress(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _read(self, found: Imported) -> None:
        self.imported, self.progress, self.last = found, None, None

    def _kept(self, file: str) -> None:
        self.file = file

    def _taken(self, receipt: Receipt) -> None:
        self.imported = None
        self._show(receipt)

    def _put(self, receipt: Receipt) -> None:
        keys = {line.key for line in self.receipt.lines}
        new = [line.key for line in receipt.lines if line.key not in keys]
        self._show(receipt)
        if new:
            self.front = new[-1]
        self.line_put.emit()

    def _book(self, booked: Booked) -> None:
        self.last = booked
        self._show(Receipt())
        self.counter.refresh()
        self.booked.emit(booked)

    def _show(self, receipt: Receipt) -> None:
        self.receipt = receipt
        if all(line.key != self.front for line in receipt.lines):
            self.front = receipt.lines[-1].key if receipt.lines else None
