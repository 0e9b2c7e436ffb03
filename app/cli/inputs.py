"""What a command was given, looked at before anything is opened or started."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.errors import Code, OperatorInput
from app.profile.loader import load, shipped

_READY: Mapping[str, type] = {
    "url": str,
    "profile": str,
    "endpoints": dict,
    "pharmacy": dict,
    "hospital": dict,
    "gateway": dict,
    "persons": list,
    "pharmacists": list,
    "prescriptions": list,
    "stock": list,
}
_NESTED = (("pharmacy", "code"), ("pharmacy", "keys"), ("gateway", "paasid"), ("gateway", "secret"))


def require_region(profile: str) -> None:
    """Raises ``LocalTrouble`` ``PROFILE_INVALID`` for a region that does not ship."""
    load(profile)


def require_shipped(profile: str) -> None:
    """As ``require_region``, by name only: a window reads the region behind its first page."""
    if profile not in shipped():
        load(profile)


def require_file(path: Path | None) -> None:
    """Raises ``OperatorInput`` ``FILE_UNREADABLE`` where a named file cannot be read."""
    if path is not None:
        _content(path)


def require_folder(path: Path | None) -> None:
    """A folder that is there, or can be made. Raises ``OperatorInput`` ``FILE_UNREADABLE``."""
    if path is None:
        return
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as failed:
        raise OperatorInput(Code.FILE_UNREADABLE, file=str(path)) from failed


def require_ready_line(path: Path | None) -> None:
    """The ready line of ``sandbox``, kept in a file (design cli.md, keys of ``sandbox``).

    Raises ``OperatorInput``: ``FILE_UNREADABLE``, or ``READY_LINE_WRONG`` for anything else.
    """
    if path is None:
        return
    import json

    try:
        line: Any = json.loads(_content(path))
    except (ValueError, RecursionError) as garbage:
        raise OperatorInput(Code.READY_LINE_WRONG, file=str(path)) from garbage
    whole = isinstance(line, dict) and all(
        isinstance(line.get(key), kind) for key, kind in _READY.items()
    )
    if not whole or any(key not in line[part] for part, key in _NESTED):
        raise OperatorInput(Code.READY_LINE_WRONG, file=str(path))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failed:
        raise OperatorInput(Code.FILE_UNREADABLE, file=str(path)) from failed
