"""The text of a business object: the right one, and with ``Style`` every wrong one known.

prescription-centre 3, step 3. Variant A makes every scalar a JSON string, variant B leaves
numbers and truth values bare.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from app.sandbox.referee.wire import Number

Drop = Literal["drop", "keep"]
Order = Literal["sorted", "sent", "folded"]

_DIGITS = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_MARKUP = re.compile(r"[<>&='\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Style:
    """How a business object becomes text; the defaults are variant A.

    ``sent_at`` names objects whose keys stay in the order of the sender, by path.
    """

    numbers: Literal["text", "bare", "double", "bare_double", "digits_bare"] = "text"
    truths: Literal["text", "bare", "capital", "digit"] = "text"
    nulls: Literal["drop", "bare", "empty", "word"] = "drop"
    texts: Drop = "drop"
    lists: Drop = "drop"
    objects: Drop = "drop"
    elements: Drop = "drop"
    order: Order = "sorted"
    sent_at: frozenset[str] = frozenset()
    spacing: Literal["none", "python"] = "none"
    slash: Literal["plain", "escaped"] = "plain"
    letters: Literal["plain", "lower", "upper"] = "plain"
    markup: Literal["plain", "gson", "go"] = "plain"


RIGHT = Style()
BARE = Style(numbers="bare", truths="bare")


def canonical(value: Any, style: Style = RIGHT) -> str | None:
    """``value`` as text; None when nothing of it stays."""
    return _written(value, style, "data")


def objects_of(value: Any, path: str = "data") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object of a tree with its path, outermost first."""
    if isinstance(value, Mapping):
        yield path, value
        for name, below in value.items():
            yield from objects_of(below, f"{path}.{name}")
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from objects_of(below, f"{path}[{place}]")


def _written(value: Any, style: Style, path: str) -> str | None:
    match value:
        case Mapping():
            return _object(value, style, path)
        case list():
            return _list(value, style, path)
        case None:
            forms = {"bare": "null", "empty": '""', "word": '"null"'}
            return forms.get(style.nulls)
        case bool():
            return _truth(value, style)
        case Number():
            return _number(value, style)
        case "":
            return '""' if style.texts == "keep" else None
        case _:
            bare = style.numbers == "digits_bare" and _DIGITS.fullmatch(value)
            return str(value) if bare else _quoted(str(value), style)


def _object(value: Mapping[str, Any], style: Style, path: str) -> str | None:
    kept = []
    colon = ": " if style.spacing == "python" else ":"
    for name in _names(value, style, path):
        text = _written(value[name], style, f"{path}.{name}")
        if text is not None:
            kept.append(f"{_quoted(name, style)}{colon}{text}")
    if not kept and style.objects == "drop":
        return None
    return "{" + _comma(style).join(kept) + "}"


def _names(value: Mapping[str, Any], style: Style, path: str) -> list[str]:
    if style.order == "sent" or path in style.sent_at:
        return list(value)
    if style.order == "folded":
        return sorted(value, key=str.casefold)
    return sorted(value)


def _list(value: list[Any], style: Style, path: str) -> str | None:
    written = (_written(part, style, f"{path}[{place}]") for place, part in enumerate(value))
    empty = "null" if style.elements == "keep" else None
    parts = [empty if text is None else text for text in written]
    kept = [text for text in parts if text is not None]
    if not kept and style.lists == "drop":
        return None
    return "[" + _comma(style).join(kept) + "]"


def _comma(style: Style) -> str:
    return ", " if style.spacing == "python" else ","


def _truth(value: bool, style: Style) -> str:
    word = "true" if value else "false"
    forms = {"bare": word, "capital": f'"{word.title()}"', "digit": f'"{int(value)}"'}
    return forms.get(style.truths, f'"{word}"')


def _number(value: Number, style: Style) -> str:
    match style.numbers:
        case "bare" | "digits_bare":
            return str(value)
        case "double":
            return f'"{_shortest(value)}"'
        case "bare_double":
            return _shortest(value)
        case _:
            return f'"{plain(value)}"'


def plain(value: Number) -> str:
    """Plain decimal text: no exponent; trailing zeros stay."""
    return format(Decimal(value), "f")


def _shortest(value: Number) -> str:
    """As a language with one kind of number prints it: 3.0 as 3, 0.50 as 0.5."""
    text = format(Decimal(value).normalize(), "f")
    return "0" if text == "-0" else text


def _quoted(text: str, style: Style) -> str:
    quoted = json.dumps(text, ensure_ascii=style.letters != "plain")
    if style.letters == "upper":
        quoted = re.sub(r"\\u[0-9a-f]{4}", lambda found: rf"\u{found[0][2:].upper()}", quoted)
    if style.slash == "escaped":
        quoted = quoted.replace("/", "\\/")
    if style.markup == "plain":
        return quoted
    kept = "='" if style.markup == "go" else ""
    return _MARKUP.sub(
        lambda found: found[0] if found[0] in kept else f"\\u{ord(found[0]):04x}", quoted
    )
