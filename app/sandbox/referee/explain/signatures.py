"""``signData``: 64 bytes r‖s in Base64, and the known wrong forms of it (prescription-centre 3)."""

import base64
import binascii
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from app.sandbox.referee.wire import Note, note

SIZE = 64
_HALF = 32
_URL_SAFE = str.maketrans("-_", "+/")
_WRAPPED = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Form:
    """Raw r‖s, and how the text differed from the right form; ``said`` is None for that."""

    said: Note | None
    raw: bytes


def forms(text: str) -> list[Form]:
    """Every reading of ``text`` as a signature, the right one first; empty where none is."""
    found = list(_forms(text))
    swapped = [
        Form(note("signature_swapped"), form.raw[_HALF:] + form.raw[:_HALF])
        for form in found
        if form.said is None
    ]
    return found + swapped


def _forms(text: str) -> Iterator[Form]:
    straight = _base64(text)
    if straight is not None and len(straight) == SIZE:
        yield Form(None, straight)
        return
    packed = _WRAPPED.sub("", text)
    if set(packed) <= set(string.hexdigits) and len(packed) % 2 == 0 and packed:
        yield from _unpacked(bytes.fromhex(packed), "signature_hex", "signature_hex_der")
        return
    if straight is not None:
        yield from _unpacked(straight, "signature_long", "signature_der")
        return
    bare = packed.translate(_URL_SAFE).rstrip("=")
    loose = _base64(bare + "=" * (-len(bare) % 4))
    if loose is not None and len(loose) == SIZE:
        word = "signature_wrapped" if packed != text else "signature_url_base64"
        yield Form(note(word), loose)


def _unpacked(raw: bytes, plain: str, der: str) -> Iterator[Form]:
    if len(raw) == SIZE:
        yield Form(note(plain), raw)
    elif len(raw) == SIZE + 1 and raw[0] == 0x04:
        yield Form(note("signature_prefixed"), raw[1:])
    elif (opened := _der(raw)) is not None:
        yield Form(note(der), opened)
    elif (hexed := _hex_text(raw)) is not None:
        yield Form(note("signature_base64_of_hex"), hexed)


def _hex_text(raw: bytes) -> bytes | None:
    try:
        text = raw.decode("ascii")
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found if len(found) == SIZE else _der(found)


def _der(raw: bytes) -> bytes | None:
    """SEQUENCE { r, s } with two INTEGERs of at most 33 bytes, nothing behind."""
    if len(raw) < 8 or raw[0] != 0x30 or raw[1] != len(raw) - 2:
        return None
    first = _integer(raw[2:])
    if first is None:
        return None
    second = _integer(raw[2 + first[1] :])
    if second is None or 2 + first[1] + second[1] != len(raw):
        return None
    return first[0] + second[0]


def _integer(raw: bytes) -> tuple[bytes, int] | None:
    if len(raw) < 3 or raw[0] != 0x02:
        return None
    size = raw[1]
    value = int.from_bytes(raw[2 : 2 + size])
    if not 1 <= size <= _HALF + 1 or len(raw) < 2 + size or value >= 1 << (8 * _HALF):
        return None
    return value.to_bytes(_HALF), 2 + size


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def why_not(text: str) -> Note:
    """What is wrong with a text that is no signature in any form."""
    raw = _base64(text)
    if raw is not None:
        return note("signature_size", bytes=len(raw))
    return note("signature_form", characters=len(text))
