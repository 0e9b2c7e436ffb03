"""The prescription centre over direct HTTP: signatures decide, and the file is what it is."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from app.crypto.sm2 import verify
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.prescription import RxState
from app.gateways.envelopes.epc import sign_text
from app.gateways.envelopes.unreadable import UNREADABLE as NOT_READ
from tests.support import platform_parts as parts
from tests.support.scripted_server import hang_up, whole

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"


def _output(operation: str) -> Any:
    return json.loads((_GOLDEN / operation / "response.json").read_text("utf-8"))


def _download(counter) -> Any:
    return counter.platform.rxcentre.download(counter.centre(parts.download()))


def _tampered(name: str, value: object) -> bytes:
    message = json.loads(parts.centre_answer(_output("download")))
    message[name] = value
    return json.dumps(message).encode()


FORGED = {
    "unsigned": parts.centre_answer(_output("download"), signed=False),
    "signed_by_another": parts.centre_answer(_output("download"), pair=parts.STORE_KEYS),
    "signature_is_not_base64": _tampered("signData", "!!"),
    "signature_is_not_ascii": _tampered("signData", "签名"),
    "signature_too_short": _tampered("signData", base64.b64encode(bytes(63)).decode()),
    "code_changed_after_signing": _tampered("code", "0000"),
    "message_changed_after_signing": _tampered("message", "成功。"),
    "other_application": _tampered("appId", "F" * 32),
    "unsigned_yes_without_content": b'{"code":0,"message":"ok"}',
    "other_prescription": parts.centre_answer(_output("download") | {"hiRxno": "3502999"}),
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED.keys())
def test_a_wrong_signature_is_never_an_answer(counter, body):
    counter.server.then(whole(body))
    with pytest.raises(OutcomeUnknown) as raised:
        _download(counter)
    assert raised.value.code is Code.ANSWER_FORGED


def test_the_same_signed_answer_twice_is_a_replay(counter):
    body = parts.centre_answer(_output("download"))
    counter.server.then(whole(body), whole(body))
    _download(counter)
    with pytest.raises(OutcomeUnknown) as raised:
        _download(counter)
    assert raised.value.code is Code.ANSWER_FORGED


def test_the_same_signature_in_another_text_is_a_replay(counter):
    """The last characters of Base64 carry bits that nobody reads."""
    message = json.loads(parts.centre_answer(_output("download")))
    signature = message["signData"]
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = digits[digits.index(signature[-3]) ^ 1]
    other = json.dumps({**message, "signData": f"{signature[:-3]}{last}=="}).encode()
    counter.server.then(whole(json.dumps(message).encode()), whole(other))
    _download(counter)
    with pytest.raises(OutcomeUnknown) as raised:
        _download(counter)
    assert raised.value.code is Code.ANSWER_FORGED


def test_a_signed_answer_is_known_again_behind_a_restart(open_counter):
    """What the process remembers is gone then; our books keep the reference."""
    body, seen = parts.centre_answer(_output("download")), []
    for _ in range(2):
        fresh = open_counter(parts.training())
        fresh.server.then(whole(body))
        seen.append(_download(fresh).facts.platform_ref)
    assert seen[0]
    assert seen[0] == seen[1]


UNREADABLE = {
    "cipher_cut": _tampered("encData", "00"),
    "cipher_is_no_hex": _tampered("encData", "xx"),
    "cipher_padding": _tampered("encData", "00" * 32),
    "no_file": parts.centre_answer({**_output("download"), "rxFile": ""}),
    "file_is_no_base64": parts.centre_answer({**_output("download"), "rxFile": "%%%"}),
    "file_is_not_ascii": parts.centre_answer({**_output("download"), "rxFile": "处方"}),
    "no_lines": parts.centre_answer({**_output("download"), "rxDetlList": []}),
    "no_number": parts.centre_answer({**_output("download"), "hiRxno": ""}),
    "bad_time": parts.centre_answer({**_output("download"), "valiEndTime": "tomorrow"}),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_half_a_prescription_is_no_prescription(counter, body):
    counter.server.then(whole(body))
    with pytest.raises(OutcomeUnknown) as raised:
        _download(counter)
    assert raised.value.code in NOT_READ


def test_a_file_over_the_limit_is_not_kept(open_counter):
    small = open_counter(parts.with_part(parts.training(), "rxcentre", document_limit_bytes=4))
    small.server.then(whole(parts.centre_answer(_output("download"))))
    with pytest.raises(OutcomeUnknown) as raised:
        _download(small)
    assert raised.value.code is Code.ANSWER_UNREADABLE


def test_a_signed_no_keeps_its_number_and_sentence(counter):
    body = parts.centre_answer(None, code=-2004, message="处方已使用", success=False)
    counter.server.then(whole(body))
    with pytest.raises(PlatformRejected) as raised:
        _download(counter)
    assert raised.value.code is Code.PRESCRIPTION_USED
    assert (raised.value.platform_code, raised.value.platform_text) == ("-2004", "处方已使用")


def test_an_unsigned_no_is_a_no(counter):
    counter.server.then(whole('{"code":-2001,"message":"处方不存在"}'.encode()))
    with pytest.raises(PlatformRejected) as raised:
        _download(counter)
    assert raised.value.code is Code.PRESCRIPTION_UNKNOWN


@pytest.mark.parametrize("code", ["00", "0000", "0.0", "０", " 0", "true", "false"])
def test_a_yes_in_disguise_is_no_clear_no(counter, code):
    """The review may stand at the centre: taken for a no it would be told a second time."""
    number = code if code in ("true", "false", "0.0") else f'"{code}"'
    counter.server.then(whole(f'{{"code":{number},"message":"成功"}}'.encode()))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.rxcentre.upload_audit(counter.centre(parts.upload_audit()))
    assert raised.value.code is Code.ANSWER_UNREADABLE


def test_a_wrongly_signed_no_is_forged(counter):
    body = parts.centre_answer(None, code=-2004, pair=parts.STORE_KEYS)
    counter.server.then(whole(body))
    with pytest.raises(OutcomeUnknown):
        _download(counter)


def test_a_tolerant_region_takes_an_unsigned_yes(open_counter):
    tolerant = open_counter(
        parts.with_part(parts.training(), "rxcentre", epc_verify_mode="tolerant")
    )
    tolerant.server.then(whole(parts.centre_answer(_output("audit"), signed=False)))
    message = tolerant.centre(parts.upload_audit())
    assert tolerant.platform.rxcentre.upload_audit(message).value.audit_serial == "A0001"


def test_an_audit_without_an_answer_is_unknown(counter):
    counter.server.then(hang_up)
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.rxcentre.upload_audit(counter.centre(parts.upload_audit()))
    assert raised.value.code is Code.AUDIT_UNKNOWN


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rxSignVerifyRslt": "0", "rxSignVerifyDscr": "验签不通过"}, Code.SIGNATURE_INVALID),
        ({"signDigest": "0" * 64}, Code.DOCUMENT_CHANGED),
        ({"signDigest": "0" * 64, "rxSignVerifyRslt": "0"}, Code.DOCUMENT_CHANGED),
    ],
)
def test_a_file_the_centre_does_not_vouch_for(counter, changes, code):
    counter.server.then(whole(parts.centre_answer({**_output("verify"), **changes})))
    with pytest.raises(PlatformRejected) as raised:
        counter.platform.rxcentre.verify(counter.centre(parts.verify()))
    assert raised.value.code is code
    assert raised.value.evidence is not None


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, RxState.AVAILABLE),
        ({"rxUsedStasCodg": ""}, RxState.AVAILABLE),
        ({"rxUsedStasCodg": "3"}, RxState.AVAILABLE),
        ({"rxStasCodg": "2"}, RxState.EXPIRED),
        ({"rxStasCodg": "3", "rxUsedStasCodg": "2"}, RxState.WITHDRAWN),
        ({"rxUsedStasCodg": "2"}, RxState.USED),
        ({"rxUsedStasCodg": "9"}, RxState.HELD_ELSEWHERE),
        ({"rxUsedStasCodg": "9", "holdFixmedinsCode": "P35020399999"}, RxState.HELD_ELSEWHERE),
        ({"rxUsedStasCodg": "9", "holdFixmedinsCode": "P35020300001"}, RxState.OURS),
        ({"holdFixmedinsCode": "P35020300001"}, RxState.OURS),
        ({"rxStasCodg": "77", "rxStasName": "待定"}, RxState.OTHER),
        ({"rxUsedStasCodg": "77"}, RxState.OTHER),
    ],
)
def test_listed_states(counter, changes, state):
    output = _output("authorise")
    output["rxList"][0].update(changes)
    output["rxList"][0]["drugNames"] = "示例片、示例丸"
    counter.server.then(whole(parts.centre_answer(output)))
    found = counter.platform.rxcentre.authorise(counter.centre(parts.authorise())).value
    assert found.prescriptions[0].state is state
    assert found.prescriptions[0].drugs == ("示例片", "示例丸")


def test_nobody_listed_is_an_empty_list(counter):
    counter.server.then(whole(parts.centre_answer({"rxList": []})))
    found = counter.platform.rxcentre.authorise(counter.centre(parts.authorise())).value
    assert found.prescriptions == ()
    assert not found.rx_token


def test_the_request_verifies_with_our_public_key(counter):
    sent = json.loads(counter.centre(parts.verify()).draft.wire)
    content = json.loads((_GOLDEN / "verify" / "request.json").read_text("utf-8"))
    head = {name: sent[name] for name in sent if name not in ("encData", "signData")}
    sorted_content = dict(sorted(content.items()))
    text = sign_text(head, sorted_content, parts.Secret(parts.APP_SECRET))
    assert verify(parts.STORE_KEYS.public, text, base64.b64decode(sent["signData"]))
    assert not verify(parts.PLATFORM_KEYS.public, text, base64.b64decode(sent["signData"]))


def test_the_2024_generation_goes_through_the_core_envelope(open_counter):
    region = parts.with_part(
        parts.training(), "rxcentre", epc_channel="fsi", epc_field_case="snake"
    )
    counter = open_counter(region)
    sent = json.loads(counter.centre(parts.upload_audit()).draft.wire)
    assert sent["infno"] == region.operations[parts.Operation.AUDIT].address
    assert sent["input"]["rx_chk_up_info"]["rx_chk_stas_codg"] == "1"
    counter.server.then(whole(parts.core_answer({"msg_code": "0", "rx_chk_biz_sn": "A0001"})))
    message = counter.centre(parts.upload_audit())
    assert counter.platform.rxcentre.upload_audit(message).value.audit_serial == "A0001"


def test_the_2024_generation_repeats_its_no_in_the_body(open_counter):
    region = parts.with_part(
        parts.training(), "rxcentre", epc_channel="fsi", epc_field_case="snake"
    )
    counter = open_counter(region)
    counter.server.then(whole(parts.core_answer({"msg_code": "1", "flag": "False"})))
    with pytest.raises(PlatformRejected):
        counter.platform.rxcentre.upload_audit(counter.centre(parts.upload_audit()))


@pytest.mark.parametrize("code", ["00", "0.0", True, False, "０"])
def test_a_disguised_yes_in_the_body_is_no_clear_no(open_counter, code):
    region = parts.with_part(
        parts.training(), "rxcentre", epc_channel="fsi", epc_field_case="snake"
    )
    counter = open_counter(region)
    counter.server.then(whole(parts.core_answer({"msg_code": code, "flag": "True"})))
    with pytest.raises(OutcomeUnknown):
        counter.platform.rxcentre.upload_audit(counter.centre(parts.upload_audit()))
