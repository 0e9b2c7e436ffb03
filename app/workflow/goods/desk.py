"""The functions of the back room with the till bound; ``app.workflow.surface`` hands them out."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.domain.access import Act
from app.domain.errors import Code, OperatorInput
from app.domain.goods.controlled import PackLimit
from app.domain.goods.receipt import Receipt
from app.domain.goods.stock import Item
from app.jobs.lane import CancelToken
from app.jobs.progress import Report, no_report
from app.ports.stock_books import Movement, Note
from app.workflow import delivery
from app.workflow.goods import (
    arriving,
    changing,
    controlled,
    counting,
    importing,
    kinds,
    learning,
    leaving,
    lists,
    opened,
    packing,
    proving,
    receiving,
    registers,
)
from app.workflow.goods.changing import Change
from app.workflow.goods.counting import CountView
from app.workflow.goods.importing import Imported
from app.workflow.goods.learning import PrefixRow
from app.workflow.goods.leaving import ChangeDraft
from app.workflow.goods.lists import BoxStep, LotRow, Thresholds
from app.workflow.goods.opened import OpenBoxRow
from app.workflow.goods.proving import KeptProof
from app.workflow.goods.receiving import Booked, TypedLine
from app.workflow.papers.filed import kept
from app.workflow.people import signing
from app.workflow.scans import overriding
from app.workflow.scans.overriding import OverrideRow
from app.workflow.till import Till

NOTES_SHOWN = 100
LineKey = tuple[int, str, bool]


class StockDesk:
    """收货, 盘点, 变更 and the lists. Functions that send nothing run in the desk lane."""

    _till: Till
    _pin_matches: Callable[[str, str], bool]

    # 收货

    def receipt(self) -> Receipt:
        """The note being taken in."""
        return receiving.draft(self._till)

    def name_receipt(self, supplier: str, delivery_no: str, invoice_no: str) -> Receipt:
        return receiving.name_note(self._till, supplier, delivery_no, invoice_no)

    def put_line(self, typed: TypedLine) -> Receipt:
        """Raises ``OperatorInput`` naming the field."""
        return receiving.put_line(self._till, typed)

    def drop_line(self, key: LineKey) -> Receipt:
        return receiving.drop_line(self._till, key)

    def scan_in(self, text: str, key: LineKey | None) -> Receipt:
        """A box or a case into the note. Raises ``OperatorInput``."""
        return arriving.scan(self._till, text, key)

    def take_out(self, code: str) -> Receipt:
        return receiving.take_out(self._till, code)

    def drop_receipt(self) -> Receipt:
        return receiving.drop(self._till)

    def book_receipt(self) -> Booked:
        """The note as it stands, whole or not at all. Raises ``OperatorInput``."""
        return receiving.book(self._till, receiving.draft(self._till))

    def read_delivery(
        self, path: Path, report: Report = no_report, cancel: CancelToken | None = None
    ) -> Imported:
        """Judge a table; nothing is kept. Raises ``OperatorInput``."""
        return importing.read_delivery(self._till, path, report, cancel)

    def take_delivery(self, found: Imported) -> Receipt:
        """The good rows become the note in hand. Raises ``OperatorInput`` where there are none."""
        if not found.receipt.lines:
            raise OperatorInput(Code.NOTE_EMPTY)
        return receiving.keep(self._till, found.receipt)

    def keep_errors(self, found: Imported) -> str:
        """The report of errors as a file. Raises ``LocalTrouble``, ``OperatorInput``."""
        return kept(self._till, importing.error_book(self._till, found))

    def keep_template(self) -> str:
        return kept(self._till, importing.template_book())

    # 变更, 退货, 删除

    def change_kinds(self) -> dict[str, tuple[str, bool]]:
        return kinds.change_kinds(self._till)

    def learned_prefixes(self) -> tuple[PrefixRow, ...]:
        """What boxes taught and no manager has confirmed, oldest first."""
        return learning.listed(self._till)

    def judge_prefix(self, prefix: str, item_id: int, *, right: bool) -> tuple[PrefixRow, ...]:
        """A manager's word on one of them. Raises ``OperatorInput``."""
        return learning.judge(self._till, prefix, item_id, right=right)

    def open_boxes(self) -> tuple[OpenBoxRow, ...]:
        """Every opened box with pieces left."""
        return opened.listed(self._till)

    def write_off(self, code: str, kind: str, keep: int, reason: str) -> Booked:
        """Pieces of an opened box go. Raises ``OperatorInput``."""
        return opened.write_off(self._till, code, kind, keep, reason)

    def release_pieces(self, code: str, reason: str) -> Booked:
        """Pieces that came back are in their box again. Raises ``OperatorInput``."""
        return opened.release(self._till, code, reason)

    def change_stock(self, kind: str, wanted: Change) -> Booked:
        return changing.change(self._till, kind, wanted)

    def change_draft(self) -> ChangeDraft:
        """The boxes that were scanned for a change and not booked."""
        return leaving.draft(self._till)

    def scan_change(self, text: str) -> ChangeDraft:
        """A box into the change in hand. Raises ``OperatorInput``."""
        return leaving.scan(self._till, text)

    def take_out_change(self) -> ChangeDraft:
        return leaving.take_out(self._till)

    def drop_change(self) -> ChangeDraft:
        return leaving.drop(self._till)

    def no_code_reasons(self) -> tuple[str, ...]:
        """Classes of reason why a box that leaves has no code."""
        return changing.no_code_reasons(self._till)

    def send_back(self, wanted: Change) -> Booked:
        return changing.send_back(self._till, wanted)

    def erase_record(self, event_id: int, reason: str, login: str, pin: str) -> Booked:
        """A second person, who may, agrees. Raises ``OperatorInput``."""
        act = Act.ERASE_UPLOAD
        second = signing.second(self._till, login, pin, act, self._pin_matches)
        return changing.erase(self._till, event_id, reason, second)

    def notes(self) -> tuple[Note, ...]:
        """The newest notes of the back room."""
        with self._till.store.reading() as unit:
            return unit.stock.notes(NOTES_SHOWN)

    def note_lines(self, note_id: int) -> tuple[Movement, ...]:
        with self._till.store.reading() as unit:
            return unit.stock.of_note(note_id)

    def note_steps(self, note_id: int) -> tuple[BoxStep, ...]:
        """The same with item and lot, as they are read."""
        return lists.note_steps(self._till, note_id)

    # 盘点

    def count(self) -> CountView:
        return counting.view(self._till)

    def begin_count(self, scope: str) -> CountView:
        return counting.begin(self._till, scope)

    def write_count(self, lot_id: int, counted: int) -> CountView:
        return counting.count(self._till, lot_id, counted)

    def drop_count(self, reason: str) -> CountView:
        return counting.give_up(self._till, reason)

    def book_count(self, *, partly: bool = False, in_flight_seen: bool = False) -> Booked:
        """Tell what waits first, then book. Raises ``OperatorInput``."""
        return counting.book(
            self._till,
            partly=partly,
            in_flight_seen=in_flight_seen,
            drain=lambda: delivery.drain(self._till),
        )

    # lists

    def shelf(self) -> tuple[LotRow, ...]:
        return lists.shelf(self._till)

    def overrides(self, days: int) -> tuple[OverrideRow, ...]:
        """Boxes that went on by somebody's word, today and ``days - 1`` days before."""
        return overriding.listed_days(self._till, days)

    def thresholds(self) -> Thresholds:
        return lists.thresholds(self._till)

    def set_thresholds(self, near: int, red: int) -> Thresholds:
        return lists.set_thresholds(self._till, near, red)

    def recall(self, item_id: int, lot_no: str, reason: str) -> int:
        return lists.recall(self._till, item_id, lot_no, reason)

    def end_recall(self, item_id: int, lot_no: str, reason: str) -> int:
        return lists.end_recall(self._till, item_id, lot_no, reason)

    def life_of(self, code: str) -> tuple[BoxStep, ...]:
        return lists.life_of(self._till, code)

    def set_pack(self, item_id: int, pieces: int, unit: str, *, splits: bool) -> Item:
        """What one pack of a drug holds. Raises ``OperatorInput``."""
        return packing.set_pack(self._till, item_id, pieces, unit, splits=splits)

    def print_bag(self, code: str) -> tuple[str, ...]:
        """The label of the bag sold last out of an opened box. Raises ``OperatorInput``."""
        return opened.print_bag(self._till, code)

    def print_register(self, first: date, last: date) -> str:
        """The register of some days on A4. Raises ``OperatorInput``, ``DeviceTrouble``."""
        return registers.print_register(self._till, first, last)

    def ephedrine_limit(self) -> PackLimit:
        """What one person may have now: the region's, or the store's own where it is stricter."""
        return controlled.limit(self._till)

    def set_ephedrine(self, packs: int, days: int) -> PackLimit:
        """The store's own window for one person. Raises ``OperatorInput``."""
        return controlled.set_window(self._till, packs, days)

    def ledger_proof(self) -> KeptProof | None:
        """What the last proof of the ledger found."""
        return proving.last_proof(self._till)
