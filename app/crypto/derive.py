"""The static key of prescription-centre messages (prescription-centre 4)."""

from app.crypto.errors import CryptoRefused
from app.crypto.sm4 import BLOCK, encrypt_ecb


def rx_content_key(app_id: str, app_secret: str, scheme: str = "first16") -> bytes:
    """Key of ``encData``, 16 ASCII bytes.

    ``scheme`` is the profile's ``epc_key_derivation``: ``first16`` takes the first 16 characters
    of ``app_id``, ``even`` its second, fourth, … character. Raises ``CryptoRefused`` for another
    scheme and for an ``app_id`` that yields no 16 ASCII characters.
    """
    if scheme not in ("first16", "even"):
        raise CryptoRefused("key_scheme")
    chosen = (app_id if scheme == "first16" else app_id[1::2])[:BLOCK]
    if len(chosen) != BLOCK or not chosen.isascii():
        raise CryptoRefused("app_id")
    sealed = encrypt_ecb(chosen.encode("ascii"), app_secret.encode())
    return sealed.hex().upper()[:BLOCK].encode("ascii")
