"""From prescription lines to sale lines, and from scanned boxes to what is reported."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from app.domain.counter_case import CounterCase
from app.domain.credential import Person
from app.domain.errors import Bug
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.parts import NEVER_SPLIT, Splitting, piece_price
from app.domain.goods.selling import Pack, SaleLine
from app.domain.goods.stock import Item
from app.domain.money import NO_PRICE, QUANTITY_SCALE, Fen, Quantity, line_amount, packs
from app.domain.prescription import Prescription, RxLine
from app.ports import requests as q
from app.ports.store import Unit
from app.profile.model import Profile
from app.workflow.people.credentials import credential_of, insured_area, person_of
from app.workflow.till import Till

NOT_CARRIED = 0
"""Item id of a line this store has no item for; such a line can never be completed."""


def match(unit: Unit, line: RxLine) -> Item | None:
    """The item of this store for a prescribed drug: same national code, else same generic name."""
    exact = unit.goods.item_by_national_code(line.national_code) if line.national_code else None
    if exact is not None:
        return exact
    same = unit.goods.items_by_generic_name(line.generic_name)
    fitting = [item for item in same if item.specification == line.specification]
    return fitting[0] if fitting else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a prescribed line takes of this store's item (trace-and-stock T28)."""

    boxes: int
    pieces: int


def wanted_of(line: RxLine, item: Item, splitting: Splitting) -> Wanted | None:
    """Whole boxes, and single pieces beside them; None where it cannot be filled here.

    Thirty tablets are no thirty boxes: a unit that is neither the pack nor the piece is never
    converted by guessing, and a rest that is no box needs a drug this store and area may split.
    """
    count, unit = line.boxes, line.unit.strip()
    if count is None:
        return None
    if unit in ("", item.unit):
        return Wanted(count, 0)
    if item.pieces < 2 or unit != item.piece_unit:
        return None
    boxes, rest = divmod(count, item.pieces)
    return Wanted(boxes, rest) if not rest or splitting.size > 1 else None


def splitting_of(profile: Profile, item: Item) -> Splitting:
    """How this item may be split here: by the store, and by the area."""
    rules = profile.rules
    if not item.splits or item.pieces < 2 or rules.split_remainder_mode == "none":
        return NEVER_SPLIT
    return Splitting(
        item.pieces,
        item.piece_unit,
        by_piece=rules.split_count == "piece",
        coded=rules.split_remainder_mode != "skip",
        filler=rules.split_filler if rules.split_remainder_mode == "filler" else "",
    )


