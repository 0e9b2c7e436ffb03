"""``yaotai referee``: files in, a ruling out. It needs no store and no login."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import Status, emit, tell, write
from app.domain.errors import Code, OperatorInput

if TYPE_CHECKING:
    import argparse

    from app.cli.doors import Doors
    from app.ports.referee import Referee, Ruling

_STATUS = {"holds": Status.HOLDS, "fails": Status.FAILS}
_PRODUCTS = {
    "sign": "message",
    "encrypt": "text",
    "decrypt": "text",
    "tif": "signature",
}
"""What a command makes, for whoever sends its standard output into a file."""


def ask(args: argparse.Namespace, doors: Doors) -> Status:
    """One question to the referee. Raises ``OperatorInput`` for a file that cannot be read."""
    ruling = _asked(args, doors.referee(args.profile))
    status = _STATUS.get(str(ruling.outcome), Status.USAGE)
    if status is not Status.USAGE:
        if args.json:
            emit(ruling.document)
        elif args.action in _PRODUCTS:
            write(ruling.document.get(_PRODUCTS[args.action]))
    if not args.json or status is Status.USAGE:
        for sentence in ruling.sentences:
            tell(sentence)
    return status


def _asked(args: argparse.Namespace, judge: Referee) -> Ruling:
    match args.action:
        case "tif":
            return judge.tif(args.timestamp, args.secret, args.nonce)
        case "check":
            keys = None if args.keys is None else _content(args.keys)
            message = _content(args.message)
            return judge.check(args.operation, message, response=args.response, keys=keys)
        case "sign":
            return judge.sign(_content(args.keys), _content(args.message), datetime.now(UTC))
        case "encrypt":
            return judge.encrypt(_content(args.keys), _content(args.message))
        case "decrypt":
            return judge.decrypt(_content(args.keys), _content(args.message))
        case _:
            return judge.verify(_content(args.keys), _content(args.message))


def _content(path: Path) -> bytes:
    """A file's bytes; ``-`` is standard input."""
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as failed:
        raise OperatorInput(Code.FILE_UNREADABLE, file=str(path)) from failed
