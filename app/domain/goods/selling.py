"""Lines of one sale, and the judgement of each scanned pack (trace-and-stock 1.7)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import Item, Lot, LotHold
from app.domain.money import Fen, Price, Quantity, line_amount, packs


@dataclass(frozen=True, slots=True)
class Pack:
    """One box taken into the sale."""

    code: DrugTraceCode | None
    lot_id: int
    scanned_at: datetime
    source: str
    amber: int | None = None
    params: tuple[tuple[str, str | int], ...] = ()
    acknowledged_by: int | None = None
    reason: str = ""
    key: str = ""
    """What claims the box in the store where it has no code; empty where ``code`` does."""
    told: str = ""
    """What the region is told in place of ``code``; empty where the code itself."""

    @property
    def claim(self) -> str:
        """What claims the box in the store: its code, or a name of our own."""
        return self.code or self.key

    @property
    def waiting(self) -> bool:
        """An amber that nobody has acknowledged yet."""
        return self.amber is not None and self.acknowledged_by is None


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One prescribed drug, matched to an item of the store, and the boxes taken for it."""

    index: int
    rx_line: int | None
    item_id: int
    name: str
    specification: str
    maker: str
    needed: int
    price: Price
    packs: tuple[Pack, ...] = ()
    split: bool = False

    @property
    def missing(self) -> int:
        return self.needed - len(self.packs)

    @property
    def amount(self) -> Fen:
        """Fen for all needed boxes."""
        return line_amount(self.price, self.sold_quantity)

    @property
    def sold_quantity(self) -> Quantity:
        return packs(self.needed)

    def with_pack(self, pack: Pack) -> "SaleLine":
        return replace(self, packs=(*self.packs, pack))

    def without(self, code: str) -> "SaleLine":
        return replace(self, packs=tuple(p for p in self.packs if p.claim != code))


def with_room(lines: tuple[SaleLine, ...], item: Item) -> tuple[SaleLine, ...]:
    """Lines of a sale nobody prescribed, with room for one more box of ``item``."""
    if all(line.item_id != item.item_id for line in lines):
        index = max((line.index for line in lines), default=0) + 1
        new = SaleLine(
            index,
            None,
            item.item_id,
            item.name,
            item.specification,
            item.maker,
            1,
            item.retail_price,
        )
        return (*lines, new)
    return tuple(
        replace(line, needed=len(line.packs) + 1) if line.item_id == item.item_id else line
        for line in lines
    )


def without_room(lines: tuple[SaleLine, ...]) -> tuple[SaleLine, ...]:
    """The same lines with as many boxes as lie on the counter; an empty line goes."""
    return tuple(replace(line, needed=len(line.packs)) for line in lines if line.packs)


def total(lines: tuple[SaleLine, ...]) -> Fen:
    """Sum over lines, in fen."""
    return Fen(sum(line.amount for line in lines))


def complete(lines: tuple[SaleLine, ...]) -> bool:
    """Every box of every line has been scanned, and every amber acknowledged."""
    return bool(lines) and all(
        line.missing == 0 and not any(pack.waiting for pack in line.packs) for line in lines
    )


class Light(StrEnum):
    """How one scan ended."""

    TAKEN = "taken"
    AMBER = "amber"
    IGNORED = "ignored"
    RED = "red"


@dataclass(frozen=True, slots=True)
class SoldBefore:
    """Where a code was sold here earlier; ``returned`` frees it again."""

    at: datetime
    counter_no: int
    receipt_no: str
    returned: bool


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What the store knows about a scanned code before judging it."""

    item: Item | None
    lot: Lot | None
    lots: tuple[Lot, ...]
    sold: SoldBefore | None
    claimed_by_case: int | None
    case_code: bool = False
    """The code names a case or a bundle, not one pack."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What the code itself says of its pack (GS1): empty and None where it says nothing."""

    lot_no: str = ""
    expires_on: date | None = None


NOTHING_PRINTED = Printed()


