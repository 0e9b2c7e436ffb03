"""PDF documents under a seal (S1 signed prescriptions; ISO 32000-1 12.8).

A seal is an incremental update: the bytes of the document stay, a signature dictionary is
appended, and its ByteRange covers the whole file but the seal itself. Judging needs no PDF
parser to be trusted: the range must start at the first byte, leave out exactly one hex string
and end at the last byte, so nothing can be hidden, moved or appended.
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.crypto.ca import Signer
from app.crypto.cms import SealHolder, sign_detached, verify_detached
from app.crypto.errors import CryptoRefused
from app.crypto.pdf_form import (
    Reference,
    append_objects,
    read_entries,
    read_object,
    read_trailer,
)

_HEAD = b"%PDF-"
_TAIL = b"%%EOF"
_CONTENTS_DIGITS = 8192
_ROOM = b"#" * 32
# invisible (ISO 32000-1 12.7.4.5): an empty rectangle, printed, locked
_FIELD = b"<< /FT /Sig /T (Seal1) /V %d 0 R /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132 >>"
_RANGE = re.compile(
    rb"/ByteRange\s*\[\s*(0)\s+([0-9]{1,10})\s+([0-9]{1,10})\s+([0-9]{1,10})\s*\]",
)
_GAP = re.compile(rb"<((?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+)>")
_CONTENTS = re.compile(rb"/Contents\s*\Z")


@dataclass(frozen=True, slots=True)
class _Gap:
    """Where the seal lies: ``start`` at its ``<``, ``end`` after its ``>``."""

    start: int
    end: int


def seal(document: bytes, signer: Signer, at: datetime, reason: str) -> bytes:
    """``document`` with a seal appended. ``at`` is aware.

    Raises ``CryptoRefused``: ``not_pdf`` for other bytes, ``pdf_form`` for a file without a
    classic cross-reference table or with a form, ``sealed`` where a seal is already there.
    """
    if not document.startswith(_HEAD):
        raise CryptoRefused("not_pdf")
    if b"/ByteRange" in document:
        raise CryptoRefused("sealed")
    prepared, gap = _prepared(document, at, reason)
    der = sign_detached(prepared[: gap.start] + prepared[gap.end :], signer, at)
    digits = der.hex().encode("ascii")
    if len(digits) > _CONTENTS_DIGITS:
        raise CryptoRefused("seal_size")
    shown = b"<" + digits.ljust(_CONTENTS_DIGITS, b"0") + b">"
    return prepared[: gap.start] + shown + prepared[gap.end :]


def inspect(document: bytes, roots: Sequence[bytes]) -> SealHolder:
    """Judge a sealed document against trusted ``roots`` (DER certificates).

    Raises ``CryptoRefused``: ``not_pdf``, ``unsealed``, ``byte_range`` where any byte but the
    seal's own lies outside the range or there are several ranges, and the words of
    :func:`app.crypto.cms.verify_detached`.
    """
    if not document.startswith(_HEAD) or not document.rstrip(b"\r\n").endswith(_TAIL):
        raise CryptoRefused("not_pdf")
    gap = _judged_gap(document)
    der = _der_in(document[gap.start : gap.end])
    return verify_detached(document[: gap.start] + document[gap.end :], der, roots)


def _judged_gap(document: bytes) -> _Gap:
    if document.count(b"/ByteRange") != 1:
        raise CryptoRefused("byte_range" if b"/ByteRange" in document else "unsealed")
    found = _RANGE.search(document)
    if found is None:
        raise CryptoRefused("byte_range")
    start, end, rest = int(found[2]), int(found[3]), int(found[4])
    dictionary = document[document.rfind(b" obj", 0, found.start()) : start]
    whole = end + rest == len(document) and 0 < start < end
    if not whole or not _CONTENTS.search(dictionary) or b"endobj" in dictionary:
        raise CryptoRefused("byte_range")
    return _Gap(start, end)


def _der_in(shown: bytes) -> bytes:
    """The seal's bytes; after them only the zeros that fill the reserved room are allowed."""
    found = _GAP.fullmatch(shown)
    if found is None:
        raise CryptoRefused("byte_range")
    content = bytes.fromhex(found[1].decode("ascii"))
    size = _der_size(content)
    if size > len(content) or content[size:].strip(b"\0"):
        raise CryptoRefused("byte_range")
    return content[:size]


def _der_size(content: bytes) -> int:
    """Size of the outermost DER value, tag and length included."""
    if len(content) < 2 or content[1] < 0x80:
        return 2 + (content[1] if len(content) > 1 else 0)
    width = content[1] & 0x7F
    return 2 + width + int.from_bytes(content[2 : 2 + width])


def _prepared(document: bytes, at: datetime, reason: str) -> tuple[bytes, _Gap]:
    """The update with an empty seal and a finished ByteRange."""
    trailer = read_trailer(document)
    catalogue = read_object(document, trailer.offset_of(trailer.root))
    if b"/AcroForm" in read_entries(catalogue):
        raise CryptoRefused("pdf_form")
    field_number, signature_number = trailer.size, trailer.size + 1
    form = b" /AcroForm << /Fields [%d 0 R] /SigFlags 3 >> >>" % field_number
    updated = append_objects(
        document,
        trailer,
        {
            trailer.root: catalogue[: -len(b">>")] + form,
            Reference(field_number, 0): _FIELD % signature_number,
            Reference(signature_number, 0): _signature(at, reason),
        },
    )
    return _with_range(updated)


def _signature(at: datetime, reason: str) -> bytes:
    moment = at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode("ascii")
    words = (codecs.BOM_UTF16_BE + reason.encode("utf-16-be")).hex().upper().encode("ascii")
    return (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached"
        b" /M (" + moment + b") /Reason <" + words + b">"
        b" /ByteRange [0 " + _ROOM + b"] /Contents <" + b"0" * _CONTENTS_DIGITS + b"> >>"
    )


def _with_range(updated: bytes) -> tuple[bytes, _Gap]:
    """Write the numbers into the room kept for them; no byte moves by it."""
    room = updated.rindex(_ROOM)
    start = updated.index(b"<", room)
    end = start + _CONTENTS_DIGITS + 2
    numbers = b"%d %d %d" % (start, end, len(updated) - end)
    ranged = updated[:room] + numbers.ljust(len(_ROOM)) + updated[room + len(_ROOM) :]
    return ranged, _Gap(start, end)
