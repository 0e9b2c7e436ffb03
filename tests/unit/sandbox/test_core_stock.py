"""Stock, sale, undo and queries over the wire (core-platform 6)."""

from decimal import Decimal
from typing import Any

import pytest

from app.sandbox.server import RunningSandbox
from resources.scenarios import trace_codes
from tests.support.core_bill import bill, item, line, now_text, person, sale
from tests.support.core_client import CoreClient

GOODS = item("SP0002")
LOT = GOODS.lots[-1]
CODES = trace_codes(LOT)


def stock(client: CoreClient) -> Decimal:
    asked = {"fixmedins_code": "P35010000001"}
    rows = client.output("query_stock", {"data": {**asked, "fixmedins_bchno": LOT.upload_lot}})[
        "data"
    ]
    assert len(rows) == 1
    found: Decimal = Decimal(str(rows[0]["invCnt"]))
    return found


def returned(codes: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    node = sale(GOODS, LOT, codes, "S1")["selinfo"]
    keep = ("rtal_docno", "prsc_dr_name", "phar_name", "phar_prac_cert_no", "mdtrt_setl_type")
    return {"selinfo": {k: v for k, v in node.items() if k not in keep} | changes}


def test_a_sale_lowers_the_figure_and_its_return_raises_it(counter: CoreClient) -> None:
    assert stock(counter) == LOT.quantity
    assert counter.output("upload_sale", sale(GOODS, LOT, CODES[:2], "S1"))["retRslt"] == "1"
    assert stock(counter) == LOT.quantity - 2
    assert counter.output("return_sale", returned(CODES[:1]))["retRslt"] == "1"
    assert stock(counter) == LOT.quantity - 1


def test_a_trace_code_is_sold_once_until_it_is_returned(counter: CoreClient) -> None:
    counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S1"))
    again = counter.frame("upload_sale", sale(GOODS, LOT, CODES[:1], "S2"))
    assert again["infcode"] == 0
    assert again["output"]["retRslt"] == "0"
    assert CODES[0] in again["output"]["msgRslt"]
    assert stock(counter) == LOT.quantity - 1
    counter.output("return_sale", returned(CODES[:1]))
    assert counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S3"))["retRslt"] == "1"


def test_one_code_twice_in_one_sale_is_refused(counter: CoreClient) -> None:
    twice = sale(GOODS, LOT, (CODES[0], CODES[0]), "S1")
    assert counter.output("upload_sale", twice)["retRslt"] == "0"
    assert stock(counter) == LOT.quantity


def test_a_split_pack_may_be_sold_in_parts_but_not_whole_after_that(counter: CoreClient) -> None:
    part = {"trdn_flag": "1", "sel_retn_cnt": 0.2}
    for document in ("S1", "S2"):
        sold = counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], document, **part))
        assert sold["retRslt"] == "1"
    # the same receipt told again is no second part
    again = counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S1", **part))
    assert again["retRslt"] == "0"
    assert counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S3"))["retRslt"] == "0"
    assert stock(counter) == LOT.quantity - Decimal("0.4")


def test_a_part_told_again_is_booked_once_in_any_order(counter: CoreClient) -> None:
    """A simulated day (seed 9): its answer was lost, another part of the box was sold meanwhile."""
    part = {"trdn_flag": "1", "sel_retn_cnt": 0.2}
    told = [
        counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], document, **part))["retRslt"]
        for document in ("S1", "S2", "S1", "S2", "S3", "S1")
    ]
    assert told == ["1", "1", "0", "0", "1", "0"]
    assert stock(counter) == LOT.quantity - Decimal("0.6")


def test_returning_more_or_something_else_is_refused(counter: CoreClient) -> None:
    counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S1"))
    assert counter.output("return_sale", returned(CODES[1:2]))["retRslt"] == "0"
    assert counter.output("return_sale", returned(CODES[:1], sel_retn_cnt=2))["retRslt"] == "0"


def test_a_settled_sale_needs_a_settlement_that_stands(counter: CoreClient) -> None:
    wrong = sale(GOODS, LOT, CODES[:1], "S1", setl_id="499999999")
    assert counter.output("upload_sale", wrong)["retRslt"] == "0"
    head = counter.output("settle", bill(person(), line("S1", GOODS)))["setlinfo"]
    right = sale(GOODS, LOT, CODES[:1], "S1", setl_id=head["setl_id"])
    assert counter.output("upload_sale", right)["retRslt"] == "1"


