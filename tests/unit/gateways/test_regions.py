"""The switches of a region change exactly what they name (core-platform 12)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.gateways.assemble import open_platform
from app.profile.model import Profile
from tests.support import platform_parts as parts


def _sent(region: Profile, request: object) -> Any:
    platform = open_platform(region, parts.access("http://127.0.0.1:1/x"), parts.SteadyClock())
    draft = platform.core.compose(request, parts.sender(), parts.stamp())
    platform.close()
    return json.loads(draft.wire, parse_float=Decimal, parse_int=Decimal)


def _traces(content: Any) -> Any:
    return [
        [trace["drug_trac_codg"] for trace in line["drugtracinfo"]]
        for line in content["drugdetail"]
    ]


def test_settlement_codes_nested_in_the_line():
    content = _sent(parts.training(settle_shape="A1"), parts.settle())["input"]
    assert _traces(content) == [
        ["80000000000000000001"],
        ["80000000000000000002", "80000000000000000003"],
    ]
    assert "drug_trac_info" not in content


def test_settlement_codes_beside_the_lines():
    content = _sent(parts.training(settle_shape="A2"), parts.settle())["input"]
    assert content["drug_trac_info"][2] == {
        "feedetl_sn": "S202506010001-2",
        "drug_trac_codg": "80000000000000000003",
        "trdn_flag": "0",
        "min_prcunt_type": "2",
    }
    assert all("drugtracinfo" not in line for line in content["drugdetail"])


@pytest.mark.parametrize("shape", ["A3", "none"])
def test_settlement_codes_flat_or_absent(shape):
    lines = _sent(parts.training(settle_shape=shape), parts.settle())["input"]["drugdetail"]
    assert [line.get("drug_trac_codg") for line in lines] == (
        ["80000000000000000001", "80000000000000000002,80000000000000000003"]
        if shape == "A3"
        else [None, None]
    )


@pytest.mark.parametrize(
    ("placement", "path"),
    [
        ("nested_array", lambda found: found["selinfo"]["drugtracinfo"][0]),
        ("nested_object", lambda found: found["selinfo"]["drugtracinfo"]),
        ("sibling", lambda found: found["drugtracinfo"][0]),
    ],
)
@pytest.mark.parametrize("request_name", ["upload_sale", "return_sale"])
def test_sale_codes_where_the_region_puts_them(placement, path, request_name):
    region = parts.with_part(parts.training(), "rules", trace_placement=placement)
    found = _sent(region, getattr(parts, request_name)())["input"]
    assert path(found) == {"drug_trac_codg": "80000000000000000001"}


def test_capitals_where_the_region_writes_capitals():
    region = parts.with_part(parts.training(), "rules", mdtrt_setl_type_key="MDTRT_SETL_TYPE")
    sold = _sent(region, parts.upload_sale())["input"]["selinfo"]
    assert sold["MDTRT_SETL_TYPE"] == "1"
    assert "mdtrt_setl_type" not in sold


def test_a_self_pay_sale_names_nobody_and_no_insurance():
    sale = parts.replace(
        parts.upload_sale(),
        buyer=parts.q.Buyer(None, insured=False, visit_id="", settlement_id=""),
        prescriber=parts.q.Prescriber(None, "无", ""),
    )
    sent = _sent(parts.training(), sale)
    sold = sent["input"]["selinfo"]
    assert sent["insuplc_admdvs"] == ""
    assert (sold["mdtrt_setl_type"], sold["hi_feesetl_type"]) == ("2", "0")
    assert (sold["psn_no"], sold["psn_name"], sold["certno"]) == ("", "", "")
    assert (sold["rxno"], sold["rx_circ_flag"]) == ("", "0")


def test_the_visit_of_the_platform_goes_first():
    sale = parts.replace(
        parts.upload_sale(), buyer=parts.q.Buyer(parts.person(), True, "300000001", "400000001")
    )
    sold = _sent(parts.training(), sale)["input"]["selinfo"]
    assert (sold["mdtrt_sn"], sold["setl_id"]) == ("300000001", "400000001")


def test_a_return_names_the_receipt_it_undoes():
    back = _sent(parts.training(), parts.return_sale())["input"]["selinfo"]
    assert back["medins_prod_sel_no"] == "S202506010001"
    assert back["sel_retn_cnt"] == Decimal(1)


def test_amounts_as_text():
    region = parts.with_part(parts.training(), "core", amount_as="string")
    content = _sent(region, parts.settle())["input"]
    assert content["druginfo"]["medfee_sumamt"] == "50.00"
    assert content["drugdetail"][0]["pric"] == "20.00"


def test_input_as_text():
    region = parts.with_part(parts.training(), "core", input_as_string=True)
    sent = _sent(region, parts.reverse())["input"]
    assert json.loads(sent)["data"]["omsgid"] == parts.MESSAGE_ID


def test_the_local_area_where_nobody_is_named():
    region = parts.with_part(parts.training(), "core", insuplc_default="local")
    assert _sent(region, parts.open_day())["insuplc_admdvs"] == "350200"
    assert _sent(region, parts.reverse())["insuplc_admdvs"] == "350299"


def test_a_flat_reversal():
    content = _sent(parts.training(reverse_shape="flat"), parts.reverse())["input"]
    assert content["omsgid"] == parts.MESSAGE_ID
    assert "data" not in content


def test_the_other_sign_in():
    region = parts.with_part(parts.training(), "core", signin_shape="data_result")
    assert _sent(region, parts.open_day())["input"]["data"]["opter_no"] == "E01"


def test_what_a_region_without_certificates_is_told():
    region = parts.with_part(parts.training(), "core", cert_fields_1101=False)
    asked = parts.q.QueryPerson(parts.credential("测试甲", "000000190001010000"))
    told = _sent(region, asked)["input"]["data"]
    assert (told["certno"], told["psn_name"], told["psn_cert_type"]) == ("", "", "")
    full = _sent(parts.training(), asked)["input"]["data"]
    assert (full["certno"], full["psn_name"]) == ("000000190001010000", "测试甲")
    assert full["psn_cert_type"] == "01"


@pytest.mark.parametrize("request_name", ["upload_sale", "return_sale"])
@pytest.mark.parametrize(("mode", "told"), [("batch", "lot"), ("per_row", "row")])
def test_what_the_serial_of_a_lot_means(request_name, mode, told):
    region = parts.with_part(parts.training(), "rules", bchno_mode=mode)
    asked = getattr(parts, request_name)()
    wanted = {"lot": asked.line.upload_lot, "row": f"{asked.sale_serial}-{asked.line.index}"}
    sold = _sent(region, asked)["input"]["selinfo"]
    assert sold["fixmedins_bchno"] == wanted[told]
    assert len(sold["fixmedins_bchno"]) <= 30
