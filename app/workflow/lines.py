"""From prescription lines to sale lines, and from scanned boxes to what is reported."""

from collections.abc import Iterator
from itertools import count

from app.domain.counter_case import CounterCase
from app.domain.credential import Person
from app.domain.errors import Bug
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.selling import SaleLine
from app.domain.goods.stock import Item, Lot
from app.domain.money import QUANTITY_SCALE, Fen, Price, line_amount, packs
from app.domain.prescription import Prescription, RxLine
from app.ports import requests as q
from app.ports.store import Unit
from app.workflow.credentials import credential_of, insured_area, person_of
from app.workflow.till import Till

_NO_PRICE = Price(0)
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


def by_the_box(line: RxLine, item: Item) -> bool:
    """Whether the prescribed amount counts boxes of this item. Thirty tablets are no thirty boxes:
    selling part of a box is not built, and such a line must not be filled by guessing."""
    return line.boxes is not None and line.unit.strip() in ("", item.unit)


def boxes_of(line: RxLine) -> int:
    """Whole boxes to hand out; part of a box needs a whole one."""
    whole = line.boxes
    return whole if whole is not None else -(-line.amount // QUANTITY_SCALE)


def sale_lines(unit: Unit, case: CounterCase) -> tuple[SaleLine, ...]:
    """One sale line per prescribed drug that was not taken before."""
    rx = case.facts.prescription
    if rx is None:
        raise Bug(what="sale lines before download")
    number = count(1)
    return tuple(
        _sale_line(next(number), line, match(unit, line)) for line in rx.lines if not line.taken
    )


def _sale_line(index: int, line: RxLine, item: Item | None) -> SaleLine:
    if item is None or not by_the_box(line, item):
        split = item is not None
        return SaleLine(
            index,
            line.index,
            NOT_CARRIED,
            line.generic_name,
            line.specification,
            line.maker,
            1 if split else boxes_of(line),
            line.price if line.price is not None else _NO_PRICE,
            split=split,
        )
    return SaleLine(
        index,
        line.index,
        item.item_id,
        item.name,
        item.specification,
        item.maker,
        boxes_of(line),
        item.retail_price,
    )


def sold_lines(unit: Unit, case: CounterCase) -> tuple[q.SoldLine, ...]:
    """What is reported: one line per sale line and lot, in order, with the codes of its boxes."""
    return tuple(
        _sold_line(index, unit, case, line, unit.goods.lot(lot_id))
        for index, line, lot_id in _shares(case)
    )


def sold_line(unit: Unit, case: CounterCase, index: int) -> q.SoldLine:
    """The reported line of that number. Raises ``Bug`` where there is none."""
    for number, line, lot_id in _shares(case):
        if number == index:
            return _sold_line(index, unit, case, line, unit.goods.lot(lot_id))
    raise Bug(what="no such line", line=index)


def line_numbers(case: CounterCase) -> tuple[int, ...]:
    """The numbers of the reported lines, in order."""
    return tuple(number for number, _, _ in _shares(case))


def _shares(case: CounterCase) -> Iterator[tuple[int, SaleLine, int]]:
    """Reported lines by number: the sale line and the lot of each."""
    number = count(1)
    for line in case.facts.lines:
        for lot_id in dict.fromkeys(pack.lot_id for pack in line.packs):
            yield next(number), line, lot_id


def codes_on_record(case: CounterCase) -> int:
    """How many trace codes the platform has accepted with this sale, and not given back."""
    sale = case.facts.sale
    accepted = sale.accepted_lines if sale is not None else frozenset()
    return sum(
        sum(pack.lot_id == lot_id for pack in line.packs)
        for index, line, lot_id in _shares(case)
        if index in accepted
    )


def _sold_line(index: int, unit: Unit, case: CounterCase, line: SaleLine, lot: Lot) -> q.SoldLine:
    item = unit.goods.item(line.item_id)
    taken = [pack for pack in line.packs if pack.lot_id == lot.lot_id]
    amount = packs(len(taken))
    rx_line = _rx_line(case.facts.prescription, line)
    return q.SoldLine(
        index=index,
        national_code=item.national_code,
        store_code=item.store_code,
        name=item.name,
        upload_lot=lot.upload_lot,
        lot_no=lot.lot_no,
        made_on=lot.made_on,
        expires_on=lot.expires_on,
        needs_prescription=item.needs_prescription,
        split=line.split,
        price=line.price,
        quantity=amount,
        amount=line_amount(line.price, amount),
        trace_codes=tuple(
            DrugTraceCode(pack.told or pack.code) for pack in taken if pack.code is not None
        ),
        product_barcode=item.product_barcode,
        shelf=item.shelf,
        single_dose=rx_line.single_dose if rx_line else "",
        frequency=rx_line.frequency if rx_line else "",
        days=rx_line.days if rx_line else "",
        route=rx_line.route if rx_line else "",
        pay_class=item.pay_class,
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
