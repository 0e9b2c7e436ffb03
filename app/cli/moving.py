"""``yaotai --live migrate-store``: one counter's file becomes the base of a store."""

import argparse
from collections.abc import Mapping

from app.cli.doors import Doors
from app.cli.output import Status, emit, sentence, tell
from app.cli.wording import said
from app.domain.errors import Code, LocalTrouble, OperatorInput

_DOES_NOT_HOLD = frozenset(
    {
        Code.MOVE_MONEY_OPEN,
        Code.MOVE_SENDING,
        Code.MOVE_UNBELIEVED,
        Code.MOVE_NOT_EMPTY,
        Code.MOVE_DIFFERS,
    }
)


def migrate_store(args: argparse.Namespace, doors: Doors) -> Status:
    """Training stays in its own file always."""
    if not args.live:
        raise OperatorInput(Code.USAGE_WRONG, what="--live")
    try:
        moved = doors.move_store(args.to)
    except LocalTrouble as refused:
        if refused.code not in _DOES_NOT_HOLD:
            raise
        return _told(args, {}, sentence(refused), Status.FAILS)
    return _told(args, moved, said("moved", **moved), Status.HOLDS)


def _told(
    args: argparse.Namespace, found: Mapping[str, object], detail: str, status: Status
) -> Status:
    if args.json:
        emit({"ok": status is Status.HOLDS, "detail": detail, **found})
    else:
        tell(detail)
    return status
