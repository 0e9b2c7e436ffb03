"""商品销售 and 商品销售退货 on the wire (core-platform 6.6, 6.7, 6.10)."""

from app.domain.credential import Person
from app.domain.money import Price, Quantity, packs
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.verdict import InnerNo
from app.gateways.fields import Fields, Numbers, flag, wire_day, wire_moment
from app.ports import replies as r
from app.ports import requests as q
from app.profile.model import Profile
from app.profile.serials import told_serial

Content = dict[str, object]
_INSURED, _SELF_PAY = "1", "2"
_SALES = "4"


def upload_sale(profile: Profile, request: q.UploadSale) -> Content:
    """The union of the older and the newer required set; texts of nobody are empty."""
    line, rules = request.line, profile.rules
    numbers = Numbers(profile.core.amount_as)
    rx_number = request.prescriber.rx_number
    amount, price = told_count(profile, line)
    sold: Content = {
        **_goods(request.line, lot_serial(profile, line, request.sale_serial)),
        "prsc_dr_cert_type": "",
        "prsc_dr_certno": "",
        "prsc_dr_name": request.prescriber.doctor,
        "phar_cert_type": request.dispenser.id_kind,
        "phar_certno": request.dispenser.id_number,
        "phar_name": request.dispenser.name,
        "phar_prac_cert_no": request.dispenser.licence_no,
        "hi_feesetl_type": _payment_kind(profile, request.buyer),
        "setl_id": request.buyer.settlement_id,
        "mdtrt_sn": request.buyer.visit_id or request.sale_serial,
        **_person(request.buyer.person),
        "finl_trns_pric": numbers.price(price),
        "rxno": rx_number or "",
        "rx_circ_flag": flag(rx_number is not None),
        "rtal_docno": request.receipt_no,
        "stoout_no": request.sale_serial,
        "bchno": line.lot_no,
        "drug_prod_barc": line.product_barcode,
        "shelf_posi": line.shelf,
        "sel_retn_cnt": numbers.quantity(amount),
        "sel_retn_time": wire_moment(request.sold_at, rules.time_format_3505),
        "sel_retn_opter_name": request.operator_name,
        "memo": "",
        rules.mdtrt_setl_type_key: _INSURED if request.buyer.insured else _SELF_PAY,
    }
    return _with_traces(profile, "selinfo", sold, line)


def _payment_kind(profile: Profile, buyer: q.Buyer) -> str:
    if buyer.insured:
        return profile.rules.hi_feesetl_local
    return profile.tables.get("payment_kind", {}).get("self_pay", "")


def return_sale(profile: Profile, request: q.ReturnSale) -> Content:
    """The original codes and lot, a positive count, and the receipt of the original sale."""
    line, numbers = request.line, Numbers(profile.core.amount_as)
    amount, price = told_count(profile, line)
    returned: Content = {
        **_goods(line, lot_serial(profile, line, request.sale_serial)),
        "setl_id": request.buyer.settlement_id,
        **_person(request.buyer.person),
        "finl_trns_pric": numbers.price(price),
        "sel_retn_cnt": numbers.quantity(amount),
        "sel_retn_time": wire_moment(request.returned_at, profile.rules.time_format_3505),
        "sel_retn_opter_name": request.operator_name,
        "memo": "",
        "medins_prod_sel_no": request.receipt_no,
        "mdtrt_sn": request.buyer.visit_id or request.sale_serial,
    }
    return _with_traces(profile, "selinfo", returned, line)


def query_trail(request: q.QueryTrail, institution: str) -> Content:
    """Sale trail by code, or by lot and day (core-platform 6.9: the union of both editions)."""
    line, person = request.line, request.buyer.person
    return {
        "data": {
            "fixmedins_code": institution,
            "medins_list_codg": line.store_code,
            "fixmedins_bchno": request.told_lot or line.upload_lot,
            "drug_trac_codg": request.code,
            "begndate": wire_day(request.first_day),
            "enddate": wire_day(request.last_day),
            "psn_no": person.person_no.reveal() if person else "",
            "psn_cert_type": person.id_kind if person else "",
        }
    }


