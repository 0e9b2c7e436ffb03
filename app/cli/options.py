"""Arguments of ``yaotai``. Names and options are stable: add, never rename (design cli.md)."""

import argparse
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from app.cli.wording import command_help, option_help, word
from app.domain.errors import Code, OperatorInput

WIDEST = 16_384
"""Pixels; no screen is wider."""
PORTS = 65_536
IDENTITIES = ("qr", "card", "idcard")


_NAMED = re.compile(r"argument (?P<option>[^:]+):|arguments(?: are required)?: (?P<rest>.+)")


class Grammar(argparse.ArgumentParser):
    """Wrong usage is a trouble like any other: one plain sentence and status 2.

    What ``options`` adds is added when this part is asked for: a window waits for no command's.
    """

    def __init__(
        self,
        *,
        prog: str | None = None,
        description: str | None = None,
        options: "Callable[[Grammar], None] | None" = None,
        planned: bool = False,
    ) -> None:
        """``planned`` is a command of the contract that is not there yet: it says so."""
        super().__init__(prog=prog, description=description, add_help=False)
        self._options, self._planned = options, planned
        self._words: list[Callable[[], None]] = []
        _option(self, "-h", "--help", action="help", described="help")

    def when_told(self, put: Callable[[], None]) -> None:
        """``put`` words in their places before somebody reads them: a window has no reader."""
        self._words.append(put)

    def format_help(self) -> str:
        for put in self._words:
            put()
        return super().format_help()

    def furnish(self) -> None:
        """Add what this part knows, once."""
        add, self._options = self._options, None
        if add is not None:
            add(self)

    def parse_known_args(  # type: ignore[override]  # the shape argparse itself calls
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As everywhere. Raises ``OperatorInput`` ``COMMAND_MISSING`` for what is only planned."""
        if self._planned:
            raise OperatorInput(Code.COMMAND_MISSING, what=self.prog)
        self.furnish()
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


PLANNED = ("onboarding", "tracechannel", "diag")
"""Commands of the contract that say that they are not there yet (design cli.md)."""


def parser() -> argparse.ArgumentParser:
    """The whole grammar; without a command the counter opens."""
    top = Grammar(prog="yaotai")
    top.when_told(lambda: setattr(top, "description", word("about")))
    _common(top, top=True)
    _option(top, "--camera", action="append", default=[], metavar="NUMBER|FILE|DIR")
    _option(top, "--reader", default="", metavar="NAME")
    _option(top, "--gun", default="", metavar="PORT")
    _option(top, "--id-reader", default="", metavar="PORT")
    _option(top, "--receipt-printer", default="", metavar="QUEUE|DIR|escpos:DEVICE")
    _option(top, "--page-printer", default="", metavar="QUEUE|DIR")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _command(top, commands, "demo", options=_demo)
    _command(top, commands, "sandbox", options=_sandbox)
    more = {"scan": _scan, "card": _card, "doctor": _common, "queue": _queue, "journal": _journal}
    for name, options in more.items():
        _command(top, commands, name, options=options)
    _command(top, commands, "simulate", options=_simulate)
    _command(top, commands, "profile", options=_profile)
    _command(top, commands, "reconcile", options=_reconcile)
    _command(top, commands, "stock", options=_stock)
    _command(top, commands, "catalogue", options=_catalogue)
    _command(top, commands, "referee", options=_referee)
    more = {"backup": _backup, "restore": _restore, "provision": _provision}
    for name, options in {**more, "migrate-store": _migrate_store}.items():
        _command(top, commands, name, options=options)
    for name in PLANNED:
        _command(top, commands, name, planned=True)
    return top


def _command(
    owner: Grammar,
    among: Any,
    name: str,
    *,
    described: str = "",
    options: "Callable[[Grammar], None] | None" = None,
    planned: bool = False,
) -> None:
    part: Grammar = among.add_parser(name, help="", options=options, planned=planned)
    (*_, listed) = among._get_subactions()

    def put() -> None:
        part.description = command_help(described or name)
        listed.help = part.description + word("later") if planned else part.description

    part.when_told(put)
    owner.when_told(put)


def _option(part: Grammar, *flags: str, described: str = "", **more: Any) -> None:
    """An option with its help; ``described`` where its name has another meaning elsewhere."""
    action = part.add_argument(*flags, **more)
    name = described or flags[-1].lstrip("-").replace("-", "_")
    part.when_told(lambda: setattr(action, "help", option_help(name)))


def _common(part: Grammar, *, top: bool = False) -> None:
    unset = None if top else argparse.SUPPRESS
    flag = False if top else argparse.SUPPRESS
    _option(part, "--json", action="store_true", default=flag)
    _option(part, "--data-dir", type=Path, default=unset, metavar="DIR")
    _option(part, "--profile", default="" if top else argparse.SUPPRESS, metavar="NAME")
    _option(part, "--training", action="store_true", default=True if top else argparse.SUPPRESS)
    _option(part, "--live", action="store_true", default=flag)
    _option(part, "--settings", type=Path, default=unset, metavar="FILE")
    _option(part, "--counter", default="" if top else argparse.SUPPRESS, metavar="N|STORE/N")


def _demo(part: Grammar) -> None:
    _common(part)
    _option(part, "--identity", choices=IDENTITIES, default="qr")
    _option(part, "--qr", type=Path, metavar="FILE")
    _option(part, "--reader", default="", metavar="NAME")
    _option(part, "--platform", type=Path, metavar="READY.json")
    _option(part, "--resume", action="store_true")
    _option(part, "--fault", default="", metavar="NAME")
    _option(part, "--seed", type=int, default=1)
    _option(part, "--out", type=Path, metavar="DIR")
    _option(part, "--theme", choices=("light", "dark"), default="light")
    _option(part, "--size", type=_size, default="1366x768", metavar="WxH")


def _sandbox(part: Grammar) -> None:
    _common(part)
    _option(part, "--port", type=_port, default=0)
    _option(part, "--db", type=Path, metavar="FILE")
    _option(part, "--seed", type=int, default=1)
    _option(part, "--fault", described="faults", action="append", default=[], metavar="SPEC")
    part.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)


def _scan(part: Grammar) -> None:
    _common(part)
    _option(part, "--reveal", action="store_true")
    _option(part, "files", nargs="+", type=Path, metavar="FILE")


def _card(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    _command(part, actions, "read", described="card_read", options=_card_read)


def _card_read(part: Grammar) -> None:
    _common(part)
    _option(part, "--reader", default="", metavar="NAME")
    _option(part, "--reveal", action="store_true")


def _queue(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    _command(part, actions, "list", described="queue_list", options=_common)
    _command(part, actions, "retry", described="queue_retry", options=_queue_retry)
    _command(part, actions, "drain", described="queue_drain", options=_common)


def _queue_retry(part: Grammar) -> None:
    _common(part)
    _option(part, "item", type=int, metavar="ID")


def _reconcile(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    for name in ("money", "stock"):
        _command(part, actions, name, described=f"reconcile_{name}", options=_compared_day)
    _command(part, actions, "rehearse", described="reconcile_rehearse", options=_rehearse)


def _rehearse(part: Grammar) -> None:
    _common(part)
    _option(part, "--seed", described="first_day", type=int, default=1, metavar="N")
    _option(part, "--days", type=_count, default=25, metavar="D")
    _option(part, "--causes", type=int, default=1, choices=(0, 1, 2, 3), metavar="K")


def _compared_day(part: Grammar) -> None:
    _common(part)
    _option(part, "--date", type=date.fromisoformat, metavar="D")
    _option(part, "--out", described="papers", type=Path, metavar="DIR")


def _stock(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    for name, options in (("prove", _common), ("receive", _stock_receive), ("trail", _stock_trail)):
        _command(part, actions, name, described=f"stock_{name}", options=options)


def _stock_receive(part: Grammar) -> None:
    _common(part)
    _option(part, "--check", action="store_true")
    _option(part, "--good-rows", action="store_true")
    _option(part, "--out", described="papers", type=Path, metavar="DIR")
    _option(part, "file", described="table", type=Path, metavar="FILE")


def _stock_trail(part: Grammar) -> None:
    _common(part)
    _option(part, "code", metavar="CODE")


def _catalogue(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    parts = (_catalogue_download, _catalogue_search, _catalogue_words)
    for name, options in zip(("download", "search", "words"), parts, strict=True):
        _command(part, actions, name, described=f"catalogue_{name}", options=options)


def _catalogue_download(part: Grammar) -> None:
    _common(part)
    _option(part, "--list", action="append", default=[], metavar="NAME")


def _catalogue_search(part: Grammar) -> None:
    _common(part)
    _option(part, "typed", nargs="+", metavar="WORD")


def _catalogue_words(part: Grammar) -> None:
    _common(part)
    _option(part, "--table", described="words_table", default="", metavar="NAME")


def _journal(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    _command(part, actions, "verify", described="journal_verify", options=_common)
    _command(part, actions, "export", described="journal_export", planned=True)


def _referee(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    for name in ("verify", "decrypt"):
        _command(
            part,
            actions,
            name,
            described=f"referee_{name}",
            options=_message_and_keys,
        )
    for name in ("sign", "encrypt"):
        _command(
            part,
            actions,
            name,
            described=f"referee_{name}",
            options=_content_and_keys,
        )
    _command(part, actions, "check", described="referee_check", options=_fields)
    _command(part, actions, "tif", described="referee_tif", options=_header)


def _message_and_keys(part: Grammar) -> None:
    _common(part)
    _option(part, "--keys", type=Path, required=True, metavar="FILE")
    _option(part, "message", type=Path, metavar="MESSAGE")


def _content_and_keys(part: Grammar) -> None:
    _common(part)
    _option(part, "--keys", type=Path, required=True, metavar="FILE")
    _option(part, "message", described="content", type=Path, metavar="DATA")


def _fields(part: Grammar) -> None:
    _common(part)
    _option(part, "--operation", required=True, metavar="NAME")
    _option(part, "--response", action="store_true")
    _option(part, "--keys", described="keys_to_open", type=Path, metavar="FILE")
    _option(part, "message", type=Path, metavar="MESSAGE")


def _header(part: Grammar) -> None:
    _common(part)
    for name in ("timestamp", "secret", "nonce"):
        _option(part, f"--{name}", required=True)


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


def _simulate(part: Grammar) -> None:
    _common(part)
    _option(part, "--seeds", type=_count, default=20, metavar="N")
    _option(part, "--from", type=int, default=1, dest="first", metavar="S")
    _option(part, "--visits", type=_count, default=3, metavar="V")
    _option(part, "--fault-rate", type=_rate, default=0.15, metavar="R")
    _option(part, "--unsealed", action="store_true")


def _backup(part: Grammar) -> None:
    _common(part)
    _option(part, "--to", type=Path, metavar="DIR")
    _option(part, "--beside", metavar="DIR")


def _restore(part: Grammar) -> None:
    _common(part)
    _option(part, "file", described="backup_file", type=Path, metavar="FILE")


def _provision(part: Grammar) -> None:
    _common(part)
    _option(part, "--file", described="provision_file", type=Path, metavar="FILE")
    _option(part, "--keys", described="provision_keys", type=Path, metavar="DIR")
    _option(part, "--reset", default="", metavar="LOGIN")


def _migrate_store(part: Grammar) -> None:
    _common(part)
    _option(part, "--to", described="move_to", required=True, metavar="URL")


def _profile(part: Grammar) -> None:
    actions = part.add_subparsers(dest="action", required=True)
    _command(part, actions, "show", described="profile_show", options=_profile_show)
    _command(part, actions, "diff", described="profile_diff", options=_profile_diff)
    _command(part, actions, "check", described="profile_check", options=_profile_check)


def _profile_check(part: Grammar) -> None:
    _common(part)
    _option(part, "name", described="region", metavar="NAME")
    _option(part, "--out", described="visits_out", type=Path, metavar="DIR")


def _profile_show(part: Grammar) -> None:
    _common(part)
    _option(part, "name", described="region", metavar="NAME[+OVERLAY]")
    _option(part, "--source", action="store_true")


def _profile_diff(part: Grammar) -> None:
    _common(part)
    _option(part, "first", described="region", metavar="A")
    _option(part, "second", described="region", metavar="B")
