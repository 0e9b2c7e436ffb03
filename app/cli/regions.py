"""``profile show`` and ``profile diff``: a region laid open, and how two of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.output import Status, emit, tell

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from app.cli.doors import Doors
    from app.profile.compare import Row
    from app.profile.loader import Loaded

OVER = "+"
"""Joins a region and what is laid over it."""


def profile(args: argparse.Namespace, doors: Doors) -> Status:
    """Show, compare or try. Raises ``LocalTrouble`` for a region that does not load."""
    if args.action == "check":
        from app.cli.conformance import check

        return check(args, doors)
    if args.action == "show":
        _show(args.name, args.source, args.json)
    else:
        _diff(args.first, args.second, args.json)
    return Status.HOLDS


def _opened(name: str) -> Loaded:
    """``region+training+dress``: training is laid over a region, and dresses over both."""
    from app.profile.loader import load, shipped

    region, *over = name.split(OVER)
    overlays = [one for one in over if one in shipped()]
    return load(OVER.join([region, *(one for one in over if one not in overlays)]), *overlays)


def _show(name: str, with_source: bool, as_json: bool) -> None:
    from app.profile.compare import rows_of

    loaded = _opened(name)
    rows = rows_of(loaded)
    if as_json:
        region = loaded.profile
        values = [_document(row) for row in rows]
        emit({"profile": name, "name": region.name, "digest": region.digest, "values": values})
        return
    for row in rows:
        tell(f"{row.key} = {_text(row.value)}{_why(row) if with_source else ''}")


def _diff(first: str, second: str, as_json: bool) -> None:
    from app.profile.compare import differences

    found = differences(_opened(first), _opened(second))
    if as_json:
        rows = [
            {
                "key": one.key,
                "first": _document(one.first) if one.first else None,
                "second": _document(one.second) if one.second else None,
            }
            for one in found
        ]
        emit({"first": first, "second": second, "differences": rows})
        return
    for one in found:
        tell(one.key)
        for name, row in ((first, one.first), (second, one.second)):
            tell(f"  {name}: {_text(row.value)}{_why(row)}" if row else f"  {name}: -")


def _document(row: Row) -> Mapping[str, object]:
    return {
        "key": row.key,
        "value": row.value,
        "set_by": row.set_by,
        "source": row.source,
        "confidence": row.confidence.value,
    }


def _why(row: Row) -> str:
    return f"    # {row.set_by}, {row.confidence.value}: {row.source}"


def _text(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
