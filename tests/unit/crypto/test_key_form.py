"""What is wrong with a key, told from its text alone."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.key_form import KeyFault, is_pair, private_fault, public_fault
from app.crypto.sm2 import key_pair, new_key_pair

PAIR = key_pair(bytes(31) + b"\x05")
PRIVATE, PUBLIC = PAIR.private, PAIR.public
HIGH = b"\x80" * 32


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "text",
    [b64(PRIVATE), b64(PRIVATE[1:]), b64(b"\0" + PRIVATE), PRIVATE.hex(), f" {b64(PRIVATE)}\n"],
)
def test_a_private_key_that_can_be_used_has_no_fault(text: str) -> None:
    assert private_fault(text) is None


@pytest.mark.parametrize("text", [b64(PUBLIC), b64(b"\x04" + PUBLIC), PUBLIC.hex()])
def test_a_public_key_that_can_be_used_has_no_fault(text: str) -> None:
    assert public_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", KeyFault("text")),
        ("钥", KeyFault("text")),
        ("abc", KeyFault("text")),
        ("-----BEGIN " + "EC PRIVATE KEY-----", KeyFault("container")),
        (b64(b"\x30" + bytes(100)), KeyFault("container", 101)),
        (b64(PUBLIC), KeyFault("other_half", 64)),
        (PUBLIC.hex(), KeyFault("other_half", 64)),
        (b64(b"\x04" + PUBLIC), KeyFault("other_half", 65)),
        (b64(HIGH[:20]), KeyFault("length", 20)),
        (b64(HIGH + HIGH[:8]), KeyFault("length", 40)),
        (b64(b"\x01" + HIGH), KeyFault("value", 33)),
        (b64(bytes(32)), KeyFault("value", 32)),
    ],
)
def test_what_is_wrong_with_a_private_key(text: str, fault: KeyFault) -> None:
    assert private_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b64(PRIVATE), KeyFault("other_half", 32)),
        (b64(PRIVATE[1:]), KeyFault("other_half", 31)),
        (b64(b"\0" + HIGH), KeyFault("other_half", 33)),
        (b64(HIGH[:20]), KeyFault("length", 20)),
        (b64(PUBLIC[:-1] + b"\0"), KeyFault("value", 64)),
        (b64(b"\x05" + PUBLIC), KeyFault("value", 65)),
    ],
)
def test_what_is_wrong_with_a_public_key(text: str, fault: KeyFault) -> None:
    assert public_fault(text) == fault


@settings(deadline=None)
@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    for found in (private_fault(text), public_fault(text)):
        assert found is None or found.word in {
            "text",
            "container",
            "other_half",
            "length",
            "value",
        }


def test_a_pair_is_two_halves_of_one_key() -> None:
    assert is_pair(PAIR, PUBLIC)
    assert not is_pair(PAIR, new_key_pair().public)
