"""What each channel sends and reads (identity-and-devices 2.3, 2.4, 2.6; core-platform 4.3)."""

import json

import pytest

from app.domain.credential import EVoucherToken, IdNumber, VoucherCode
from app.domain.errors import Bug, Code, PlatformRejected
from app.ports import requests as q
from tests.support import platform_parts as parts
from tests.support.scripted_server import whole

PERSON = {"userName": "测试甲", "idNo": "000000190001010000", "ecToken": "TOKEN-DEMO-0001"}


def by_channel(channel, **more):
    return parts.with_part(parts.training(), "voucher", ec_decode_channel=channel, **more)


def test_the_city_is_told_which_app_shows_the_code(open_counter):
    counter = open_counter(by_channel("B2", ec_qr_channel="3"))
    sent = json.loads(counter.voucher(parts.decode_voucher()).draft.wire)
    assert set(sent) == {
        "orgId", "ecQrCode", "ecQrChannel", "businessType", "termId", "termIp",
        "operatorId", "operatorName", "officeId", "officeName",
    }  # fmt: skip
    assert sent["ecQrChannel"] == "3"
    assert sent["ecQrCode"] == parts.decode_voucher().code.reveal()


def test_a_code_that_is_the_token_is_asked_about_at_the_core_platform(open_counter):
    counter = open_counter(by_channel("B3"))
    message = counter.voucher(parts.decode_voucher())
    sent = json.loads(message.draft.wire)["input"]["data"]
    code = parts.decode_voucher().code.reveal()
    assert (sent["mdtrt_cert_type"], sent["mdtrt_cert_no"]) == ("01", code)
    assert code not in message.draft.kept
    person = {"psn_no": "1", "psn_name": "测试甲", "certno": "000000190001010000"}
    counter.server.then(whole(parts.core_answer({"baseinfo": person, "insuinfo": []})))
    found = counter.platform.voucher.decode(message).value
    assert (found.token, found.area) == (EVoucherToken(code), "")
    assert found.id_number == IdNumber("000000190001010000")


def test_the_other_answer_on_record_is_read_too(counter):
    output = {
        "baseinfo": {},
        "insuinfo": [{"insuplc_admdvs": "350299"}],
        "cardecinfo": {
            "certno": "000000190001010000", "ecToken": "TOKEN-DEMO-0001",
            "psn_cert_type": "01", "psn_name": "测试甲", "cardno": "", "card_sn": "",
        },
    }  # fmt: skip
    counter.server.then(whole(parts.core_answer(output)))
    found = counter.platform.voucher.decode(counter.voucher(parts.decode_voucher())).value
    assert (found.token, found.area) == (EVoucherToken("TOKEN-DEMO-0001"), "350299")


@pytest.mark.parametrize("code", [0, "0", "0000"])
@pytest.mark.parametrize("shape", [dict, json.dumps])
def test_success_and_people_come_in_every_form(counter, code, shape):
    answer = {"code": code, "message": "成功", "data": shape(PERSON)}
    counter.server.then(whole(json.dumps(answer).encode()))
    found = counter.platform.voucher.decode(counter.voucher(parts.decode_voucher())).value
    assert found.token == EVoucherToken("TOKEN-DEMO-0001")


@pytest.mark.parametrize(
    ("code", "meant"), [(-2, Code.READING_CANCELLED), (500159, Code.VOUCHER_UNKNOWN)]
)
def test_the_two_refusals_on_record_are_named_in_every_region(counter, code, meant):
    answer = {"code": code, "success": False, "message": "不是医保码"}
    counter.server.then(whole(json.dumps(answer).encode()))
    with pytest.raises(PlatformRejected) as told:
        counter.platform.voucher.decode(counter.voucher(parts.decode_voucher()))
    assert told.value.code is meant


def test_without_a_terminal_nothing_is_asked_without_a_code(counter):
    with pytest.raises(Bug):
        counter.voucher(q.DecodeVoucher(VoucherCode(""), True, "E01", "收银一", "01"))
