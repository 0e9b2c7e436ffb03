"""From arguments to one command, and from a trouble to its sentence and status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.cli import commands, regions
from app.cli.options import parser
from app.cli.output import Status, sentence, tell
from app.domain.errors import Code, OperatorInput, Trouble
from app.profile.loader import base_of

if TYPE_CHECKING:
    from app.cli.doors import Doors

OVERLAY = "training"
"""Names the region that is meant where nobody names one."""
_COMMANDS = {
    "demo": commands.demo,
    "sandbox": commands.sandbox,
    "scan": commands.scan,
    "card": commands.card,
    "doctor": commands.doctor,
    "queue": commands.queue,
    "journal": commands.journal,
    "referee": commands.referee,
    "simulate": commands.simulate,
    "profile": regions.profile,
    "reconcile": commands.reconcile,
    "stock": commands.stock,
    "backup": commands.backup,
    "restore": commands.restore,
    "catalogue": commands.catalogue,
}


def dispatch(arguments: Sequence[str] | None, open_doors: Callable[[], Doors]) -> int:
    """Run one command and return its exit status. A trouble becomes one plain sentence."""
    _speak_utf8()
    try:
        args = parser().parse_args(arguments)
        args.profile = args.profile or base_of(OVERLAY)
        doors = open_doors()
        if args.command is None:
            return commands.window(args, doors)
        return int(_COMMANDS[args.command](args, doors))
    except Trouble as trouble:
        tell(sentence(trouble))
    except OSError as failed:
        tell(sentence(OperatorInput(Code.FILE_UNREADABLE, file=_name_of(failed))))
    return int(Status.USAGE)


def _name_of(failed: OSError) -> str:
    return str(failed.filename or failed.strerror or type(failed).__name__)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
