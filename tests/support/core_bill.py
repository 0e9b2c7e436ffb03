"""Bills and sales as a counter would send them, made from the demo store."""

from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from resources.scenarios import (
    DemoItem,
    DemoLot,
    DemoPerson,
    DemoStore,
    load_demo_store,
    trace_codes,
)

_FEN = Decimal("0.01")


def demo() -> DemoStore:
    return load_demo_store(date(2026, 1, 1))


def now_text() -> str:
    return f"{datetime.now(timezone(timedelta(hours=8))):%Y-%m-%d %H:%M:%S}"


def person(key: str = "p01") -> DemoPerson:
    return next(p for p in demo().persons if p.key == key)


def item(code: str = "SP0001") -> DemoItem:
    return next(i for i in demo().items if i.code == code)


def line(
    serial: str, goods: DemoItem, packs: int = 1, first_code: int = 0, **changes: Any
) -> dict[str, Any]:
    """One line of a bill: whole packs of the last lot, one trace code each."""
    price = Decimal(goods.price)
    codes = trace_codes(goods.lots[-1])[first_code : first_code + packs]
    return {
        "feedetl_sn": serial,
        "rxno": "",
        "rx_circ_flag": "0",
        "fee_ocur_time": now_text(),
        "med_list_codg": goods.national_code,
        "medins_list_codg": goods.code,
        "det_item_fee_sumamt": float((price * packs).quantize(_FEN, ROUND_HALF_UP)),
        "cnt": packs,
        "pric": float(price),
        "trdn_flag": "0",
        "drugtracinfo": [{"drug_trac_codg": code} for code in codes],
    } | changes


def bill(who: DemoPerson, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """``druginfo`` and ``drugdetail`` shown with the identity card."""
    total = sum(Decimal(str(row["det_item_fee_sumamt"])) for row in lines)
    head = {
        "psn_no": who.person_no,
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": who.id_no,
        "begntime": now_text(),
        "medfee_sumamt": float(total),
        "insutype": who.insurances[0].kind,
        "acct_used_flag": "1",
        "med_type": "41",
    } | changes
    return {"druginfo": head, "drugdetail": list(lines)}


def sale(
    goods: DemoItem,
    lot: DemoLot,
    codes: tuple[str, ...],
    document: str,
    **changes: Any,
) -> dict[str, Any]:
    """``selinfo`` of one line sold before settlement."""
    node = {
        "med_list_codg": goods.national_code,
        "fixmedins_hilist_id": goods.code,
        "fixmedins_hilist_name": goods.name,
        "fixmedins_bchno": lot.upload_lot,
        "prsc_dr_name": "无",
        "phar_name": "苏审方",
        "phar_prac_cert_no": "ZY0000001",
        "hi_feesetl_type": "1",
        "setl_id": "",
        "mdtrt_sn": document,
        "psn_cert_type": "01",
        "manu_lotnum": lot.lot_no,
        "manu_date": lot.made_on.isoformat(),
        "expy_end": lot.expires_on.isoformat(),
        "rx_flag": "1",
        "trdn_flag": "0",
        "finl_trns_pric": float(Decimal(goods.price)),
        "rx_circ_flag": "0",
        "rtal_docno": document,
        "sel_retn_cnt": len(codes),
        "sel_retn_time": now_text(),
        "sel_retn_opter_name": "收银一",
        "mdtrt_setl_type": "1",
        "drugtracinfo": [{"drug_trac_codg": code} for code in codes],
    } | changes
    return {"selinfo": node}
