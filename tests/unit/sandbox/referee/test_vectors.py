"""Every vector of the public file, the ones that must not verify too."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from typing import Any

import pytest

from app.profile.loader import load
from app.sandbox.referee.explain.recipe import Recipe, Sent, signed_text
from app.sandbox.referee.room import Outcome, Referee
from app.sandbox.referee.wire import read

VECTORS: dict[str, Any] = json.loads(
    (resources.files("resources") / "tables" / "vectors.json").read_text("utf-8")
)
DERIVED, SAMPLE = VECTORS["derived"], VECTORS["independent"]["spec_sample_43AF"]
EDGE = VECTORS["independent"]["fsi_edge_cases"]
JUDGE = Referee(load("national").profile)


def keys(public: str = DERIVED["key"]["publicKeyBase64"], **more: str) -> bytes:
    known = {"appId": DERIVED["appId"], "appSecret": DERIVED["appSecret"], "publicKey": public}
    return json.dumps(known | more).encode()


def wire(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


@pytest.mark.parametrize("vector", DERIVED["messages"], ids=lambda vector: vector["id"])
def test_a_derived_message_is_valid_and_its_texts_are_those_of_the_file(vector: Any) -> None:
    found = JUDGE.verify(keys(), wire(vector["wireMessage"]))
    assert found.outcome is Outcome.HOLDS
    assert found.document["variant"] == "A"
    assert found.document["canonical"] == vector["canonicalData"]
    assert found.document["data"] == json.loads(vector["canonicalData"])
    sealed = JUDGE.encrypt(keys(), wire(vector["inputData"])).document["text"]
    assert sealed == vector["encDataHexUpper"]
    sent = Sent(
        read(wire(vector["wireMessage"]).decode()),
        "",
        read(wire(vector["inputData"]).decode()),
        True,
        DERIVED["appSecret"],
    )
    assert signed_text(sent, Recipe()) == vector["signString"]


@pytest.mark.parametrize("vector", DERIVED["messages"], ids=lambda vector: vector["id"])
def test_a_derived_message_holds_with_its_content_in_the_clear(vector: Any) -> None:
    message = {n: v for n, v in vector["wireMessage"].items() if n != "encData"}
    assert (
        JUDGE.verify(keys(), wire(message | {"data": vector["inputData"]})).outcome is Outcome.HOLDS
    )


@pytest.mark.parametrize("field", ["timestamp", "version", "encType"])
def test_a_changed_field_makes_it_invalid(field: str) -> None:
    message = DERIVED["messages"][0]["wireMessage"]
    changed = message | {field: message[field].swapcase() + ("" if field == "encType" else "1")}
    assert JUDGE.verify(keys(), wire(changed)).document["signature"] == "invalid"


def test_what_is_never_signed_may_change() -> None:
    message = DERIVED["messages"][0]["wireMessage"] | {"extra": {"any": 1}}
    assert JUDGE.verify(keys(), wire(message)).outcome is Outcome.HOLDS


def test_the_printed_sample_opens_and_closes_again() -> None:
    opened = JUDGE.decrypt(keys(), SAMPLE["encDataHexUpper"].encode())
    text = str(opened.document["text"])
    assert sha256(text.encode()).hexdigest() == SAMPLE["dataCanonicalSha256"]
    assert JUDGE.encrypt(keys(), text.encode()).document["text"] == SAMPLE["encDataHexUpper"]
    for form, more in (("no_transType", {}), ("with_transType", {"transType": "ec.gen.index"})):
        head = {
            "appId": SAMPLE["appId"],
            "encType": "SM4",
            "signType": "SM2",
            "timestamp": "20200207175759",
            "version": "1.0.0",
        }
        sent = Sent(head | more, text, read(text), True, SAMPLE["appSecret"])
        signed = signed_text(sent, Recipe()).encode()
        assert sha256(signed).hexdigest() == SAMPLE[f"signString_version_1.0.0_{form}Sha256"]


@pytest.mark.parametrize(
    "public",
    [
        VECTORS["independent"]["sm2_openssl_cross"]["publicKeyBase64_65bytes"],
        VECTORS["independent"]["key_format_33_bytes"]["publicKeyBase64"],
    ],
    ids=["openssl-cross", "easygmutils"],
)
def test_the_published_signature_fits_no_key_of_the_file(public: str) -> None:
    message = {
        "appId": SAMPLE["appId"],
        "encType": "SM4",
        "signType": "SM2",
        "timestamp": "20200207175759",
        "version": "1.0.0",
        "encData": SAMPLE["encDataHexUpper"],
        "signData": SAMPLE["publishedSignDataBase64"],
    }
    found = JUDGE.verify(keys(public), wire(message)).document
    assert (found["signature"], found["deviation"]) == ("invalid", "no_way_fits")


def test_the_edge_cases_open_and_close_again_byte_for_byte() -> None:
    opened = JUDGE.decrypt(keys(), EDGE["encDataHexUpper"].encode())
    assert opened.document["text"] == EDGE["canonicalData"]
    assert (
        JUDGE.encrypt(keys(), EDGE["canonicalData"].encode()).document["text"]
        == (EDGE["encDataHexUpper"])
    )


def test_a_private_key_of_33_bytes_belongs_to_its_public_key() -> None:
    pair = VECTORS["independent"]["key_format_33_bytes"]
    whole = keys(pair["publicKeyBase64"], privateKey=pair["privateKeyBase64"])
    signed = JUDGE.sign(whole, b'{"a":1}', datetime.fromtimestamp(0, UTC)).document["message"]
    assert isinstance(signed, dict)
    assert JUDGE.verify(whole, wire(signed)).outcome is Outcome.HOLDS
