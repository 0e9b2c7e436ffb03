"""What a presettlement or settlement asks for, read out of a checked message and held together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.sandbox.core.frame.amounts import COUNT_SCALE, count_of, fen_of, price_of, product_fen
from app.sandbox.core.frame.envelope import Call, Refusal
from app.sandbox.core.goods.parts import Part, Unsplittable, judged
from app.sandbox.core.money.benefits import Item, ceiling_of
from app.sandbox.core.people import insurance_of, person_shown
from app.sandbox.tables import refusals
from resources.scenarios import DemoDrug, DemoInsurance, DemoPerson

_HERBAL = "13"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill with the drug behind it and its trace codes."""

    serial: str
    rx_number: str
    circulated: bool
    drug: DemoDrug
    item: Item
    codes: tuple[str, ...]
    split_sale: bool
    part: Part | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Purchase:
    """A whole bill of one person under one insurance; ``total`` in fen."""

    person: DemoPerson
    insurance: DemoInsurance
    credential_kind: str
    med_type: str
    account_wanted: bool
    total: int
    lines: tuple[Line, ...]

    @property
    def identity(self) -> str:
        """Same purchase, same visit: the line serials, sorted."""
        return "|".join(sorted(line.serial for line in self.lines))

    @property
    def prescriptions(self) -> tuple[str, ...]:
        """Circulated prescriptions on this bill, each once."""
        return tuple(dict.fromkeys(x.rx_number for x in self.lines if x.circulated and x.rx_number))


def read_purchase(call: Call) -> Purchase:
    """Everything a settlement rests on. Raises ``Refusal`` naming what does not fit."""
    head = call.node("druginfo")
    person = person_shown(call, head)
    if person.person_no != str(head["psn_no"]):
        raise Refusal("person_differs")
    insurance = insurance_of(person, str(head["insutype"]))
    if insurance.area != call.insured_area:
        raise Refusal("area_differs")
    rows: list[dict[str, Any]] = call.content["drugdetail"]
    lines = tuple(_line(call, row) for row in rows)
    _check_whole(lines, fen_of(head["medfee_sumamt"]))
    call.warnings.extend(_doubts(lines))
    return Purchase(
        person=person,
        insurance=insurance,
        credential_kind=str(head["mdtrt_cert_type"]),
        med_type=str(head["med_type"]),
        account_wanted=str(head["acct_used_flag"]) == "1",
        total=fen_of(head["medfee_sumamt"]),
        lines=lines,
    )


def _line(call: Call, row: Mapping[str, Any]) -> Line:
    drug = _drug(call, row)
    serial = str(row["feedetl_sn"])
    fee, count, price = _figures(row, serial)
    codes = tuple(str(c["drug_trac_codg"]) for c in row.get("drugtracinfo") or ())
    split = str(row.get("trdn_flag") or "0") == "1"
    try:
        part = judged(call, drug, codes, count, split=split)
    except Unsplittable as no:
        raise Refusal(no.name, what=serial) from no
    item = Item(
        fee=fee,
        count=count,
        price=price,
        ceiling=ceiling_of(drug.national_code),
        pay_class=drug.pay_class,
        self_pay_points=drug.self_pay_percent * 100,
    )
    return Line(
        serial=serial,
        rx_number=str(row.get("rxno") or ""),
        circulated=str(row["rx_circ_flag"]) == "1",
        drug=drug,
        item=item,
        codes=codes,
        split_sale=split,
        part=part,
        raw=row,
    )


def _drug(call: Call, row: Mapping[str, Any]) -> DemoDrug:
    national, own = str(row["med_list_codg"]), str(row["medins_list_codg"])
    for drug in call.site.demo.drugs.values():
        if drug.national_code == national and drug.code == own:
            return drug
    raise Refusal("item_unmapped", what=f"{own} / {national}")


def _figures(row: Mapping[str, Any], serial: str) -> tuple[int, int, int]:
    """Fee in fen, quantity and price scaled. The fee may round the product either way."""
    fee, count = fen_of(row["det_item_fee_sumamt"]), count_of(row["cnt"])
    price = price_of(row["pric"])
    if fee <= 0 or count <= 0 or price <= 0:
        raise Refusal("amount_positive", what=serial)
    if abs(fee - product_fen(count, price)) > (0 if count % COUNT_SCALE == 0 else 1):
        raise Refusal("line_differs", what=serial)
    return fee, count, price


def _check_whole(lines: Sequence[Line], total: int) -> None:
    if sum(line.item.fee for line in lines) != total:
        raise Refusal("sum_differs")
    serials = [line.serial for line in lines]
    for serial in serials:
        if serials.count(serial) > 1:
            raise Refusal("line_repeated", what=serial)
    codes = [code for line in lines for code in line.codes]
    for code in codes:
        if codes.count(code) > 1:
            raise Refusal("trace_repeated", what=code)


def _doubts(lines: Sequence[Line]) -> Iterator[str]:
    """What a stricter region refuses: no code, or not one code per pack."""
    sentences = refusals().sentences
    for line in lines:
        if line.drug.kind == _HERBAL:
            continue
        if not line.codes:
            yield sentences["trace_needed"].format(what=line.serial)
        elif not line.split_sale and len(line.codes) * COUNT_SCALE != line.item.count:
            yield sentences["trace_count"]
