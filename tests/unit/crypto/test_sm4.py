import pytest
from gmalg import SM4
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.errors import CryptoRefused
from app.crypto.sm4 import BLOCK, decrypt_blocks, decrypt_ecb, encrypt_ecb

KEYS = st.binary(min_size=BLOCK, max_size=BLOCK)
KEY = bytes(range(16))


def _blocks(key: bytes, plain: bytes) -> bytes:
    engine = SM4(key)
    return b"".join(engine.encrypt(plain[i : i + BLOCK]) for i in range(0, len(plain), BLOCK))


@given(KEYS, st.binary(max_size=100))
def test_what_was_encrypted_comes_back(key: bytes, plain: bytes) -> None:
    assert decrypt_ecb(key, encrypt_ecb(key, plain)) == plain


@given(KEYS, st.binary(max_size=60))
@settings(deadline=None)
def test_agrees_with_a_second_implementation(key: bytes, plain: bytes) -> None:
    fill = BLOCK - len(plain) % BLOCK
    assert encrypt_ecb(key, plain) == _blocks(key, plain + bytes([fill]) * fill)


@given(KEYS, st.binary(max_size=64).filter(lambda tail: len(tail) % BLOCK == 0))
@settings(deadline=None)
def test_only_the_one_right_padding_is_taken(key: bytes, padded: bytes) -> None:
    fill = padded[-1] if padded else 0
    right = 1 <= fill <= BLOCK and padded[-fill:] == bytes([fill]) * fill
    if right:
        assert decrypt_ecb(key, _blocks(key, padded)) == padded[:-fill]
    else:
        with pytest.raises(CryptoRefused, match="cipher_text"):
            decrypt_ecb(key, _blocks(key, padded))


@pytest.mark.parametrize(
    "last",
    [b"\x00" * 16, b"a" * 15 + b"\x11", b"a" * 13 + b"\x02\x03\x03", b"a" * 15 + b"\xff"],
    ids=["zero", "seventeen", "uneven", "beyond"],
)
def test_wrong_padding_is_refused(last: bytes) -> None:
    with pytest.raises(CryptoRefused, match="cipher_text"):
        decrypt_ecb(KEY, _blocks(KEY, b"b" * 16 + last))


@pytest.mark.parametrize("size", [0, 1, 15, 17, 33])
def test_broken_blocks_are_refused(size: int) -> None:
    with pytest.raises(CryptoRefused, match="cipher_text"):
        decrypt_ecb(KEY, b"x" * size)


@pytest.mark.parametrize("size", [0, 15, 17, 32])
def test_a_key_has_sixteen_bytes(size: int) -> None:
    with pytest.raises(CryptoRefused, match="key_length"):
        encrypt_ecb(bytes(size), b"plain")
    with pytest.raises(CryptoRefused, match="key_length"):
        decrypt_ecb(bytes(size), bytes(16))


@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 17])
def test_two_halves_make_the_same_text(size: int) -> None:
    plain = (b"0123456789abcdef-" * (size // 17 + 1))[:size]
    sealed = encrypt_ecb(KEY, plain)
    assert sealed[:32] == _blocks(KEY, plain[:32])
    middle = len(sealed) // 2 // BLOCK * BLOCK
    assert sealed[middle : middle + 32] == _blocks(KEY, plain[middle : middle + 32])
    assert decrypt_ecb(KEY, sealed) == plain


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=64))
def test_single_blocks_come_back_with_their_padding(key: bytes, plain: bytes) -> None:
    fill = BLOCK - len(plain) % BLOCK
    assert decrypt_blocks(key, encrypt_ecb(key, plain)) == plain + bytes([fill]) * fill


@pytest.mark.parametrize("size", [0, 1, 17])
def test_what_is_no_whole_number_of_blocks_is_refused(size: int) -> None:
    with pytest.raises(CryptoRefused):
        decrypt_blocks(bytes(16), bytes(size))
