"""RSA for one purpose: a password that only the platform may read (core-platform 1.5).

PKCS #1 v1.5 padding is what Java's "RSA" means; no public source names another.
"""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from app.crypto.errors import CryptoRefused

_SMALLEST = 1024
_EXPONENT = 65537
_SIZE = 2048


def read_rsa_public(text: str) -> bytes:
    """DER of a public key written as Base64 of its SubjectPublicKeyInfo.

    Raises ``CryptoRefused`` for anything else and for a key below 1024 bits.
    """
    try:
        der = base64.b64decode("".join(text.split()), validate=True)
        _public(der)
    except (binascii.Error, ValueError) as wrong:
        raise CryptoRefused("rsa_key") from wrong
    return der


def _public(der: bytes) -> rsa.RSAPublicKey:
    try:
        found = serialization.load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as wrong:
        raise CryptoRefused("rsa_key") from wrong
    if not isinstance(found, rsa.RSAPublicKey) or found.key_size < _SMALLEST:
        raise CryptoRefused("rsa_key")
    return found


def seal_rsa(public: bytes, plain: bytes) -> bytes:
    """``plain`` for the holder of ``public`` alone. Raises ``CryptoRefused`` where too long."""
    try:
        return _public(public).encrypt(plain, padding.PKCS1v15())
    except ValueError as wrong:
        raise CryptoRefused("rsa_length") from wrong


def open_rsa(private: bytes, sealed: bytes) -> bytes:
    """The plain text. A forged text opens as noise or raises ``CryptoRefused``."""
    key = serialization.load_der_private_key(private, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CryptoRefused("rsa_key")
    try:
        return key.decrypt(sealed, padding.PKCS1v15())
    except ValueError as wrong:
        raise CryptoRefused("cipher_text") from wrong


def new_rsa_pair() -> tuple[bytes, bytes]:
    """A fresh private key and its public key, both DER."""
    key = rsa.generate_private_key(_EXPONENT, _SIZE)
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, public
