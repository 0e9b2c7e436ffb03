"""JSON as money needs it: numbers stay text, and whatever is doubtful is refused (reliability 6).

Refused: duplicate names, NaN and Infinity, bad encoding, text after the end, deep nesting, and
half a character (a lone surrogate), which could be neither stored nor signed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | bool | None"
_DEEPEST = 32
_NAMES = 4096
"""More names than all messages of a region have."""
_THREE_BYTES = "\u0800"
_WORDS = {None: "null", True: "true", False: "false"}
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


class Unreadable(Exception):
    """An answer that cannot be read. ``reason`` is one short word; it never quotes the answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WireNumber(str):
    """A JSON number in exactly the digits it was written with; never a float."""

    __slots__ = ()


def read_json(text: str) -> Json:
    """Parse ``text``; numbers become ``WireNumber``. Raises ``Unreadable``."""
    try:
        tree: Json = json.loads(
            text,
            object_pairs_hook=_no_doubles,
            parse_float=WireNumber,
            parse_int=WireNumber,
            parse_constant=_no_constant,
        )
    except RecursionError as deep:
        raise Unreadable("too_deep") from deep
    except ValueError as broken:
        raise Unreadable("not_json") from broken
    # what opens fewer nodes than that is not deeper
    if text.count("{") + text.count("[") > _DEEPEST:
        _check_depth(tree, _DEEPEST)
    if _HALF_ESCAPED.search(text):
        _check_characters(tree)
    return tree


def read_object(content: bytes, encoding: str = "utf-8") -> dict[str, Json]:
    """Parse a body that must be one JSON object. Raises ``Unreadable``."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as wrong:
        raise Unreadable(_spoken(content, encoding)) from wrong
    if encoding != "utf-8" and _is_utf8(content):
        raise Unreadable("utf8_not_gbk")
    tree = read_json(text)
    if not isinstance(tree, dict):
        raise Unreadable("not_an_object")
    return tree


def _spoken(content: bytes, promised: str) -> str:
    """What an answer speaks that does not speak as promised."""
    if promised != "utf-8":
        return "utf8_not_gbk" if _is_utf8(content) else "bad_encoding"
    try:
        told = content.decode("gb18030")
    except UnicodeDecodeError:
        return "bad_encoding"
    return "gbk_not_utf8" if told.lstrip().startswith("{") else "bad_encoding"


def _is_utf8(content: bytes) -> bool:
    """Chinese in UTF-8, which other characters may read as nonsense without noticing."""
    try:
        told = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return any(character >= _THREE_BYTES for character in told)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise Unreadable("duplicate_name")
    return tree


def _no_constant(_: str) -> None:
    raise Unreadable("not_a_number")


def _check_depth(tree: Json, left: int) -> None:
    if left < 0:
        raise Unreadable("too_deep")
    if isinstance(tree, dict):
        for value in tree.values():
            _check_depth(value, left - 1)
    elif isinstance(tree, list):
        for value in tree:
            _check_depth(value, left - 1)


def _check_characters(tree: Json) -> None:
    """Only an escape can bring half a character, so that long plain answers are not walked."""
    try:
        write_json(tree).encode()
    except UnicodeEncodeError as half:
        raise Unreadable("half_a_character") from half


def write_json(tree: object) -> str:
    """Compact JSON, names in the order given, Chinese and ``/`` unescaped.

    A ``WireNumber`` is written without quotes, digit for digit. Raises ``TypeError`` for a float
    or any other type that could change an amount.
    """
    # almost every node is plain text: asking for that alone is the quickest
    if type(tree) is str:
        return encode_basestring(tree)
    if isinstance(tree, str):
        return str(tree) if isinstance(tree, WireNumber) else encode_basestring(tree)
    if tree is None or isinstance(tree, bool):
        return _WORDS[tree]
    # a kind of its own before the kind of which others are: that is answered at once
    if isinstance(tree, (dict, Mapping)):
        pairs = [f"{_name(name)}:{write_json(value)}" for name, value in tree.items()]
        return f"{{{','.join(pairs)}}}"
    if isinstance(tree, list) or (isinstance(tree, Sequence) and not isinstance(tree, bytes)):
        return f"[{','.join([write_json(value) for value in tree])}]"
    raise TypeError(f"{type(tree).__name__} has no place on the wire")


@lru_cache(maxsize=_NAMES)
def _name(name: object) -> str:
    return encode_basestring(str(name))