def trail_found(output: Fields) -> r.TrailFound:
    """Movements of sales; those of counts and purchases are left out."""
    rows = [row for row in output.rows("data", "output") if _of_a_sale(row)]
    last = output.text("lastPage")
    return r.TrailFound(tuple(_trail_row(row) for row in rows), last in ("", "true", "1"))


def _of_a_sale(row: Fields) -> bool:
    return row.text("invDataType") in ("", _SALES)


def _trail_row(row: Fields) -> r.TrailRow:
    count = row.text("cnt")
    return r.TrailRow(
        code=row.text("drugTracCodg"),
        upload_lot=row.text("fixmedinsBchno"),
        receipt_no=row.text("rtalDocno"),
        visit_id=row.text("mdtrtId"),
        returned=None if not count else not count.startswith("-"),
    )


def lot_serial(profile: Profile, line: q.SoldLine, sale_serial: str) -> str:
    """``fixmedins_bchno`` of this row."""
    return told_serial(profile, line.upload_lot, sale_serial, line.index)


def told_count(profile: Profile, line: q.SoldLine) -> tuple[Quantity, Price]:
    """How much, and at what price each: packs, or the pieces of a part (``split_count``)."""
    if line.split and profile.rules.split_count == "piece":
        return packs(line.pieces), line.piece_price
    return line.quantity, line.price


def _goods(line: q.SoldLine, serial: str) -> Content:
    return {
        "med_list_codg": line.national_code,
        "fixmedins_hilist_id": line.store_code,
        "fixmedins_hilist_name": line.name,
        "fixmedins_bchno": serial,
        "manu_lotnum": line.lot_no,
        "manu_date": wire_day(line.made_on),
        "expy_end": wire_day(line.expires_on),
        "rx_flag": flag(line.needs_prescription),
        "trdn_flag": flag(line.split),
    }


def _person(person: Person | None) -> Content:
    """Where the platform's own number is known, the id number is not sent again."""
    if person is None:
        return {"psn_no": "", "psn_cert_type": "", "certno": "", "psn_name": ""}
    number = person.person_no.reveal()
    return {
        "psn_no": number,
        "psn_cert_type": person.id_kind,
        "certno": "" if number else person.id_number.reveal(),
        "psn_name": person.name.reveal(),
    }


def trace_node(profile: Profile, line: q.SoldLine) -> Content:
    """The codes of one line as this region nests them (core-platform 6.1)."""
    codes = [{"drug_trac_codg": str(code)} for code in line.trace_codes]
    if profile.rules.trace_placement == "nested_object":
        return {"drugtracinfo": codes[0] if codes else {}}
    return {"drugtracinfo": codes}


def _with_traces(profile: Profile, node: str, content: Content, line: q.SoldLine) -> Content:
    traces = trace_node(profile, line)
    if profile.rules.trace_placement == "sibling":
        return {node: content, **traces}
    return {node: {**content, **traces}}


def outer_refusal(output: Fields) -> str | None:
    """The text of a no to the whole message; None where there is none (6.10).

    A missing result is success; any present value but 1 is a failure.
    """
    return _refusal_in([output, *output.rows("result")])


def inner_refusal(output: Fields) -> str | None:
    """As :func:`outer_refusal`, and of a no to any row that is named."""
    places = [output, *output.rows("result")]
    for name in output.names():
        if name.endswith("errdetail"):
            places += output.rows(name)
    return _refusal_in(places)


def _refusal_in(places: list[Fields]) -> str | None:
    for place in places:
        result = place.text("retRslt")
        if result and result != "1":
            return place.text("msgRslt") or result
    return None


def accepted(reply: Reply) -> r.SaleAccepted:
    """Two-level success: the envelope says yes and no inner result says no."""
    refused = inner_refusal(reply.output)
    if refused is not None:
        raise InnerNo(reply.code, refused)
    return r.SaleAccepted(reply.output.text("msgRslt") or reply.text)
