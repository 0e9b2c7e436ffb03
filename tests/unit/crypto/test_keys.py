import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.errors import CryptoRefused
from app.crypto.keys import read_private, read_public
from app.crypto.self_check import Vectors
from app.crypto.sm2 import key_pair

PAIR = key_pair((7 << 240 | 5).to_bytes(32))


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@given(st.integers(1 << 200, (1 << 255) - 1))
@settings(max_examples=20, deadline=None)
def test_every_length_of_one_number_reads_alike(number: int) -> None:
    whole = number.to_bytes(32)
    shortest = whole.lstrip(b"\0").rjust(28, b"\0")
    expected = key_pair(whole)
    for form in (whole, shortest, b"\0" + whole):
        assert read_private(_b64(form)) == expected
        assert read_private(form.hex()) == expected
        assert read_private(form.hex().upper()) == expected


def test_white_space_of_a_copied_key_is_dropped() -> None:
    text = _b64(PAIR.private)
    assert read_private(f" {text[:20]}\r\n{text[20:]}\t") == PAIR


def test_the_pair_with_a_leading_zero_byte(vectors: Vectors) -> None:
    vector = vectors["independent"]["key_format_33_bytes"]
    pair = read_private(vector["privateKeyBase64"])
    assert read_public(vector["publicKeyBase64"]) == pair.public


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no key at all",
        "密钥",
        _b64(bytes(27)),
        _b64(bytes(34)),
        _b64(b"\x01" + bytes(31) + b"\x07"),
        _b64(bytes(32)),
        "ff" * 32,
        _b64(PAIR.private)[:-1],
    ],
    ids=["empty", "words", "chinese", "27", "34", "33-no-zero", "zero", "beyond-n", "cut"],
)
def test_other_private_keys_are_refused(text: str) -> None:
    with pytest.raises(CryptoRefused, match="private_key"):
        read_private(text)


@pytest.mark.parametrize("prefix", [b"", b"\x04"])
def test_public_keys_with_and_without_prefix(prefix: bytes) -> None:
    assert read_public(_b64(prefix + PAIR.public)) == PAIR.public
    assert read_public((prefix + PAIR.public).hex().upper()) == PAIR.public


@pytest.mark.parametrize(
    "content",
    [b"", PAIR.public[:63], b"\x02" + PAIR.public[:32], b"\x06" + PAIR.public, bytes(64)],
    ids=["empty", "short", "compressed", "prefix", "off-curve"],
)
def test_other_public_keys_are_refused(content: bytes) -> None:
    for text in (_b64(content), content.hex()):
        with pytest.raises(CryptoRefused, match="public_key"):
            read_public(text)
