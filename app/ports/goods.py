"""Items, lots and boxes as the counter needs them: what is known of a code, and who has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.judging import PackFacts
from app.domain.goods.parts import OpenBox, Part
from app.domain.goods.stock import Item, Lot
from app.domain.money import Quantity


class CodeState(StrEnum):
    """One state machine for both reports of a code (trace-and-stock 6.1)."""

    RESERVED = "reserved"
    SOLD = "sold"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """Pieces of an opened box that leave without a customer, under one kind of change.

    ``free``: of what could be sold. ``back``: all that came back, out of the lot ``held``.
    """

    box: OpenBox
    change_kind: str
    upload_key: str
    free: Part | None
    back: Part | None = None
    held: int = 0

    @property
    def share(self) -> Quantity:
        return Quantity(sum(part.share for part in (self.free, self.back) if part is not None))

    def paper(self, note_id: int) -> dict[str, object]:
        """Where it hangs: the note, the region's kind, our key of the record."""
        return {
            "note_id": note_id,
            "change_kind": self.change_kind,
            "upload_key": self.upload_key,
        }


@dataclass(frozen=True, slots=True)
class Released:
    """Pieces that came back and go from the lot ``held`` into their box again."""

    box: OpenBox
    part: Part
    held: int


class Goods(Protocol):
    """``item``, ``lot``, ``trace_code``, ``stock_event``."""

    def item(self, item_id: int) -> Item: ...

    def item_by_national_code(self, national_code: str) -> Item | None: ...

    def items_by_generic_name(self, generic_name: str) -> tuple[Item, ...]: ...

    def barcodes(self) -> tuple[tuple[str, str], ...]:
        """Product barcode and national code of every item that has both."""
        ...

    def items(self) -> tuple[Item, ...]: ...

    def item_by_store_code(self, store_code: str) -> Item | None: ...

    def item_by_prefix(self, prefix: str) -> Item | None: ...

    def registered(self, item_ids: Sequence[int]) -> frozenset[int]:
        """Those whose sale is written into a register (ephedrine-containing compounds)."""
        ...

    def lots(self, item_id: int) -> tuple[Lot, ...]: ...

    def lot(self, lot_id: int) -> Lot: ...

    def pack_facts(self, code: DrugTraceCode, case_id: int) -> PackFacts: ...

    def box(self, code: DrugTraceCode) -> OpenBox | None:
        """The box where parts of it were sold or lie in open sales."""
        ...

    def open_boxes(self, item_id: int) -> tuple[OpenBox, ...]:
        """Every box of one drug that parts were taken of; used up ones included."""
        ...

    def every_open_box(self) -> tuple[OpenBox, ...]:
        """The same for all drugs."""
        ...

    def set_pack(self, item_id: int, pieces: int, unit: str, *, splits: bool) -> None:
        """What a pack of the drug holds from now on; boxes opened before keep their own size."""
        ...

    def reserve_part(self, box: OpenBox, part: Part, at: datetime) -> None:
        """Claim a part of a box for ``part.case_id``. The base refuses more than it holds."""
        ...

    def write_off(self, away: WrittenOff, note_id: int, at: datetime) -> None:
        """Pieces of a box go away. The base refuses more than are free."""
        ...

    def release_part(self, back: Released, note_id: int, at: datetime) -> None:
        """All pieces of a box that came back may be sold again."""
        ...

    def reserve(self, code: DrugTraceCode, lot_id: int, case_id: int, at: datetime) -> None:
        """Claim a code for a case. Raises ``OperatorInput`` where it is claimed or sold."""
        ...

    def release(self, code: DrugTraceCode, case_id: int) -> None: ...

    def release_all(self, case_id: int) -> None: ...

    def sell(
        self, case_id: int, attempt_id: str | None, receipt_no: str, counter_no: int, at: datetime
    ) -> None:
        """Reserved codes of the case become sold; one ledger row per lot (I3, I5).

        A box of which a part is sold for the first time leaves the whole packs with it.
        """
        ...

    def held_back(self, lot_id: int) -> int:
        """Whole packs of a lot that lie in open sales, boxes about to be opened included."""
        ...

    def holders(self, lot_id: int) -> tuple[int, ...]:
        """Cases whose open sale has a box of the lot, or a part of one."""
        ...

    def stopped(self, case_id: int, day: date) -> frozenset[int]:
        """Lots with boxes in this case that may not be sold on ``day``: held, or expired."""
        ...

    def sale_of(self, text: str, counter_no: int = 0) -> int | None:
        """The case that sold this box last, or that has this receipt number; None where none did.
        Parts of a box may be sold at several counters: nought asks for a sale of any of them."""
        ...

    def take_back(self, case_id: int, codes: Sequence[DrugTraceCode], at: datetime) -> None:
        """Sold codes return into quarantine, never to the shelf."""
        ...
