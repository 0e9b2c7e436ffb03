"""盘存, 库存变更, 采购 and 采购退货 on the wire (core-platform 6.2 to 6.5)."""

from app.domain.money import packs
from app.gateways.fields import Numbers, flag, wire_day, wire_moment
from app.gateways.wording.sale import Content
from app.ports import stock as g
from app.profile.model import Profile
from app.profile.operations import Operation

OPERATIONS = {
    g.CountStock: Operation.COUNT_STOCK,
    g.ChangeStock: Operation.CHANGE_STOCK,
    g.Receive: Operation.RECEIVE,
    g.ReturnToSupplier: Operation.RETURN_TO_SUPPLIER,
}


def content(profile: Profile, record: g.StockRecord) -> Content:
    """The input of one movement, dates always with it whatever an older edition asks for."""
    numbers = Numbers(profile.core.amount_as)
    match record:
        case g.CountStock():
            return _node(profile, "invinfo", _count(numbers, record), record.lot)
        case g.ChangeStock():
            return _node(profile, "invinfo", _change(profile, numbers, record), record.lot)
        case g.Receive():
            return {"purcinfo": _receipt(profile, numbers, record)}
        case g.ReturnToSupplier():
            return {"purcinfo": _back(profile, numbers, record)}


def _item(lot: g.StockLot) -> Content:
    return {
        "med_list_codg": lot.national_code,
        "fixmedins_hilist_id": lot.store_code,
        "fixmedins_hilist_name": lot.name,
        "fixmedins_bchno": lot.upload_lot,
        "rx_flag": flag(lot.needs_prescription),
    }


def _dates(lot: g.StockLot) -> Content:
    return {"manu_date": wire_day(lot.made_on), "expy_end": wire_day(lot.expires_on)}


def _count(numbers: Numbers, record: g.CountStock) -> Content:
    lot = record.lot
    return {
        **_item(lot),
        **_dates(lot),
        "manu_lotnum": lot.lot_no,
        "invdate": wire_day(record.counted_on),
        "inv_cnt": numbers.quantity(record.quantity),
        "memo": "",
    }


def _change(profile: Profile, numbers: Numbers, record: g.ChangeStock) -> Content:
    by_piece = record.pieces and profile.rules.split_count == "piece"
    amount = packs(record.pieces) if by_piece else record.quantity
    return {
        **_item(record.lot),
        "inv_chg_type": record.kind,
        "pric": numbers.price(record.price),
        "cnt": numbers.quantity(amount),
        "inv_chg_time": wire_moment(record.changed_at, profile.rules.time_format_3505),
        "inv_chg_opter_name": record.operator_name,
        "memo": "",
        "trdn_flag": flag(record.pieces > 0),
    }


def _receipt(profile: Profile, numbers: Numbers, record: g.Receive) -> Content:
    return {
        **_item(record.lot),
        **_dates(record.lot),
        "dynt_no": record.delivery_no,
        "spler_name": record.supplier,
        "spler_pmtno": "",
        "manu_lotnum": record.lot.lot_no,
        "prodentp_name": record.maker,
        "aprvno": record.approval_no,
        "finl_trns_pric": numbers.price(record.price),
        "purc_retn_cnt": numbers.quantity(record.quantity),
        "purc_invo_codg": "",
        "purc_invo_no": record.invoice_no,
        "purc_retn_stoin_time": wire_moment(record.received_at, profile.rules.time_format_3505),
        "purc_retn_opter_name": record.operator_name,
        "prod_geay_flag": flag(record.gift),
        "memo": "",
    }


def _back(profile: Profile, numbers: Numbers, record: g.ReturnToSupplier) -> Content:
    return {
        **_item(record.lot),
        **_dates(record.lot),
        "spler_name": record.supplier,
        "finl_trns_pric": numbers.price(record.price),
        "purc_retn_cnt": numbers.quantity(record.quantity),
        "purc_invo_no": record.invoice_no,
        "purc_retn_stoin_time": wire_moment(record.returned_at, profile.rules.time_format_3505),
        "purc_retn_opter_name": record.operator_name,
        "memo": "",
    }


def _node(profile: Profile, node: str, told: Content, lot: g.StockLot) -> Content:
    """Trace codes as this region nests them; none where the lot moved without."""
    codes = [{"drug_trac_codg": str(code)} for code in lot.trace_codes]
    if not codes:
        return {node: told}
    if profile.rules.trace_placement == "nested_object":
        return {node: {**told, "drugtracinfo": codes[0]}}
    if profile.rules.trace_placement == "sibling":
        return {node: told, "drugtracinfo": codes}
    return {node: {**told, "drugtracinfo": codes}}
