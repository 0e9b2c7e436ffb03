"""Presettlement, settlement and undo over the wire (core-platform 3.2, 5, 10)."""

import re
from decimal import Decimal
from typing import Any

import pytest

from app.sandbox.server import RunningSandbox
from tests.support.core_bill import bill, demo, item, line, person
from tests.support.core_client import CoreClient


def check_invariants(output: dict[str, Any]) -> None:
    """Invariants 1 to 6 of core-platform 3.2."""
    head, cuts = output["setlinfo"], output["detlcutinfo"]
    assert head["medfee_sumamt"] == (
        head["fulamt_ownpay_amt"]
        + head["overlmt_selfpay"]
        + head["preselfpay_amt"]
        + head["inscp_scp_amt"]
    )
    assert head["medfee_sumamt"] == (
        head["fund_pay_sumamt"] + head["psn_part_amt"] + head["hosp_part_amt"]
    )
    assert head["psn_part_amt"] == head["acct_pay"] + head["psn_cash_pay"]
    for cut in cuts:
        assert cut["det_item_fee_sumamt"] == cut["cnt"] * cut["pric"]
        assert cut["inscp_scp_amt"] == (
            cut["det_item_fee_sumamt"]
            - cut["fulamt_ownpay_amt"]
            - cut["overlmt_amt"]
            - cut["preselfpay_amt"]
        )
    sums = {k: sum(cut[k] for cut in cuts) for k in ("preselfpay_amt", "inscp_scp_amt")}
    assert all(head[k] == amount for k, amount in sums.items())


def balance(client: CoreClient, key: str = "p01") -> Decimal:
    who = person(key)
    shown = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": who.id_no}}
    found: Decimal = client.output("query_person", shown)["insuinfo"][0]["balc"]
    return found


def a_bill(key: str = "p01") -> dict[str, Any]:
    return bill(person(key), line("S1-1", item("SP0001"), 2), line("S1-2", item("SP0002"), 1))


def test_presettlement_and_settlement_split_alike_and_keep_the_invariants(
    counter: CoreClient,
) -> None:
    before = balance(counter)
    dry = counter.output("presettle", a_bill())
    assert balance(counter) == before
    done = counter.output("settle", a_bill())
    check_invariants(dry)
    check_invariants(done)
    only_done = {"setl_id", "setl_time", "clr_optins", "clr_way", "clr_type", "medins_setl_id"}
    assert {k: v for k, v in dry["setlinfo"].items() if k not in only_done} == {
        k: v for k, v in done["setlinfo"].items() if k not in only_done
    }
    assert (dry["setldetail"], dry["detlcutinfo"]) == (done["setldetail"], done["detlcutinfo"])
    assert dry["setlinfo"]["setl_id"] is None
    assert balance(counter) == before - done["setlinfo"]["acct_pay"] == done["setlinfo"]["balc"]


def test_the_fund_share_follows_class_ceiling_and_ratio(counter: CoreClient) -> None:
    # 37.20 of class 1, and 46.20 of class 2: 10 % first (4.62), 1.20 above the ceiling of 45.00
    head = counter.output("presettle", a_bill())["setlinfo"]
    assert head["medfee_sumamt"] == Decimal("83.40")
    assert head["preselfpay_amt"] == Decimal("4.62")
    assert head["overlmt_selfpay"] == Decimal("1.20")
    assert head["inscp_scp_amt"] == Decimal("77.58")
    assert head["fund_pay_sumamt"] == Decimal("46.55")
    assert (head["acct_pay"], head["psn_cash_pay"]) == (Decimal("36.85"), Decimal("0.00"))


def test_resident_insurance_takes_the_deductible_once_and_pays_the_rest_in_cash(
    counter: CoreClient,
) -> None:
    first = counter.output("settle", bill(person("p03"), line("R1", item("SP0001"), 2)))
    head = first["setlinfo"]
    assert head["act_pay_dedc"] == Decimal("20.00")
    assert head["fund_pay_sumamt"] == Decimal("8.60")
    assert (head["acct_pay"], head["psn_cash_pay"]) == (Decimal("0.00"), Decimal("28.60"))
    second = counter.output("presettle", bill(person("p03"), line("R2", item("SP0001"), 1)))
    assert second["setlinfo"]["act_pay_dedc"] == Decimal("0.00")


def test_a_second_settlement_of_one_purchase_is_refused(counter: CoreClient) -> None:
    counter.output("settle", a_bill())
    again = counter.frame("settle", a_bill())
    assert again["infcode"] == -1
    assert "不得重复结算" in again["err_msg"]


