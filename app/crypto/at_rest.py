"""Keys and fields of the local base (security-and-libraries 5): HKDF, AES-256-GCM, blind index."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.crypto.errors import CryptoRefused

MASTER_SIZE = 32
_FORM = b"\x01"
_NONCE_SIZE = 12
_TAG_SIZE = 16


def derive_key(master: bytes, purpose: str, length: int = 32) -> bytes:
    """HKDF-SHA256 of the installation's master key (32 bytes) for one ``purpose``.

    Raises ``CryptoRefused`` for a master key of another length.
    """
    if len(master) != MASTER_SIZE:
        raise CryptoRefused("key_length")
    return HKDF(hashes.SHA256(), length, salt=None, info=b"yaotai/" + purpose.encode()).derive(
        master
    )


class FieldCipher:
    """Seals single fields. ``context`` binds a value to its table, column and row."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        if len(key) != MASTER_SIZE:
            raise CryptoRefused("key_length")
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """One form byte, 12 nonce bytes, cipher text, 16 tag bytes."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        return _FORM + nonce + self._cipher.encrypt(nonce, plain, _FORM + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """The plain value; raises ``CryptoRefused`` where a byte or the context differs."""
        if len(sealed) < 1 + _NONCE_SIZE + _TAG_SIZE or sealed[:1] != _FORM:
            raise CryptoRefused("sealed_field")
        nonce, body = sealed[1 : 1 + _NONCE_SIZE], sealed[1 + _NONCE_SIZE :]
        try:
            return self._cipher.decrypt(nonce, body, _FORM + context)
        except InvalidTag:
            raise CryptoRefused("sealed_field") from None


def blind_index(key: bytes, text: str) -> str:
    """A keyed digest by which equal texts are found without opening them; 64 hex digits."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
