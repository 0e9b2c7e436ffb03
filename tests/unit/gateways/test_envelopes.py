"""Signing texts, ciphers and headers against the published vectors; nothing secret is kept."""

import base64
import json
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from app.crypto.keys import read_private, read_public
from app.domain.credential import EVoucherToken, Secret, VoucherCode
from app.domain.errors import OutcomeUnknown
from app.gateways.envelopes.core import gateway_headers, read_envelope, tif_signature
from app.gateways.envelopes.epc import RxKeys, canonical, read_message, sign_text, write_message
from app.gateways.envelopes.kept import kept, kept_garbage
from app.gateways.envelopes.strict_json import Unreadable, read_object, write_json
from app.gateways.envelopes.verdict import Forged
from tests.support import platform_parts as parts
from tests.support.scripted_server import whole

_VECTORS: Any = json.loads(
    (resources.files("resources") / "tables" / "vectors.json").read_text("utf-8")
)
_DERIVED = _VECTORS["derived"]


def _keys() -> RxKeys:
    return RxKeys(
        _DERIVED["appId"],
        Secret(_DERIVED["appSecret"]),
        read_private(_DERIVED["key"]["privateKeyBase64"]),
        read_public(_DERIVED["key"]["publicKeyBase64"]),
    )


@pytest.mark.parametrize("vector", _DERIVED["messages"], ids=lambda vector: vector["id"])
def test_canonical_text_and_sign_text(vector):
    content = canonical(read_object(json.dumps(vector["inputData"]).encode()))
    assert write_json(content) == vector["canonicalData"]
    head = {k: v for k, v in vector["wireMessage"].items() if k not in ("encData", "signData")}
    head = read_object(json.dumps(head).encode())
    text = sign_text(head, content, Secret(_DERIVED["appSecret"]))
    assert text.decode() == vector["signString"]


def test_the_published_answer_is_verified_and_decrypted():
    vector = next(v for v in _DERIVED["messages"] if v["id"] == "derived-resp-1")
    body = json.dumps(vector["wireMessage"]).encode()
    reply = read_message(parts.training().rxcentre, _keys(), body)
    assert reply.yes
    assert reply.output.text("rxStasName") == "有效"


@pytest.mark.parametrize("name", ["code", "message", "success", "timestamp", "version", "encType"])
def test_every_field_of_an_answer_is_covered(name):
    vector = next(v for v in _DERIVED["messages"] if v["id"] == "derived-resp-1")
    message = dict(vector["wireMessage"])
    message[name] = "9" if name != "success" else False
    with pytest.raises(Forged):
        read_message(parts.training().rxcentre, _keys(), json.dumps(message).encode())


def test_what_is_encrypted_is_what_is_signed():
    vector = next(v for v in _DERIVED["messages"] if v["id"] == "derived-req-1")
    content = read_object(json.dumps(vector["inputData"]).encode())
    at = datetime.fromtimestamp(1757326792.488, UTC)
    body, _ = write_message(parts.training().rxcentre, _keys(), content, at)
    sent = json.loads(body)
    assert sent["encData"] == vector["encDataHexUpper"]
    assert sent["timestamp"] == vector["wireMessage"]["timestamp"]
    assert len(base64.b64decode(sent["signData"])) == 64


def test_variant_b_leaves_numbers_bare():
    tree = read_object(b'{"b":2.50,"a":true,"c":"","d":[{}],"e":"x"}')
    assert write_json(canonical(tree, "B")) == '{"a":true,"b":2.50,"e":"x"}'
    assert write_json(canonical(tree)) == '{"a":"true","b":"2.50","e":"x"}'


def test_the_gateway_signature_vector():
    found = tif_signature("1748744130", Secret("demo-secret-key"), "9f2c1d")
    assert found == "b45062e14d4b6dc92059a7820b5d39c7003ab1bb87097121e88d3aa00a2a86f2"


def test_each_message_has_its_own_nonce():
    headers = [
        gateway_headers(parts.training(), "p", Secret("s"), parts.NOW)["x-tif-nonce"]
        for _ in range(20)
    ]
    assert len(set(headers)) == 20


_COMPOSED = {
    "person": ("core", parts.query_person, (parts.TOKEN,)),
    "settle": ("core", parts.settle, (parts.TOKEN,)),
    "authorise": ("centre", parts.authorise, (parts.TOKEN,)),
    "download": ("centre", parts.download, (parts.RX_TOKEN.reveal(),)),
    "audit": ("centre", parts.upload_audit, (parts.RX_TOKEN.reveal(), "TOKEN-DEMO-0009")),
    "voucher": ("voucher", parts.decode_voucher, ("4240000000000000000100350000",)),
}


@pytest.mark.parametrize("name", sorted(_COMPOSED))
def test_what_is_kept_of_a_request_opens_nothing(counter, name):
    service, request, secrets = _COMPOSED[name]
    draft = getattr(counter, service)(request()).draft
    for secret in secrets:
        assert secret not in draft.kept
    assert json.loads(draft.kept)
    assert len(draft.kept) > 100


