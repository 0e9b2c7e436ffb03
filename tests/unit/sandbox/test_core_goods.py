"""Lists of rows and questions about what is on file (core-platform 3.4, 6.9)."""

from decimal import Decimal
from typing import Any

import pytest

from app.sandbox.fields import violations
from resources.scenarios import trace_codes
from tests.support.core_bill import item, now_text, sale
from tests.support.core_client import CoreClient

GOODS = item("SP0002")
LOT, OTHER = GOODS.lots[-1], item("SP0003").lots[0]
CODES = trace_codes(LOT)
STORE = {"fixmedins_code": "P35010000001"}


def count_row(packs: int, lot: Any = LOT, goods: Any = GOODS) -> dict[str, Any]:
    return {
        "med_list_codg": goods.national_code,
        "fixmedins_hilist_id": goods.code,
        "fixmedins_hilist_name": goods.name,
        "rx_flag": "1",
        "invdate": now_text()[:10],
        "inv_cnt": packs,
        "manu_lotnum": lot.lot_no,
        "fixmedins_bchno": lot.upload_lot,
        "manu_date": lot.made_on.isoformat(),
        "expy_end": lot.expires_on.isoformat(),
    }


def change_row(kind: str, packs: int) -> dict[str, Any]:
    keep = ("med_list_codg", "fixmedins_hilist_id", "fixmedins_hilist_name", "fixmedins_bchno")
    base = {name: value for name, value in count_row(0).items() if name in (*keep, "rx_flag")}
    return base | {
        "inv_chg_type": kind,
        "pric": 46.2,
        "cnt": packs,
        "inv_chg_time": now_text(),
        "trdn_flag": "0",
    }


def figure(client: CoreClient, lot: Any = LOT) -> Decimal:
    asked = {"data": {**STORE, "fixmedins_bchno": lot.upload_lot}}
    (row,) = client.output("query_stock", asked)["data"]
    return Decimal(str(row["invCnt"]))


def on_file(client: CoreClient, question: str, **asked: Any) -> list[dict[str, Any]]:
    day = now_text()[:10]
    content = {**STORE, "begndate": day, "enddate": day, "fixmedins_bchno": LOT.upload_lot, **asked}
    output = client.output(question, {"data": content})
    assert violations(question, "response", output) == []
    rows: list[dict[str, Any]] = output["data"]
    return rows


def test_counts_are_booked_row_by_row(counter: CoreClient) -> None:
    rows = [count_row(7), count_row(9, OTHER, item("SP0003"))]
    answered = counter.output("count_stock_rows", {"invinfoDetail": rows})["invinfoErrDetail"]
    assert [row["retRslt"] for row in answered] == ["1", "1"]
    assert (figure(counter), figure(counter, OTHER)) == (7, 9)


def test_one_bad_change_does_not_stop_the_others(counter: CoreClient) -> None:
    rows = [change_row("103", 2), change_row("103", 0), change_row("104", 1)]
    answered = counter.output("change_stock_rows", {"invinfoDetail": rows})["invinfoErrDetail"]
    assert [row["retRslt"] for row in answered] == ["1", "0", "1"]
    assert figure(counter) == LOT.quantity + 1


def test_a_broken_field_refuses_the_whole_list_and_names_the_row(counter: CoreClient) -> None:
    rows = [count_row(7), count_row(7) | {"invdate": "yesterday"}]
    frame = counter.frame("count_stock_rows", {"invinfoDetail": rows})
    assert frame["infcode"] == -1
    assert "invinfoDetail[1].invdate" in frame["err_msg"]
    assert figure(counter) == LOT.quantity


def test_sales_are_booked_whole_or_not_at_all(counter: CoreClient) -> None:
    good = [sale(GOODS, LOT, CODES[n : n + 1], f"S{n}")["selinfo"] for n in range(2)]
    twice = [*good, sale(GOODS, LOT, CODES[:1], "S9")["selinfo"]]
    refused = counter.output("upload_sale_rows", {"selinfoDetail": twice})
    assert refused["retRslt"] == "0"
    assert figure(counter) == LOT.quantity
    taken = counter.output("upload_sale_rows", {"selinfoDetail": good})
    assert taken["result"]["retRslt"] == "1"
    assert figure(counter) == LOT.quantity - 2


