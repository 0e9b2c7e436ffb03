"""Checks the insurance e-signature inside a prescription file; app/crypto does the arithmetic."""

from collections.abc import Sequence
from contextlib import suppress

from app.crypto.certificate import read_certificate
from app.crypto.digests import sm3
from app.crypto.errors import CryptoRefused
from app.crypto.signed_pdf import inspect
from app.crypto.sm2 import prepare
from app.domain.errors import Code, PlatformRejected
from app.domain.prescription import DocumentKind, document_kind
from app.ports.platform import SealFacts

_CODES = {
    "not_pdf": Code.DOCUMENT_UNREADABLE,
    "byte_range": Code.DOCUMENT_CHANGED,
    "digest": Code.DOCUMENT_CHANGED,
}


def prepare_roots(roots: Sequence[bytes]) -> None:
    """Every seal is checked against these keys. An unreadable root is for the check to refuse."""
    for root in roots:
        with suppress(CryptoRefused):
            prepare(read_certificate(root).public)


class SealGateway:
    """Implements ``ports.platform.DocumentSeal``. ``roots`` are DER certificates we believe."""

    def __init__(self, roots: Sequence[bytes]) -> None:
        self._roots = tuple(roots)

    def digest(self, document: bytes) -> str:
        """SM3 of the bytes, lower-case hex."""
        return sm3(document).hex()

    def inspect(self, document: bytes) -> SealFacts:
        """Who sealed every byte of ``document``.

        Raises ``PlatformRejected``: ``DOCUMENT_UNREADABLE`` where it is no PDF,
        ``DOCUMENT_CHANGED`` where the seal is about other bytes, ``SIGNATURE_INVALID`` where
        there is no seal that holds. The reason is the word of the crypto room.
        """
        if document_kind(document) is not DocumentKind.PDF:
            raise PlatformRejected(Code.DOCUMENT_UNREADABLE, reason="not_a_pdf")
        try:
            holder = inspect(document, self._roots)
        except CryptoRefused as refused:
            code = _CODES.get(refused.reason, Code.SIGNATURE_INVALID)
            raise PlatformRejected(code, reason=refused.reason) from refused
        return SealFacts(holder.signer_name, holder.certificate_serial, holder.signed_at)
