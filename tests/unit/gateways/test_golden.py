"""Composed requests equal the reviewed messages; their answers are read as what they say."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.crypto.derive import rx_content_key
from app.crypto.sm4 import decrypt_ecb
from app.domain.audit import Verdict
from app.domain.credential import EVoucherToken, IdNumber, PersonName, PersonNumber, RxToken
from app.domain.money import Price, Quantity
from app.domain.prescription import ItemKind, RxScheme, RxState
from app.ports.messages import Committed
from tests.support import platform_parts as parts
from tests.support.scripted_server import whole

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"


def _text(operation: str, kind: str) -> str:
    return (_GOLDEN / operation / f"{kind}.json").read_text("utf-8")


def _exact(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _answer(operation: str) -> Any:
    return json.loads(_text(operation, "response"))


CORE = {
    "query_person": parts.query_person,
    "upload_sale": parts.upload_sale,
    "presettle": lambda: parts.q.Presettle(parts.bill()),
    "settle": parts.settle,
    "revoke_settlement": parts.revoke,
    "reverse": parts.reverse,
}
CENTRE = {
    "authorise": parts.authorise,
    "download": parts.download,
    "verify": parts.verify,
    "audit": parts.upload_audit,
}


@pytest.mark.parametrize("operation", sorted(CORE))
def test_core_request(counter, operation):
    draft = counter.core(CORE[operation]()).draft
    golden, sent = _exact(_text(operation, "request")), _exact(draft.wire)
    assert {name: sent[name] for name in golden} == golden
    assert sent["msgid"] == parts.MESSAGE_ID
    assert sent["sign_no"] == "100001"
    assert draft.operation.value == operation


def test_sign_in_with_its_whole_envelope(counter):
    at = datetime(2025, 6, 1, 2, 15, 30, tzinfo=UTC)
    stamp = parts.stamp("P35020300001202506011015300001", at)
    draft = counter.platform.core.compose(parts.open_day(), parts.sender(sign_no=""), stamp)
    assert _exact(draft.wire) == _exact(_text("open_day", "request"))
    counter.server.then(whole(_text("open_day", "response").encode()))
    opened = counter.platform.core.open_day(Committed(1, draft))
    assert opened.value.sign_no == "100001"
    assert opened.facts.platform_ref == "350200202506011015310000000042"


@pytest.mark.parametrize("operation", sorted(CENTRE))
def test_centre_request_is_the_encrypted_golden_text(counter, operation):
    sent = json.loads(counter.centre(CENTRE[operation]()).draft.wire)
    key = rx_content_key(parts.APP_ID, parts.APP_SECRET)
    plain = decrypt_ecb(key, bytes.fromhex(sent["encData"])).decode()
    golden = json.loads(_text(operation, "request"))
    assert json.loads(plain) == golden
    assert plain == json.dumps(golden, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sent["timestamp"] == str(int(parts.NOW.timestamp())) + "000"
    assert (sent["encType"], sent["signType"], sent["version"]) == ("SM4", "SM2", "1.0.0")


def test_voucher_request(counter):
    draft = counter.voucher(parts.decode_voucher()).draft
    assert json.loads(draft.wire) == json.loads(_text("decode_voucher", "request"))


def test_voucher_answer(counter):
    counter.server.then(whole(_text("decode_voucher", "response").encode()))
    found = counter.platform.voucher.decode(counter.voucher(parts.decode_voucher())).value
    assert found.name == PersonName("测试甲")
    assert found.id_number == IdNumber("000000190001010000")
    assert found.token == EVoucherToken("TOKEN-DEMO-0001")
    assert (found.id_kind, found.area) == ("01", "350299")


def test_person_answer(counter):
    counter.server.then(whole(parts.core_answer(_answer("query_person"))))
    found = counter.platform.core.query_person(counter.core(parts.query_person())).value
    assert found.person_no == PersonNumber(parts.PERSON_NO)
    assert found.birth_date == date(1970, 1, 1)
    assert found.age == "55.4"
    assert [(row.kind, row.area, row.balance) for row in found.insurances] == [
        ("310", "350299", 10000),
        ("330", "350299", 0),
    ]
    assert found.insurances[0].active


def test_sale_answer(counter):
    counter.server.then(whole(parts.core_answer(_answer("upload_sale"))))
    accepted = counter.platform.core.upload_sale(counter.core(parts.upload_sale())).value
    assert accepted.text == "成功"


def test_presettlement_answer(counter):
    counter.server.then(whole(parts.core_answer(_answer("presettle"), warn_msg="请核对")))
    message = counter.core(parts.q.Presettle(parts.bill()))
    answer = counter.platform.core.presettle(message)
    estimate = answer.value.estimate
    assert answer.notice == estimate.notice == "请核对"
    assert estimate.amounts == parts.AGREED
    assert estimate.visit_id == "300000001"
    assert estimate.balance_after == 8500
    assert [(s.index, s.pay_class, s.self_pay_first, s.in_scope) for s in estimate.shares] == [
        (1, "01", 0, 2000),
        (2, "02", 300, 2700),
    ]


def test_settlement_answer(counter):
    counter.server.then(whole(parts.core_answer(_answer("settle"))))
    settled = counter.platform.core.settle(counter.core(parts.settle())).value
    assert settled.message_id_echo == parts.MESSAGE_ID
    assert settled.person_no == parts.PERSON_NO
    facts = settled.facts
    assert (facts.settlement_id, facts.visit_id) == ("400000001", "300000001")
    assert facts.amounts == parts.AGREED
    assert facts.balance_after == 8500
    assert (facts.clearing_office, facts.clearing_kind) == ("350299", "41")


def test_revocation_answer(counter):
    counter.server.then(whole(parts.core_answer(_answer("revoke_settlement"))))
    revoked = counter.platform.core.revoke_settlement(counter.core(parts.revoke())).value
    assert revoked.facts.settlement_id == "400000002"
    assert revoked.facts.amounts == parts.AGREED.negated()
    assert revoked.message_id_echo == parts.MESSAGE_ID


def test_reversal_answer_carries_nothing(counter):
    body = b'{"infcode":0,"err_msg":"","output":{}}'
    counter.server.then(whole(body))
    assert counter.platform.core.reverse(counter.core(parts.reverse())).value is None


def test_authorised_answer(counter):
    counter.server.then(whole(parts.centre_answer(_answer("authorise"))))
    found = counter.platform.rxcentre.authorise(counter.centre(parts.authorise())).value
    assert found.rx_token == RxToken("epc-token-demo-0001")
    (listed,) = found.prescriptions
    assert listed.rx_number == listed.key == parts.RX_NUMBER
    assert listed.state is RxState.AVAILABLE
    assert listed.scheme is RxScheme.OUTPATIENT_POOL
    assert listed.valid_until == datetime(2025, 6, 4, 1, 0, tzinfo=UTC)
    assert (listed.hospital, listed.department, listed.doctor) == ("示例医院", "心内科", "示例医生")


def test_downloaded_answer(counter):
    counter.server.then(whole(parts.centre_answer(_answer("download"))))
    found = counter.platform.rxcentre.download(counter.centre(parts.download())).value
    assert found.document == b"%PDF-1.7\n"
    assert found.rx_token == RxToken("epc-token-demo-0002")
    rx = found.prescription
    assert (rx.diagnosis, rx.diagnosis_code) == ("原发性高血压", "I10")
    assert (rx.allergies, rx.pregnant, rx.weight_kg) == ("青霉素过敏", False, "61.5")
    first, second = rx.lines
    assert (first.kind, first.amount, first.unit) == (ItemKind.WESTERN, Quantity(10000), "盒")
    assert (first.price, first.boxes, first.taken) == (Price(20_500_000), 1, False)
    assert first.single_dose == "10mg"
    assert (second.kind, second.boxes, second.price) == (ItemKind.PATENT, None, None)
    assert (second.over_the_counter, second.taken) == (True, True)


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("1", "西药处方", "西药（成药）"),
        ("2", "", "中药"),
        ("9", "急诊", "急诊"),
        ("", "", ""),
    ],
    ids=["patent-is-no-western", "unnamed", "not-in-the-table", "untold"],
)
def test_a_prescription_is_called_what_its_code_means(counter, code, name, kind):
    answer = {**_answer("download"), "rxTypeCode": code, "rxTypeName": name}
    counter.server.then(whole(parts.centre_answer(answer)))
    found = counter.platform.rxcentre.download(counter.centre(parts.download())).value
    assert found.prescription.kind_name == kind


def test_verified_answer(counter):
    counter.server.then(whole(parts.centre_answer(_answer("verify"))))
    found = counter.platform.rxcentre.verify(counter.centre(parts.verify())).value
    assert (found.verify_serial, found.digest) == ("V0001", parts.DIGEST)
    assert found.certificate_serial == "0a1b2c"
    assert found.at == parts.NOW


def test_audit_answer(counter):
    counter.server.then(whole(parts.centre_answer(_answer("audit"))))
    message = counter.centre(parts.upload_audit())
    assert message.draft.request.decision.verdict is Verdict.APPROVED
    assert counter.platform.rxcentre.upload_audit(message).value.audit_serial == "A0001"
