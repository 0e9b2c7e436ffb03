import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.at_rest import FieldCipher, blind_index, derive_key
from app.crypto.errors import CryptoRefused

MASTER = bytes(range(32))
CIPHER = FieldCipher(derive_key(MASTER, "field"))


def test_purposes_give_unrelated_keys() -> None:
    keys = {derive_key(MASTER, purpose) for purpose in ("field", "base", "journal", "backup")}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}
    assert derive_key(MASTER, "field") == derive_key(MASTER, "field")
    assert derive_key(MASTER, "field", 16) == derive_key(MASTER, "field")[:16]


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_master_and_field_keys_have_32_bytes(size: int) -> None:
    with pytest.raises(CryptoRefused, match="key_length"):
        derive_key(bytes(size), "field")
    with pytest.raises(CryptoRefused, match="key_length"):
        FieldCipher(bytes(size))


@given(st.binary(max_size=100), st.binary(max_size=30))
def test_a_sealed_field_opens_in_its_place(plain: bytes, context: bytes) -> None:
    sealed = CIPHER.seal(plain, context)
    assert CIPHER.open(sealed, context) == plain
    assert CIPHER.seal(plain, context) != sealed


@given(st.binary(max_size=40), st.data())
def test_every_flipped_bit_is_refused(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(CIPHER.seal(plain, b"person.id_number/7"))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CryptoRefused, match="sealed_field"):
        CIPHER.open(bytes(sealed), b"person.id_number/7")


def test_a_field_moved_to_another_row_is_refused() -> None:
    sealed = CIPHER.seal(b"plain", b"person.id_number/7")
    with pytest.raises(CryptoRefused, match="sealed_field"):
        CIPHER.open(sealed, b"person.id_number/8")


def test_a_cut_field_is_refused() -> None:
    with pytest.raises(CryptoRefused, match="sealed_field"):
        CIPHER.open(CIPHER.seal(b"", b"")[:-1], b"")


def test_equal_texts_have_one_blind_index_under_one_key() -> None:
    assert blind_index(MASTER, "110101") == blind_index(MASTER, "110101")
    assert blind_index(MASTER, "110101") != blind_index(MASTER, "110102")
    assert blind_index(MASTER, "110101") != blind_index(MASTER[::-1], "110101")