def change(kind: str, count: int) -> dict[str, Any]:
    return {
        "invinfo": {
            "med_list_codg": GOODS.national_code,
            "inv_chg_type": kind,
            "fixmedins_hilist_id": GOODS.code,
            "fixmedins_hilist_name": GOODS.name,
            "fixmedins_bchno": LOT.upload_lot,
            "pric": 46.2,
            "cnt": count,
            "rx_flag": "1",
            "inv_chg_time": now_text(),
            "trdn_flag": "0",
        }
    }


INCOMING = ("101", "103", "106", "108", "110")
OUTGOING = ("102", "104", "105", "107", "109", "111")


@pytest.mark.parametrize(
    ("kind", "sign"), [*((k, 1) for k in INCOMING), *((k, -1) for k in OUTGOING)]
)
def test_the_sign_of_a_change_comes_from_its_type(
    counter: CoreClient, kind: str, sign: int
) -> None:
    counter.output("change_stock", change(kind, 2))
    assert stock(counter) == LOT.quantity + sign * 2


def count(quantity: int) -> dict[str, Any]:
    return {
        "invinfo": {
            "med_list_codg": GOODS.national_code,
            "fixmedins_hilist_id": GOODS.code,
            "fixmedins_hilist_name": GOODS.name,
            "rx_flag": "1",
            "invdate": now_text()[:10],
            "inv_cnt": quantity,
            "manu_lotnum": LOT.lot_no,
            "fixmedins_bchno": LOT.upload_lot,
            "manu_date": LOT.made_on.isoformat(),
            "expy_end": LOT.expires_on.isoformat(),
        }
    }


def test_a_count_starts_the_figure_anew(counter: CoreClient) -> None:
    counter.output("change_stock", change("104", 3))
    counter.output("count_stock", count(50))
    counter.output("change_stock", change("103", 1))
    assert stock(counter) == 51
    counter.output("count_stock", count(0))
    assert stock(counter) == 0


def purchase(**changes: Any) -> dict[str, Any]:
    node = count(0)["invinfo"] | {
        "dynt_no": "D1",
        "spler_name": "示例医药",
        "prodentp_name": "示例药厂",
        "aprvno": "国药准字H00000002",
        "finl_trns_pric": 30.5,
        "purc_retn_cnt": 10,
        "purc_invo_no": "I1",
        "purc_retn_stoin_time": now_text(),
        "purc_retn_opter_name": "店长",
        "prod_geay_flag": "0",
    }
    return {"purcinfo": node | changes}


def test_purchases_and_their_return_move_the_figure(counter: CoreClient) -> None:
    counter.output("receive", purchase())
    assert stock(counter) == LOT.quantity + 10
    counter.output("return_to_supplier", purchase(purc_retn_cnt=4))
    assert stock(counter) == LOT.quantity + 6


def test_erasing_removes_every_sale_of_the_lot_and_recomputes(counter: CoreClient) -> None:
    for place in range(2):
        counter.output("upload_sale", sale(GOODS, LOT, CODES[place : place + 1], f"S{place}"))
    erase = {"data": {"fixmedins_bchno": LOT.upload_lot, "inv_data_type": "4"}}
    counter.output("erase_upload", erase)
    assert stock(counter) == LOT.quantity
    assert counter.output("erase_upload", erase)["retRslt"] == "0"
    assert counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S9"))["retRslt"] == "1"


@pytest.mark.parametrize("placement", ["sibling", "object", "flat"])
def test_every_placement_of_codes_is_read_and_noted(
    sandbox: RunningSandbox, counter: CoreClient, placement: str
) -> None:
    content = sale(GOODS, LOT, CODES[:1], "S1")
    codes = content["selinfo"].pop("drugtracinfo")
    if placement == "sibling":
        content["drugtracinfo"] = codes[0]
    elif placement == "object":
        content["selinfo"]["drugtracinfo"] = codes[0]
    else:
        content["selinfo"]["drug_trac_codg"] = codes[0]["drug_trac_codg"]
    counter.output("upload_sale", content)
    page = counter.control("state", {})
    assert page["sold_codes"] == [CODES[0]]
    assert len(page["normalised"]) == 1


def test_upper_case_settlement_type_is_the_same_field(counter: CoreClient) -> None:
    content = sale(GOODS, LOT, CODES[:1], "S1")
    content["selinfo"]["MDTRT_SETL_TYPE"] = content["selinfo"].pop("mdtrt_setl_type")
    assert counter.output("upload_sale", content)["retRslt"] == "1"


def test_selling_more_than_there_is_warns(counter: CoreClient) -> None:
    many = sale(GOODS, LOT, (), "S1", sel_retn_cnt=LOT.quantity + 1)
    frame = counter.frame("upload_sale", many)
    assert frame["infcode"] == 0
    assert "库存不足" in frame["warn_msg"]


