"""The frame of every message: sender, signature, once only, signed in (core-platform 1.4, 2)."""

import json
from typing import Any

import pytest

from app.profile.model import CorePart
from app.sandbox.core.frame.envelope import GatewayGuard
from app.sandbox.server import RunningSandbox, running_sandbox
from tests.support.core_bill import bill, item, line, person
from tests.support.core_client import CoreClient

PERSON = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": person().id_no}}


def test_the_published_vector_signs(sandbox: RunningSandbox) -> None:
    core: CorePart = sandbox.site.profile.core
    guard = GatewayGuard(core, "any", "demo-secret-key")
    expected = "b45062e14d4b6dc92059a7820b5d39c7003ab1bb87097121e88d3aa00a2a86f2"
    assert guard.signature("1748744130", "9f2c1d") == expected


def test_upper_case_signatures_are_good(counter: CoreClient) -> None:
    headers = counter.headers()
    headers["x-tif-signature"] = headers["x-tif-signature"].upper()
    body = json.dumps(counter.envelope("query_person", PERSON)).encode()
    status, answer = counter.post(counter.address("query_person"), body, headers)
    assert (status, json.loads(answer)["infcode"]) == (200, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"x-tif-signature": "0" * 64},
        {"x-tif-signature": "签"},
        {"x-tif-paasid": "somebody"},
        {"x-tif-timestamp": "1000000000"},
        {"x-tif-nonce": ""},
    ],
)
def test_a_forged_header_is_kept_out_without_effect(
    counter: CoreClient, change: dict[str, str]
) -> None:
    content = bill(person(), line("S1", item()))
    body = json.dumps(counter.envelope("settle", content)).encode()
    headers = {k: v.encode() for k, v in (counter.headers() | change).items()}
    status, answer = counter.post(counter.address("settle"), body, headers)  # type: ignore[arg-type] # bytes are sent as they are
    assert status == 401
    assert "infcode" not in json.loads(answer)
    assert counter.control("state", {})["settlements"] == {}


def test_a_nonce_counts_once(counter: CoreClient) -> None:
    headers = counter.headers()
    codes = []
    for _ in range(2):
        body = json.dumps(counter.envelope("query_person", PERSON)).encode()
        codes.append(counter.post(counter.address("query_person"), body, headers)[0])
    assert codes == [200, 401]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"infno": "1102"}, "交易编号与请求地址不符"),
        ({"msgid": "P3501000000120250101"}, "报文ID格式不符"),
        ({"msgid": "P35010000001202513010101010001"}, "报文ID格式不符"),
        ({"msgid": "P35010000002202501010101010001"}, "不一致"),
        ({"msgid": "P35010000001299901010101010001"}, "晚于平台时间"),
        ({"inf_time": "2999-01-01 00:00:00"}, "晚于平台时间"),
        ({"inf_time": "2025-01-01"}, "日期格式不符"),
        ({"fixmedins_code": "P99999999999"}, "未登记"),
        ({"opter_type": "7"}, "不在代码表内"),
        ({"opter_name": ""}, "不能为空"),
        ({"infver": "V1.00000"}, "超过规定长度"),
        ({"sign_no": "1"}, "签到"),
        ({"sign_no": ""}, "签到"),
        ({"opter": "9999"}, "签到"),
        ({"input": []}, "不是有效的JSON对象"),
    ],
)
def test_a_wrong_frame_is_refused_with_the_reason(
    counter: CoreClient, change: dict[str, Any], sentence: str
) -> None:
    frame = counter.frame("query_person", PERSON, **change)
    assert frame["infcode"] == -1
    assert sentence in frame["err_msg"]
    assert frame["output"] is None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"a":NaN}', b"[" * 100_000])
def test_what_is_not_json_is_refused_in_the_frame(counter: CoreClient, body: bytes) -> None:
    status, answer = counter.post(counter.address("query_person"), body)
    assert (status, json.loads(answer)["infcode"]) == (200, -1)


