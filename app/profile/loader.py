"""Read a region: merge what it extends, refuse what is unknown, keep where each value came from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.domain.errors import Code, LocalTrouble
from app.profile.toml_text import read_toml
from resources import FOLDER

if TYPE_CHECKING:
    from app.profile.model import Profile

Tree = dict[str, Any]
DRESSED = "+"
"""Joins a region and the dresses it wears: files of the folder ``dress``."""


OWN_REGIONS = "YAOTAI_REGIONS"
"""Names a folder with regions of this installation; a name that ships is never replaced by one."""
_DRESS = "dress"


class Origin(NamedTuple):
    """Where one value was set: profile id and the cited source."""

    profile: str
    source: str


class Loaded(NamedTuple):
    """A profile, and of each of its values by dotted key the origin and the value as written."""

    profile: Profile
    origins: Mapping[str, Origin]
    values: Mapping[str, Any]


def profile_folder() -> Path:
    """Where the shipped regions lie, also inside a frozen program."""
    return FOLDER / "profiles"


def shipped() -> tuple[str, ...]:
    """Ids of all shipped profiles, sorted."""
    names = (entry.name for entry in profile_folder().iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


def load(profile_id: str, *overlays: str, folder: Path | None = None) -> Loaded:
    """Load ``profile_id``; each overlay is laid over it in turn (training over a region).

    ``region+dress+dress`` lays small files of the folder ``dress`` over all of it: one channel or
    one way of proving who sends, to be tried with any region. Raises ``LocalTrouble`` naming file
    and key for anything that is missing, misspelt or wrong.
    """
    where = folder or profile_folder()
    merged: Tree = {}
    origins: dict[str, Origin] = {}
    region, *dresses = profile_id.split(DRESSED)
    for name, tree in _chain(region, where):
        _merge(merged, origins, name, tree)
    over = [(name, where) for name in overlays] + [(name, where / _DRESS) for name in dresses]
    for name, folder_of_it in over:
        own = {k: v for k, v in _read(name, folder_of_it).items() if k not in ("id", "name")}
        _merge(merged, origins, name, own)
    values = dict(leaves(merged))
    return Loaded(_convert(profile_id, merged), origins, values)


def base_of(overlay: str, folder: Path | None = None) -> str:
    """The region a profile extends: what is meant where nobody names one.

    Raises ``LocalTrouble`` for a profile that is not there or extends nothing.
    """
    base = _read(overlay, folder or profile_folder()).get("extends")
    if not isinstance(base, str):
        raise _wrong(overlay, "extends")
    return base


def _chain(profile_id: str, where: Path) -> list[tuple[str, Tree]]:
    """The region and all it extends, the base first."""
    chain: dict[str, Tree] = {}
    name = profile_id
    while name:
        if name in chain:
            raise _wrong(profile_id, f"extends: {name}")
        chain[name] = _read(name, where)
        name = str(chain[name].get("extends", ""))
    return list(chain.items())[::-1]


@lru_cache(maxsize=16)
def parsed(text: str) -> Tree:
    """A profile's text as a tree nobody may change: all regions share their base."""
    return read_toml(text)


def _read(name: str, where: Path) -> Tree:
    file = where / f"{name}.toml"
    own = os.environ.get(OWN_REGIONS, "")
    try:
        if own and not file.exists() and where == profile_folder():
            file = Path(own) / file.name
        return parsed(file.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise LocalTrouble(Code.PROFILE_ABSENT, profile=name) from missing
    except (OSError, ValueError) as broken:
        # no TOML, no UTF-8, or a name no file can have
        raise LocalTrouble(Code.PROFILE_BROKEN, profile=name, what=str(broken)) from broken


def _wrong(name: str, what: str) -> LocalTrouble:
    return LocalTrouble(Code.PROFILE_INVALID, profile=name, what=what)


def _merge(into: Tree, origins: dict[str, Origin], name: str, tree: Tree) -> None:
    sources = tree.get("sources", {})
    for key, value in leaves({k: v for k, v in tree.items() if k not in ("sources", "extends")}):
        try:
            source = _source_for(key, sources) or _own_source(tree, key)
            _put(into, key.split("."), value)
        except (KeyError, TypeError, AttributeError) as bent:
            # a key with a point in it, or a value where the region before has a table
            raise _wrong(name, key) from bent
        origins[key] = Origin(name, source)


def leaves(tree: Tree, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value below ``tree`` with its dotted key."""
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _source_for(key: str, sources: Mapping[str, str]) -> str:
    parts = key.split(".")
    for length in range(len(parts), 0, -1):
        found = sources.get(".".join(parts[:length]))
        if found:
            return str(found)
    return ""


def _own_source(tree: Tree, key: str) -> str:
    node: Any = tree
    for part in key.split(".")[:-1]:
        node = node[part]
    return str(node.get("source", "")) if isinstance(node, dict) else ""


def _put(into: Tree, path: list[str], value: Any) -> None:
    for part in path[:-1]:
        into = into.setdefault(part, {})
    into[path[-1]] = dict(value) if isinstance(value, dict) else value


def _convert(profile_id: str, merged: Tree) -> Profile:
    # a window asks for a region long before it needs its shape, which takes 50 ms to load
    import hashlib

    import msgspec

    from app.profile.built import check_built
    from app.profile.model import Profile
    from app.profile.routes import check_routes
    from app.profile.unknown import check_unknown
    from app.profile.uploads import check_uploads

    merged["id"] = profile_id
    canonical = msgspec.json.encode(merged, order="deterministic")
    merged["digest"] = hashlib.sha256(canonical).hexdigest()[:16]
    try:
        profile = msgspec.convert(merged, Profile)
    except msgspec.ValidationError as wrong:
        from app.profile.slips import slip_of

        raise slip_of(profile_id, str(wrong)) from wrong
    checks = (check_routes, check_unknown, check_uploads, check_built)
    problem = next((found for check in checks if (found := check(profile))), "")
    if problem:
        raise _wrong(profile_id, problem)
    return profile
