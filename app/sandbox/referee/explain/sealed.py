"""Opening ``encData``: the right way first, then the known wrong ones (prescription-centre 4)."""

import base64
import binascii
import string
from collections.abc import Iterator
from dataclasses import dataclass

from app.crypto.derive import rx_content_key
from app.crypto.digests import sm3
from app.crypto.errors import CryptoRefused
from app.crypto.sm4 import BLOCK, decrypt_blocks, encrypt_ecb
from app.sandbox.referee.wire import Note, Unreadable, note, read_any

_SECRET_SIZE = 32


@dataclass(frozen=True, slots=True)
class Opened:
    """The plain bytes, or None, and every wrong turn on the way; ``why`` where none was found."""

    plain: bytes | None
    turns: tuple[Note, ...] = ()
    why: Note | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """One key, form or mode; ``said`` is None for the right one."""

    said: Note | None
    content: bytes


def open_sealed(text: str, app_id: str, secret: str, scheme: str) -> Opened:
    """``scheme`` is the profile's ``epc_key_derivation``."""
    forms = list(_forms(text))
    if not forms:
        return Opened(None, why=_why_no_form(text))
    keys = list(_keys(app_id, secret, scheme))
    right = forms[0].content
    plain = None
    if forms[0].said is None and len(right) % BLOCK == 0:
        plain = _padded(decrypt_blocks(keys[0].content, right))
        if plain is not None and _is_json(plain):
            return Opened(plain)
    found = [
        turned
        for form in forms
        for key in keys
        if (turned := _tried(form, key)) is not None and turned.turns
    ]
    if found:
        return min(found, key=lambda turned: len(turned.turns))
    if plain is not None:
        # one garbled text in 256 ends like a padded one, so this is said last
        return Opened(plain)
    return Opened(None, why=_why(text, forms))


def _why_no_form(text: str) -> Note:
    packed = "".join(text.split())
    hexed = bool(packed) and set(packed) <= set(string.hexdigits)
    return note("sealed_cut", digits=len(packed)) if hexed else note("sealed_form")


def _why(text: str, forms: list[_Way]) -> Note:
    if forms[0].said is None and len(forms[0].content) % BLOCK:
        return note("sealed_cut", digits=len(text.strip()))
    return note("sealed_closed")


def _tried(form: _Way, key: _Way) -> Opened | None:
    """Every mode with this form and this key; only JSON proves that a wrong way was the way."""
    if not form.content or len(form.content) % BLOCK:
        return _unsealed(form) if key.said is None else None
    # the first block is the same in every mode, and tells wrong keys at once
    if _begins(decrypt_blocks(key.content, form.content[:BLOCK])):
        blocks = decrypt_blocks(key.content, form.content)
        best = _proved_all(_modes(blocks, form.content), form, key)
        if best is not None:
            return best
    return _unsealed(form) if key.said is None else None


def _proved_all(modes: Iterator[tuple[Note | None, bytes]], form: _Way, key: _Way) -> Opened | None:
    for said, plain in modes:
        turns = tuple(turn for turn in (form.said, key.said, said) if turn)
        if _is_json(plain):
            return Opened(plain, turns)
    return None


def _unsealed(form: _Way) -> Opened | None:
    """Encoded only, or not even that."""
    bare = form.said is not None and form.said.word == "sealed_open"
    turns = (form.said,) if form.said and bare else (form.said, note("not_sealed"))
    if not _is_json(form.content):
        return None
    return Opened(form.content, tuple(turn for turn in turns if turn))


def _modes(blocks: bytes, sealed: bytes) -> Iterator[tuple[Note | None, bytes]]:
    plain = _padded(blocks)
    if plain is not None:
        yield None, plain
    if blocks.endswith((b"\0", b"}")):
        yield note("padding_zero"), blocks.rstrip(b"\0")
    before = int.from_bytes(sealed[:-BLOCK])
    chained = _padded((int.from_bytes(blocks) ^ before).to_bytes(len(blocks)))
    if chained is not None:
        yield note("mode_cbc"), chained


def _padded(blocks: bytes) -> bytes | None:
    fill = blocks[-1] if blocks else 0
    if 1 <= fill <= BLOCK and blocks.endswith(bytes([fill]) * fill):
        return blocks[:-fill]
    return None


def _begins(first: bytes) -> bool:
    """Whether an object, or a text around one, may begin so."""
    return first.lstrip()[:1] in (b"{", b'"')


def _is_json(plain: bytes) -> bool:
    if not _begins(plain[:BLOCK]):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            read_any(plain.decode(encoding))
        except (UnicodeDecodeError, Unreadable):
            continue
        return True
    return False


def _forms(text: str) -> Iterator[_Way]:
    packed = "".join(text.split())
    if packed and len(packed) % 2 == 0 and set(packed) <= set(string.hexdigits):
        yield _Way(None, bytes.fromhex(packed))
    try:
        yield _Way(note("sealed_base64"), base64.b64decode(packed, validate=True))
    except (binascii.Error, ValueError):
        if packed.startswith("{"):
            yield _Way(note("sealed_open"), text.encode())


def _keys(app_id: str, secret: str, scheme: str) -> Iterator[_Way]:
    """The right key first. ``app_id`` and ``secret`` are ASCII of at least 16 characters."""
    yield _Way(None, rx_content_key(app_id, secret, scheme))
    other = "even" if scheme == "first16" else "first16"
    derived = {
        f"key_{other}": (app_id if other == "first16" else app_id[1::2])[:BLOCK],
        "key_odd": app_id[0::2][:BLOCK],
        "key_app_id_last": app_id[-BLOCK:],
    }
    for word, seed in derived.items():
        yield from _way(word, _full(seed, secret)[:BLOCK])
    yield from _way("key_swapped", _full(secret[:BLOCK], app_id)[:BLOCK])
    yield from _way("key_app_id_as_hex", _full_of(_unhex(app_id), secret)[:BLOCK])
    full = _full(app_id[:BLOCK] if scheme == "first16" else app_id[1::2][:BLOCK], secret)
    yield from _way("key_slice_last", full[-BLOCK:])
    yield from _way("key_slice_second", full[BLOCK : 2 * BLOCK])
    yield from _way("key_slice_lower", full[:BLOCK].lower())
    yield from _way("key_slice_bytes", bytes.fromhex(full[: 2 * BLOCK].decode()))
    yield from _way("key_slice_base64", base64.b64encode(bytes.fromhex(full.decode()))[:BLOCK])
    plain = {
        "key_is_secret": secret[:BLOCK].encode(),
        "key_is_secret_last": secret[-BLOCK:].encode(),
        "key_is_secret_as_hex": _unhex(secret),
        "key_is_app_id": app_id[:BLOCK].encode(),
        "key_is_app_id_as_hex": _unhex(app_id),
        "key_is_digest": sm3(secret.encode())[:BLOCK],
    }
    for word, key in plain.items():
        yield from _way(word, key)


def _way(word: str, key: bytes) -> Iterator[_Way]:
    if len(key) == BLOCK:
        yield _Way(note(word), key)


def _full(seed: str, text: str) -> bytes:
    return _full_of(seed.encode("ascii", "replace"), text)


def _full_of(seed: bytes, text: str) -> bytes:
    """The whole upper-case hex whose first characters are the key."""
    try:
        return encrypt_ecb(seed, text.encode()).hex().upper().encode("ascii")
    except CryptoRefused:
        return b""


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