def boxes_of(line: RxLine) -> int:
    """Whole boxes to hand out; part of a box needs a whole one."""
    whole = line.boxes
    return whole if whole is not None else -(-line.amount // QUANTITY_SCALE)


def sale_lines(till: Till, unit: Unit, case: CounterCase) -> tuple[SaleLine, ...]:
    """One sale line per prescribed drug that was not taken before."""
    rx = case.facts.prescription
    if rx is None:
        raise Bug(what="sale lines before download")
    number = count(1)
    return tuple(
        _sale_line(till.profile, next(number), line, match(unit, line))
        for line in rx.lines
        if not line.taken
    )


def _sale_line(profile: Profile, index: int, line: RxLine, item: Item | None) -> SaleLine:
    splitting = NEVER_SPLIT if item is None else splitting_of(profile, item)
    wanted = None if item is None else wanted_of(line, item, splitting)
    if item is None or wanted is None:
        split = item is not None
        return SaleLine(
            index,
            line.index,
            NOT_CARRIED,
            line.generic_name,
            line.specification,
            line.maker,
            1 if split else boxes_of(line),
            line.price if line.price is not None else NO_PRICE,
            split=split,
        )
    return SaleLine(
        index,
        line.index,
        item.item_id,
        item.name,
        item.specification,
        item.maker,
        wanted.boxes,
        item.retail_price,
        pieces=wanted.pieces,
        splitting=splitting,
    )


def sold_lines(unit: Unit, case: CounterCase) -> tuple[q.SoldLine, ...]:
    """What is reported: one line per sale line and lot with the codes of its boxes, and one for
    each part of a box, in order."""
    return tuple(_sold_line(unit, case, share) for share in _shares(case))


def sold_line(unit: Unit, case: CounterCase, index: int) -> q.SoldLine:
    """The reported line of that number. Raises ``Bug`` where there is none."""
    for share in _shares(case):
        if share.number == index:
            return _sold_line(unit, case, share)
    raise Bug(what="no such line", line=index)


def line_numbers(case: CounterCase) -> tuple[int, ...]:
    """The numbers of the reported lines, in order."""
    return tuple(share.number for share in _shares(case))


@dataclass(frozen=True, slots=True)
class _Share:
    """One reported line: the boxes of one lot, or the part of one box."""

    number: int
    line: SaleLine
    lot_id: int
    taken: tuple[Pack, ...]

    @property
    def part(self) -> Pack | None:
        """None for whole boxes, and for one that was opened and is full again: nobody can be told
        a part that is all of it."""
        pack = self.taken[0]
        return pack if 0 < pack.pieces < self.line.splitting.size else None

    @property
    def quantity(self) -> Quantity:
        return packs(len(self.taken)) if self.part is None else self.part.share


def _shares(case: CounterCase) -> Iterator[_Share]:
    """Reported lines by number."""
    number = count(1)
    for line in case.facts.lines:
        for lot_id in dict.fromkeys(pack.lot_id for pack in line.whole):
            taken = tuple(pack for pack in line.whole if pack.lot_id == lot_id)
            yield _Share(next(number), line, lot_id, taken)
        for part in line.parts:
            yield _Share(next(number), line, part.lot_id, (part,))


def codes_on_record(case: CounterCase) -> int:
    """How many trace codes the platform has accepted with this sale, and not given back."""
    sale = case.facts.sale
    accepted = sale.accepted_lines if sale is not None else frozenset()
    return sum(len(share.taken) for share in _shares(case) if share.number in accepted)


def told_of(case: CounterCase, lot_id: int) -> Quantity:
    """Packs of one lot that the platform has accepted with this sale, and not given back."""
    sale = case.facts.sale
    accepted = sale.accepted_lines if sale is not None else frozenset()
    told = (one for one in _shares(case) if one.lot_id == lot_id and one.number in accepted)
    return Quantity(sum(one.quantity for one in told))


def _sold_line(unit: Unit, case: CounterCase, share: _Share) -> q.SoldLine:
    line, part, lot = share.line, share.part, unit.goods.lot(share.lot_id)
    item = unit.goods.item(line.item_id)
    amount = share.quantity
    rx_line = _rx_line(case.facts.prescription, line)
    return q.SoldLine(
        index=share.number,
        national_code=item.national_code,
        store_code=item.store_code,
        name=item.name,
        upload_lot=lot.upload_lot,
        lot_no=lot.lot_no,
        made_on=lot.made_on,
        expires_on=lot.expires_on,
        needs_prescription=item.needs_prescription,
        split=part is not None,
        price=line.price,
        quantity=amount,
        amount=line_amount(line.price, amount) if part is None else part.fee,
        trace_codes=_told_codes(share),
        product_barcode=item.product_barcode,
        shelf=item.shelf,
        single_dose=rx_line.single_dose if rx_line else "",
        frequency=rx_line.frequency if rx_line else "",
        days=rx_line.days if rx_line else "",
        route=rx_line.route if rx_line else "",
        pay_class=item.pay_class,
        pieces=part.pieces if part is not None else 0,
        piece_price=piece_price(line.price, line.splitting.size) if part else NO_PRICE,
    )


def _told_codes(share: _Share) -> tuple[DrugTraceCode, ...]:
    """The codes as this region wants them; of a part it may want another, or none (T29)."""
    splitting = share.line.splitting
    if share.part is not None and not splitting.coded:
        return ()
    if share.part is not None and splitting.filler:
        return (DrugTraceCode(splitting.filler),)
    return tuple(
        DrugTraceCode(pack.told or pack.code) for pack in share.taken if pack.code is not None
    )


def _rx_line(rx: Prescription | None, line: SaleLine) -> RxLine | None:
    if rx is None or line.rx_line is None:
        return None
    return next((candidate for candidate in rx.lines if candidate.index == line.rx_line), None)


def bill_of(till: Till, unit: Unit, case: CounterCase) -> q.Bill:
    """What pre-settlement and settlement are about: byte for byte the same for both.

    Raises ``OperatorInput`` where the code must be shown again.
    """
    person, sale = person_of(case), case.facts.sale
    if sale is None:
        raise Bug(what="bill before sale numbers")
    rx = case.facts.prescription
    lines = sold_lines(unit, case)
    return q.Bill(
        credential=credential_of(till, case),
        person=person,
        insurance_kind=person.insurances[case.facts.insurance or 0].kind,
        insured_area=insured_area(case),
        bought_at=sale.numbered_at,
        total=Fen(sum(line.amount for line in lines)),
        rx_number=rx.rx_number if rx else None,
        doctor=rx.doctor if rx else "",
        doctor_code=rx.doctor_code if rx else "",
        receipt_no=sale.receipt_no,
        lines=lines,
    )


def buyer_of(case: CounterCase) -> q.Buyer:
    """Who bought, before the settlement exists."""
    person: Person | None = case.facts.person
    settled = case.facts.settled
    return q.Buyer(
        person=person,
        insured=case.facts.insurance is not None,
        visit_id=settled.visit_id if settled else "",
        settlement_id=settled.settlement_id if settled else "",
    )


def claims_of(case: CounterCase) -> tuple[DrugTraceCode, ...]:
    """What claims every box of the sale in the store, boxes without a code included."""
    return tuple(
        DrugTraceCode(pack.claim) for line in case.facts.lines for pack in line.packs if pack.claim
    )


def codes_of(case: CounterCase) -> tuple[DrugTraceCode, ...]:
    """Trace codes of every box in the sale, in the order of the lines."""
    return tuple(
        DrugTraceCode(pack.code)
        for line in case.facts.lines
        for pack in line.packs
        if pack.code is not None
    )
