"""The hash chain of the journal: h = HMAC-SM3(k, h_prev ‖ row) (security-and-libraries 6)."""

from app.crypto.digests import SM3_SIZE, hmac_sm3
from app.crypto.errors import CryptoRefused

GENESIS = bytes(SM3_SIZE)
"""What the first row links to."""


def link(key: bytes, previous: bytes, content: bytes) -> bytes:
    """The link of one row, 32 bytes. ``previous`` is the last row's link, or ``GENESIS``.

    Raises ``CryptoRefused`` where ``previous`` is not 32 bytes: another length would let bytes
    wander between link and row.
    """
    if len(previous) != SM3_SIZE:
        raise CryptoRefused("chain_link")
    return hmac_sm3(key, previous, content)
