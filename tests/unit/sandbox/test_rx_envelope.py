"""The centre's own envelope code against the published vectors and against tampering."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto import sm2
from app.crypto.derive import rx_content_key
from app.crypto.keys import read_private, read_public
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb
from app.sandbox.rx.wire.canonical import NotAnObject, compact, normal, read, signed_text
from app.sandbox.rx.wire.envelope import Envelopes, sent_at
from app.sandbox.rx.wire.parties import App, Parties, Side, known_parties, made_up_pair
from app.sandbox.rx.wire.refusals import Refused

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    text = (resources.files("resources") / "tables" / "vectors.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def parties() -> Parties:
    return known_parties(7, (Side.PHARMACY, "P1", "甲"), (Side.HOSPITAL, "H1", "乙"))


@pytest.fixture(scope="module")
def centre(parties: Parties) -> Envelopes:
    return Envelopes(parties, "first16")


def message(app: App, content: dict[str, Any], variant: str = "A", **head: Any) -> dict[str, Any]:
    """A client's message written by hand: sorted, signed, encrypted as the document says."""
    fields = {
        "appId": app.app_id,
        "encType": "SM4",
        "signType": "SM2",
        "timestamp": str(int(NOW.timestamp() * 1000)),
        "version": "1.0.0",
        **head,
    }
    plain = json.dumps(content, ensure_ascii=False)
    text = signed_text(fields, read(plain), app.app_secret, "B" if variant == "B" else "A")
    key = rx_content_key(app.app_id, app.app_secret)
    fields["encData"] = encrypt_ecb(key, plain.encode()).hex().upper()
    fields["signData"] = base64.b64encode(sm2.sign(app.pair, text)).decode()
    return fields


def body(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


@pytest.mark.parametrize("which", [0, 1])
def test_derived_vectors_hold(vectors: dict[str, Any], which: int) -> None:
    derived = vectors["derived"]
    vector = derived["messages"][which]
    content = read(json.dumps(vector["inputData"], ensure_ascii=False))
    assert compact(normal(content)) == vector["canonicalData"]
    wire = read(json.dumps(vector["wireMessage"], ensure_ascii=False))
    text = signed_text(wire, normal(content), derived["appSecret"])
    assert text.decode() == vector["signString"]
    public = read_public(derived["key"]["publicKeyBase64"])
    assert sm2.verify(public, text, base64.b64decode(vector["signDataBase64"]))


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ({}, "signString_version_1.0.0_no_transTypeSha256"),
        ({"transType": "ec.gen.index"}, "signString_version_1.0.0_with_transTypeSha256"),
    ],
)
def test_published_sample_gives_the_published_sign_string(
    vectors: dict[str, Any], head: dict[str, str], wanted: str
) -> None:
    sample = vectors["independent"]["spec_sample_43AF"]
    key = rx_content_key(sample["appId"], sample["appSecret"])
    plain = decrypt_ecb(key, bytes.fromhex(sample["encDataHexUpper"]))
    fields = {
        "appId": sample["appId"],
        "encType": "SM4",
        "signType": "SM2",
        "timestamp": "20200207175759",
        "version": "1.0.0",
        **head,
    }
    text = signed_text(fields, normal(read(plain)), sample["appSecret"])
    assert hashlib.sha256(text).hexdigest() == sample[wanted]


