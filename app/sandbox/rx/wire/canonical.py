"""The text a signature covers: numbers as written, empties gone, keys in code-point order.

Variant A makes every scalar a JSON string, variant B leaves numbers and booleans bare
(prescription-centre 3). Which one a sender used shows only when the signature is tried.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, Literal

Variant = Literal["A", "B"]
Object = dict[str, Any]
NOT_SIGNED = frozenset({"signData", "encData", "extra"})


class NotAnObject(ValueError):
    """Text that is no single JSON object, or names a key twice."""


class Number(str):
    """A JSON number, as its sender wrote it."""

    __slots__ = ()

    def plain(self) -> str:
        """Without an exponent; trailing zeros stay."""
        return format(Decimal(self), "f")


def read(text: str | bytes) -> Object:
    """Parse one JSON object without losing how numbers were written.

    Raises ``NotAnObject`` for anything else, for a repeated key, NaN and infinities.
    """
    try:
        found = json.loads(
            text,
            parse_float=Number,
            parse_int=Number,
            parse_constant=_refuse,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as wrong:
        raise NotAnObject(str(type(wrong).__name__)) from wrong
    if not isinstance(found, dict):
        raise NotAnObject("not an object")
    return found


def _refuse(word: str) -> None:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def normal(value: Any, variant: Variant = "A") -> Any:
    """``value`` with scalars in the variant's form and empties dropped; None when nothing stays."""
    match value:
        case None | "":
            return None
        case Number():
            return value if variant == "B" else value.plain()
        case str():
            return value
        case Mapping():
            kept = {key: normal(value[key], variant) for key in sorted(value)}
            return {key: part for key, part in kept.items() if part is not None} or None
        case list() | tuple():
            parts = (normal(part, variant) for part in value)
            return [part for part in parts if part is not None] or None
        case bool():
            return value if variant == "B" else str(value).lower()
        case int() | float() | Decimal():
            return value if variant == "B" else format(Decimal(str(value)), "f")
        case _:
            return str(value)


def compact(value: Any) -> str:
    """JSON without spaces, Chinese and slashes as they are, numbers as they were written."""
    match value:
        case Number():
            return str(value)
        case str():
            return encode_basestring(value)
        case dict():
            pairs = [f"{encode_basestring(key)}:{compact(part)}" for key, part in value.items()]
            return f"{{{','.join(pairs)}}}"
        case list():
            return f"[{','.join([compact(part) for part in value])}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def signed_text(message: Mapping[str, Any], data: Any, key: str, variant: Variant = "A") -> bytes:
    """What is signed: every top-level field by name, ``data`` as compact JSON, then the key."""
    fields = {name: value for name, value in message.items() if name not in NOT_SIGNED}
    fields["data"] = data
    parts = []
    for name in sorted(fields):
        value = normal(fields[name], variant)
        if value is None:
            continue
        written = value if isinstance(value, str) else compact(value)
        parts.append(f"{name}={written}")
    parts.append(f"key={key}")
    return "&".join(parts).encode()
