import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from app.crypto.digests import hmac_sm3, sha256_hex, sm3


def test_sm3_of_the_standard() -> None:
    # GB/T 32905-2016, A.1
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abc").hex() == expected


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_parts_count_as_one_text(parts: list[bytes]) -> None:
    assert sm3(*parts) == hashlib.new("sm3", b"".join(parts)).digest()


@given(st.binary(min_size=1, max_size=100), st.binary(max_size=200))
def test_hmac_is_the_one_of_openssl(key: bytes, content: bytes) -> None:
    assert hmac_sm3(key, content[:7], content[7:]) == hmac.new(key, content, "sm3").digest()


def test_sha256_reads_utf8() -> None:
    assert sha256_hex("药") == hashlib.sha256(b"\xe8\x8d\xaf").hexdigest()