def test_input_as_text_is_read(counter: CoreClient) -> None:
    output = counter.output("query_person", json.dumps(PERSON))
    assert output["baseinfo"]["psn_no"] == person().person_no


def test_the_same_message_twice_has_one_effect_and_one_answer(counter: CoreClient) -> None:
    envelope = counter.envelope("settle", bill(person(), line("S1", item())))
    first = counter.send("settle", envelope)
    assert first["infcode"] == 0
    assert counter.send("settle", envelope) == first
    assert counter.control("state", {})["settlements"] == {"active": 1}


def test_a_msgid_with_another_body_is_refused(counter: CoreClient) -> None:
    envelope = counter.envelope("settle", bill(person(), line("S1", item())))
    assert counter.send("settle", envelope)["infcode"] == 0
    other = envelope | {"input": bill(person("p02"), line("S2", item(), 1, 1))}
    refused = counter.send("settle", other)
    assert refused["infcode"] == -1
    assert "重复" in refused["err_msg"]
    assert counter.control("state", {})["settlements"] == {"active": 1}


def test_signing_out_ends_the_sign_in(counter: CoreClient) -> None:
    counter.output("close_day", {"signOut": {"sign_no": counter.sign_no, "opter_no": "1001"}})
    assert "签到" in counter.frame("query_person", PERSON)["err_msg"]


def test_a_sign_in_does_not_outlive_its_day(counter: CoreClient) -> None:
    counter.control("clock", {"ahead_s": 86_400})
    assert "签到" in counter.frame("query_person", PERSON)["err_msg"]
    counter.sign_in()
    assert counter.frame("query_person", PERSON)["infcode"] == 0


def test_a_person_number_needs_the_insured_area(counter: CoreClient) -> None:
    content = bill(person(), line("S1", item()))
    assert "参保地" in counter.frame("presettle", content, insuplc_admdvs="")["err_msg"]
    assert "参保地" in counter.frame("presettle", content, insuplc_admdvs="350200")["err_msg"]


def test_one_address_for_all_transactions_is_served_too(counter: CoreClient) -> None:
    path = counter.ready["url"] + "/fsi/api/rsfComIfsService/callService"
    by_service = counter.ready["url"] + "/fsi/api/fsiPsnInfoService/queryPsnInfo"
    for address in (path, path + "/1101", by_service):
        body = json.dumps(counter.envelope("query_person", PERSON)).encode()
        status, answer = counter.post(address, body)
        assert (status, json.loads(answer)["infcode"]) == (200, 0)
    status, _ = counter.post(path, b"{}")
    assert status == 404


def test_serials_of_answers_are_new_each_time(counter: CoreClient) -> None:
    serials = [counter.frame("query_person", PERSON)["inf_refmsgid"] for _ in range(3)]
    assert len(set(serials)) == 3
    assert all(len(serial) == 30 for serial in serials)


def test_a_social_card_needs_its_own_serial(counter: CoreClient) -> None:
    who = person()
    shown = {"mdtrt_cert_type": "03", "mdtrt_cert_no": who.card_no, "card_sn": who.card_serial}
    output = counter.output("query_person", {"data": shown})
    assert output["baseinfo"]["certno"] == who.id_no
    wrong = counter.frame("query_person", {"data": shown | {"card_sn": "0" * 32}})
    assert "卡识别码" in wrong["err_msg"]
    assert counter.frame("query_person", {"data": shown | {"card_sn": ""}})["infcode"] == -1


def test_the_secret_follows_the_seed() -> None:
    secrets = set()
    for seed in (1, 7):
        with running_sandbox(seed=seed) as running:
            gateway = running.ready["gateway"]
            assert isinstance(gateway, dict)
            secrets.add(gateway["secret"])
    assert len(secrets) == 2
    assert all(len(secret) == 32 for secret in secrets)
