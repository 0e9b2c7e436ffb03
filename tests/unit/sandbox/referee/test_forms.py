"""Bad input of every kind ends in one sentence somebody can act on, and nothing crashes."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.profile.loader import load
from app.sandbox.referee.room import Outcome, Referee, Ruling
from tests.support import integrator as one

JUDGE = Referee(load("national").profile)
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CONTENT = {"hiRxno": "350100020000000000000000000001", "count": 3}
GOOD = one.message(CONTENT)
WIRE = json.dumps(GOOD, ensure_ascii=False)
KEYS = one.keys_file()
POINT = b"\x04" + one.PAIR.public
PRIVATE = one.PAIR.private


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def verdict(message: str | bytes | dict[str, Any], keys: bytes = KEYS) -> Ruling:
    if isinstance(message, dict):
        message = json.dumps(message, ensure_ascii=False)
    return JUDGE.verify(keys, message.encode() if isinstance(message, str) else message)


MESSAGES: dict[str, tuple[str | bytes | dict[str, Any], str]] = {
    "cut off": (WIRE[:-30], "cut_off"),
    "no JSON at all": ("appId=1&data=2", "not_json"),
    "two objects": (WIRE + WIRE, "more_behind"),
    "an array": ("[1]", "not_an_object"),
    "nothing": (b"  \n", "empty"),
    "GBK": ((WIRE[:-1] + ',"message":"成功"}').encode("gbk"), "gbk"),
    "neither UTF-8 nor GBK": (WIRE.encode()[:-1] + b"\xff", "not_utf8"),
    "UTF-16": (WIRE.encode("utf-16"), "utf16"),
    "a key twice": ('{"appId":"1","appId":"2"}', "name_twice"),
    "not a number": ('{"a":NaN}', "no_number"),
    "a giant exponent": ('{"a":1e999999999}', "number_range"),
    "half a character": ('{"a":"\\ud800"}', "half_a_character"),
    "too deep": ('{"a":' * 99 + "1" + "}" * 99, "too_deep"),
    "cipher text cut": (GOOD | {"encData": GOOD["encData"][:-3]}, "sealed_cut"),
    "cipher text a block short": (GOOD | {"encData": GOOD["encData"][:-32]}, "sealed_closed"),
    "cipher text no text": (GOOD | {"encData": 3}, "sealed_no_text"),
    "cipher text not hex": (GOOD | {"encData": "密文"}, "sealed_form"),
    "signature cut": (
        GOOD | {"signData": b64(base64.b64decode(GOOD["signData"])[:-2])},
        "signature_size",
    ),
    "signature not Base64": (GOOD | {"signData": "签名"}, "signature_form"),
    "another application": (GOOD | {"appId": "0" * 32}, "other_application"),
    "upper-case names": ({name.upper(): v for name, v in GOOD.items()}, "name_case"),
    "no signature": ({n: v for n, v in GOOD.items() if n != "signData"}, "unsigned"),
    "a refusal nobody signed": ({"code": -2001, "message": "处方不存在"}, "unsigned_refusal"),
    "data as text": (
        {n: v for n, v in GOOD.items() if n != "encData"} | {"data": json.dumps(CONTENT)},
        "content_is_text",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_a_bad_message_does_not_hold_and_says_why(case: str) -> None:
    message, word = MESSAGES[case]
    ruling = verdict(message)
    assert ruling.outcome is Outcome.FAILS
    assert ruling.document["signature"] == "invalid"
    assert ruling.document["deviation"] == word
    assert all(len(sentence) > 5 and "{" not in sentence for sentence in ruling.sentences)


def test_names_in_capitals_are_the_only_fault_of_a_well_signed_message() -> None:
    ruling = verdict({name.upper(): v for name, v in GOOD.items()})
    turns = ruling.document["deviations"]
    assert isinstance(turns, list)
    assert {turn["deviation"] for turn in turns} == {"name_case"}


KEY_FILES: dict[str, tuple[bytes, str]] = {
    "public key of 31 bytes": (one.keys_file(publicKey=b64(POINT[:31])), "31字节"),
    "public key of 32 bytes": (one.keys_file(publicKey=b64(POINT[1:33])), "32字节"),
    "public key compressed": (one.keys_file(publicKey=b64(b"\x02" + POINT[1:33])), "压缩公钥"),
    "public key cut": (one.keys_file(publicKey=b64(POINT[:60])), "60字节"),
    "public key led by another byte": (one.keys_file(publicKey=b64(b"\5" + POINT[1:])), "开头是05"),
    "public key off the curve": (
        one.keys_file(publicKey=b64(bytes([4] + [7] * 64))),
        "不是SM2曲线",
    ),
    "public key of another curve": (
        one.keys_file(
            publicKey="04"
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        ),
        "P-256",
    ),
    "public key in a container": (
        one.keys_file(
            publicKey=b64(
                bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200") + POINT
            )
        ),
        "容器",
    ),
    "public key no Base64": (one.keys_file(publicKey="公钥"), "既不是Base64"),
    "private key of 33 bytes led by 01": (
        one.keys_file(privateKey=b64(b"\1" + PRIVATE)),
        "开头是01",
    ),
    "private key too short": (one.keys_file(privateKey=b64(PRIVATE[:20])), "20字节"),
    "private key out of range": (one.keys_file(privateKey=b64(b"\xff" * 32)), "范围"),
    "keys swapped": (one.keys_file(publicKey=b64(PRIVATE), privateKey=b64(POINT)), "放反"),
    "no public key": (one.keys_file(publicKey=None, privateKey=None), "缺少publicKey"),
    "no secret": (one.keys_file(appSecret=None), "缺少appSecret"),
    "secret with a blank": (one.keys_file(appSecret=one.SECRET + "\n"), "空格"),
    "short application number": (one.keys_file(appId="abc"), "3个字符"),
    "name in another case": (one.keys_file(appSecret=None, appsecret=one.SECRET), "appSecret"),
    "no JSON": (b"appId=1", "KEYS文件读不通"),
}


@pytest.mark.parametrize("case", KEY_FILES)
def test_keys_nobody_can_use_are_told_in_one_sentence(case: str) -> None:
    content, told = KEY_FILES[case]
    ruling = JUDGE.verify(content, WIRE.encode())
    assert ruling.outcome is Outcome.UNUSABLE
    assert len(ruling.sentences) == 1
    assert told in ruling.sentences[0]
    assert one.SECRET not in ruling.sentences[0]


@pytest.mark.parametrize(
    "other",
    [
        {"publicKey": POINT.hex()},
        {"publicKey": b64(POINT[1:])},
        {"privateKey": PRIVATE.hex()},
        {"privateKey": b64(b"\0" + PRIVATE)},
        {"privateKey": None},
        {"publicKey": None},
    ],
    ids=["hex", "64 bytes", "private hex", "33 bytes led by 00", "no private", "only private"],
)
def test_every_legal_form_of_a_key_is_read(other: dict[str, str | None]) -> None:
    assert verdict(GOOD, one.keys_file(**other)).outcome is Outcome.HOLDS


def test_a_pair_that_is_none_signs_nothing() -> None:
    keys = one.keys_file(publicKey=b64(b"\x04" + one.PLATFORM.public))
    ruling = JUDGE.sign(keys, b"{}", AT)
    assert ruling.outcome is Outcome.UNUSABLE
    assert "不是一对" in ruling.sentences[0]


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_bytes_crash_any_question(raw: bytes) -> None:
    for ruling in (
        JUDGE.verify(KEYS, raw),
        JUDGE.decrypt(KEYS, raw),
        JUDGE.encrypt(KEYS, raw),
        JUDGE.sign(KEYS, raw, AT),
        JUDGE.check("audit", raw, keys=KEYS),
        JUDGE.verify(raw, WIRE.encode()),
    ):
        assert ruling.sentences


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (
    "appId",
    "encType",
    "signType",
    "timestamp",
    "version",
    "encData",
    "signData",
    "data",
    "code",
)


@given(st.dictionaries(st.sampled_from([*FIELDS, "input", "ENCDATA"]), anything, max_size=8))
@settings(max_examples=20, deadline=None)
def test_no_shape_crashes_a_verdict(changes: dict[str, Any]) -> None:
    for message in (changes, GOOD | changes):
        raw = json.dumps(message).encode()
        assert JUDGE.verify(KEYS, raw).sentences
        assert JUDGE.check("precheck_rx", raw, response=False, keys=KEYS).sentences
        assert JUDGE.check("upload_sale", raw).sentences


@given(st.sampled_from(FIELDS), anything)
@settings(max_examples=30, deadline=None)
def test_no_key_file_crashes(name: str, value: object) -> None:
    for key in ("appId", "appSecret", "publicKey", "privateKey", "platformPublicKey", name):
        assert JUDGE.verify(one.keys_file(**{key: value}), WIRE.encode()).sentences


def test_what_was_signed_here_is_valid_here() -> None:
    signed = JUDGE.sign(KEYS, json.dumps(CONTENT).encode(), AT).document
    message = signed["message"]
    assert isinstance(message, dict)
    assert message["timestamp"] == "1795320000000"
    assert one.SECRET not in str(signed["text"])
    again = verdict(message).document
    assert (again["signature"], again["data"]) == ("valid", {**CONTENT, "count": "3"})


def test_an_envelope_in_the_clear_keeps_its_own_fields() -> None:
    given_envelope = one.head() | {"data": CONTENT, "transType": "rx.test"}
    message = JUDGE.sign(KEYS, json.dumps(given_envelope).encode(), AT).document["message"]
    assert isinstance(message, dict)
    assert (message["timestamp"], message["transType"]) == ("1757326792488", "rx.test")
    assert verdict(message).outcome is Outcome.HOLDS
    assert verdict(message | {"transType": "rx.other"}).outcome is Outcome.FAILS


def test_decrypting_undoes_encrypting() -> None:
    sealed = str(JUDGE.encrypt(KEYS, json.dumps(CONTENT).encode()).document["text"])
    for given_text in (sealed, sealed.lower(), json.dumps({"encData": sealed})):
        opened = JUDGE.decrypt(KEYS, given_text.encode())
        assert opened.outcome is Outcome.HOLDS
        assert opened.document["text"] == one.right_text(CONTENT)


def test_a_canonical_text_is_encrypted_byte_for_byte() -> None:
    bare = '{"count":3,"hiRxno":"1"}'
    sealed = str(JUDGE.encrypt(KEYS, bare.encode()).document["text"])
    assert JUDGE.decrypt(KEYS, sealed.encode()).document["text"] == bare


def test_an_envelope_inside_a_core_message_is_found() -> None:
    ruling = verdict({"infno": "x", "input": GOOD})
    assert ruling.outcome is Outcome.HOLDS
    assert "input" in " ".join(ruling.sentences)


def test_the_even_positions_are_right_only_where_the_region_says_so() -> None:
    key = one.content_key(one.APP_ID[1::2])
    sent = GOOD | {"encData": one.sealed(json.dumps(CONTENT), key)}
    assert verdict(sent).document["deviation"] == "key_even"
    rules = replace(JUDGE.profile.rxcentre, epc_key_derivation="even")
    even = Referee(replace(JUDGE.profile, rxcentre=rules))
    assert even.verify(KEYS, json.dumps(sent).encode()).outcome is Outcome.HOLDS
    assert even.verify(KEYS, WIRE.encode()).document["deviation"] == "key_first16"
