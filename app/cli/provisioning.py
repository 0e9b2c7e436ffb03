"""``yaotai --live provision``: people, drugs, keys of a live store; a forgotten PIN made anew."""

import argparse

from app.cli.doors import Doors, ProvisionWish
from app.cli.inputs import require_file
from app.cli.output import Status, emit, tell
from app.cli.wording import said
from app.domain.errors import Code, OperatorInput


def provision(args: argparse.Namespace, doors: Doors) -> Status:
    """Enter what IT hands over. In training everybody is there already."""
    if not args.live:
        raise OperatorInput(Code.USAGE_WRONG, what="--live")
    if args.file is None and args.keys is None and not args.reset:
        raise OperatorInput(Code.USAGE_WRONG, what="--file")
    require_file(args.file)
    done = doors.provision(ProvisionWish(args.file, args.keys, args.reset))
    detail = said("pin_reset" if args.reset else "provisioned", **done)
    if args.json:
        emit({"ok": True, "detail": detail, **done})
    else:
        tell(detail)
    return Status.HOLDS