@dataclass(frozen=True, slots=True)
class ScanRules:
    """Regional switches. Days count from today; both thresholds belong to the nearer side.

    Under ``near_expiry_red_days`` the word is a red one; it can still be acknowledged (T61).
    """

    near_expiry_days: int
    near_expiry_red_days: int
    unseen_stops: bool
    case_codes_sold: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Result for one scan. ``line`` is the index of the line it belongs to, if any."""

    light: Light
    code: Code | None
    line: int | None
    lot_id: int | None
    params: tuple[tuple[str, str | int], ...] = ()


def _red(code: Code, line: int | None, **params: str | int) -> Judgement:
    return Judgement(Light.RED, code, line, None, tuple(params.items()))


def judge(
    code: DrugTraceCode,
    lines: tuple[SaleLine, ...],
    facts: PackFacts,
    rules: ScanRules,
    today: date,
    case_id: int,
    printed: Printed = NOTHING_PRINTED,
) -> Judgement:
    """Judge one scanned trace code against this sale, in the order of trace-and-stock 1.7."""
    for line in lines:
        if any(pack.code == code for pack in line.packs):
            return Judgement(Light.IGNORED, Code.SCAN_REPEATED, line.index, None)
    mine = _line_for(lines, facts.item)
    stopped = _sold_or_claimed(facts, mine, case_id)
    if stopped is not None:
        return stopped
    if facts.item is None:
        return _red(Code.ITEM_UNMAPPED, None, prefix=code.prefix)
    if mine is None:
        return _wrong_product(facts.item, lines)
    if facts.case_code and not rules.case_codes_sold:
        return _red(Code.SCAN_CASE_CODE, mine.index, drug=mine.name)
    if mine.missing <= 0:
        return _red(Code.SCAN_ENOUGH, mine.index, drug=mine.name, needed=mine.needed)
    if printed.expires_on is not None and printed.expires_on < today:
        return _red(Code.SCAN_EXPIRED, mine.index, expiry=printed.expires_on.isoformat())
    return _judge_lot(mine, facts, rules, today, printed)


def _line_for(lines: tuple[SaleLine, ...], item: Item | None) -> SaleLine | None:
    if item is None:
        return None
    same = [line for line in lines if line.item_id == item.item_id]
    return next((line for line in same if line.missing > 0), same[0] if same else None)


def _sold_or_claimed(facts: PackFacts, mine: SaleLine | None, case_id: int) -> Judgement | None:
    index = mine.index if mine else None
    if facts.sold is not None and not facts.sold.returned:
        return _red(
            Code.SCAN_SOLD_BEFORE,
            index,
            when=facts.sold.at.isoformat(timespec="minutes"),
            counter=facts.sold.counter_no,
            receipt=facts.sold.receipt_no,
        )
    if facts.claimed_by_case is not None and facts.claimed_by_case != case_id:
        return _red(Code.SCAN_CLAIMED_ELSEWHERE, index, case=facts.claimed_by_case)
    return None


def _wrong_product(item: Item, lines: tuple[SaleLine, ...]) -> Judgement:
    open_line = next((line for line in lines if line.missing > 0), None)
    return _red(
        Code.SCAN_WRONG_PRODUCT,
        open_line.index if open_line else None,
        scanned=item.name,
        wanted=open_line.name if open_line else "",
    )


def _judge_lot(
    mine: SaleLine, facts: PackFacts, rules: ScanRules, today: date, printed: Printed
) -> Judgement:
    lot = facts.lot
    if lot is None:
        return _unseen(mine, facts, rules, today, printed)
    if printed.lot_no and printed.lot_no != lot.lot_no:
        return _other_lot(mine, lot, facts, today, printed)
    stopped = _unsellable(mine, lot, today)
    if stopped is not None:
        return stopped
    days = (lot.expires_on - today).days
    earlier = _earlier_lot(lot, facts.lots, today)
    if earlier is not None:
        params = (("lot", earlier.lot_no), ("expiry", earlier.expires_on.isoformat()))
        return Judgement(Light.AMBER, Code.SCAN_EARLIER_LOT, mine.index, lot.lot_id, params)
    if days <= rules.near_expiry_days:
        near: tuple[tuple[str, str | int], ...] = (
            ("expiry", lot.expires_on.isoformat()),
            ("days", days),
        )
        soon = days <= rules.near_expiry_red_days
        code = Code.SCAN_EXPIRES_SOON if soon else Code.SCAN_NEAR_EXPIRY
        return Judgement(Light.AMBER, code, mine.index, lot.lot_id, near)
    return Judgement(Light.TAKEN, None, mine.index, lot.lot_id)


def _unseen(
    mine: SaleLine, facts: PackFacts, rules: ScanRules, today: date, printed: Printed
) -> Judgement:
    """Not in the receipt ledger: the classic sign of drugs that flowed back (1.7, row 8)."""
    if rules.unseen_stops:
        return _red(Code.SCAN_NOT_RECEIVED, mine.index, drug=mine.name)
    params = (("drug", mine.name),)
    named = _lot_of(facts.lots, printed)
    if named is None:
        return Judgement(Light.AMBER, Code.SCAN_UNSEEN_AT_RECEIPT, mine.index, None, params)
    stopped = _unsellable(mine, named, today)
    return stopped or Judgement(
        Light.AMBER, Code.SCAN_UNSEEN_AT_RECEIPT, mine.index, named.lot_id, params
    )


def _other_lot(
    mine: SaleLine, booked: Lot, facts: PackFacts, today: date, printed: Printed
) -> Judgement:
    """The box says another lot than the book: what is printed counts, if the store has that lot."""
    named = _lot_of(facts.lots, printed)
    params = (("lot", booked.lot_no), ("scanned", printed.lot_no))
    if named is None:
        return Judgement(Light.RED, Code.SCAN_LOT_UNKNOWN, mine.index, None, params)
    stopped = _unsellable(mine, named, today)
    return stopped or Judgement(Light.AMBER, Code.SCAN_WRONG_LOT, mine.index, named.lot_id, params)


def _lot_of(lots: tuple[Lot, ...], printed: Printed) -> Lot | None:
    named = [lot for lot in lots if printed.lot_no and lot.lot_no == printed.lot_no]
    # a returned box lies in a held twin of its lot: that says nothing of the others
    order = (LotHold.RECALL, LotHold.NONE, LotHold.QUARANTINE)
    return min(named, key=lambda lot: order.index(lot.hold), default=None)


def _unsellable(mine: SaleLine, lot: Lot, today: date) -> Judgement | None:
    if lot.hold is not LotHold.NONE:
        return _red(Code.SCAN_HELD_LOT, mine.index, lot=lot.lot_no, hold=lot.hold.value)
    if lot.expires_on < today:
        return _red(Code.SCAN_EXPIRED, mine.index, expiry=lot.expires_on.isoformat())
    return None


def _earlier_lot(lot: Lot, lots: tuple[Lot, ...], today: date) -> Lot | None:
    ready = [
        other
        for other in lots
        if other.on_hand > 0 and other.sellable(today) and other.expires_on < lot.expires_on
    ]
    return min(ready, key=lambda other: other.expires_on, default=None)