def test_several_erasures_in_one_message(counter: CoreClient) -> None:
    counter.output("change_stock_rows", {"invinfoDetail": [change_row("104", 3)]})
    rows = [{"fixmedins_bchno": LOT.upload_lot, "inv_data_type": "2"}]
    counter.output("erase_upload_rows", {"goodDetail": rows})
    assert figure(counter) == LOT.quantity


def test_more_rows_than_a_message_holds_are_refused(counter: CoreClient) -> None:
    answer = counter.output("count_stock_rows", {"invinfoDetail": [count_row(1)] * 101})
    assert answer["retRslt"] == "0"
    assert figure(counter) == LOT.quantity


@pytest.mark.parametrize("packs", [(2, 1), (0, 3)])
def test_codes_beside_the_rows_are_dealt_out_and_noted(
    counter: CoreClient, packs: tuple[int, ...]
) -> None:
    rows = [change_row("104", 2), change_row("104", 1)]
    rows[0]["cnt"], rows[1]["cnt"] = (count or 1 for count in packs)
    codes = [{"drug_trac_codg": code} for code in CODES[: sum(row["cnt"] for row in rows)]]
    content = {"invinfoDetail": rows, "drugtracinfo": codes}
    counter.output("change_stock_rows", content)
    (notes,) = counter.control("state", {})["normalised"].values()
    assert notes == ["drugtracinfo stood beside the rows and was dealt out by quantity"]
    found = on_file(counter, "query_lot_trail")
    assert sorted(row["drugTracCodg"] for row in found) == sorted(CODES[: len(codes)])


def test_what_was_told_is_on_file_kind_by_kind(counter: CoreClient) -> None:
    counter.output("count_stock_rows", {"invinfoDetail": [count_row(7)]})
    counter.output("change_stock_rows", {"invinfoDetail": [change_row("104", 2)]})
    counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S1"))
    purchase = count_row(0) | {
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
    counter.output("receive_rows", {"purcinfoDetail": [purchase]})
    counter.output("return_to_supplier_rows", {"purcinfoDetail": [purchase | {"purc_retn_cnt": 4}]})
    assert [row["invCnt"] for row in on_file(counter, "query_counts")][-1] == 7
    assert [(r["invChgType"], r["cnt"]) for r in on_file(counter, "query_changes")] == [("104", 2)]
    bought = on_file(counter, "query_purchases")
    assert [(r["prodRetnFlag"], r["purcRetnCnt"]) for r in bought] == [("0", 10), ("1", 4)]
    assert bought[0]["purcInvoNo"] == "I1"
    assert [(r["rtalDocno"], r["selRetnCnt"]) for r in on_file(counter, "query_sales")] == [
        ("S1", 1)
    ]


def test_the_sale_trail_shows_sales_only(counter: CoreClient) -> None:
    counter.output("upload_sale", sale(GOODS, LOT, CODES[:1], "S1"))
    kept = sale(GOODS, LOT, CODES[:1], "S1")["selinfo"]
    drop = ("rtal_docno", "prsc_dr_name", "phar_name", "phar_prac_cert_no", "mdtrt_setl_type")
    back = {name: value for name, value in kept.items() if name not in drop}
    counter.output("return_sale", {"selinfo": back})
    sold = on_file(counter, "query_sale_trail", drug_trac_codg=CODES[0])
    assert [(row["drugTracCodg"], row["bkkpSn"]) for row in sold] == [(CODES[0], "S1")]
    moved = on_file(counter, "query_lot_trail", drug_trac_codg=CODES[0])
    assert [row["drugTracCodg"] for row in moved] == [CODES[0]] * 2


@pytest.mark.parametrize("question", ["query_counts", "query_sales", "query_lot_trail"])
def test_a_question_names_what_it_is_about(counter: CoreClient, question: str) -> None:
    day = now_text()[:10]
    frame = counter.frame(question, {"data": {**STORE, "begndate": day, "enddate": day}})
    assert frame["infcode"] == -1


@pytest.mark.parametrize("question", ["query_counts", "query_changes", "query_purchases"])
def test_questions_about_records_name_their_days(counter: CoreClient, question: str) -> None:
    frame = counter.frame(question, {"data": {**STORE, "fixmedins_bchno": LOT.upload_lot}})
    assert frame["infcode"] == -1
    assert "begndate" in frame["err_msg"]
