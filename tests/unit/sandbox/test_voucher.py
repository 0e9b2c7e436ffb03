"""E-vouchers: one code, one minute, one decoding (identity-and-devices 2.1, 2.6, 2.12)."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from app.sandbox.server import RunningSandbox
from tests.support.core_bill import demo, person
from tests.support.rx_client import RxClient

SALE, RX, HOSPITAL_VISIT = "02121", "02122", "01301"


def shown_by(client: RxClient, id_no: str) -> str:
    _, body = client.post("issue_evoucher", json.dumps({"id_no": id_no}).encode())
    return str(json.loads(body)["evoucher"])


def test_a_code_has_28_digits_of_its_area(sandbox: RunningSandbox, pharmacy: RxClient) -> None:
    form = re.compile(sandbox.site.profile.voucher.ec_qr_pattern)
    code = shown_by(pharmacy, person().id_no)
    assert form.fullmatch(code)
    assert code[22:24] == person().insurances[0].area[:2]
    everybody: Any = sandbox.ready["persons"]
    assert all(form.fullmatch(row["evoucher"]) for row in everybody)


def test_a_decoded_code_names_its_person(pharmacy: RxClient) -> None:
    who = person("p03")
    answer = pharmacy.decode(shown_by(pharmacy, who.id_no), SALE)
    assert answer["code"] == 0
    found = answer["data"]
    assert (found["userName"], found["idNo"], found["idType"]) == (who.name, who.id_no, "01")
    assert found["insuOrg"] == who.insurances[0].area
    assert re.fullmatch(r"[0-9]{6}ec[0-9a-z]{30}", found["ecToken"])


def test_a_pharmacist_has_a_voucher_too(pharmacy: RxClient) -> None:
    who = demo().pharmacists[1]
    answer = pharmacy.decode(shown_by(pharmacy, who.id_no), RX)
    assert answer["data"]["userName"] == who.name


def test_a_code_is_good_once(pharmacy: RxClient) -> None:
    code = shown_by(pharmacy, person().id_no)
    assert pharmacy.decode(code, SALE)["code"] == 0
    assert pharmacy.decode(code, SALE)["code"] == 590002


@pytest.mark.parametrize(("seconds", "code"), [(59, 0), (61, 590001)])
def test_a_code_lives_a_minute(
    sandbox: RunningSandbox, pharmacy: RxClient, seconds: int, code: int
) -> None:
    shown = shown_by(pharmacy, person().id_no)
    sandbox.site.clock.move(timedelta(seconds=seconds))
    assert pharmacy.decode(shown, SALE)["code"] == code


@pytest.mark.parametrize(("seconds", "code"), [(3, 0), (6, 590001)])
def test_a_fresh_code_ends_the_one_before_after_a_grace(
    sandbox: RunningSandbox, pharmacy: RxClient, seconds: int, code: int
) -> None:
    first = shown_by(pharmacy, person().id_no)
    second = shown_by(pharmacy, person().id_no)
    sandbox.site.clock.move(timedelta(seconds=seconds))
    assert pharmacy.decode(first, SALE)["code"] == code
    assert pharmacy.decode(second, SALE)["code"] == 0


@pytest.mark.parametrize("text", ["6901234567892", "4" * 28, "opc0123456789", " "])
def test_another_text_is_no_voucher(pharmacy: RxClient, text: str) -> None:
    assert pharmacy.decode(text, SALE)["code"] == 500159


def test_business_types_belong_to_their_side(pharmacy: RxClient, hospital: RxClient) -> None:
    code = shown_by(pharmacy, person().id_no)
    assert pharmacy.decode(code, HOSPITAL_VISIT)["code"] == 590004
    assert hospital.decode(code, SALE)["code"] == 590004
    assert hospital.decode(code, HOSPITAL_VISIT)["code"] == 0


def test_strangers_and_gaps_are_refused(pharmacy: RxClient) -> None:
    asked = {
        "orgId": "P99999999999",
        "businessType": SALE,
        "operatorId": "1",
        "operatorName": "甲",
        "officeId": "01",
        "officeName": "收银台",
        "ecQrCode": "1",
    }
    _, body = pharmacy.post("decode_voucher", json.dumps(asked).encode())
    assert json.loads(body)["code"] == 590003
    for name in asked:
        without = {k: v for k, v in asked.items() if k != name}
        _, body = pharmacy.post("decode_voucher", json.dumps(without).encode())
        assert json.loads(body)["code"] == 590006
    _, body = pharmacy.post("decode_voucher", b"not json")
    assert json.loads(body)["code"] == 500159


def test_the_envelope_form_is_understood_too(pharmacy: RxClient) -> None:
    asked = {
        "transType": "ec.query",
        "orgId": pharmacy.code,
        "data": {
            "orgId": pharmacy.code,
            "businessType": RX,
            "operatorId": "1001",
            "operatorName": "甲",
            "officeId": "01",
            "officeName": "收银台",
            "deviceType": "",
            "ecQrCode": shown_by(pharmacy, person().id_no),
        },
        "extra": {},
    }
    _, body = pharmacy.post("decode_voucher", json.dumps(asked).encode())
    assert json.loads(body)["data"]["idNo"] == person().id_no


def test_a_token_stands_for_its_person_until_its_time(
    sandbox: RunningSandbox, pharmacy: RxClient
) -> None:
    token = pharmacy.token(person().id_no)
    assert sandbox.site.identities.holder(token) == person().id_no
    assert sandbox.site.identities.holder(token + "x") is None
    sandbox.site.clock.move(timedelta(seconds=1801))
    assert sandbox.site.identities.holder(token) is None


def test_nobody_unknown_gets_a_code(pharmacy: RxClient) -> None:
    status, body = pharmacy.post("issue_evoucher", b'{"id_no":"350100199001010000"}')
    assert (status, json.loads(body)["ok"]) == (404, False)
    assert pharmacy.post("issue_evoucher", b"[]")[0] == 400


def test_a_decoding_without_effect_leaves_the_code_alive(pharmacy: RxClient) -> None:
    pharmacy.post("faults", b'{"operation":"decode_voucher","fault":"no_effect"}')
    code = shown_by(pharmacy, person().id_no)
    assert pharmacy.decode(code, SALE)["code"] == 0
    assert pharmacy.decode(code, SALE)["code"] == 0
    assert pharmacy.decode(code, SALE)["code"] == 590002


def test_answers_may_come_as_text(pharmacy: RxClient) -> None:
    pharmacy.post("faults", b'{"operation":"decode_voucher","fault":"string_numbers"}')
    answer = pharmacy.decode(shown_by(pharmacy, person().id_no), SALE)
    assert answer["code"] == "0"
    assert json.loads(answer["data"])["idNo"] == person().id_no


def test_the_service_may_fail(pharmacy: RxClient) -> None:
    pharmacy.post("faults", b'{"operation":"decode_voucher","fault":"reject"}')
    code = shown_by(pharmacy, person().id_no)
    assert pharmacy.decode(code, SALE)["code"] == 590099
    assert pharmacy.decode(code, SALE)["code"] == 0
