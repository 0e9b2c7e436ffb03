"""SM2 keys as feedback sheets write them (prescription-centre 5): Base64 or hex, many lengths."""

import base64
import binascii
import string

from app.crypto.errors import CryptoRefused
from app.crypto.sm2 import PRIVATE_SIZE, PUBLIC_SIZE, KeyPair, key_pair, on_curve

# Java's BigInteger drops leading zeros; four of them at once is one key in four thousand million
_SHORTEST_PRIVATE = 28
_UNCOMPRESSED = 0x04


def read_private(text: str) -> KeyPair:
    """Read a private key as an unsigned big-endian number of 28 to 33 bytes.

    33 bytes are allowed with a leading 00 only. Raises ``CryptoRefused`` for anything else.
    """
    found = _decode(text, range(_SHORTEST_PRIVATE, PRIVATE_SIZE + 2))
    if found is None or (len(found) > PRIVATE_SIZE and found[0] != 0):
        raise CryptoRefused("private_key")
    return key_pair(found[-PRIVATE_SIZE:].rjust(PRIVATE_SIZE, b"\0"))


def read_public(text: str) -> bytes:
    """Read a public key of 64 bytes X‖Y, or 65 bytes 04‖X‖Y; returns the 64 bytes.

    Raises ``CryptoRefused`` for any other form and for a point that is not on the curve.
    """
    found = _decode(text, range(PUBLIC_SIZE, PUBLIC_SIZE + 2))
    if found is None or (len(found) > PUBLIC_SIZE and found[0] != _UNCOMPRESSED):
        raise CryptoRefused("public_key")
    point = found[-PUBLIC_SIZE:]
    if not on_curve(point):
        raise CryptoRefused("public_key")
    return point


def _decode(text: str, sizes: range) -> bytes | None:
    """Hex where every character is a hex digit and the length fits, else strict Base64.

    The two never meet: hex of the shortest key is longer than Base64 of the longest.
    """
    packed = "".join(text.split())
    if len(packed) in {2 * size for size in sizes} and set(packed) <= set(string.hexdigits):
        return bytes.fromhex(packed)
    try:
        found = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) in sizes else None
