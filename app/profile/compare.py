"""A region laid open: each value with who set it and why, and what two regions do differently."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from app.profile.loader import Loaded
from app.profile.model import OperationPart

_IDENTITY = frozenset({"id", "name"})
_OF_OPERATIONS = "operations."


class Grade(StrEnum):
    """How far a value may be trusted: the marks of the interface reference, and two more."""

    CONFIRMED = "confirmed"
    SINGLE = "single"
    SIBLING = "sibling"
    PROPOSED = "proposed"
    ASSUMED = "assumed"
    SEED = "seed"
    OWN = "own"


_WEAKEST_FIRST = (
    (Grade.ASSUMED, re.compile(r"\bassumed\b|\[[^\]]*\b[IM]\b[^\]]*\]")),
    (Grade.PROPOSED, re.compile(r"\[[^\]]*\bP\b[^\]]*\]|\bours\b")),
    (Grade.SIBLING, re.compile(r"\[[^\]]*\bF\b[^\]]*\]")),
    (Grade.SINGLE, re.compile(r"\[[^\]]*\b(?:S|C1|R8)\b[^\]]*\]")),
    (Grade.CONFIRMED, re.compile(r"\[[^\]]*\b(?:C\d|X)\b[^\]]*\]")),
    (Grade.SEED, re.compile(r"\bS[0-4]\b")),
)
"""A source may carry several marks; the weakest one counts."""
_SILENT = {
    field.name: field.default
    for field in msgspec.structs.fields(OperationPart)
    if field.default is not msgspec.NODEFAULT
}
"""What an operation is where its region says nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value of a region, the profile that set it, and what that rests on."""

    key: str
    value: Any
    set_by: str
    source: str
    confidence: Grade


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that two regions hold differently; None where a region has none."""

    key: str
    first: Row | None
    second: Row | None


def rows_of(loaded: Loaded) -> tuple[Row, ...]:
    """Every value of a region by dotted key, in order."""
    return tuple(_row(loaded, key) for key in sorted(loaded.values))


def _row(loaded: Loaded, key: str) -> Row:
    origin = loaded.origins[key]
    return Row(key, loaded.values[key], origin.profile, origin.source, _grade(loaded, key))


def _grade(loaded: Loaded, key: str) -> Grade:
    if key.startswith(_OF_OPERATIONS):
        said = loaded.values.get(f"{key.rpartition('.')[0]}.confidence")
        if said is not None:
            return Grade(said)
    source = loaded.origins[key].source
    return next((grade for grade, mark in _WEAKEST_FIRST if mark.search(source)), Grade.OWN)


def differences(first: Loaded, second: Loaded) -> tuple[Difference, ...]:
    """What the two do differently. Names, sources and marks are no difference of their own."""
    return tuple(_differences(first, second))


def _differences(first: Loaded, second: Loaded) -> Iterator[Difference]:
    for key in sorted(first.values.keys() | second.values.keys()):
        if key in _IDENTITY or _only_speaks(key):
            continue
        one, other = _held(first, key), _held(second, key)
        if (one and one.value) != (other and other.value):
            yield Difference(key, one, other)


def _held(loaded: Loaded, key: str) -> Row | None:
    """As written, or as it is where nothing is written about an operation that is there."""
    if key in loaded.values:
        return _row(loaded, key)
    operation, _, field = key.rpartition(".")
    if f"{operation}.address" in loaded.values and field in _SILENT:
        return Row(key, _SILENT[field], "", "nothing written", Grade.OWN)
    return None


def _only_speaks(key: str) -> bool:
    return key.startswith(_OF_OPERATIONS) and key.endswith((".source", ".confidence"))
