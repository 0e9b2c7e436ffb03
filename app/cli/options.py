"""Arguments of ``yaotai``. Names and options are stable: add, never rename (design cli.md)."""

import argparse
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from app.domain.errors import Code, OperatorInput

WIDEST = 16_384
"""Pixels; no screen is wider."""
PORTS = 65_536
IDENTITIES = ("qr", "card", "idcard")


_NAMED = re.compile(r"argument (?P<option>[^:]+):|arguments(?: are required)?: (?P<rest>.+)")


def default_folder() -> Path:
    """Where this user's training base lives when nobody says otherwise."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home())
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "yaotai"


class Grammar(argparse.ArgumentParser):
    """Wrong usage is a trouble like any other: one plain sentence and status 2.

    What ``options`` adds is added when this part is asked for: a window waits for no command's.
    """

    def __init__(
        self,
        *,
        prog: str | None = None,
        description: str | None = None,
        options: Callable[[argparse.ArgumentParser], None] | None = None,
    ) -> None:
        super().__init__(prog=prog, description=description)
        self._options = options

    def parse_known_args(  # type: ignore[override]  # the shape argparse itself calls
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As everywhere; called once for each part that is named."""
        add, self._options = self._options, None
        if add is not None:
            add(self)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Raises ``OperatorInput`` ``USAGE_WRONG`` naming the option or argument in question."""
        found = _NAMED.search(message)
        what = (found["option"] or found["rest"]) if found else self.prog
        raise OperatorInput(Code.USAGE_WRONG, what=what)


def _size(text: str) -> tuple[int, int]:
    """``1366x768`` as width and height. Raises ``ValueError`` for anything else."""
    width, height = (int(part) for part in text.split("x"))
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise ValueError("not a size of a window")
    return width, height


def _port(text: str) -> int:
    """Raises ``ValueError`` for what no port can be."""
    port = int(text)
    if not 0 <= port < PORTS:
        raise ValueError("not a port")
    return port


def parser() -> argparse.ArgumentParser:
    """The whole grammar; without a command the counter opens."""
    top = Grammar(prog="yaotai", description="药台：医保定点药店柜台工作站")
    _common(top, top=True)
    top.add_argument("--camera", action="append", default=[], metavar="NUMBER|FILE|DIR")
    top.add_argument("--reader", default="", metavar="NAME")
    top.add_argument("--gun", default="", metavar="PORT")
    top.add_argument("--id-reader", default="", metavar="PORT")
    top.add_argument("--receipt-printer", default="", metavar="QUEUE|DIR|escpos:DEVICE")
    top.add_argument("--page-printer", default="", metavar="QUEUE|DIR")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("demo", help="完整走一遍一位顾客的流程", options=_demo)
    commands.add_parser("sandbox", help="单独启动训练平台", options=_sandbox)
    commands.add_parser("scan", help="识别图片、文件夹或视频里的码", options=_scan)
    commands.add_parser("card", help="读卡", options=_card)
    commands.add_parser("doctor", help="检查这台电脑能不能用", options=_common)
    commands.add_parser("queue", help="还没有送到平台的记录", options=_queue)
    commands.add_parser("journal", help="操作日志", options=_journal)
    commands.add_parser("simulate", help="按种子演练整个营业日", options=_simulate)
    commands.add_parser("profile", help="查看、比较各地规则", options=_profile)
    return top


def _common(part: argparse.ArgumentParser, *, top: bool = False) -> None:
    unset = None if top else argparse.SUPPRESS
    part.add_argument("--json", action="store_true", default=False if top else argparse.SUPPRESS)
    part.add_argument("--data-dir", type=Path, default=unset, metavar="DIR")
    part.add_argument("--profile", default="" if top else argparse.SUPPRESS, metavar="NAME")
    part.add_argument("--training", action="store_true", default=True if top else argparse.SUPPRESS)


def _demo(part: argparse.ArgumentParser) -> None:
    _common(part)
    part.add_argument("--identity", choices=IDENTITIES, default="qr")
    part.add_argument("--qr", type=Path, metavar="FILE")
    part.add_argument("--reader", default="", metavar="NAME")
    part.add_argument("--platform", type=Path, metavar="READY.json")
    part.add_argument("--resume", action="store_true")
    part.add_argument("--fault", default="", metavar="NAME")
    part.add_argument("--seed", type=int, default=1)
    part.add_argument("--out", type=Path, metavar="DIR")
    part.add_argument("--theme", choices=("light", "dark"), default="light")
    part.add_argument("--size", type=_size, default="1366x768", metavar="WxH")


def _sandbox(part: argparse.ArgumentParser) -> None:
    _common(part)
    part.add_argument("--port", type=_port, default=0)
    part.add_argument("--db", type=Path, metavar="FILE")
    part.add_argument("--seed", type=int, default=1)
    part.add_argument("--fault", action="append", default=[], metavar="SPEC")
    part.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)


def _scan(part: argparse.ArgumentParser) -> None:
    _common(part)
    part.add_argument("--reveal", action="store_true")
    part.add_argument("files", nargs="+", type=Path, metavar="FILE")


def _card(part: argparse.ArgumentParser) -> None:
    read = part.add_subparsers(dest="action", required=True).add_parser("read")
    _common(read)
    read.add_argument("--reader", default="", metavar="NAME")
    read.add_argument("--reveal", action="store_true")


def _queue(part: argparse.ArgumentParser) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    _common(actions.add_parser("list"))


def _journal(part: argparse.ArgumentParser) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    _common(actions.add_parser("verify"))


def _count(text: str) -> int:
    """A whole number of things, at least one. Raises ``ValueError`` for anything else."""
    count = int(text)
    if count < 1:
        raise ValueError("nothing to do")
    return count


def _rate(text: str) -> float:
    """A share from 0 to 1. Raises ``ValueError`` for anything else."""
    rate = float(text)
    if not 0 <= rate <= 1:
        raise ValueError("not a share")
    return rate


def _simulate(part: argparse.ArgumentParser) -> None:
    _common(part)
    part.add_argument("--seeds", type=_count, default=20, metavar="N")
    part.add_argument("--from", type=int, default=1, dest="first", metavar="S")
    part.add_argument("--visits", type=_count, default=3, metavar="V")
    part.add_argument("--fault-rate", type=_rate, default=0.15, metavar="R")


def _profile(part: argparse.ArgumentParser) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show")
    _common(show)
    show.add_argument("name", metavar="NAME[+OVERLAY]")
    show.add_argument("--source", action="store_true")
    diff = actions.add_parser("diff")
    _common(diff)
    diff.add_argument("first", metavar="A")
    diff.add_argument("second", metavar="B")