def test_a_trace_code_settles_once_until_its_sale_is_revoked(counter: CoreClient) -> None:
    first = counter.output("settle", bill(person(), line("A1", item())))["setlinfo"]
    other = bill(person("p02"), line("B1", item()))
    refused = counter.frame("settle", other)
    assert refused["infcode"] == -1
    assert "追溯码" in refused["err_msg"]
    undo = {k: first[k] for k in ("psn_no", "setl_id", "mdtrt_id")}
    counter.output("revoke_settlement", {"data": undo})
    counter.output("settle", other)


def test_revoking_negates_every_amount_and_restores_the_balance(counter: CoreClient) -> None:
    before = balance(counter)
    done = counter.output("settle", a_bill())
    head = done["setlinfo"]
    undo = {"data": {k: head[k] for k in ("psn_no", "setl_id", "mdtrt_id")}}
    back = counter.output("revoke_settlement", undo)
    for key in ("medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "psn_cash_pay"):
        assert back["setlinfo"][key] == -head[key]
    assert [row["fund_payamt"] for row in back["setldetail"]] == [
        -row["fund_payamt"] for row in done["setldetail"]
    ]
    assert back["setlinfo"]["setl_id"] != head["setl_id"]
    assert back["setlinfo"]["balc"] == balance(counter) == before
    again = counter.frame("revoke_settlement", undo)
    assert again["infcode"] == -1


def test_reversing_a_settlement_takes_it_back_by_its_msgid(counter: CoreClient) -> None:
    before = balance(counter)
    msgid = counter.output("settle", a_bill())["setlinfo"]["medins_setl_id"]
    undo = {"data": {"psn_no": person().person_no, "omsgid": msgid, "oinfno": "2102A"}}
    assert counter.output("reverse", undo) == {}
    assert balance(counter) == before
    assert counter.output("reverse", undo) == {}
    assert balance(counter) == before
    counter.output("settle", a_bill())


def test_reversing_a_revocation_makes_the_settlement_valid_again(counter: CoreClient) -> None:
    head = counter.output("settle", a_bill())["setlinfo"]
    undo = {k: head[k] for k in ("psn_no", "setl_id", "mdtrt_id")}
    revoked = counter.output("revoke_settlement", {"data": undo})["setlinfo"]
    back = {"psn_no": undo["psn_no"], "omsgid": revoked["medins_setl_id"], "oinfno": "2103"}
    counter.output("reverse", {"data": back})
    assert balance(counter) == head["balc"]
    assert counter.frame("settle", a_bill())["infcode"] == -1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"psn_no": "35010000000000000099"}, "人员编号与原交易不一致"),
        ({"oinfno": "3505"}, "不允许冲正"),
    ],
)
def test_a_reversal_that_does_not_fit_is_refused(
    counter: CoreClient, change: dict[str, str], word: str
) -> None:
    msgid = counter.output("settle", a_bill())["setlinfo"]["medins_setl_id"]
    asked = {"psn_no": person().person_no, "omsgid": msgid, "oinfno": "2102A"} | change
    refused = counter.frame("reverse", {"data": asked})
    assert refused["infcode"] == -1
    assert re.search(word, refused["err_msg"])


def test_reversing_what_never_came_says_yes(counter: CoreClient) -> None:
    asked = {"psn_no": person().person_no, "omsgid": counter.new_msgid(), "oinfno": "2102A"}
    assert counter.frame("reverse", {"data": asked})["infcode"] == 0


@pytest.mark.parametrize(
    ("head", "row", "sentence"),
    [
        ({"medfee_sumamt": 1.0}, {}, "医疗费总额与明细合计不一致"),
        ({}, {"det_item_fee_sumamt": 18.61}, "不等于数量乘单价"),
        ({}, {"medins_list_codg": "SP0002"}, "未对照"),
        ({"insutype": "510"}, {}, "人员无此险种"),
        ({"mdtrt_cert_no": "350100195506210247"}, {}, "未查询到人员信息"),
        ({"psn_no": "35010000000000000002"}, {}, "不是同一人"),
    ],
)
def test_a_bill_that_does_not_add_up_is_refused(
    counter: CoreClient, head: dict[str, Any], row: dict[str, Any], sentence: str
) -> None:
    wrong = bill(person(), line("S1", item(), 1, **row), **head)
    frame = counter.frame("presettle", wrong)
    assert frame["infcode"] == -1
    assert sentence in frame["err_msg"]