def test_edge_cases_stay_bare_in_variant_b(vectors: dict[str, Any]) -> None:
    edge = vectors["independent"]["fsi_edge_cases"]
    assert compact(normal(read(edge["canonicalData"]), "B")) == edge["canonicalData"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_normal_form_is_a_fixed_point_of_text_scalars(tree: Any) -> None:
    once = normal({"top": tree})
    assert normal(once) == once
    if once is not None:
        assert read(compact(once)) == once


@pytest.mark.parametrize("text", ['{"a":1,"a":2}', "[1]", "{", '{"a":NaN}', "", "[" * 100_000])
def test_what_is_no_single_object_is_refused(text: str) -> None:
    with pytest.raises(NotAnObject):
        read(text)


def test_numbers_keep_their_decimals_and_lose_their_exponent() -> None:
    assert normal(read('{"a":0.0,"b":1E3,"c":3,"d":true}')) == {
        "a": "0.0",
        "b": "1000",
        "c": "3",
        "d": "true",
    }


@pytest.mark.parametrize("variant", ["A", "B"])
def test_a_request_opens_in_both_variants(
    parties: Parties, centre: Envelopes, variant: str
) -> None:
    app = parties.of("P1")
    opened = centre.open(body(message(app, {"b": 3, "a": "甲", "c": ""}, variant)), NOW)
    assert (opened.app, opened.content, opened.variant) == (app, {"a": "甲", "b": "3"}, variant)


def test_lower_case_algorithm_names_are_signed_as_sent(parties: Parties, centre: Envelopes) -> None:
    sent = message(parties.of("H1"), {"a": "1"}, encType="sm4", signType="sm2")
    assert centre.open(body(sent), NOW).content == {"a": "1"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"timestamp": str(int(NOW.timestamp() * 1000) + 1)}, "bad_signature"),
        ({"version": "1.0.1"}, "bad_signature"),
        ({"code": "0"}, "bad_signature"),
        ({"signData": ""}, "bad_signature"),
        ({"signData": "not base64!"}, "bad_signature"),
        ({"signData": base64.b64encode(bytes(64)).decode()}, "bad_signature"),
        ({"encData": "00" * 16}, "bad_cipher"),
        ({"encData": "xyz"}, "bad_cipher"),
        ({"encData": ""}, "bad_cipher"),
        ({"encType": "AES"}, "algorithm"),
        ({"appId": "0" * 32}, "unknown_app"),
        ({"timestamp": "yesterday"}, "stale"),
    ],
)
def test_a_changed_message_is_refused(
    parties: Parties, centre: Envelopes, change: dict[str, str], word: str
) -> None:
    sent = message(parties.of("P1"), {"a": "1"}) | change
    with pytest.raises(Refused) as refused:
        centre.open(body(sent), NOW)
    assert refused.value.word == word


def test_the_key_of_another_institution_does_not_sign_for_this_one(
    parties: Parties, centre: Envelopes
) -> None:
    own, other = parties.of("P1"), parties.of("H1")
    thief = App(own.app_id, own.app_secret, own.side, "P1", "甲", other.pair)
    with pytest.raises(Refused, match="bad_signature"):
        centre.open(body(message(thief, {"a": "1"})), NOW)


@pytest.mark.parametrize("away", [timedelta(minutes=11), timedelta(minutes=-11)])
def test_an_old_or_early_message_is_stale(
    parties: Parties, centre: Envelopes, away: timedelta
) -> None:
    with pytest.raises(Refused, match="stale"):
        centre.open(body(message(parties.of("P1"), {"a": "1"})), NOW + away)


def test_three_forms_of_a_timestamp_name_the_same_moment() -> None:
    assert {sent_at(text) for text in ("1795334400000", "1795334400", "20261122160000")} == {NOW}


def test_an_answer_is_signed_over_code_and_message(parties: Parties, centre: Envelopes) -> None:
    app = parties.of("P1")
    reply = read(centre.accept(app, {"b": "2", "a": "甲"}, NOW))
    key = rx_content_key(app.app_id, app.app_secret)
    data = read(decrypt_ecb(key, bytes.fromhex(reply["encData"])))
    signature = base64.b64decode(reply["signData"])
    assert data == {"a": "甲", "b": "2"}
    public = parties.platform.public
    assert sm2.verify(public, signed_text(reply, data, app.app_secret), signature)
    turned = {**reply, "code": "-1"}
    assert not sm2.verify(public, signed_text(turned, data, app.app_secret), signature)


def test_a_refusal_is_signed_and_carries_no_content(parties: Parties, centre: Envelopes) -> None:
    app = parties.of("P1")
    reply = read(centre.refuse(app, Refused("rx_used"), NOW))
    assert (reply["code"], reply["message"]) == ("-2004", "处方已使用")
    assert "encData" not in reply
    text = signed_text(reply, None, app.app_secret)
    assert sm2.verify(parties.platform.public, text, base64.b64decode(reply["signData"]))


def test_keys_of_the_ready_line_read_back(parties: Parties) -> None:
    app = parties.of("P1")
    keys = parties.keys(app)
    assert read_private(keys["privateKey"]).public == app.pair.public
    assert read_public(keys["publicKey"]) == app.pair.public
    assert read_public(keys["platformPublicKey"]) == parties.platform.public
    assert len(keys["appId"]) == len(keys["appSecret"]) == 32


def test_the_seed_decides_every_key() -> None:
    assert made_up_pair(1, "x").public == made_up_pair(1, "x").public
    assert made_up_pair(1, "x").public != made_up_pair(2, "x").public
