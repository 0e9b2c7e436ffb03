"""What is wrong with a key as somebody typed it, in one word (prescription-centre 5)."""

import base64
import binascii
import string
from dataclasses import dataclass

from app.crypto.errors import CryptoRefused
from app.crypto.keys import read_private, read_public
from app.crypto.sm2 import PRIVATE_SIZE, PUBLIC_SIZE, KeyPair

_SEQUENCE = 0x30
_PUBLIC_SIZES = (PUBLIC_SIZE, PUBLIC_SIZE + 1)
_PRIVATE_SIZES = (PRIVATE_SIZE - 1, PRIVATE_SIZE, PRIVATE_SIZE + 1)


@dataclass(frozen=True, slots=True)
class KeyFault:
    """``word``: ``text`` (neither Base64 nor hex), ``container`` (PEM or DER), ``other_half`` (a
    public key where the private one belongs, or the other way round), ``length``, ``value``.
    ``size`` in bytes, 0 where there are none."""

    word: str
    size: int = 0


def private_fault(text: str) -> KeyFault | None:
    """None for a private key that can be used."""
    return _fault(text, private=True)


def public_fault(text: str) -> KeyFault | None:
    """None for a public key that can be used."""
    return _fault(text, private=False)


def is_pair(pair: KeyPair, public: bytes) -> bool:
    """Whether ``public`` (64 bytes) is the point of this private key."""
    return pair.public == public


def _fault(text: str, *, private: bool) -> KeyFault | None:
    try:
        if private:
            read_private(text)
        else:
            read_public(text)
    except CryptoRefused:
        return _looked_at(text, private=private)
    return None


def _looked_at(text: str, *, private: bool) -> KeyFault:
    packed = "".join(text.split())
    if "-----BEGIN" in text:
        return KeyFault("container")
    content = _decoded(packed)
    if content is None:
        return KeyFault("text")
    size = len(content)
    if size in (_PUBLIC_SIZES if private else _PRIVATE_SIZES):
        # 33 bytes are a private key only with 00 in front, so the rest has the length wrong
        return KeyFault("other_half", size)
    if content[:1] == bytes([_SEQUENCE]) and size > PUBLIC_SIZE + 1:
        return KeyFault("container", size)
    fits = size in (_PRIVATE_SIZES if private else _PUBLIC_SIZES)
    return KeyFault("value" if fits else "length", size)


def _decoded(packed: str) -> bytes | None:
    if packed and len(packed) % 2 == 0 and set(packed) <= set(string.hexdigits):
        return bytes.fromhex(packed)
    try:
        return base64.b64decode(packed, validate=True) or None
    except (binascii.Error, ValueError):
        return None