@pytest.mark.parametrize("shape", ["A1", "A2", "A3"])
def test_every_placement_of_trace_codes_counts(counter: CoreClient, shape: str) -> None:
    content = bill(person(), line("S1", item(), 2))
    row = content["drugdetail"][0]
    codes = [entry["drug_trac_codg"] for entry in row["drugtracinfo"]]
    if shape != "A1":
        del row["drugtracinfo"]
    if shape == "A2":
        content["drug_trac_info"] = [
            {
                "feedetl_sn": "S1",
                "drug_trac_codg": code,
                "trdn_flag": "0",
                "min_prcunt_type": "2",
            }
            for code in codes
        ]
    if shape == "A3":
        row["drug_trac_codg"] = ",".join(codes)
    counter.output("settle", content)
    refused = counter.frame("settle", bill(person("p02"), line("S2", item(), 2)))
    assert codes[0] in refused["err_msg"]


def test_a_known_settlement_can_be_queried_and_shows_its_refund(counter: CoreClient) -> None:
    head = counter.output("settle", a_bill())["setlinfo"]
    asked = {"data": {k: head[k] for k in ("psn_no", "setl_id", "mdtrt_id")}}
    assert counter.output("query_settlement", asked)["setlinfo"]["refd_setl_flag"] == "0"
    assert len(counter.output("query_fees", asked)["data"]) == 2
    counter.output("revoke_settlement", asked)
    shown = counter.output("query_settlement", asked)["setlinfo"]
    assert shown["refd_setl_flag"] == "1"
    assert shown["medfee_sumamt"] == head["medfee_sumamt"]


@pytest.mark.parametrize(("insutype", "entitled"), [("310", "1"), ("390", "0")])
def test_entitlement_says_whether_and_why_not(
    counter: CoreClient, insutype: str, entitled: str
) -> None:
    asked = {
        "psn_no": person().person_no,
        "insutype": insutype,
        "fixmedins_code": counter.institution,
        "med_type": "41",
        "begntime": "2025-01-01 08:00:00",
    }
    row = counter.output("check_entitlement", {"data": asked})["trtinfo"][0]
    assert row["trt_enjymnt_flag"] == entitled
    assert (row["trt_chk_rslt"] is None) == (entitled == "1")


def test_a_frozen_account_pays_nothing(counter: CoreClient) -> None:
    frozen = [
        (one, insurance)
        for one in demo().persons
        for insurance in one.insurances
        if insurance.account_frozen and insurance.kind == "310" and insurance.status == "1"
    ]
    assert frozen
    who, insurance = frozen[0]
    content = bill(who, line("S1", item()), insutype=insurance.kind)
    output = counter.output("presettle", content, insuplc_admdvs=insurance.area)
    head = output["setlinfo"]
    assert head["acct_pay"] == 0
    assert head["psn_cash_pay"] == head["psn_part_amt"] > 0


def test_a_visit_is_registered_and_uploaded_by_the_hospital(sandbox: RunningSandbox) -> None:
    with CoreClient(sandbox.ready, hospital=True) as hospital:
        hospital.sign_in()
        asked = {
            "psn_no": person().person_no,
            "insutype": "310",
            "begntime": "2025-01-01 08:00:00",
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": person().id_no,
            "ipt_otp_no": "OP1",
            "atddr_no": "D1",
            "dr_name": "高医示",
            "dept_code": "01",
            "dept_name": "内科",
        }
        visit = hospital.output("register_visit", {"data": asked})["data"]["mdtrt_id"]
        facts = {
            "mdtrt_id": visit,
            "psn_no": person().person_no,
            "med_type": "11",
            "begntime": "2025-01-01 08:00:00",
        }
        diagnosis = {
            "diag_type": "1",
            "diag_srt_no": 1,
            "diag_code": "I10.x00",
            "diag_name": "高血压病",
            "diag_dept": "内科",
            "dise_dor_no": "D1",
            "dise_dor_name": "高医示",
            "diag_time": "2025-01-01 08:00:00",
            "vali_flag": "1",
        }
        content = {"mdtrtinfo": facts, "diseinfo": [diagnosis]}
        assert hospital.frame("upload_visit", content)["infcode"] == 0
        wrong = {"mdtrtinfo": facts | {"mdtrt_id": "1"}, "diseinfo": [diagnosis]}
        assert hospital.frame("upload_visit", wrong)["infcode"] == -1
