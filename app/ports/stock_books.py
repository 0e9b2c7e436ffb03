"""Memory of the back room: the stock ledger per lot and per box, and the notes it hangs on.

The ledger is append-only; what is on hand is the sum of its movements, at any moment. Whoever
compares with the platform reads here: ``Movement.at`` is business time, ``upload_key`` (or, for
sales and their returns, ``case_id`` with the lot) leads to the record that tells the platform.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from app.domain.credential import IdNumber
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.controlled import ShownIdentity
from app.domain.goods.movements import NoteKind, PartMove, StockMove
from app.domain.goods.stock import Item, Lot, LotHold
from app.domain.money import Price, Quantity


@dataclass(frozen=True, slots=True)
class Note:
    """One paper of the back room. ``staff_id`` is None for the opening of the ledger alone."""

    note_id: int
    kind: NoteKind
    note_no: str
    at: datetime
    booked_at: datetime
    staff_id: int | None
    supplier: str = ""
    delivery_no: str = ""
    invoice_no: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of a note about to be booked; ``packs`` is signed.

    ``codes`` are the boxes that moved, where they are known: never more than packs. ``price`` is
    what one pack cost, ``change_kind`` the region's code of a change, ``gift`` what was given.
    """

    move: StockMove
    packs: int
    codes: tuple[DrugTraceCode, ...] = ()
    change_kind: str | None = None
    price: Price | None = None
    upload_key: str | None = None
    gift: bool = False


@dataclass(frozen=True, slots=True)
class Movement:
    """One row of the ledger; ``packs`` is signed, ``at`` when it happened."""

    event_id: int
    lot_id: int
    move: StockMove
    packs: int
    at: datetime
    case_id: int | None
    receipt_no: str
    counter_no: int | None
    note_id: int | None
    change_kind: str | None
    price: Price | None
    upload_key: str | None

    @property
    def opened(self) -> bool:
        """The sale that opened a box: its pieces move on beside the whole packs."""
        return self.move is StockMove.SOLD and self.upload_key is not None


NO_ROW = 0


@dataclass(frozen=True, slots=True)
class PartMovement:
    """One row of the parts of opened boxes: ``pieces`` and ``share`` (in packs) are signed."""

    event_id: int
    lot_id: int
    code: str
    move: PartMove
    pieces: int
    share: Quantity
    at: datetime
    case_id: int | None
    receipt_no: str
    counter_no: int | None
    note_id: int | None
    change_kind: str | None
    upload_key: str | None

    def as_movement(self) -> Movement:
        """The same as a movement of its lot that moved no whole pack; it has no row of its own."""
        moves = {PartMove.RETURNED: StockMove.RETURNED, PartMove.CHANGED: StockMove.CHANGED}
        return Movement(
            event_id=NO_ROW,
            lot_id=self.lot_id,
            move=moves.get(self.move, StockMove.SOLD),
            packs=0,
            at=self.at,
            case_id=self.case_id,
            receipt_no=self.receipt_no,
            counter_no=self.counter_no,
            note_id=self.note_id,
            change_kind=self.change_kind,
            price=None,
            upload_key=self.upload_key,
        )


