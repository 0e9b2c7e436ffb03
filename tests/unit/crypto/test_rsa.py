"""A password for one reader: what opens, and what is refused."""

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.crypto.errors import CryptoRefused
from app.crypto.rsa import new_rsa_pair, open_rsa, read_rsa_public, seal_rsa

PRIVATE, PUBLIC = new_rsa_pair()


def der(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_only_its_reader_opens_it() -> None:
    sealed = seal_rsa(PUBLIC, b"123456")
    assert open_rsa(PRIVATE, sealed) == b"123456"
    assert seal_rsa(PUBLIC, b"123456") != sealed


def test_a_key_is_read_from_base64() -> None:
    text = base64.encodebytes(PUBLIC).decode()
    assert read_rsa_public(text) == PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "no base64!",
        base64.b64encode(b"no key").decode(),
        base64.b64encode(der(ec.generate_private_key(ec.SECP256R1()).public_key())).decode(),
    ],
)
def test_what_is_no_rsa_key_is_refused(text: str) -> None:
    with pytest.raises(CryptoRefused) as refused:
        read_rsa_public(text)
    assert refused.value.reason == "rsa_key"


def test_a_text_longer_than_the_key_is_refused() -> None:
    with pytest.raises(CryptoRefused) as refused:
        seal_rsa(PUBLIC, b"x" * 300)
    assert refused.value.reason == "rsa_length"


def test_a_cipher_of_another_length_is_refused() -> None:
    with pytest.raises(CryptoRefused) as refused:
        open_rsa(PRIVATE, b"short")
    assert refused.value.reason == "cipher_text"


def test_a_private_key_of_another_kind_opens_nothing() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(CryptoRefused):
        open_rsa(other, b"x" * 256)