def test_the_trail_shows_every_movement_of_a_code(counter: CoreClient) -> None:
    counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S1"))
    counter.output("return_sale", returned(CODES[:1]))
    asked = {"fixmedins_code": "P35010000001", "drug_trac_codg": CODES[0]}
    rows = counter.output("query_stock_trail", {"data": asked})["data"]
    assert [Decimal(str(row["cnt"])) for row in rows] == [-1, 1]
    assert rows[0]["rtalDocno"] == "S1"


def test_stock_is_paged_and_complete(counter: CoreClient) -> None:
    asked = {"fixmedins_code": "P35010000001", "page_size": 50}
    seen: list[str] = []
    page: dict[str, Any] = {"lastPage": False, "pageNum": 0}
    while not page["lastPage"]:
        number = page["pageNum"] + 1
        page = counter.output("query_stock", {"data": {**asked, "page_num": number}})
        seen += [row["fixmedinsBchno"] for row in page["data"]]
    assert sorted(seen) == sorted(row["fixmedins_bchno"] for row in counter.ready["stock"])


def test_another_store_is_not_shown(counter: CoreClient) -> None:
    frame = counter.frame("query_stock", {"data": {"fixmedins_code": "P35010000002"}})
    assert frame["infcode"] == -1


def test_a_hospital_sees_the_figure_and_is_reminded_of_low_stock(sandbox: RunningSandbox) -> None:
    with CoreClient(sandbox.ready, hospital=True) as hospital:
        hospital.sign_in()
        assert stock(hospital) == LOT.quantity
        order = {"rx_id": "1", "hilist_code": GOODS.national_code, "cnt": 1000}
        patient = {
            "patn_id": "1",
            "patn_name": "甄示例",
            "gend": "1",
            "brdy": "1968-03-12",
            "poolarea": "350199",
            "curr_mdtrt_id": "1",
            "fsi_encounter_dtos": [{"mdtrt_id": "1", "fsi_order_dtos": [order]}],
        }
        asked = {"data": {"syscode": "HIS", "patient_dtos": [patient], "trig_scen": "1"}}
        rows = hospital.output("preaudit", asked)["result"]
        whole = sum(lot.quantity for lot in GOODS.lots)
        assert [f"{whole}{GOODS.pack_unit}" in row["vola_cont"] for row in rows] == [True]


SPLIT = item("SP0056")
BOTTLE = SPLIT.lots[-1]
"""Sixty tablets a bottle."""
TABLETS = trace_codes(BOTTLE)[:1]


def part_sold(
    client: CoreClient, document: str, amount: float, flag: str = "1", codes: Any = TABLETS
) -> str:
    part = {"trdn_flag": flag, "sel_retn_cnt": amount}
    frame = client.frame("upload_sale", sale(SPLIT, BOTTLE, codes, document, **part))
    return str(frame["output"]["retRslt"])


def test_the_platform_judges_the_flag_and_what_is_left_of_a_box(counter: CoreClient) -> None:
    assert part_sold(counter, "S1", 0.5, flag="0") == "0"
    assert part_sold(counter, "S2", 1) == "0"
    assert part_sold(counter, "S3", 0.123) == "0"
    assert part_sold(counter, "S4", 0.5, codes=trace_codes(BOTTLE)[:2]) == "0"
    assert part_sold(counter, "S5", 0.5) == "1"
    assert part_sold(counter, "S6", 0.5167) == "0"
    assert part_sold(counter, "S7", 0.5) == "1"
    assert part_sold(counter, "S8", 0.0167) == "0"


def test_a_part_that_comes_back_may_be_sold_again_and_no_other_part(counter: CoreClient) -> None:
    assert part_sold(counter, "S1", 0.5) == "1"
    assert part_sold(counter, "S2", 0.5) == "1"
    node = sale(SPLIT, BOTTLE, TABLETS, "S1", trdn_flag="1", sel_retn_cnt=0.5)["selinfo"]
    keep = ("rtal_docno", "prsc_dr_name", "phar_name", "phar_prac_cert_no", "mdtrt_setl_type")
    back = {name: value for name, value in node.items() if name not in keep}
    for document, verdict in (("S3", "0"), ("S1", "1"), ("S1", "0")):
        asked = {"selinfo": back | {"medins_prod_sel_no": document}}
        answer = counter.frame("return_sale", asked)
        assert answer["output"]["retRslt"] == verdict, document
    assert part_sold(counter, "S4", 0.5167) == "0"
    assert part_sold(counter, "S5", 0.5) == "1"
