"""The KEYS file: what is in it, and in one sentence what is wrong with it (cli.md, KEYS)."""

import base64
import binascii
import re
import string
from dataclasses import dataclass, field
from typing import Any

from app.crypto.errors import CryptoRefused
from app.crypto.keys import read_private, read_public
from app.crypto.sm2 import KeyPair
from app.sandbox.referee.wire import Note, Unreadable, decode, is_text, note, read

_SHORTEST_ID = 16
_FENCE = re.compile("-{5}[^-]*-{5}")
_SM2_OID = bytes.fromhex("06082a811ccf5501822d")
_P256 = (1 << 256) - (1 << 224) + (1 << 192) + (1 << 96) - 1
_P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


class KeysWrong(ValueError):
    """Keys nobody can work with; ``note`` says which and why."""

    def __init__(self, said: Note) -> None:
        super().__init__(said.word)
        self.note = said


@dataclass(frozen=True, slots=True)
class Keys:
    """One application's keys. Points are X‖Y, 64 bytes; ``remarks`` are odd but workable."""

    app_id: str
    app_secret: str = field(repr=False)
    public: bytes | None
    platform: bytes | None
    pair: KeyPair | None
    remarks: tuple[Note, ...] = ()


def read_keys(raw: bytes) -> Keys:
    """Raises ``KeysWrong``."""
    try:
        text, remarks = decode(raw)
        found = read(text)
    except Unreadable as wrong:
        raise KeysWrong(note("keys_unreadable", why=wrong.note.word)) from wrong
    _same_file(found)
    pair = _private(found)
    public = _public(found, "publicKey")
    if public is None and pair is not None:
        public = pair.public
    if public is not None and pair is not None and public != pair.public:
        remarks += (note("pair_differs"),)
    return Keys(
        app_id=_text(found, "appId"),
        app_secret=_text(found, "appSecret"),
        public=public,
        platform=_public(found, "platformPublicKey"),
        pair=pair,
        remarks=remarks,
    )


def _same_file(found: dict[str, Any]) -> None:
    """Names in another case are named; a private key in the public one's place is told."""
    known = ("appId", "appSecret", "publicKey", "privateKey", "platformPublicKey")
    for name in found:
        meant = next((k for k in known if k.lower() == name.lower() and k != name), None)
        if meant and meant not in found:
            raise KeysWrong(note("key_name", name=name, meant=meant))
    sizes = [_size(found.get(name)) for name in ("publicKey", "privateKey")]
    if sizes[1] in (64, 65) and (sizes[0] is None or 28 <= sizes[0] <= 33):
        raise KeysWrong(note("keys_swapped"))


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not is_text(value) or not value:
        raise KeysWrong(note("key_absent_from_file", name=name))
    if value != value.strip():
        raise KeysWrong(note("key_blank", name=name))
    if not value.isascii() or len(value) < _SHORTEST_ID:
        raise KeysWrong(note("key_short", name=name, length=len(value)))
    return value


def _public(found: dict[str, Any], name: str) -> bytes | None:
    text = found.get(name)
    if text is None or text == "":
        return None
    if not is_text(text):
        raise KeysWrong(note("key_no_text", name=name))
    try:
        return read_public(text)
    except CryptoRefused as refused:
        raise KeysWrong(_why_public(name, text)) from refused


def _why_public(name: str, text: str) -> Note:
    content = _content(text)
    if content is None:
        return note("key_form", name=name)
    size = len(content)
    if _SM2_OID in content or size > 66:
        return note("key_is_container", name=name, bytes=size)
    if size == 33 and content[0] in (2, 3):
        return note("public_compressed", name=name)
    if 28 <= size <= 33:
        return note("public_is_private", name=name, bytes=size)
    if size == 65 and content[0] != 4:
        return note("public_prefix", name=name, prefix=f"{content[0]:02x}")
    if size not in (64, 65):
        return note("public_size", name=name, bytes=size)
    x, y = (int.from_bytes(part) for part in (content[-64:-32], content[-32:]))
    if (y * y - (x**3 - 3 * x + _P256_B)) % _P256 == 0:
        return note("public_other_curve", name=name)
    return note("public_off_curve", name=name)


def _private(found: dict[str, Any]) -> KeyPair | None:
    text = found.get("privateKey")
    if text is None or text == "":
        return None
    if not is_text(text):
        raise KeysWrong(note("key_no_text", name="privateKey"))
    try:
        return read_private(text)
    except CryptoRefused as refused:
        raise KeysWrong(_why_private(text)) from refused


def _why_private(text: str) -> Note:
    content = _content(text)
    if content is None:
        return note("key_form", name="privateKey")
    if len(content) in (64, 65):
        return note("private_is_public", bytes=len(content))
    if len(content) == 33 and content[0]:
        return note("private_prefix", prefix=f"{content[0]:02x}")
    if _SM2_OID in content or len(content) > 65:
        return note("key_is_container", name="privateKey", bytes=len(content))
    if not 28 <= len(content) <= 33:
        return note("private_size", bytes=len(content))
    return note("private_range")


def _size(text: Any) -> int | None:
    content = _content(text) if is_text(text) else None
    return None if content is None else len(content)


def _content(text: str) -> bytes | None:
    packed = "".join(_FENCE.sub("", text).split())
    if len(packed) % 2 == 0 and len(packed) >= 56 and set(packed) <= set(string.hexdigits):
        return bytes.fromhex(packed)
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
