"""From arguments to one command, and from a trouble to its sentence and status."""

import sys
from collections.abc import Callable, Sequence

from app.cli import commands
from app.cli.doors import Doors
from app.cli.options import parser
from app.cli.output import Status, sentence, tell
from app.domain.errors import Trouble

_COMMANDS = {
    "demo": commands.demo,
    "sandbox": commands.sandbox,
    "scan": commands.scan,
    "card": commands.card,
    "doctor": commands.doctor,
    "queue": commands.queue,
    "journal": commands.journal,
}


def dispatch(arguments: Sequence[str] | None, open_doors: Callable[[], Doors]) -> int:
    """Run one command and return its exit status. A trouble becomes one plain sentence."""
    args = parser().parse_args(arguments)
    _speak_utf8()
    try:
        doors = open_doors()
        if args.command is None:
            return commands.window(args, doors)
        return int(_COMMANDS[args.command](args, doors))
    except Trouble as trouble:
        tell(sentence(trouble))
        return int(Status.USAGE)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
