"""A key that is misspelt, said so that it can be found and mended."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

import msgspec

from app.domain.errors import Code, LocalTrouble
from app.profile.model import Profile

_UNKNOWN = re.compile(r"Object contains unknown field `([^`]*)`(?: - at `\$\.?([^`]*)`)?")


class Unknown(NamedTuple):
    """``what`` is the key with its dots, ``wanted`` a key like it that may stand there."""

    what: str
    wanted: str


def unknown_key(shape: type[msgspec.Struct], said: str) -> Unknown | None:
    """The key that ``said`` of something that does not convert to ``shape`` calls unknown."""
    unknown = _UNKNOWN.fullmatch(said)
    if unknown is None:
        return None
    name, where = unknown[1], unknown[2] or ""
    near = get_close_matches(name, list(_names(shape, where)), 1, 0.6)
    return Unknown(f"{where}.{name}".lstrip("."), near[0] if near else "")


def slip_of(profile_id: str, said: str) -> LocalTrouble:
    """What ``said`` of a region that does not convert means."""
    found = unknown_key(Profile, said)
    if found is None:
        return LocalTrouble(Code.PROFILE_INVALID, profile=profile_id, what=said)
    return LocalTrouble(
        Code.PROFILE_KEY_UNKNOWN, profile=profile_id, what=found.what, wanted=found.wanted
    )


def _names(shape: type[msgspec.Struct], where: str) -> Iterator[str]:
    """The keys that may stand at ``where``."""
    kind: Any = shape
    for part in filter(None, where.split(".")):
        kind = _inside(kind, part)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from (field.encode_name for field in msgspec.structs.fields(kind))


def _inside(kind: Any, part: str) -> Any:
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return getattr(kind, "__args__", (None,))[-1]
    types = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    return types.get(part.split("[")[0])
