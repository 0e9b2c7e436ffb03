"""Somebody else's side of the prescription centre, written anew, right or with one planted wrong.

Nothing of the product is used but ciphers: texts are made with plain ``json`` as a vendor would.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.crypto.sm2 import DEFAULT_USER_ID, KeyPair, key_pair, sign
from app.crypto.sm4 import encrypt_ecb

APP_ID = "5D0A7C1E93B24F68A1C2E3F405162738"
SECRET = "9C8B7A6F5E4D3C2B1A0F9E8D7C6B5A49"
PAIR = key_pair(bytes(range(1, 33)))
PLATFORM = key_pair(bytes(range(2, 34)))

Tree = Any


@dataclass(frozen=True, slots=True)
class Parts:
    """One message before it is closed; a planted wrong changes what it needs to."""

    content: Tree
    plain: str
    text: str
    user_id: bytes = DEFAULT_USER_ID


def dump(value: Tree, **options: Any) -> str:
    """``json.dumps``, with decimals digit for digit."""
    marked = json.dumps(
        _marked(value), **{"ensure_ascii": False, "separators": (",", ":")} | options
    )
    for place, number in enumerate(_decimals(value)):
        marked = marked.replace(f'"@{place}@"', str(number), 1)
    return marked


def _marked(value: Tree) -> Tree:
    turn = iter(range(10_000))

    def walk(part: Tree) -> Tree:
        if isinstance(part, dict):
            return {name: walk(below) for name, below in part.items()}
        if isinstance(part, list):
            return [walk(below) for below in part]
        return f"@{next(turn)}@" if isinstance(part, Decimal) else part

    return walk(value)


def _decimals(value: Tree) -> list[Decimal]:
    if isinstance(value, dict):
        return [found for below in value.values() for found in _decimals(below)]
    if isinstance(value, list):
        return [found for below in value for found in _decimals(below)]
    return [value] if isinstance(value, Decimal) else []


def texts(value: Tree) -> Tree:
    """Every scalar as a string, null as it is."""
    return mapped(value, lambda part: part if part is None else _text(part))


def _text(part: Tree) -> str:
    if isinstance(part, bool):
        return "true" if part else "false"
    return str(part)


def mapped(value: Tree, change: Callable[[Tree], Tree]) -> Tree:
    if isinstance(value, dict):
        return {name: mapped(below, change) for name, below in value.items()}
    if isinstance(value, list):
        return [mapped(below, change) for below in value]
    return change(value)


EMPTY: tuple[Tree, ...] = (None, "", [], {})


def dropped(value: Tree, empties: tuple[Tree, ...] = EMPTY) -> Tree:
    """Without what is empty, at every depth."""
    if isinstance(value, dict):
        kept = {name: dropped(below, empties) for name, below in value.items()}
        return {name: below for name, below in kept.items() if not _in(below, empties)}
    if isinstance(value, list):
        rest = [dropped(below, empties) for below in value]
        return [below for below in rest if not _in(below, empties)]
    return value


def _in(value: Tree, empties: tuple[Tree, ...]) -> bool:
    return any(type(value) is type(empty) and value == empty for empty in empties)


def ordered(value: Tree, key: Callable[[str], Any] = str) -> Tree:
    """Keys by code point, or by ``key``, in every object."""
    if isinstance(value, dict):
        return {name: ordered(value[name], key) for name in sorted(value, key=key)}
    return [ordered(below, key) for below in value] if isinstance(value, list) else value


def right_text(content: Tree) -> str:
    return dump(ordered(dropped(texts(content))))


def head() -> dict[str, str]:
    return {
        "appId": APP_ID,
        "encType": "SM4",
        "signType": "SM2",
        "timestamp": "1757326792488",
        "version": "1.0.0",
    }


def framed(fields: Mapping[str, str], text: str | None, secret: str = SECRET) -> str:
    parts = dict(fields) if text is None else {**fields, "data": text}
    return "&".join(f"{name}={parts[name]}" for name in sorted(parts)) + f"&key={secret}"


def content_key(app_id: str = APP_ID, secret: str = SECRET) -> bytes:
    return encrypt_ecb(app_id[:16].encode(), secret.encode()).hex().upper()[:16].encode()


def sealed(plain: str | bytes, key: bytes | None = None) -> str:
    body = plain if isinstance(plain, bytes) else plain.encode()
    return encrypt_ecb(key or content_key(), body).hex().upper()


def signature(text: str | bytes, user_id: bytes = DEFAULT_USER_ID, pair: KeyPair = PAIR) -> str:
    body = text if isinstance(text, bytes) else text.encode()
    return base64.b64encode(sign(pair, body, user_id)).decode()


def message(content: Tree, *, text: str | None = None, plain: str | None = None) -> dict[str, Any]:
    """A right envelope; ``text`` and ``plain`` replace the canonical text in one place each."""
    signed = framed(head(), right_text(content) if text is None else text)
    body = dump(content) if plain is None else plain
    return head() | {"encData": sealed(body), "signData": signature(signed)}


def keys_file(**other: Any) -> bytes:
    """A KEYS file as the contract has it."""
    keys = {
        "appId": APP_ID,
        "appSecret": SECRET,
        "publicKey": base64.b64encode(b"\x04" + PAIR.public).decode(),
        "privateKey": base64.b64encode(PAIR.private).decode(),
        "platformPublicKey": base64.b64encode(b"\x04" + PLATFORM.public).decode(),
    }
    return json.dumps({n: v for n, v in (keys | other).items() if v is not None}).encode()
