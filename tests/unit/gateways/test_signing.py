"""Three meanings of one field, taken apart by other hands than those that put it together."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.sm2 import new_key_pair, sign, verify
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb
from app.gateways.envelopes.signing import Bare, SealedInput, SignedFields
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.envelopes.verdict import Forged

STORE, PLATFORM = new_key_pair(), new_key_pair()
CLIENT = "0123456789ABCDEF0123456789ABCDEF"
FRAME: dict[str, object] = {
    "infno": "1",
    "msgid": "M",
    "dev_no": "",
    "cainfo": "",
    "signtype": "",
    "fixmedins_name": "示例药房",
    "input": {"data": {"b": "2", "a": "1"}},
}


def sealed() -> SealedInput:
    return SealedInput(CLIENT, STORE, PLATFORM.public)


def answered(plain: bytes, **changes: Any) -> dict[str, Any]:
    signature = sign(PLATFORM, plain, CLIENT.encode())
    return {
        "infcode": "0",
        "output": base64.b64encode(encrypt_ecb(CLIENT[:16].encode(), plain)).decode(),
        "cainfo": base64.b64encode(signature).decode(),
        **changes,
    }


def test_bare_changes_nothing() -> None:
    assert Bare().close(FRAME) == FRAME
    assert Bare().open({"output": "x"}) == {"output": "x"}


def test_the_fields_are_signed_and_the_input_is_not() -> None:
    closed = SignedFields(STORE).close(FRAME)
    text = "dev_no=&fixmedins_name=示例药房&infno=1&msgid=M&signtype=SM2"
    assert str(closed["cainfo"]).isupper()
    assert verify(STORE.public, text.encode(), bytes.fromhex(str(closed["cainfo"])))
    assert closed["input"] == FRAME["input"]
    assert SignedFields(STORE).open({"output": "x"}) == {"output": "x"}


@settings(deadline=None, max_examples=30)
@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_the_input_travels_sealed_and_signed(content: dict[str, str]) -> None:
    closed = sealed().close({**FRAME, "input": {"data": content}})
    plain = decrypt_ecb(CLIENT[:16].encode(), base64.b64decode(str(closed["input"])))
    assert json.loads(plain) == {"data": content}
    signature = base64.b64decode(str(closed["cainfo"]))
    assert verify(STORE.public, plain, signature, CLIENT.encode())
    assert (closed["signtype"], closed["enc_type"]) == ("SM2", "SM4")


def test_an_input_that_is_text_already_is_sealed_as_it_is() -> None:
    closed = sealed().close({**FRAME, "input": '{"a":"1"}'})
    plain = decrypt_ecb(CLIENT[:16].encode(), base64.b64decode(str(closed["input"])))
    assert plain == b'{"a":"1"}'


def test_a_sealed_answer_is_opened() -> None:
    opened = sealed().open(answered('{"名":"值"}'.encode()))
    assert opened["output"] == {"名": "值"}


@pytest.mark.parametrize("empty", [None, ""])
def test_an_answer_may_have_no_output(empty: str | None) -> None:
    assert sealed().open({"infcode": "-1", "output": empty})["infcode"] == "-1"


def test_an_answer_may_leave_its_signature_out() -> None:
    assert sealed().open(answered(b'{"a":"1"}', cainfo=""))["output"] == {"a": "1"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"output": {"a": "1"}}, "output_not_sealed"),
        ({"output": "no base64!"}, "cipher"),
        ({"output": base64.b64encode(b"x" * 16).decode()}, "cipher"),
    ],
)
def test_what_is_not_sealed_for_us_cannot_be_read(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable) as raised:
        sealed().open(answered(b'{"a":"1"}', **changes))
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("cainfo", "reason"),
    [("no base64!", "signature_form"), (base64.b64encode(bytes(64)).decode(), "signature")],
)
def test_a_wrong_signature_is_forged(cainfo: str, reason: str) -> None:
    with pytest.raises(Forged) as raised:
        sealed().open(answered(b'{"a":"1"}', cainfo=cainfo))
    assert raised.value.reason == reason


def test_no_key_is_shown_by_accident() -> None:
    for one in (sealed(), SignedFields(STORE)):
        assert STORE.private.hex() not in repr(one)
        assert repr(STORE.private) not in repr(one)
