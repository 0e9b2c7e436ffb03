"""``yaotai backup`` and ``restore``: a copy that counts, and the way back from one."""

import argparse
from collections.abc import Mapping

from app.cli.doors import Doors
from app.cli.inputs import require_file, require_region
from app.cli.output import Status, emit, tell
from app.cli.wording import said


def backup(args: argparse.Namespace, doors: Doors) -> Status:
    """Copy the base, also beside a running counter."""
    require_region(args.profile)
    made = doors.backup(args.data_dir, args.profile, args.to, args.beside)
    return _told(args, "backup", made)


def restore(args: argparse.Namespace, doors: Doors) -> Status:
    """Put a copy in the place of the base; what has to be compared then is named."""
    require_region(args.profile)
    require_file(args.file)
    found = doors.restore(args.data_dir, args.profile, args.file)
    return _told(args, "restored_to_compare" if found["days"] else "restored", found)


def _told(args: argparse.Namespace, sentence: str, found: Mapping[str, object]) -> Status:
    detail = said(sentence, **{**found, "days": " ".join(map(str, _days(found)))})
    if args.json:
        emit({"ok": True, "detail": detail, **found})
    else:
        tell(detail)
    return Status.HOLDS


def _days(found: Mapping[str, object]) -> list[object]:
    days = found.get("days")
    return days if isinstance(days, list) else []