class Doubt(StrEnum):
    """What the proof of the ledger found wrong."""

    LOT_COUNT = "lot_count"
    BELOW_NOUGHT = "below_nought"
    MORE_CODES = "more_codes"
    TOO_MANY_BOXES = "too_many_boxes"
    SALE_WITHOUT_BOXES = "sale_without_boxes"
    BOX_WITHOUT_SALE = "box_without_sale"
    BOX_WITHOUT_RETURN = "box_without_return"
    BOX_TWICE = "box_twice"
    BOX_ELSEWHERE = "box_elsewhere"
    PART_WITHOUT_SALE = "part_without_sale"
    PART_WITHOUT_RELEASE = "part_without_release"
    TOO_MANY_PIECES = "too_many_pieces"
    BOX_NOT_OPENED = "box_not_opened"
    SHARE_LEFT = "share_left"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place where the books do not follow from the ledger. ``subject`` is a lot or a box."""

    doubt: Doubt
    subject: str
    kept: int
    derived: int


@dataclass(frozen=True, slots=True)
class Proof:
    """One recomputation of everything from the ledger; at most so many flaws are listed."""

    lots: int
    movements: int
    boxes: int
    flaws: tuple[Flaw, ...]

    @property
    def holds(self) -> bool:
        return not self.flaws


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """One lot with its item, as lists of the back room show it."""

    item: Item
    lot: Lot


@dataclass(frozen=True, slots=True)
class CountSheet:
    """One count. ``note_id`` is set once it is booked; closed without one, it was given up."""

    sheet_id: int
    opened_at: datetime
    staff_id: int
    scope: str
    closed_at: datetime | None
    note_id: int | None


@dataclass(frozen=True, slots=True)
class CountLine:
    """One lot of a count. ``snapshot``: packs when the sheet was opened; ``expected``: packs when
    it was counted; ``final``: packs in the books once the count was booked."""

    sheet_id: int
    lot_id: int
    snapshot: int
    expected: int | None
    counted: int | None
    counted_at: datetime | None
    staff_id: int | None
    final: int | None

    @property
    def variance(self) -> int:
        """Counted against expected in the same moment: later sales do not touch it."""
        return 0 if self.counted is None or self.expected is None else self.counted - self.expected


@dataclass(frozen=True, slots=True)
class StockDraft:
    """A note that is not booked yet; it survives a power cut."""

    kind: NoteKind
    staff_id: int
    changed_at: datetime
    content: bytes


class StockBooks(Protocol):
    """``stock_note``, ``stock_event``, ``stock_code`` and what leads to them."""

    def write_note(self, note: Note) -> Note:
        """Insert with a fresh id; ``note.note_id`` is ignored. A number is used once."""
        ...

    def note(self, note_id: int) -> Note: ...

    def notes(self, limit: int, kinds: Sequence[NoteKind] = ()) -> tuple[Note, ...]:
        """Newest first."""
        ...

    def delivery_known(self, supplier: str, delivery_no: str) -> bool:
        """Whether this delivery note of this supplier was booked before and stands."""
        ...

    def open_lot(self, new: Lot) -> Lot:
        """A lot of this store with nothing in it; ``lot_id`` and ``on_hand`` are ignored."""
        ...

    def book(self, note: Note, lot_id: int, booking: Booking) -> int:
        """One row of the ledger with its boxes; the lot's count follows in the same statement."""
        ...

    def movement(self, event_id: int) -> Movement | None: ...

    def is_gift(self, event_id: int) -> bool:
        """Whether this delivery was given."""
        ...

    def movements(self, lot_id: int) -> tuple[Movement, ...]:
        """Oldest first."""
        ...

    def part(self, event_id: int) -> PartMovement | None:
        """One movement of pieces."""
        ...

    def parts(self, lot_id: int) -> tuple[PartMovement, ...]:
        """What moved of opened boxes of this lot, oldest first."""
        ...

    def parts_of_box(self, code: DrugTraceCode) -> tuple[PartMovement, ...]:
        """The same of one box, wherever its pieces lie."""
        ...

    def parts_of_note(self, note_id: int) -> tuple[PartMovement, ...]: ...

    def of_note(self, note_id: int) -> tuple[Movement, ...]: ...

    def between(self, first: datetime, last: datetime) -> Iterator[Movement]:
        """Everything that happened within ``first`` … ``last``, in the order it was booked."""
        ...

    def balance(self, lot_id: int, at: datetime) -> int:
        """Packs of a lot by everything that happened up to ``at``."""
        ...

    def boxes_of(self, event_id: int) -> tuple[DrugTraceCode, ...]:
        """Boxes with a code; our own names of those without one are left out."""
        ...

    def life_of(self, code: DrugTraceCode) -> tuple[Movement, ...]:
        """Every movement of one box, oldest first."""
        ...

    def known_boxes(self, codes: Iterable[DrugTraceCode]) -> frozenset[DrugTraceCode]:
        """Those that are or were in this store."""
        ...

    def barred_boxes(
        self, codes: Iterable[DrugTraceCode], gone: Sequence[str]
    ) -> frozenset[DrugTraceCode]:
        """Those of them no delivery can bring: they lie here, were sold, were opened, or left by a
        change of a kind in ``gone``. What was sent back, moved out or deleted may come again."""
        ...

    def boxes_in(self, lot_id: int) -> tuple[DrugTraceCode, ...]:
        """Boxes that lie in this lot, by the ledger."""
        ...

    def uncoded(self, lot_id: int) -> int:
        """Packs of a lot that came without a code less those that left so, counts included: so
        many may leave unnamed. Below nought where more left than came."""
        ...

    def shelf(self, *, empty: bool = False) -> tuple[ShelfLine, ...]:
        """All lots with their items, by item and expiry; those with nothing in them if asked."""
        ...

    def lots_of_number(self, item_id: int, lot_no: str) -> tuple[Lot, ...]:
        """Every goods-receipt line of one lot of the maker."""
        ...

    def hold(self, lot_id: int, hold: LotHold) -> None:
        """A recall begins or ends."""
        ...

    def prove(self, limit: int = 100) -> Proof:
        """Recompute everything from the ledger and compare."""
        ...


class CountSheets(Protocol):
    """``count_sheet`` and ``count_line``."""

    def open(self, staff_id: int, scope: str, lots: Sequence[int], at: datetime) -> CountSheet: ...

    def current(self) -> CountSheet | None:
        """The sheet that is neither booked nor given up."""
        ...

    def lines(self, sheet_id: int) -> tuple[CountLine, ...]: ...

    def line(self, sheet_id: int, lot_id: int) -> CountLine | None: ...

    def write(self, line: CountLine) -> None: ...

    def close(self, sheet_id: int, at: datetime, note_id: int | None) -> None: ...


class StockDrafts(Protocol):
    """``stock_draft``: sealed, one per kind."""

    def keep(self, kind: NoteKind, staff_id: int, content: bytes, at: datetime) -> StockDraft: ...

    def of(self, kind: NoteKind) -> StockDraft | None: ...

    def drop(self, kind: NoteKind) -> None: ...


@dataclass(frozen=True, slots=True)
class Registered:
    """One sale of a drug that is registered: what, how much, to whom (trace-and-stock T58).

    ``packs`` are whole ones; ``pieces`` of boxes that hold ``size`` each stand beside them.
    """

    case_id: int
    lot_id: int
    packs: int
    on_prescription: bool
    at: datetime
    day: date
    staff_id: int
    buyer: ShownIdentity
    pieces: int = 0
    size: int = 1


class Register(Protocol):
    """``register_entry``: who bought what is registered. People are sealed."""

    def enter(self, entry: Registered) -> None: ...

    def bought(self, id_number: IdNumber, since: datetime) -> Fraction:
        """Packs this person bought without a prescription after ``since``, in this store; parts
        of boxes as the fractions they are."""
        ...

    def between(self, first: date, last: date) -> tuple[Registered, ...]:
        """Oldest first; both days count."""
        ...
