"""Digests: SM3 (GB/T 32905), HMAC-SM3, and SHA-256 of texts."""

import hashlib
from collections.abc import Iterable

from cryptography.hazmat.primitives import hashes, hmac

SM3_SIZE = 32


def sm3(*parts: bytes) -> bytes:
    """SM3 over all ``parts`` in order, 32 bytes; large parts are never copied together."""
    digest = hashes.Hash(hashes.SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def hmac_sm3(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SM3 over all ``parts`` in order, 32 bytes."""
    mac = hmac.HMAC(key, hashes.SM3())
    for part in parts:
        mac.update(part)
    return mac.finalize()


def sha256_hex(text: str) -> str:
    """SHA-256 of the UTF-8 bytes of ``text``, 64 lower-case hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of(parts: Iterable[bytes]) -> str:
    """SHA-256 of a large content that comes in ``parts``, 64 lower-case hex digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
