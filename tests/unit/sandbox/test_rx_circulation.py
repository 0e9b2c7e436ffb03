"""Prescriptions sent online, codes shown at the counter, deliveries (prescription-centre 8.3 …)."""

import json
from typing import Any

import pytest

from app.sandbox.fields import violations
from tests.support.core_bill import bill, item, line, person
from tests.support.core_client import CoreClient
from tests.support.rx_client import RxClient
from tests.support.rx_visit import Visit, platform_now, scenario_number


@pytest.fixture
def number(pharmacy: RxClient) -> str:
    return scenario_number(pharmacy.ready, "rx01")["hiRxno"]


def control(client: RxClient, name: str, hi_rxno: str) -> tuple[int, dict[str, Any]]:
    status, body = client.post(name, json.dumps({"hi_rxno": hi_rxno}).encode())
    return status, json.loads(body)


def store(client: RxClient) -> dict[str, object]:
    return {"fixmedinsCode": client.code, "fixmedinsName": client.name}


def online(client: RxClient, **changes: object) -> dict[str, Any]:
    day = platform_now()[:10]
    asked = {"begntime": f"{day} 00:00:00", "endtime": f"{day} 23:59:59"}
    found = client.ask(
        "query_online_rx", {**store(client), **asked, "pageNum": "1", "pageSize": "50", **changes}
    )
    assert violations("query_online_rx", "response", found) == []
    return found


def test_nothing_is_listed_before_it_is_sent(pharmacy: RxClient) -> None:
    assert online(pharmacy) == {"total": "0"}


def test_what_was_sent_here_can_be_taken_without_another_identity(
    pharmacy: RxClient, number: str
) -> None:
    assert control(pharmacy, "send_rx", number)[0] == 200
    (row,) = online(pharmacy)["rxList"]
    assert (row["hiRxno"], row["patnName"]) == (number, person("p01").name)
    visit = Visit(pharmacy, person("p01"))
    visit.rx_token = row["epcToken"]
    assert visit.verify(visit.download(number))["rxSignVerifyRslt"] == "1"


def test_another_day_lists_nothing(pharmacy: RxClient, number: str) -> None:
    control(pharmacy, "send_rx", number)
    long_ago = {"begntime": "2020-01-01 00:00:00", "endtime": "2020-01-01 23:59:59"}
    assert online(pharmacy, **long_ago)["total"] == "0"


@pytest.mark.parametrize("name", ["send_rx", "show_rx_code"])
def test_controls_know_their_prescriptions(pharmacy: RxClient, name: str) -> None:
    assert control(pharmacy, name, "none")[0] == 404
    assert pharmacy.post(name, b"{}")[0] == 400


def decode(client: RxClient, code: str) -> dict[str, object]:
    return {**store(client), "epcQrcd": code, "opter": "1001", "opterName": "收银一"}


def test_a_code_is_read_once_and_opens_its_prescription(pharmacy: RxClient, number: str) -> None:
    code = control(pharmacy, "show_rx_code", number)[1]["code"]
    assert len(code) == 27
    found = pharmacy.ask("decode_rx_code", decode(pharmacy, code))
    assert violations("decode_rx_code", "response", found) == []
    assert found["certno"] == person("p01").id_no
    visit = Visit(pharmacy, person("p01"))
    visit.rx_token = found["epcToken"]
    assert visit.download(number)["hiRxno"] == number
    assert pharmacy.refusal("decode_rx_code", decode(pharmacy, code)) == -2033


def test_an_old_code_and_a_stranger_are_refused(pharmacy: RxClient, number: str) -> None:
    code = control(pharmacy, "show_rx_code", number)[1]["code"]
    pharmacy.post("clock", json.dumps({"ahead_s": 301}).encode())
    assert pharmacy.refusal("decode_rx_code", decode(pharmacy, code)) == -2033
    assert pharmacy.refusal("decode_rx_code", decode(pharmacy, "0" * 27)) == -2032


@pytest.fixture
def sold(pharmacy: RxClient, counter: CoreClient, number: str) -> str:
    """The prescription, audited and paid for."""
    Visit(pharmacy, person("p01")).audited(number)
    content = bill(person("p01"), line("L1", item("SP0002")))
    for row in content["drugdetail"]:
        row |= {"rxno": number, "rx_circ_flag": "1"}
    counter.output("settle", content)
    return number


def way(client: RxClient, number: str, **changes: object) -> dict[str, object]:
    told = {
        **store(client),
        "hiRxno": number,
        "delvNo": "D1",
        "delvStasCodg": "1",
        "delvStasTime": platform_now(),
        "rtalDocno": "S1",
        "delvAddr": "训练市示例区示例路1号",
        "recvName": "甄示例",
        "recvTel": "13800000001",
        "delvEntpName": "示例配送",
        "delverName": "示例骑手",
        "delverTel": "13800000002",
        "opterName": "收银一",
    } | changes
    return {name: value for name, value in told.items() if value != ""}


def end(client: RxClient, number: str, state: str, signer: str) -> dict[str, object]:
    kept = ("fixmedinsCode", "fixmedinsName", "hiRxno", "delvNo", "delvStasTime", "opterName")
    base = {name: value for name, value in way(client, number).items() if name in kept}
    return base | {"delvStasCodg": state} | ({"recvSignName": signer} if signer else {})


def test_a_way_begins_and_ends_with_a_signature(pharmacy: RxClient, sold: str) -> None:
    begun = pharmacy.ask("sync_delivery", way(pharmacy, sold))
    assert violations("sync_delivery", "response", begun) == []
    ended = pharmacy.ask("confirm_delivery", end(pharmacy, sold, "2", "甄示例"))
    assert ended["delvSn"] == begun["delvSn"]
    late = way(pharmacy, sold, delverName="另一骑手")
    assert pharmacy.refusal("sync_delivery", late) == -2037


def test_told_twice_the_same_it_answers_the_same(pharmacy: RxClient, sold: str) -> None:
    told = way(pharmacy, sold)
    first = pharmacy.ask("sync_delivery", told)
    assert pharmacy.ask("sync_delivery", told) == first
    over = end(pharmacy, sold, "2", "甄示例")
    assert pharmacy.ask("confirm_delivery", over) == pharmacy.ask("confirm_delivery", over)
    assert pharmacy.refusal("confirm_delivery", {**over, "recvSignName": "另一人"}) == -2037


def test_ways_that_cannot_be(pharmacy: RxClient, sold: str) -> None:
    assert pharmacy.refusal("confirm_delivery", end(pharmacy, sold, "2", "甄示例")) == -2034
    pharmacy.ask("sync_delivery", way(pharmacy, sold))
    assert pharmacy.refusal("confirm_delivery", end(pharmacy, sold, "2", "")) == -2038
    assert pharmacy.refusal("confirm_delivery", end(pharmacy, sold, "1", "甄示例")) == -9001
    assert pharmacy.refusal("sync_delivery", way(pharmacy, sold, delvNo="D2", recvTel="")) == -9001


def test_only_what_was_audited_and_paid_here_travels(pharmacy: RxClient, number: str) -> None:
    assert pharmacy.refusal("sync_delivery", way(pharmacy, number)) == -2009
    Visit(pharmacy, person("p01")).audited(number)
    assert pharmacy.refusal("sync_delivery", way(pharmacy, number)) == -2035
