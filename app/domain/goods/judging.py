"""The judgement of each scanned pack against a sale (trace-and-stock 1.7)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.parts import OpenBox
from app.domain.goods.selling import SaleLine
from app.domain.goods.stock import Item, Lot, LotHold


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
    opened: OpenBox | None = None
    """The box where parts of it were sold or lie in open sales."""
    open_boxes: tuple[OpenBox, ...] = ()
    """Boxes of this drug that are open and may still be sold from."""
    learned_prefix: str = ""
    """The first part of the code where ``item`` follows from what boxes taught alone."""
    prefix_of: str = ""
    """The drug the first part of the code is known for, where it is not ``item``."""
    left_at: datetime | None = None
    """When the box left the books other than by a sale: destroyed, sent back, moved out, erased."""


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
    part: bool = False
    """A part of the box is taken, not the box."""


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
    mine = _line_for(lines, facts)
    stopped = _sold_or_claimed(facts, mine, case_id)
    if stopped is not None:
        return stopped
    if facts.item is None:
        return _red(Code.ITEM_UNMAPPED, None, prefix=code.prefix)
    if mine is None:
        return _wrong_product(facts.item, lines)
    if facts.prefix_of:
        other = {"prefix": code.prefix, "known": facts.prefix_of, "drug": facts.item.name}
        return _red(Code.PREFIX_DIFFERS, mine.index, **other)
    if facts.case_code and not rules.case_codes_sold:
        return _red(Code.SCAN_CASE_CODE, mine.index, drug=mine.name)
    no_room = _no_room(mine, facts.opened)
    if no_room is not None:
        return no_room
    if printed.expires_on is not None and printed.expires_on < today:
        return _red(Code.SCAN_EXPIRED, mine.index, expiry=printed.expires_on.isoformat())
    found = _judge_lot(mine, facts, rules, today, printed)
    return replace(found, part=facts.opened is not None or mine.missing <= 0)


def _line_for(lines: tuple[SaleLine, ...], facts: PackFacts) -> SaleLine | None:
    if facts.item is None:
        return None
    same = [line for line in lines if line.item_id == facts.item.item_id]
    whole = [line for line in same if line.missing > 0]
    parts = [line for line in same if line.missing_pieces > 0]
    order = (*parts, *whole, *same) if facts.opened is not None else (*whole, *parts, *same)
    return next(iter(order), None)


def _no_room(mine: SaleLine, opened: OpenBox | None) -> Judgement | None:
    """A sealed box goes into either; one that is open only where pieces are still missing."""
    if opened is None:
        if mine.missing > 0 or mine.missing_pieces > 0:
            return None
        return _red(Code.SCAN_ENOUGH, mine.index, drug=mine.name, needed=mine.needed)
    if opened.free < 1:
        return _red(Code.SCAN_BOX_USED_UP, mine.index, drug=mine.name, size=opened.size)
    if mine.missing_pieces <= 0:
        code = Code.SCAN_BOX_OPENED if mine.missing > 0 else Code.SCAN_ENOUGH
        return _red(code, mine.index, drug=mine.name, needed=mine.needed, left=opened.free)
    if opened.size != mine.splitting.size:
        sizes = {"size": opened.size, "wanted": mine.splitting.size}
        return _red(Code.SCAN_BOX_SIZE, mine.index, drug=mine.name, **sizes)
    return None


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
    if facts.left_at is not None:
        return _red(Code.SCAN_BOX_LEFT, index, when=facts.left_at.isoformat(timespec="minutes"))
    return None


def _wrong_product(item: Item, lines: tuple[SaleLine, ...]) -> Judgement:
    open_line = next((line for line in lines if not line.full), None)
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
    first = _opened_first(mine, facts)
    if first is not None:
        spoken = DrugTraceCode(first.code).spoken()
        about: tuple[tuple[str, str | int], ...] = (("box", spoken), ("left", first.free))
        return Judgement(Light.AMBER, Code.SCAN_OPENED_FIRST, mine.index, lot.lot_id, about)
    # what is open is used up before anything else is opened, whatever lot it is of
    earlier = None if facts.opened is not None else _earlier_lot(lot, facts.lots, today)
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


def _opened_first(mine: SaleLine, facts: PackFacts) -> OpenBox | None:
    """The box to take pieces from before a sealed one is opened."""
    if facts.opened is not None or mine.missing > 0:
        return None
    return next((box for box in facts.open_boxes if box.free > 0), None)


def _unseen(
    mine: SaleLine, facts: PackFacts, rules: ScanRules, today: date, printed: Printed
) -> Judgement:
    """Not in the receipt ledger: the classic sign of drugs that flowed back (1.7, row 8)."""
    if rules.unseen_stops:
        return _red(Code.SCAN_NOT_RECEIVED, mine.index, drug=mine.name)
    params = (
        ("drug", mine.name),
        *((("prefix", facts.learned_prefix),) if facts.learned_prefix else ()),
    )
    word = Code.PREFIX_UNCONFIRMED if facts.learned_prefix else Code.SCAN_UNSEEN_AT_RECEIPT
    named = _lot_of(facts.lots, printed)
    if named is None:
        return Judgement(Light.AMBER, word, mine.index, None, params)
    stopped = _unsellable(mine, named, today)
    return stopped or Judgement(Light.AMBER, word, mine.index, named.lot_id, params)


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
