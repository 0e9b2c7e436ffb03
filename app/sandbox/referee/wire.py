"""One JSON object as it was on the wire: order and digits kept, every fault of form named."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

Object = dict[str, Any]

DEEPEST = 64
LONGEST_NUMBER = 64
MOST_BYTES = 32 << 20
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say: a word of ``resources/errors/referee_zh_CN.toml`` and its parameters."""

    word: str
    params: tuple[tuple[str, str | int], ...] = ()


def note(word: str, /, **params: str | int) -> Note:
    return Note(word, tuple(params.items()))


class Unreadable(ValueError):
    """Text that is no message; ``note`` says why."""

    def __init__(self, said: Note) -> None:
        super().__init__(said.word)
        self.note = said


class Number(str):
    """A JSON number, as its sender wrote it."""

    __slots__ = ()


def decode(raw: bytes) -> tuple[str, tuple[Note, ...]]:
    """UTF-8 text, and what to remark. Raises ``Unreadable`` for any other encoding."""
    if len(raw) > MOST_BYTES:
        raise Unreadable(note("too_long", bytes=len(raw)))
    if not raw.strip():
        raise Unreadable(note("empty"))
    if raw.startswith(_WIDE):
        raise Unreadable(note("utf16"))
    remarks = (note("byte_order_mark"),) if raw.startswith(_BOM) else ()
    body = raw.removeprefix(_BOM)
    try:
        return body.decode(), remarks
    except UnicodeDecodeError as wrong:
        gbk = _decodes(body, "gb18030")
        raise Unreadable(note("gbk" if gbk else "not_utf8", place=wrong.start)) from wrong


def _decodes(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read(text: str) -> Object:
    """The object ``text`` is. Raises ``Unreadable``."""
    found = read_any(text)
    if not isinstance(found, dict):
        raise Unreadable(note("not_an_object", kind=kind_of(found)))
    return found


def read_any(text: str) -> Any:
    """Any JSON value, within limits of depth and number length. Raises ``Unreadable``."""
    try:
        found = json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_refuse,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as wrong:
        raise Unreadable(_why(text, wrong)) from wrong
    except RecursionError as deep:
        raise Unreadable(note("too_deep", most=DEEPEST)) from deep
    _check_depth(found, DEEPEST)
    if "\\u" in text:
        _check_characters(found)
    return found


def _why(text: str, wrong: json.JSONDecodeError) -> Note:
    if wrong.pos >= len(text.rstrip()) or wrong.msg.startswith("Unterminated"):
        return note("cut_off", place=len(text))
    if "Extra data" in wrong.msg:
        return note("more_behind", place=wrong.pos)
    return note("not_json", line=wrong.lineno, column=wrong.colno)


def _number(digits: str) -> Number:
    mantissa, _, exponent = digits.lower().partition("e")
    power = exponent.lstrip("+-") or "0"
    if len(mantissa) > LONGEST_NUMBER or len(power) > 3 or int(power) > LONGEST_NUMBER:
        raise Unreadable(note("number_range", digits=digits[:20]))
    return Number(digits)


def _refuse(word: str) -> None:
    raise Unreadable(note("no_number", told=word))


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found: Object = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(note("name_twice", name=name))
        found[name] = value
    return found


def _check_depth(tree: Any, left: int) -> None:
    if left < 0:
        raise Unreadable(note("too_deep", most=DEEPEST))
    for below in _children(tree):
        _check_depth(below, left - 1)


def _children(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        yield from tree.values()
    elif isinstance(tree, list):
        yield from tree


def _check_characters(tree: Any) -> None:
    """Only an escape can bring half a character."""
    try:
        json.dumps(tree, ensure_ascii=False).encode()
    except UnicodeEncodeError as half:
        raise Unreadable(note("half_a_character")) from half


def is_text(value: Any) -> TypeGuard[str]:
    """A JSON string; numbers are kept as texts too."""
    return isinstance(value, str) and not isinstance(value, Number)


def kind_of(value: Any) -> str:
    """The JSON kind of a value, in the words of ``kind``."""
    match value:
        case None:
            return "null"
        case bool():
            return "truth"
        case Number():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "object"