def test_what_is_kept_of_a_request_still_tells_what_was_asked(counter):
    kept_text = counter.core(parts.settle()).draft.kept
    assert parts.MESSAGE_ID in kept_text
    assert '"medfee_sumamt":50.00' in kept_text
    audit = counter.centre(parts.upload_audit()).draft.kept
    assert "处方合理，同意调配" in audit


def test_what_is_kept_of_an_answer_opens_nothing(counter):
    code = VoucherCode("4240000000000000000100350000")
    answer = {
        "code": 0,
        "data": json.dumps({"userName": "甲", "idNo": "1", "ecToken": parts.TOKEN}),
    }
    counter.server.then(whole(json.dumps(answer).encode()))
    found = counter.platform.voucher.decode(counter.voucher(parts.decode_voucher()))
    assert found.value.token == EVoucherToken(parts.TOKEN)
    assert parts.TOKEN not in found.facts.kept_reply
    assert code.reveal() not in found.facts.kept_reply
    content = {"hiRxno": parts.RX_NUMBER, "rxChkBizSn": "A1", "epcToken": "epc-secret-token"}
    counter.server.then(whole(parts.centre_answer(content)))
    audit = counter.platform.rxcentre.upload_audit(counter.centre(parts.upload_audit()))
    assert "epc-secret-token" not in audit.facts.kept_reply
    assert "A1" in audit.facts.kept_reply


def test_garbage_is_kept_short_and_masked(counter):
    counter.server.then(whole(b'{"ecToken":"' + parts.TOKEN.encode() + b'",' + b"x" * 9000))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.settle(counter.core(parts.settle()))
    shown = raised.value.evidence.kept_reply
    assert parts.TOKEN not in shown
    assert 0 < len(shown) <= 2000


def test_masks_reach_every_level_and_files_are_left_out():
    tree = {"a": [{"ecToken": "secret-one"}], "rxFile": "QUJD", "in": "QUJD", "epc_token": ""}
    assert kept(tree) == '{"a":[{"ecToken":"…ne (10)"}],"rxFile":"(4)","in":"(4)","epc_token":""}'
    assert kept_garbage(b"") == ""


def test_troubles_show_nobody(counter):
    counter.server.then(whole(b"{}"))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.settle(counter.core(parts.settle()))
    shown = f"{raised.value!s} {raised.value!r} {raised.value.params}"
    for secret in (parts.TOKEN, parts.PERSON_NO, "测试甲"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("form", "written"),
    [("ms13", "1748744520000"), ("s10", "1748744520"), ("yyyyMMddHHmmss", "20250601102200")],
)
def test_timestamps_as_the_region_writes_them(form, written):
    rules = parts.with_part(parts.training(), "rxcentre", epc_timestamp_format=form).rxcentre
    body, _ = write_message(rules, _keys(), {"a": "1"}, parts.NOW)
    assert json.loads(body)["timestamp"] == written


def test_lower_case_where_the_region_writes_lower_case():
    rules = parts.with_part(parts.training(), "rxcentre", epc_alg_case="lower").rxcentre
    body, _ = write_message(rules, _keys(), {"a": "1"}, parts.NOW)
    sent = json.loads(body)
    assert (sent["encType"], sent["signType"]) == ("sm4", "sm2")


DISGUISED = ("0.0", "00", "-0", "0e0", "+0", "1e9999", "1.5", " 0", "０", "一", "a b", "-", "1_000")


@pytest.mark.parametrize("code", [*DISGUISED, True, False, ["0"], {"v": 0}, "9" * 21])
def test_a_code_that_is_no_code_is_neither_yes_nor_no(code):
    body = parts.core_answer(None, infcode=code)
    with pytest.raises(Unreadable):
        read_envelope(parts.training(), body)


@pytest.mark.parametrize(
    ("code", "yes"),
    [(0, True), ("0", True), (-1, False), ("-1001", False), ("0201", False), ("FSI-1", False)],
)
def test_codes_are_whole_numbers_or_words(code, yes):
    reply = read_envelope(parts.training(), parts.core_answer(None, infcode=code))
    assert (reply.yes, reply.code) == (yes, str(code))


def test_a_serial_that_no_base_can_look_for_is_none() -> None:
    """At a server its commit was refused: an answer that is only odd looked like a broken base."""
    with pytest.raises(Unreadable, match="inf_refmsgid"):
        read_envelope(parts.training(), parts.core_answer(None, inf_refmsgid="9" * 301))
    assert read_envelope(parts.training(), parts.core_answer(None, inf_refmsgid="9" * 300)).yes


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("20250601101531055", True),
        ("20250601101531", True),
        ("2025-06-01 10:15:31", True),
        ("2025-06-01T10:15:31.055", True),
        ("2025/06/01 10:15:31", True),
        ("2025-06-01T10:15:31Z", False),
        ("2025-06-01 10:15:31+08:00", False),
        ("2025-6-1 10:15:31", False),
        ("2025-06-01 24:15:31", False),
        ("1748744131055", False),
        ("", False),
    ],
)
def test_an_answer_written_for_people_is_dated_too(text: str, dated: bool) -> None:
    """Without a time a no that was held back would be believed of the next settlement (0054)."""
    told = read_envelope(parts.training(), parts.core_answer(None, respond_time=text)).answered_at
    assert told == (datetime(2025, 6, 1, 2, 15, 31, tzinfo=UTC) if dated else None)
