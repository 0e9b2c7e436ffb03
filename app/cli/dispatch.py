"""From arguments to one command, and from a trouble to its sentence and status."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.cli import commands, regions
from app.cli.options import parser
from app.cli.output import Status, sentence, tell
from app.domain.errors import Code, OperatorInput, Trouble
from app.jobs.training_platform import default_folder
from app.profile.loader import base_of

if TYPE_CHECKING:
    import argparse

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
    "provision": commands.provision,
    "migrate-store": commands.migrate_store,
}
_PRACTICE = ("demo", "sandbox", "simulate", "profile", "referee", "scan")
_PLAYED = (("reconcile", "rehearse"),)
"""What knows no store, or plays with invented people only."""


def dispatch(arguments: Sequence[str] | None, open_doors: Callable[[], Doors]) -> int:
    """Run one command and return its exit status. A trouble becomes one plain sentence."""
    _speak_utf8()
    try:
        args = parser().parse_args(arguments)
        doors = open_doors()
        if args.live:
            doors = _live(args, doors)
        else:
            args.profile = args.profile or base_of(OVERLAY)
        if args.command is None:
            return commands.window(args, doors)
        return int(_COMMANDS[args.command](args, doors))
    except Trouble as trouble:
        tell(sentence(trouble))
    except OSError as failed:
        tell(sentence(OperatorInput(Code.FILE_UNREADABLE, file=_name_of(failed))))
    return int(Status.USAGE)


def _live(args: argparse.Namespace, doors: Doors) -> Doors:
    """The doors of the live store. Its settings alone say region and folder.

    A window reads them behind its first page and the doctor names what is wrong with them.
    """
    from app.cli.doors import LiveWish

    playing = (args.command, getattr(args, "action", "")) in _PLAYED or args.command in _PRACTICE
    for wrong, option in (
        (playing, "--live"),
        (args.profile, "--profile"),
        (args.data_dir, "--data-dir"),
    ):
        if wrong:
            raise OperatorInput(Code.USAGE_WRONG, what=option)
    live = doors.live(LiveWish(args.settings, args.counter, default_folder()))
    if args.command not in (None, "doctor", "provision"):
        args.profile = live.region()
    return live.doors


def _name_of(failed: OSError) -> str:
    return str(failed.filename or failed.strerror or type(failed).__name__)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
