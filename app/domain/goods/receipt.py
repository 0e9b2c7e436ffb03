"""A delivery note being taken in: lots with their boxes, and what may be wrong with a row."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Price

LONGEST_LOT = 50
"""Characters of a maker's lot number (core-platform 6.4)."""
LONGEST_TEXT = 200
MOST_PACKS = 999_999


class RowFault(StrEnum):
    """Why a row cannot be taken in, or what a person should look at."""

    MISSING = "missing"
    FORMULA = "formula"
    CELL_ERROR = "cell_error"
    NOT_A_DATE = "not_a_date"
    NOT_A_COUNT = "not_a_count"
    NOT_A_PRICE = "not_a_price"
    TOO_LONG = "too_long"
    NOT_YES_OR_NO = "not_yes_or_no"
    UNKNOWN_ITEM = "unknown_item"
    NAME_DIFFERS = "name_differs"
    NOTE_DIFFERS = "note_differs"
    CODE_SHAPE = "code_shape"
    CODE_AS_NUMBER = "code_as_number"
    CODE_TWICE = "code_twice"
    CODE_KNOWN = "code_known"
    CODE_OF_OTHER = "code_of_other"
    MORE_CODES = "more_codes"
    MADE_LATER = "made_later"
    EXPIRES_BEFORE = "expires_before"
    EXPIRED = "expired"
    LOT_DIFFERS = "lot_differs"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one cell. ``row`` as the file counts; ``more``: what it clashes with."""

    row: int
    column: str
    fault: RowFault
    value: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One lot of one item. ``packs`` in whole packs; never fewer than ``codes``.

    ``price`` per pack, None where the note says none.
    """

    item_id: int
    store_code: str
    name: str
    lot_no: str
    made_on: date
    expires_on: date
    packs: int
    price: Price | None = None
    gift: bool = False
    codes: tuple[DrugTraceCode, ...] = ()

    @property
    def key(self) -> tuple[int, str, bool]:
        """Lines of one note that are one goods-receipt line (T42)."""
        return self.item_id, self.lot_no, self.gift

    @property
    def without_code(self) -> int:
        return self.packs - len(self.codes)

    def with_box(self, code: DrugTraceCode) -> "ReceiptLine":
        """One box more; it is counted where the note's packs are used up."""
        codes = (*self.codes, code)
        return replace(self, codes=codes, packs=max(self.packs, len(codes)))

    def without(self, code: str) -> "ReceiptLine":
        return replace(self, codes=tuple(known for known in self.codes if known != code))


@dataclass(frozen=True, slots=True)
class Receipt:
    """A note being taken in. ``cases`` holds the boxes of each case code the note lists.

    ``loads`` are cases that were counted by their label alone; ``told`` is what a region is told in
    place of a GS1 pack's own name.
    """

    supplier: str = ""
    delivery_no: str = ""
    invoice_no: str = ""
    lines: tuple[ReceiptLine, ...] = ()
    cases: tuple[tuple[str, tuple[DrugTraceCode, ...]], ...] = ()
    source: str = ""
    loads: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()

    def told_codes(self, codes: tuple[DrugTraceCode, ...]) -> tuple[DrugTraceCode, ...]:
        """The same boxes as this region wants to hear of them."""
        known = dict(self.told)
        return tuple(DrugTraceCode(known.get(code, code)) for code in codes)

    @property
    def packs(self) -> int:
        return sum(line.packs for line in self.lines)

    @property
    def boxes(self) -> int:
        return sum(len(line.codes) for line in self.lines)

    def line_of(self, code: str) -> ReceiptLine | None:
        return next((line for line in self.lines if code in line.codes), None)

    def put(self, line: ReceiptLine) -> "Receipt":
        """Add the line, or put it in the place of the one with the same key."""
        if all(known.key != line.key for known in self.lines):
            return replace(self, lines=(*self.lines, line))
        lines = tuple(line if known.key == line.key else known for known in self.lines)
        return replace(self, lines=lines)


def line_fault(line: ReceiptLine, today: date) -> RowFault | None:
    """What contradicts itself in one line; None for a line that can be taken in."""
    if not 0 < line.packs <= MOST_PACKS:
        return RowFault.NOT_A_COUNT
    if len(line.codes) > line.packs:
        return RowFault.MORE_CODES
    if line.made_on > today:
        return RowFault.MADE_LATER
    if line.expires_on <= line.made_on:
        return RowFault.EXPIRES_BEFORE
    return RowFault.EXPIRED if line.expires_on < today else None
