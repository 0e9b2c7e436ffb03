"""Reading GS1 texts with biip: the only room that imports it (decision 0033).

A scanner that swallows the separator is common (T19), and lot and serial cannot be told apart
without it (T20). Such a text is never split by guessing: every way to read it is listed, and only
a text with one way is certain.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.domain.goods.gs1 import (
    GS,
    Gs1Element,
    Gs1Fault,
    Gs1Load,
    Gs1Pack,
    Gs1Reading,
    Gs1Unsure,
    is_case,
    raw_text,
)

if TYPE_CHECKING:
    from biip.gs1_messages import GS1Message

_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_PRODUCT, _SERIAL, _LOT, _MADE, _EXPIRY = "01", "21", "10", "11", "17"
_SSCC, _CONTENT, _COUNT = "00", "02", "37"
_FIXED = {_PRODUCT: 14, _MADE: 6, _EXPIRY: 6}
_OPEN = frozenset({_LOT, _SERIAL})
_LONGEST = 20
_VALUE = re.compile(r"[!-\"%-?A-Z_a-z]{1,20}", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_MOST_WAYS = 64


def read(text: str) -> Gs1Reading:
    """What ``text`` says: raw with or without separators, or bracketed. Never raises."""
    plain = _SYMBOLOGY.sub("", text, count=1) if text.startswith("]") else text
    if plain.startswith("("):
        return _parsed(plain, bracketed=True)
    separated = GS in plain
    plain = plain.strip(GS)
    return _parsed(plain) if separated else _without_separator(plain)


def read_load(text: str) -> Gs1Load | None:
    """The case or pallet a label names; None where it names a single pack, or nothing surely.

    Its own number is an SSCC (00), or a product number with an indicator of a grouping and a
    serial number; what is inside stands in (02) and (37) (GS1 General Specifications 3.2, 3.6).
    """
    plain = _SYMBOLOGY.sub("", text, count=1) if text.startswith("]") else text
    bracketed = plain.startswith("(")
    message = _message(plain if bracketed else plain.strip(GS), bracketed=bracketed)
    if message is None:
        return None
    elements = _elements(message)
    found = {part.ai.ai: part for part in message.element_strings}
    if len(found) != len(elements) or not (bracketed or _separated(plain.strip(GS), elements)):
        return None
    value = {part.ai: part.value for part in elements}
    grouping = is_case(value.get(_PRODUCT, "")) and _SERIAL in value
    if _SSCC not in value and not grouping:
        return None
    own = f"({_PRODUCT}){value[_PRODUCT]}({_SERIAL}){value[_SERIAL]}" if grouping else ""
    count = value.get(_COUNT, "0")
    return Gs1Load(
        number=value.get(_SSCC, own),
        gtin=value.get(_CONTENT, value.get(_PRODUCT, "")),
        count=int(count) if _DIGITS.fullmatch(count) else 0,
        lot=value.get(_LOT, ""),
        expires_on=found[_EXPIRY].date if _EXPIRY in found else None,
        made_on=found[_MADE].date if _MADE in found else None,
    )


def _message(text: str, *, bracketed: bool) -> "GS1Message | None":
    # a tenth of a second of tables: loaded by rehearsal, or when first needed
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        return GS1Message.parse_hri(text) if bracketed else GS1Message.parse(text)
    except ParseError:
        return None


def _elements(message: "GS1Message") -> tuple[Gs1Element, ...]:
    return tuple(
        Gs1Element(part.ai.ai, part.value, part.ai.separator_required)
        for part in message.element_strings
    )


def _without_separator(text: str) -> Gs1Reading:
    ways = list(_ways(text, frozenset()))
    if len(ways) > _MOST_WAYS or not ways:
        return Gs1Unsure(Gs1Fault.UNREADABLE)
    readings = [_parsed(raw_text(way)) for way in ways]
    if len(readings) == 1:
        return readings[0]
    packs = tuple(reading for reading in readings if isinstance(reading, Gs1Pack))
    return Gs1Unsure(Gs1Fault.SEPARATOR_LOST, packs)


def _ways(text: str, used: frozenset[str]) -> Iterator[tuple[Gs1Element, ...]]:
    """Every way to cut a text without separators into elements, each of them once."""
    if not text:
        yield ()
        return
    ai, rest = text[:2], text[2:]
    if ai in used:
        return
    if ai in _FIXED:
        size = _FIXED[ai]
        if len(rest) >= size and _DIGITS.fullmatch(rest[:size]):
            for tail in _ways(rest[size:], used | {ai}):
                yield (Gs1Element(ai, rest[:size], False), *tail)
    elif ai in _OPEN:
        for size in range(1, min(_LONGEST, len(rest)) + 1):
            if _VALUE.fullmatch(rest[:size]):
                for tail in _ways(rest[size:], used | {ai}):
                    yield (Gs1Element(ai, rest[:size], True), *tail)


def _parsed(text: str, *, bracketed: bool = False) -> Gs1Reading:
    message = _message(text, bracketed=bracketed)
    if message is None:
        return Gs1Unsure(Gs1Fault.UNREADABLE)
    found = {part.ai.ai: part for part in message.element_strings}
    elements = _elements(message)
    if not elements:
        return Gs1Unsure(Gs1Fault.UNREADABLE)
    product = found.get(_PRODUCT)
    if len(found) != len(elements) or not (bracketed or _separated(text, elements)):
        return Gs1Unsure(Gs1Fault.SEPARATOR_LOST)
    if product is None or product.gtin is None:
        return Gs1Unsure(Gs1Fault.NO_PRODUCT)
    if _SERIAL not in found:
        return Gs1Unsure(Gs1Fault.NO_SERIAL)
    return Gs1Pack(
        gtin=product.value,
        serial=found[_SERIAL].value,
        lot=found[_LOT].value if _LOT in found else "",
        expires_on=found[_EXPIRY].date if _EXPIRY in found else None,
        made_on=found[_MADE].date if _MADE in found else None,
        elements=elements,
    )


def _separated(text: str, elements: tuple[Gs1Element, ...]) -> bool:
    """Every open-ended element but the last ends at a separator, and not at its longest."""
    rest = text
    for part in elements[:-1]:
        rest = rest.removeprefix(part.ai + part.value)
        if part.open_ended and not rest.startswith(GS):
            return False
        rest = rest.lstrip(GS)
    return True


def warm_up() -> None:
    """Load the tables of application identifiers before the first customer."""
    _parsed("")
